//! The last event of a run: how it ended, and its figures.

use serde::{Deserialize, Serialize};

use super::Usage;

/// How a run ended.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    #[serde(flatten)]
    pub outcome: Outcome,
    pub summary: Summary,
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The winner of the last round ended the answer.
    Answered,
    /// The knob `max-tokens` was reached.
    TokenLimit,
    /// The knob `max-rounds` was reached.
    RoundLimit,
    /// The answer fills the context of the last member that could draft.
    ContextLimit,
    /// The user stopped it.
    Stopped,
    /// No remaining member can draft.
    NoMembers {
        /// The last error, in words.
        error: String,
    },
}

/// A limit that ends an answer which its members did not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The knob `max-tokens`.
    Tokens,
    /// The knob `max-rounds`.
    Rounds,
    /// The context of the last member that could draft.
    Context,
}

impl Outcome {
    /// The limit that ended the run, if one did.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        match self {
            Self::TokenLimit => Some(Limit::Tokens),
            Self::RoundLimit => Some(Limit::Rounds),
            Self::ContextLimit => Some(Limit::Context),
            Self::Answered | Self::Stopped | Self::NoMembers { .. } => None,
        }
    }
}

/// The figures of a run, all derived from its events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Rounds whose candidate is part of the answer.
    pub rounds: usize,
    /// Rounds of the answer in which all drafts were one candidate.
    pub unanimous_rounds: usize,
    /// Accepted tokens, counted by their authors' tokenizers.
    pub tokens: usize,
    /// Milliseconds from the start to the first accepted segment; absent if none was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_segment_ms: Option<f64>,
    /// Milliseconds from the start to the end.
    pub elapsed_ms: f64,
    /// Drafts asked for.
    pub draft_calls: usize,
    /// Candidates scored by verifiers.
    pub score_calls: usize,
    /// Candidate scorings that were not needed: own drafts, equal drafts, unanimous rounds, departed members.
    pub score_calls_saved: usize,
    /// Drafts that were not needed because their member had left.
    pub draft_calls_saved: usize,
    /// Mean number of drafters per round.
    pub mean_active: f64,
    /// Whether the user intervened.
    pub steered: bool,
    /// The cost in US dollars, if prices were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Figures per member, in the ensemble's order.
    pub members: Vec<MemberSummary>,
}

impl Summary {
    /// Whether part of the cost is a guess, so that it is shown as "about".
    #[must_use]
    pub fn cost_is_guessed(&self) -> bool {
        self.members.iter().any(|member| member.cost.is_some() && member.usage.is_guessed())
    }
}

/// One member's figures of a run.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MemberSummary {
    pub name: String,
    /// Accepted segments credited to it.
    pub segments: usize,
    /// Accepted tokens credited to it.
    pub tokens: usize,
    /// Token positions its model evaluated.
    pub forwards: u64,
    /// Tokens it drew.
    pub drawn: usize,
    /// Tokens it used, if a server counts them.
    #[serde(default, skip_serializing_if = "Usage::is_zero")]
    pub usage: Usage,
    /// The cost of those in US dollars, if its price was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// The round after which it left, if it is away at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exited: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_reason: Option<String>,
}
