//! The calls of a round in time: who drafted and scored when, and what came of it.

use crate::engine::fusion::MemberIndex;

/// What a member was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Work {
    /// A draft; milliseconds from the request to its first token, where one came.
    Draft {
        /// Where one came.
        first_token_ms: Option<f64>,
    },
    /// Scores of so many candidates.
    Score {
        /// How many.
        candidates: usize,
    },
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// A reply.
    Answered,
    /// A failure.
    Failed,
    /// Nobody waited for it any more.
    Cancelled,
}

/// One call to a member, from its request to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Call {
    /// Whom.
    pub member: MemberIndex,
    /// What for.
    pub work: Work,
    /// When it started, milliseconds since the start of the run.
    pub begun_ms: f64,
    /// When it ended.
    pub ended_ms: f64,
    /// What came of it.
    pub end: CallEnd,
}
