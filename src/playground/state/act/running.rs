//! The run itself: pause, step, stop, how fast. A live run is told by a command, a replay by an order of its own.

use super::super::action::Action;
use super::super::log::Level;
use super::super::message::{Effect, ReplayOrder};
use super::super::play::Play;
use super::super::{Source, State};
use crate::engine::fusion::run::Phase;
use crate::engine::replay::SPEEDS;
use crate::engine::round::Command;

/// Tokens a second that the in-process models can be slowed down to, none slower than the configuration allows; faster than the last is as fast as they are.
pub const PACES: &[u32] = &[5, 10, 15, 25, 50, 100, 250];

impl State {
    pub(super) fn run_pause(&mut self) -> Vec<Effect> {
        if self.recording_breaks_off() {
            return self.command(vec![Command::Resume]);
        }
        if let Source::Replay(replay) = &self.source {
            let order = if replay.playing { ReplayOrder::Pause } else { ReplayOrder::Resume };
            return vec![Effect::Replay(order)];
        }
        if !self.session.is_going() {
            return self.nothing_runs();
        }
        vec![Effect::Order(if self.is_paused() { Command::Resume } else { Command::Pause })]
    }

    /// Whether everything of a recorded run was played and it is not whole: then it can go on for real.
    fn recording_breaks_off(&self) -> bool {
        let over = matches!(&self.source, Source::Replay(replay) if replay.over);
        let whole = |play: &Play| matches!(play.run.phase, Phase::Finished(_));
        over && self.session.newest().is_some_and(|play| !whole(play))
    }

    pub(super) fn step(&mut self) -> Vec<Effect> {
        self.look = None;
        if self.recording_breaks_off() {
            return self.command(vec![Command::Step]);
        }
        match &self.source {
            Source::Replay(_) => vec![Effect::Replay(ReplayOrder::Step)],
            Source::Live if self.session.is_going() => vec![Effect::Order(Command::Step)],
            Source::Live => self.nothing_runs(),
        }
    }

    pub(super) fn stop(&mut self) -> Vec<Effect> {
        match &self.source {
            Source::Replay(_) => vec![Effect::Replay(ReplayOrder::ToEnd)],
            // It ends the waiting: those that are there answer.
            Source::Live if self.waits_for_members() => self.ask_now(),
            Source::Live if self.session.is_going() => vec![Effect::Order(Command::Stop)],
            Source::Live => self.nothing_runs(),
        }
    }

    pub(super) fn nothing_runs(&mut self) -> Vec<Effect> {
        let (write, again) = (self.keymap.key(Action::Write), self.keymap.key(Action::Again));
        self.say(Level::Info, &format!("no answer is being written: `{write}` asks, `{again}` answers the last question anew"));
        Vec::new()
    }

    pub(super) fn change_speed(&mut self, step: isize) -> Vec<Effect> {
        if let Source::Replay(replay) = &self.source {
            let at = SPEEDS.iter().position(|speed| *speed >= replay.speed).unwrap_or(SPEEDS.len() - 1);
            let speed = SPEEDS[at.saturating_add_signed(step).min(SPEEDS.len() - 1)];
            return vec![Effect::Replay(ReplayOrder::Speed(speed))];
        }
        if !self.roster.is_in_process() {
            self.say(Level::Info, "these models run at their own speed: only those in this process can be slowed down");
            return Vec::new();
        }
        let at =
            self.settings.pace.map_or(PACES.len(), |pace| PACES.iter().position(|known| *known >= pace).unwrap_or(PACES.len()));
        let pace = PACES.get(at.saturating_add_signed(step)).copied();
        (self.settings.pace, self.settings.toys_pace) = (pace, false);
        self.say(Level::Info, &pace.map_or_else(|| "at full speed".to_owned(), |pace| format!("slowed to {pace} tokens/s")));
        vec![Effect::Pace(pace)]
    }
}
