//! Verification by a model that cannot score text: it is shown the candidates and says which continues the answer best.
//!
//! Owns the two ways of asking (by label log-probabilities, tier T3; for a ranking in words, tier T4), the balancing of
//! position bias, and how replies are read. How a question reaches a model is behind [`Asks`]. Candidates are
//! text that other models wrote: in a judging prompt they are data, and nothing in them can leave their place (see `prompt`).
//!
//! Why every question is asked in two opposite orders: judges prefer a place or a letter, most of all where candidates are
//! close (arXiv 2305.17926, 2309.03882, 2406.07791), and here they nearly always are.

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

/// One short completion outside the answer: what a judge asks its model. To be answered at temperature 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The system prompt.
    pub system: String,
    /// The one user turn.
    pub user: String,
    /// Tokens that the visible reply may take. A server with a higher minimum gets its minimum; a model that thinks before it
    /// replies needs more.
    pub max_tokens: usize,
    /// T3: how many of the most probable first tokens to report with their log-probabilities.
    pub top_logprobs: Option<usize>,
    /// T3: the label texts, for servers that report chosen tokens exactly; empty for T4.
    pub labels: Vec<String>,
    /// T4: the reply shall be a JSON object, for servers that can be told so.
    pub json: bool,
}

/// What a model replied to an [`Ask`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// The first token's alternatives: text (decoded from bytes where the server gives bytes) and natural log-probability, in
    /// any order; empty where the server gave none.
    pub first_token: Vec<(String, f32)>,
    /// Tokens used.
    pub usage: Usage,
}

/// A model that can be asked. Calls may run at the same time.
pub trait Asks: Send + Sync {
    /// Asks once. Dropping the reply cancels the call.
    fn ask(&self, ask: Ask) -> member::Reply<Reply>;
}

/// What is to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The turns up to the question that is being answered.
    pub conversation: &'a Conversation,
    /// The accepted text that the candidates continue.
    pub accepted: &'a str,
    /// The candidates: text, and whether it ends the answer. Each text once.
    pub candidates: &'a [CandidateText],
    /// Seed of the orders in which the candidates are shown, and of the key of the markers around them.
    pub seed: u64,
}

/// A judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// How much the judge prefers each candidate, in the candidates' order: above 0, sum 1.
    pub preferences: Vec<f32>,
    /// Tokens that all calls used.
    pub usage: Usage,
    /// How many calls it took.
    pub calls: usize,
}

/// What a judgement that failed has used all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Tokens that all calls used.
    pub usage: Usage,
    /// How many calls were made.
    pub calls: usize,
}

/// Why there is no judgement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// More candidates than labels can tell apart: by labels the model's top log-probabilities are too few (ranking by text
    /// may do), by ranking the alphabet is.
    #[error("{candidates} candidates are more than one reply can compare: it tells at most {most} labels apart")]
    TooMany {
        /// How many candidates there are.
        candidates: usize,
        /// How many there may be.
        most: usize,
    },
    /// The model does not put its probability on labels: it cannot judge by them, ranking by text may do.
    #[error("it cannot judge by labels: {reason}")]
    NoLabels {
        /// What was wrong with its reply.
        reason: String,
        /// What the calls used.
        spent: Spent,
    },
    /// The model replied with no ranking, twice: it abstains.
    #[error("its reply is no ranking of the candidates, also when asked again: \"{reply}\"")]
    Unreadable {
        /// The start of its last reply, escaped.
        reply: String,
        /// What the calls used.
        spent: Spent,
    },
    /// A call failed.
    #[error("{source}")]
    Call {
        /// Why.
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
    // Single precision has nothing between its least number and 0, and a preference of 0 has no logarithm.
    weights.iter().map(|weight| ((weight / total) as f32).max(f32::MIN_POSITIVE)).collect()
}

/// The mean of rows of equal length, column by column.
fn column_means(rows: &[Vec<f64>], columns: usize) -> Vec<f64> {
    let mean = |column: usize| rows.iter().filter_map(|row| row.get(column)).sum::<f64>() / rows.len().max(1) as f64;
    (0..columns).map(mean).collect()
}

/// The judgement where there is nothing to choose from.
fn without_choice(candidates: usize) -> Judged {
    Judged { preferences: vec![1.0; candidates], usage: Usage::default(), calls: 0 }
}

#[cfg(test)]
mod tests;
