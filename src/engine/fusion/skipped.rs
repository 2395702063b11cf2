//! Which calls of a round were not made, and why not.

use super::MemberIndex;
use super::event::{self, Role};
use super::run::{CallEnd, Round, Run, Work};

/// What every member of the ensemble could have been asked for in a round, each item counted once. The first six kinds of
/// scorings were saved; together with those made they are all possible scorings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Drafts of members that were away.
    pub away_drafts: usize,
    /// Scorings by or of members that were away.
    pub away: usize,
    /// Scorings of drafts that failed or were dropped.
    pub undrafted: usize,
    /// Scorings of drafts equal to another.
    pub equal: usize,
    /// Scorings of the only candidate.
    pub unanimous: usize,
    /// Scorings of a verifier's own draft, whose probabilities it reported while drafting.
    pub own: usize,
    /// Scorings that lazy drafting does without: its verifier scores while it keeps and adds.
    pub lazy: usize,
    /// Scorings that were no longer needed: the calls were dropped, or never made.
    pub dropped: usize,
    /// Scorings that were made, including those that failed.
    pub made: usize,
}

/// The calls that a round did without.
#[must_use]
pub fn skipped(run: &Run, round: &Round) -> Skipped {
    let drafters = event::drafters(&run.header.members);
    let verifiers = run.header.members.iter().filter(|member| member.role != Role::Draft && member.capabilities.tier.scores());
    let (active, present) = (round.drafters.len(), round.verifiers.len());
    let all = drafters * verifiers.count();
    if round.ahead.is_some() {
        return Skipped { away_drafts: drafters.saturating_sub(round.drafting()), lazy: all, ..Skipped::default() };
    }
    let drafted = round.arrived.len();
    let candidates = round.candidates();
    let (unanimous, own) = match candidates {
        [] => (0, 0),
        [_] => (present, 0),
        [_, _, ..] => (0, round.verifiers.iter().filter(|verifier| scores_itself(round, **verifier)).count()),
    };
    let of_candidates = present * candidates.len();
    let made = round.scores().len().min(of_candidates.saturating_sub(unanimous + own));
    Skipped {
        away_drafts: drafters.saturating_sub(active),
        away: all.saturating_sub(active * present),
        undrafted: present * active.saturating_sub(drafted),
        equal: present * drafted.saturating_sub(candidates.len()),
        unanimous,
        own,
        lazy: 0,
        dropped: of_candidates.saturating_sub(unanimous + own + made),
        made,
    }
}

/// Whether a verifier's own draft serves as its score of it.
fn scores_itself(round: &Round, verifier: MemberIndex) -> bool {
    let told = round.own_score(verifier).is_some_and(|own| !own.logprobs.is_empty());
    let asked = round.candidate_of(verifier).is_none_or(|candidate| round.score(verifier, candidate.key).is_some());
    told && !asked
}

impl Skipped {
    /// All possible scorings.
    #[must_use]
    pub fn all(&self) -> usize {
        self.away + self.undrafted + self.equal + self.unanimous + self.own + self.lazy + self.dropped + self.made
    }
}

/// Dropped calls of a round: drafts and scorings.
#[must_use]
pub fn cancelled(round: &Round) -> (usize, usize) {
    let dropped = round.calls.iter().filter(|call| call.end == CallEnd::Cancelled);
    dropped.fold((0, 0), |(drafts, scorings), call| match call.work {
        Work::Draft { .. } => (drafts + 1, scorings),
        Work::Score { candidates } => (drafts, scorings + candidates),
    })
}
