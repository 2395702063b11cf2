//! A rest after a decision, so that a user can read it before the next drafts come.
//!
//! Nothing is asked of any member meanwhile, and no event says anything of it: a trace has the times as they were, and the time
//! between two rounds is nobody's work. Without [`Command::Linger`](super::Command::Linger) there is none.

use super::Machine;

/// The rest after decisions.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Linger {
    /// How long, in milliseconds.
    ms: f64,
    /// Until when, while it rests.
    until_ms: Option<f64>,
}

impl Machine {
    pub(super) fn linger(&mut self, ms: f64) {
        self.linger.ms = if ms.is_finite() { ms.max(0.0) } else { 0.0 };
        if self.linger.ms == 0.0 && self.lingers() {
            self.begin_unless_busy();
        }
    }

    /// Whether it rests after a decision.
    pub(super) fn lingers(&self) -> bool {
        self.linger.until_ms.is_some()
    }

    /// When the rest ends.
    pub(super) fn lingers_until(&self) -> Option<f64> {
        self.linger.until_ms
    }

    pub(super) fn end_linger(&mut self) {
        self.linger.until_ms = None;
    }

    /// Continues after a decision: at once, or after a rest if there was something to decide.
    pub(super) fn next_round_after_rest(&mut self) {
        let worth_it = self.run.rounds.last().is_some_and(|round| {
            let by_hand = round.accepted.as_ref().is_some_and(|accepted| accepted.overridden);
            round.is_contested() && !round.only_ends() && round.ahead.is_none() && !by_hand
        });
        if self.linger.ms > 0.0 && worth_it && self.pace != super::Pace::Paused {
            self.linger.until_ms = Some(self.now_ms + self.linger.ms);
        } else {
            self.next_round();
        }
    }

    /// Ends the rest if its time has come; whether it did.
    pub(super) fn rest_is_over(&mut self) -> bool {
        let over = self.linger.until_ms.is_some_and(|until| until <= self.now_ms);
        if over {
            self.end_linger();
            self.begin_unless_busy();
        }
        over
    }
}
