//! Changing an answer: the run under way is told; one that has ended, or a recorded one, is taken up again first.
//!
//! Only the newest answer of a conversation can be changed: those before it are what the later ones were asked after.

use super::log::Level;
use super::message::{Effect, TakenUp};
use super::roster::RowId;
use super::{Source, State};
use crate::engine::fusion::event::SegmentId;
use crate::engine::fusion::run::Run;
use crate::engine::round::Command;

/// How far taking a run up again is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TakingUp {
    /// No run is.
    Not,
    /// Members are being connected for it.
    Awaiting {
        /// What the run is told then.
        commands: Vec<Command>,
        /// Who is being connected.
        rows: Vec<RowId>,
    },
    /// It has begun, and the run has not said so yet.
    Begun,
}

impl State {
    /// The run that can be changed, where the screen shows it; says why where it does not.
    pub(super) fn changeable(&mut self) -> Option<&Run> {
        let (shown, _) = self.shown();
        let plays = self.session.plays().len();
        if plays == 0 || self.session.is_asking() {
            self.say(Level::Info, "there is no answer to change yet");
            return None;
        }
        if shown + 1 != plays {
            self.say(Level::Info, "only the newest answer can be changed: those before it were answered to already");
            return None;
        }
        self.session.newest().map(|play| &play.run)
    }

    /// The segment that was accepted in the round looked at; none while that round is open.
    pub(super) fn segment_shown(&self) -> Option<SegmentId> {
        let (at, round) = self.shown();
        let run = &self.session.plays().get(at)?.run;
        run.rounds.get(round?)?.accepted.as_ref()?;
        run.tree.path(run.tree.head()).get(round?).copied()
    }

    /// Has commands carried out on the newest answer.
    pub(super) fn command(&mut self, commands: Vec<Command>) -> Vec<Effect> {
        if self.changeable().is_none() {
            return Vec::new();
        }
        let going = self.session.newest().is_some_and(super::play::Play::is_going);
        if self.taking_up == TakingUp::Begun || (self.source == Source::Live && going) {
            return commands.into_iter().map(Effect::Order).collect();
        }
        self.take_up_with_members(commands)
    }

    /// Connects the members of the recorded run that are known but not there, and takes the run up.
    fn take_up_with_members(&mut self, mut commands: Vec<Command>) -> Vec<Effect> {
        let values: Vec<_> = self.tuned.drain(..).map(|(knob, value)| (knob.name.to_owned(), value)).collect();
        if !values.is_empty() {
            commands.insert(0, Command::SetParameters { values });
        }
        let Some(play) = self.session.newest() else { return Vec::new() };
        let names = play.run.header.members.iter();
        let rows: Vec<RowId> = names.filter_map(|member| self.roster.named(&member.name)).collect();
        let missing = self.roster.absent(&rows);
        let mut effects = self.connect(&missing, false);
        self.taking_up = TakingUp::Awaiting { commands, rows };
        effects.extend(self.take_up_if_settled());
        effects
    }

    /// Takes the run up that waits for members, once none of these is being connected any more.
    pub(super) fn take_up_if_settled(&mut self) -> Vec<Effect> {
        let TakingUp::Awaiting { commands, rows } = &self.taking_up else { return Vec::new() };
        let Some(play) = self.session.newest().filter(|_| !rows.iter().any(|row| self.roster.is_connecting(*row))) else {
            return Vec::new();
        };
        let commands = commands.clone();
        let members = play.run.header.members.iter();
        let members = members.map(|member| (member.name.to_string(), self.roster.named(&member.name))).collect();
        self.taking_up = TakingUp::Begun;
        vec![Effect::TakeUp(Box::new(TakenUp { members, commands }))]
    }
}
