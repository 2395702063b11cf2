//! The run itself: pause, step, stop, speed. A live run gets a command, a replay its own kind of order.

use super::handles::handles;
use super::members::Members;
use crate::engine::replay::SPEEDS;
use crate::engine::round::Command;
use crate::playground::state::action::Action;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Effect, ReplayOrder};
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::answers::Source;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::settings::{Linger, Settings};
use crate::playground::state::roster::Roster;

/// Paces for the in-process models in tokens per second, none slower than the configuration allows; beyond the last they are
/// unlimited.
pub const PACES: &[u32] = &[5, 10, 15, 25, 50, 100, 250];

handles! {
    /// What running an answer may change.
    Running
    changes answers: Answers, looking: Looking, knobs: Knobs, roster: Roster, settings: Settings, notices: Notices;
    reads keymap: Keymap;
}

impl Running<'_> {
    pub(super) fn members(&mut self) -> Members<'_> {
        Members {
            answers: self.answers,
            looking: self.looking,
            knobs: self.knobs,
            roster: self.roster,
            settings: self.settings,
            notices: self.notices,
        }
    }

    pub(super) fn run_pause(&mut self) -> Vec<Effect> {
        if self.answers.can_be_continued() {
            return self.members().command(vec![Command::Resume]);
        }
        if let Source::Replay(replay) = &self.answers.source {
            let order = if replay.playing { ReplayOrder::Pause } else { ReplayOrder::Resume };
            return vec![Effect::Replay(order)];
        }
        if !self.answers.session.is_going() {
            return self.nothing_runs();
        }
        // A decision that stays to be read is left at once.
        let goes_on = self.answers.is_paused() || (self.settings.linger.on && self.answers.lingers());
        vec![Effect::Order(if goes_on { Command::Resume } else { Command::Pause })]
    }

    pub(super) fn step(&mut self) -> Vec<Effect> {
        self.looking.round = None;
        if self.answers.can_be_continued() {
            return self.members().command(vec![Command::Step]);
        }
        match &self.answers.source {
            Source::Replay(_) => vec![Effect::Replay(ReplayOrder::Step)],
            Source::Live if self.answers.session.is_going() => vec![Effect::Order(Command::Step)],
            Source::Live => self.nothing_runs(),
        }
    }

    pub(super) fn stop(&mut self) -> Vec<Effect> {
        match &self.answers.source {
            Source::Replay(_) => vec![Effect::Replay(ReplayOrder::ToEnd)],
            // Ends the waiting: the members that are ready answer.
            Source::Live if self.answers.waits_for_members() => self.members().ask_now(),
            Source::Live if self.answers.session.is_going() => vec![Effect::Order(Command::Stop)],
            Source::Live => self.nothing_runs(),
        }
    }

    pub(super) fn nothing_runs(&mut self) -> Vec<Effect> {
        let (write, again) = (self.keymap.key(Action::Write), self.keymap.key(Action::Again));
        self.notices
            .say(Level::Info, &format!("no answer is being written: `{write}` asks, `{again}` answers the last question anew"));
        Vec::new()
    }

    /// Lets decisions stay to be read, or no longer; also in the answer that is being written.
    pub(super) fn change_linger(&mut self) -> Vec<Effect> {
        let linger = &mut self.settings.linger;
        let was_on = linger.in_force(self.roster.has_built_in()) > 0.0;
        (linger.on, linger.built_in_only) = (!was_on, false);
        if linger.ms <= 0.0 {
            linger.ms = Linger::USUAL_MS;
        }
        let ms = linger.in_force(true);
        let text = if was_on {
            "the next round follows a decision at once".to_owned()
        } else {
            format!("a decision stays {:.1} s; `{}` goes on at once", ms / 1000.0, self.keymap.key(Action::RunPause))
        };
        self.notices.say(Level::Info, &text);
        if self.answers.is_writing() { vec![Effect::Order(Command::Linger { ms })] } else { Vec::new() }
    }

    pub(super) fn change_speed(&mut self, step: isize) -> Vec<Effect> {
        if let Source::Replay(replay) = &self.answers.source {
            let at = SPEEDS.iter().position(|speed| *speed >= replay.speed).unwrap_or(SPEEDS.len() - 1);
            let speed = SPEEDS[at.saturating_add_signed(step).min(SPEEDS.len() - 1)];
            return vec![Effect::Replay(ReplayOrder::Speed(speed))];
        }
        if !self.roster.is_in_process() {
            self.notices.say(Level::Info, "these models run at their own speed: only those in this process can be slowed down");
            return Vec::new();
        }
        let at =
            self.settings.pace.map_or(PACES.len(), |pace| PACES.iter().position(|known| *known >= pace).unwrap_or(PACES.len()));
        let pace = PACES.get(at.saturating_add_signed(step)).copied();
        (self.settings.pace, self.settings.built_in_pace) = (pace, false);
        self.notices
            .say(Level::Info, &pace.map_or_else(|| "at full speed".to_owned(), |pace| format!("slowed to {pace} tokens/s")));
        vec![Effect::Pace(pace)]
    }
}
