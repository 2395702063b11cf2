//! The calls of a round in time: which member drafted and scored when, and how it ended.

use crate::engine::fusion::MemberIndex;

/// What a member was asked for.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Work {
    /// A draft, with the milliseconds from the request to its first token.
    Draft {
        /// `None` if no token came.
        first_token_ms: Option<f64>,
    },
    /// Scores of this many candidates.
    Score { candidates: usize },
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// A reply.
    Answered,
    /// A failure.
    Failed,
    /// The reply was no longer needed.
    Cancelled,
}

/// One call to a member, from its request to its end.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Call {
    pub member: MemberIndex,
    pub work: Work,
    /// When it started, milliseconds since the start of the run.
    pub begun_ms: f64,
    /// When it ended.
    pub ended_ms: f64,
    pub end: CallEnd,
}
