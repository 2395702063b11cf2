//! How many answers limits ended, rather than their members.

use serde::Serialize;

use crate::engine::fusion::event::Limit;

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
