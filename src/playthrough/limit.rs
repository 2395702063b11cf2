//! Which limit ended an answer that its members did not end.

use serde::Serialize;

use crate::engine::fusion::event::Outcome;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The knob `max-tokens`.
    Tokens,
    /// The knob `max-rounds`.
    Rounds,
    /// The context of the last member that could draft.
    Context,
}

impl Limit {
    /// The limit that ended a run, if one did.
    pub(crate) fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::TokenLimit => Some(Self::Tokens),
            Outcome::RoundLimit => Some(Self::Rounds),
            Outcome::ContextLimit => Some(Self::Context),
            Outcome::Answered | Outcome::Stopped | Outcome::NoMembers { .. } => None,
        }
    }
}

/// How many answers each limit ended.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct LimitCounts {
    pub(crate) tokens: usize,
    pub(crate) rounds: usize,
    pub(crate) context: usize,
}

impl FromIterator<Limit> for LimitCounts {
    fn from_iter<I: IntoIterator<Item = Limit>>(limits: I) -> Self {
        let mut counts = Self::default();
        for limit in limits {
            match limit {
                Limit::Tokens => counts.tokens += 1,
                Limit::Rounds => counts.rounds += 1,
                Limit::Context => counts.context += 1,
            }
        }
        counts
    }
}
