//! A failure ends only what the member cannot do: one that fails to draft leaves, one that fails to score stops verifying, and
//! one that is not ready joins later.
//!
//! Owns the consequences of failures. Lateness belongs to `patience`.

use std::sync::Arc;

use super::{InARow, Machine, Pace, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Capabilities, Event, ExitReason, ScoreTier};
use crate::engine::member::MemberError;

impl Machine {
    /// Leaves out members that cannot take part, or cannot yet.
    pub(super) fn leave_out(&mut self, unprepared: Vec<(MemberIndex, MemberError)>) {
        for (member, error) in unprepared {
            let reason = if error == MemberError::NotReady {
                self.awaited.push(member);
                ExitReason::NotReady
            } else {
                ExitReason::Unusable { error: error.to_string() }
            };
            let member = self.name(member);
            self.emit(Event::Exited { member, reason });
        }
    }

    /// Handles a pending member that is now ready, or never will be.
    pub(super) fn prepared(&mut self, member: MemberIndex, result: Result<Box<Capabilities>, MemberError>) {
        let Some(place) = self.awaited.iter().position(|awaited| *awaited == member) else { return };
        self.awaited.remove(place);
        let name = self.name(member);
        match result {
            // The user may have brought it back, or excluded it for good, in the meantime.
            Ok(capabilities) if self.is_not_ready(member) => {
                let known = &self.run.member(member).header.capabilities;
                let capabilities = Some(capabilities).filter(|capabilities| **capabilities != *known);
                self.emit(Event::Joined { member: name, capabilities });
            }
            Ok(_) => {}
            Err(error) => {
                self.last_error = format!("{name}: {error}");
                self.emit(Event::Exited { member: name, reason: ExitReason::Unusable { error: error.to_string() } });
            }
        }
        if self.pace != Pace::Paused {
            self.begin_unless_busy();
        }
    }

    pub(super) fn is_not_ready(&self, member: MemberIndex) -> bool {
        self.run.member(member).exit.as_ref().is_some_and(|exit| exit.reason == ExitReason::NotReady)
    }

    /// Counts a failed draft. The member leaves if it cannot draft, or should not be asked again.
    pub(super) fn draft_failed(&mut self, member: MemberIndex, error: &MemberError) {
        self.last_error = format!("{}: {error}", self.name(member));
        self.context_was_full = matches!(error, MemberError::ContextFull { .. });
        let most = self.run.params.max_failures;
        let reason = match error {
            MemberError::ContextFull { .. } | MemberError::Panicked(_) | MemberError::Refused(_) => Some(unusable(error)),
            MemberError::Failed(_) | MemberError::TimedOut { .. } | MemberError::Lowered { .. } | MemberError::NotReady => {
                self.failures[member.0].drafts.fail(most, error)
            }
        };
        if let Some(reason) = reason {
            self.leave(member, reason);
        }
    }

    /// Counts a failed scoring. The verifier stops verifying if it cannot score, or should not be asked again. A candidate that
    /// does not fit its context implies nothing about a shorter one, and does not count.
    pub(super) fn scoring_failed(&mut self, member: MemberIndex, error: &MemberError) {
        let most = self.run.params.max_failures;
        let reason = match error {
            MemberError::ContextFull { .. } => None,
            // It will not answer any other request either.
            MemberError::Panicked(_) => return self.leave(member, unusable(error)),
            MemberError::Refused(_) => Some(unusable(error)),
            MemberError::Failed(_) | MemberError::TimedOut { .. } | MemberError::Lowered { .. } | MemberError::NotReady => {
                self.failures[member.0].scores.fail(most, error)
            }
        };
        if let Some(reason) = reason {
            self.stop_verifying(member, reason);
        }
    }

    /// Removes the member, and drops its other calls.
    pub(super) fn leave(&mut self, member: MemberIndex, reason: ExitReason) {
        let (name, error) = (self.name(member), reason.in_words());
        self.last_error = format!("{name}: {error}");
        let drafting = self.calls_of(member).any(|call| matches!(call.work, Work::Draft { .. }));
        self.cancel(|call| call.member == member);
        if self.run.member(member).is_active() {
            self.emit(Event::Exited { member: Arc::clone(&name), reason });
        } else if self.run.member(member).tier.scores() {
            // It only verified, and has left.
            self.emit(Event::TierLowered { member: Arc::clone(&name), tier: ScoreTier::None, reason: error.clone() });
        }
        if drafting {
            self.emit(Event::DraftFailed { member: name, error, elapsed_ms: 0.0 });
        }
    }

    /// Lets the member continue drafting; one that only verifies leaves.
    pub(super) fn stop_verifying(&mut self, member: MemberIndex, reason: ExitReason) {
        if self.run.drafters().all(|drafter| drafter != member) {
            return self.leave(member, reason);
        }
        self.cancel(|call| call.member == member && matches!(call.work, Work::Score(_)));
        let (member, reason) = (self.name(member), reason.in_words());
        self.emit(Event::TierLowered { member, tier: ScoreTier::None, reason });
    }
}

fn unusable(error: &MemberError) -> ExitReason {
    ExitReason::Unusable { error: error.to_string() }
}

impl InARow {
    /// Counts a failure; returns why the member is not asked again, once there were `most` in a row.
    fn fail(&mut self, most: usize, error: &MemberError) -> Option<ExitReason> {
        (self.failed, self.late) = (self.failed + 1, 0);
        (self.failed >= most).then(|| ExitReason::Failures { count: self.failed, error: error.to_string() })
    }

    /// Counts a round in which it was late, numbered among those started; returns why the member is not asked again, once there
    /// were `most` in a row.
    pub(super) fn be_late(&mut self, round: usize, most: usize) -> Option<ExitReason> {
        if self.late > 0 && self.late_in == round {
            return None;
        }
        (self.late, self.late_in) = (self.late + 1, round);
        (self.late >= most).then_some(ExitReason::Late { rounds: self.late })
    }
}
