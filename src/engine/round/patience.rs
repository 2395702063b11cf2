//! One silent member does not hold up the others.
//!
//! Owns how long a round waits for a member without a sign of life once enough of the others are done: a multiple of what they
//! took. A member that streams tokens, however slowly, is never late; only its time limit applies. Deadlines are returned as
//! numbers ([`Machine::deadline`]): the driver owns the clock.

use super::{Call, CallId, Effect, Machine, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::Event;
use crate::engine::fusion::run::{CallEnd, Round, Work as Done};

/// A member that is late in this many rounds in a row rests for the answer.
const RESTS_AFTER: usize = 2;

/// The factor on the least patience for a verifier whose time cannot be compared.
const INCOMPARABLE: f64 = 3.0;

/// How many rounds back a member's own scorings count as evidence of how long it takes.
const REMEMBERED: usize = 4;

/// A call that is waited for, and until when, in milliseconds since the start of the run.
struct Awaited {
    call: CallId,
    until_ms: f64,
}

impl Machine {
    /// When patience with a member ends, in milliseconds since the start of the run; `None` while the round does not wait for any
    /// single member, and does not rest after a decision.
    #[must_use]
    pub fn deadline(&self) -> Option<f64> {
        let awaited = self.awaited_calls().map(|awaited| awaited.until_ms);
        awaited.chain(self.lingers_until()).min_by(f64::total_cmp)
    }

    /// Milliseconds from the last input to a deadline; at least 0.
    #[must_use]
    pub fn remaining_ms(&self, deadline_ms: f64) -> f64 {
        (deadline_ms - self.now_ms).max(0.0)
    }

    /// Continues the round without the members whose time is up.
    pub(super) fn due(&mut self, now_ms: f64) {
        self.now_ms = now_ms.max(self.now_ms);
        if self.rest_is_over() {
            return;
        }
        let overdue: Vec<CallId> =
            self.awaited_calls().filter(|awaited| awaited.until_ms <= self.now_ms).map(|awaited| awaited.call).collect();
        if overdue.is_empty() {
            return;
        }
        for call in overdue {
            self.drop_late(call);
        }
        self.advance(None);
    }

    fn drop_late(&mut self, late: CallId) {
        // A member's other late calls are dropped along with its first.
        let Some(Call { member, started_ms, heard_ms, work, .. }) = self.returned(late) else { return };
        self.effects.push(Effect::Cancel(late));
        let work = match work {
            Work::Draft { .. } | Work::Measure => work,
            Work::Score(candidates) => Work::Score(self.all_that_it_scores(member, candidates)),
        };
        let silent_ms = super::reply::rounded(self.now_ms - heard_ms);
        let elapsed_ms = super::reply::rounded(self.now_ms - started_ms);
        let candidates = match &work {
            Work::Draft { .. } | Work::Measure => Vec::new(),
            Work::Score(candidates) => self.names(candidates),
        };
        let name = self.name(member);
        self.emit(Event::Late { member: name, candidates, silent_ms, elapsed_ms });
        // A member that drafts again at the user's request may still score.
        self.cancel(|call| call.member == member);
        let (round, failures) = (self.run.begun, &mut self.failures[member.0]);
        match work {
            Work::Draft { .. } | Work::Measure => {
                if let Some(reason) = failures.drafts.be_late(round, RESTS_AFTER) {
                    self.leave(member, reason);
                }
            }
            Work::Score(_) => {
                if let Some(reason) = failures.scores.be_late(round, RESTS_AFTER) {
                    self.stop_verifying(member, reason);
                }
            }
        }
    }

    /// Drops a member's scorings; returns these candidates together with those it was scoring. A late member takes no further
    /// part in the round.
    fn all_that_it_scores(&mut self, member: MemberIndex, mut candidates: Vec<MemberIndex>) -> Vec<MemberIndex> {
        let (its, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.calls).into_iter().partition(|call| call.member == member);
        self.calls = others;
        for call in its {
            self.effects.push(Effect::Cancel(call.id));
            if let Work::Score(further) = call.work {
                candidates.extend(further);
            }
        }
        candidates
    }

    fn awaited_calls(&self) -> impl Iterator<Item = Awaited> {
        let round = self.run.open_round().filter(|round| round.params.patience > 0.0);
        let calls = round.map(|round| self.calls.iter().filter_map(|call| self.awaited_call(round, call)));
        calls.into_iter().flatten()
    }

    fn awaited_call(&self, round: &Round, call: &Call) -> Option<Awaited> {
        let others_ms = match &call.work {
            Work::Measure => return None,
            Work::Draft { .. } => enough_drafts(round).then(|| slowest(round, is_draft))?,
            Work::Score(_) => self.enough_scores(round, call.member).then(|| self.scoring_pace(round, call.member))?,
        };
        let alone = match &call.work {
            Work::Draft { .. } | Work::Measure => 1.0,
            Work::Score(_) => self.without_comparison(round, call.member),
        };
        let least_ms = alone * round.params.patience_seconds as f64 * 1000.0;
        Some(Awaited { call: call.id, until_ms: call.heard_ms + (round.params.patience * others_ms).max(least_ms) })
    }

    /// Whether at least half of the other verifiers are done with a round that is drafted.
    fn enough_scores(&self, round: &Round, waiting: MemberIndex) -> bool {
        let others = round.verifiers.iter().filter(|verifier| **verifier != waiting);
        let done = |verifier: &&MemberIndex| self.calls_of(**verifier).next().is_none();
        round.all_drafted() && 2 * others.filter(done).count() >= round.verifiers.len().saturating_sub(1)
    }

    /// The factor on the least patience for a verifier that nothing in the round compares with: a judge writes before it judges,
    /// and if no other verifier has answered there is no known pace.
    fn without_comparison(&self, round: &Round, member: MemberIndex) -> f64 {
        let compared = round.calls.iter().any(|call| call.end == CallEnd::Answered && !is_draft(&call.work));
        if compared && !self.run.member(member).tier.judges() { 1.0 } else { INCOMPARABLE }
    }

    /// How long a scoring may be expected to take in milliseconds: what the slowest other verifier took, what the member itself
    /// took before, or the time to draft as much text as it has to score, whichever is longest. On many servers scoring takes as
    /// long as drafting, and sends nothing in the meantime.
    fn scoring_pace(&self, round: &Round, member: MemberIndex) -> f64 {
        let candidates: usize = self
            .calls_of(member)
            .map(|call| match &call.work {
                Work::Score(candidates) => candidates.len(),
                Work::Draft { .. } | Work::Measure => 0,
            })
            .sum();
        let own = round.finished(member).map(|draft| draft.elapsed_ms);
        let draft_ms = own.unwrap_or_else(|| slowest(round, is_draft));
        let before = self.run.rounds.iter().rev().take(REMEMBERED).flat_map(|round| &round.calls);
        let own_scorings = before.filter(|call| call.member == member && call.end == CallEnd::Answered && !is_draft(&call.work));
        let own_ms = own_scorings.map(|call| call.ended_ms - call.begun_ms).fold(0.0, f64::max);
        slowest(round, |done| !is_draft(done)).max(draft_ms * candidates as f64).max(own_ms)
    }
}

/// Whether at least half of the drafts of a round are in, at least one of them complete.
fn enough_drafts(round: &Round) -> bool {
    let open = round.drafters.iter().filter(|drafter| round.is_drafting(**drafter)).count();
    !round.arrived.is_empty() && 2 * open <= round.drafters.len()
}

fn is_draft(done: &Done) -> bool {
    matches!(done, Done::Draft { .. })
}

/// Milliseconds that the slowest answered call of a kind took.
fn slowest(round: &Round, kind: impl Fn(&Done) -> bool) -> f64 {
    let answered = round.calls.iter().filter(|call| call.end == CallEnd::Answered && kind(&call.work));
    answered.map(|call| call.ended_ms - call.begun_ms).fold(0.0, f64::max)
}
