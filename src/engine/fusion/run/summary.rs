//! The figures of a run, derived from its state.

use super::{Calls, ExitReason, MemberIndex, Run};
use crate::engine::fusion::event::{self, MemberSummary, Role, Summary};

/// The figures of the run so far.
pub(super) fn summarise(run: &Run) -> Summary {
    let accepted: Vec<_> = run.rounds.iter().filter(|round| round.accepted.is_some()).collect();
    let saved = calls_saved(run);
    let active: usize = accepted.iter().map(|round| round.drafting()).sum();
    Summary {
        rounds: accepted.len(),
        unanimous_rounds: accepted.iter().filter(|round| round.ranked.as_ref().is_some_and(|ranked| ranked.unanimous)).count(),
        tokens: run.tokens(),
        first_segment_ms: run.first_segment_ms,
        elapsed_ms: run.t_ms,
        draft_calls: run.calls.drafts,
        score_calls: run.calls.scores,
        score_calls_saved: saved.scores,
        draft_calls_saved: saved.drafts,
        mean_active: if accepted.is_empty() { 0.0 } else { active as f64 / accepted.len() as f64 },
        steered: run.steered,
        cost: run.cost(),
        members: (0..run.members.len()).map(|place| member_summary(run, place)).collect(),
    }
}

/// Calls that every member would have made in every round, including those taken back, less those that were made.
pub(super) fn calls_saved(run: &Run) -> Calls {
    let played = run.begun;
    let drafters = event::drafters(&run.header.members);
    let verifiers =
        run.header.members.iter().filter(|member| member.role != Role::Draft && member.capabilities.tier.scores()).count();
    Calls {
        drafts: played.saturating_mul(drafters).saturating_sub(run.calls.drafts),
        scores: played.saturating_mul(drafters).saturating_mul(verifiers).saturating_sub(run.calls.scores),
    }
}

fn member_summary(run: &Run, place: usize) -> MemberSummary {
    let member = &run.members[place];
    let credited = run.rounds.iter().filter_map(|round| round.accepted.as_ref()).filter_map(|accepted| accepted.author);
    let segments = credited.filter(|author| author.0 == place).count();
    let tokens = run.rounds.iter().map(|round| round.accepted_tokens(MemberIndex(place))).fold(0, usize::saturating_add);
    MemberSummary {
        name: member.header.name.to_string(),
        segments,
        tokens,
        forwards: member.forwards,
        drawn: member.drawn,
        usage: member.usage,
        cost: member.cost(),
        exited: member.exit.as_ref().map(|exit| exit.round),
        exit_reason: member.exit.as_ref().map(|exit| exit.reason.in_words()),
    }
}

impl ExitReason {
    /// The reason in words for the user.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Retention { retention, threshold } => format!("retention {retention:.3} below {threshold:.3}"),
            Self::Failures { count: 1, error } => format!("failed: {error}"),
            Self::Failures { count, error } => format!("failed {count} times in a row: {error}"),
            Self::Unusable { error } => error.clone(),
            Self::Late { rounds: 1 } => "it was late: it rests for this answer".to_owned(),
            Self::Late { rounds } => format!("late in {rounds} rounds in a row: it rests for this answer"),
            Self::NotReady => "not ready yet: it joins when it is".to_owned(),
            Self::Excluded => "excluded by hand".to_owned(),
        }
    }
}
