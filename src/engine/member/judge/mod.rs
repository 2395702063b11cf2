//! Verification by a model that cannot score text: it is shown the candidates and picks the one that continues the answer best.
//!
//! Owns the two ways of asking (by label log-probabilities, tier T3; for a ranking in words, tier T4), balancing position bias,
//! and reading replies. [`Asks`] hides how a question reaches a model. Candidates are text that other models wrote: in a judging
//! prompt they are data, and nothing in them can escape its place (see `prompt`).
//!
//! Why every question is asked in two opposite orders: judges prefer a position or a letter, most of all if candidates are close
//! (arXiv 2305.17926, 2309.03882, 2406.07791), and here they nearly always are.

mod labels;
mod meter;
mod order;
mod parse;
mod prompt;
mod ranking;
mod request;

use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Usage;
use crate::engine::member::{self, MemberError};

pub use labels::by_labels;
pub use ranking::by_ranking;
pub use request::judge;

/// The most candidates a judge can be asked about: one letter each.
pub const MOST_CANDIDATES: usize = 26;

/// One short completion outside the answer: a judge's request to its model, to be answered at temperature 0.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub system: String,
    /// The single user turn.
    pub user: String,
    /// The most tokens of the visible reply. A server with a higher minimum gets its minimum; a model that thinks before it
    /// replies needs more.
    pub max_tokens: usize,
    /// T3: how many of the most probable first tokens to report with their log-probabilities.
    pub top_logprobs: Option<usize>,
    /// T3: the label texts, for servers that report chosen tokens exactly; empty for T4.
    pub labels: Vec<String>,
    /// T4: request a JSON object, from servers that support it.
    pub json: bool,
}

/// A model's reply to an [`Ask`].
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    pub text: String,
    /// The first token's alternatives: text (decoded from bytes if the server gives bytes) and natural log-probability, in any
    /// order; empty if the server gave none.
    pub first_token: Vec<(String, f32)>,
    pub usage: Usage,
}

/// A model that can be asked. Calls may run concurrently.
pub trait Asks: Send + Sync {
    /// Asks once. Dropping the reply cancels the call.
    fn ask(&self, ask: Ask) -> member::Reply<Reply>;
}

/// A question for a judge.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The turns up to the question being answered.
    pub conversation: &'a Conversation,
    /// The accepted text that the candidates continue.
    pub accepted: &'a str,
    /// The candidates: text, and whether it ends the answer. All texts are different.
    pub candidates: &'a [CandidateText],
    /// The seed of the orders in which the candidates are shown, and of the key of the markers around them.
    pub seed: u64,
}

/// A judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// How much the judge prefers each candidate, in the candidates' order: above 0, sum 1.
    pub preferences: Vec<f32>,
    /// Tokens that all calls used.
    pub usage: Usage,
    /// Number of calls.
    pub calls: usize,
}

/// What a failed judgement has used nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Tokens that all calls used.
    pub usage: Usage,
    /// Number of calls.
    pub calls: usize,
}

/// Why there is no judgement.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// More candidates than labels: judging by labels is limited by the model's top log-probabilities (ranking by text may work),
    /// ranking by the alphabet.
    #[error("{candidates} candidates are more than one reply can compare: it tells at most {most} labels apart")]
    TooMany { candidates: usize, most: usize },
    /// The model does not put its probability on labels: it cannot judge by them; ranking by text may work.
    #[error("it cannot judge by labels: {reason}")]
    NoLabels {
        /// What was wrong with its reply.
        reason: String,
        spent: Spent,
    },
    /// The model's replies had no ranking, twice: it abstains.
    #[error("its reply is no ranking of the candidates, also when asked again: \"{reply}\"")]
    Unreadable {
        /// The start of its last reply, escaped.
        reply: String,
        spent: Spent,
    },
    #[error("{source}")]
    Call {
        source: MemberError,
        /// What the other calls used.
        spent: Spent,
    },
}

impl JudgeError {
    /// What was used before it failed.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn spent(&self) -> Spent {
        match self {
            Self::TooMany { .. } => Spent::default(),
            Self::NoLabels { spent, .. } | Self::Unreadable { spent, .. } | Self::Call { spent, .. } => *spent,
        }
    }
}

/// `softmax(value / temperature)`: above 0, sum 1. Values are finite, the temperature is above 0.
fn softmax(values: &[f64], temperature: f64) -> Vec<f32> {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = values.iter().map(|value| ((value - most) / temperature).exp()).collect();
    let total: f64 = weights.iter().sum();
    // Single precision has nothing between its smallest number and 0, and a preference of 0 has no logarithm.
    weights.iter().map(|weight| ((weight / total) as f32).max(f32::MIN_POSITIVE)).collect()
}

/// The mean of rows of equal length, column by column.
fn column_means(rows: &[Vec<f64>], columns: usize) -> Vec<f64> {
    let mean = |column: usize| rows.iter().filter_map(|row| row.get(column)).sum::<f64>() / rows.len().max(1) as f64;
    (0..columns).map(mean).collect()
}

/// The judgement if there is nothing to choose from.
fn without_choice(candidates: usize) -> Judged {
    Judged { preferences: vec![1.0; candidates], usage: Usage::default(), calls: 0 }
}

#[cfg(test)]
mod tests;
