//! Changing an answer: sends commands to the current run; a finished or recorded run is resumed first.
//!
//! Only the newest answer of a conversation can be changed: later questions depend on the earlier ones.

use super::members::Members;
use crate::engine::fusion::run::Run;
use crate::engine::round::Command;
use crate::playground::state::answer::Answer;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Effect, TakenUp};
use crate::playground::state::parts::answers::{Answers, Source, TakingUp};
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::roster::RowId;

/// The run that can be changed, if the screen shows it; otherwise a notice explains why not.
pub(super) fn changeable<'a>(answers: &'a Answers, looking: &Looking, notices: &mut Notices) -> Option<&'a Run> {
    match answers.changeable(looking.shown(&answers.session).0) {
        Ok(run) => Some(run),
        Err(why) => {
            notices.say(Level::Info, why);
            None
        }
    }
}

impl Members<'_> {
    /// Sends commands to the newest answer.
    pub(super) fn command(&mut self, commands: Vec<Command>) -> Vec<Effect> {
        if changeable(self.answers, self.looking, self.notices).is_none() {
            return Vec::new();
        }
        let going = self.answers.session.newest().is_some_and(Answer::is_going);
        if self.answers.taking_up == TakingUp::Begun || (self.answers.source == Source::Live && going) {
            return commands.into_iter().map(Effect::Order).collect();
        }
        self.take_up_with_members(commands)
    }

    /// Connects the missing members of the recorded run that are known, and resumes the run.
    fn take_up_with_members(&mut self, mut commands: Vec<Command>) -> Vec<Effect> {
        let values: Vec<_> = self.knobs.tuned.drain(..).map(|(knob, value)| (knob.name.to_owned(), value)).collect();
        if !values.is_empty() {
            commands.insert(0, Command::SetParameters { values });
        }
        let ms = self.settings.linger.in_force(self.roster.has_built_in());
        if ms > 0.0 {
            commands.insert(0, Command::Linger { ms });
        }
        let Some(answer) = self.answers.session.newest() else { return Vec::new() };
        let names = answer.run.header.members.iter();
        let rows: Vec<RowId> = names.filter_map(|member| self.roster.named(&member.name)).collect();
        let missing = self.roster.absent(&rows);
        let mut effects = self.connect(&missing, false);
        self.answers.taking_up = TakingUp::Awaiting { commands, rows };
        effects.extend(self.take_up_if_settled());
        effects
    }

    /// Resumes the run that waits for members, once none of these is still connecting.
    pub(super) fn take_up_if_settled(&mut self) -> Vec<Effect> {
        let TakingUp::Awaiting { commands, rows } = &self.answers.taking_up else { return Vec::new() };
        let Some(answer) = self.answers.session.newest().filter(|_| !rows.iter().any(|row| self.roster.is_connecting(*row)))
        else {
            return Vec::new();
        };
        let commands = commands.clone();
        let members = answer.run.header.members.iter();
        let members = members.map(|member| (member.name.to_string(), self.roster.named(&member.name))).collect();
        self.answers.taking_up = TakingUp::Begun;
        vec![Effect::TakeUp(Box::new(TakenUp { members, commands }))]
    }
}
