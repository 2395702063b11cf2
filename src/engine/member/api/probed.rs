//! The findings about one model on one server: kept after a probe, and read again instead of probing again.

use serde::{Deserialize, Serialize};

use super::dialect::Scoring;
use super::gauge::Known;
use super::request::Tuning;
use crate::engine::fusion::event::{Drafting, ScoreTier};
use crate::engine::member::Usage;

/// The findings about one model on one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// The model, by the server's name.
    pub model: String,
    /// Tokens that its context holds, if known.
    pub context_tokens: Option<usize>,
    /// What its requests leave out or add.
    pub tuning: Tuning,
    /// How it continues a text.
    pub drafting: Drafting,
    /// Whether its drafts come with log-probabilities.
    pub draft_logprobs: bool,
    /// How many alternatives it reports per generated token; below 2 it cannot judge by labels.
    pub alternatives: usize,
    /// Whether it only completes raw texts and takes no conversation: a base model, or an old one.
    #[serde(default)]
    pub plain: bool,
    /// Whether it reasons before it replies and this cannot be switched off.
    pub thinks: bool,
    /// Why its first reply ended, if that was empty and no reasoning was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<String>,
    /// How it scores given text, if it does.
    pub scoring: Option<Scoring>,
    /// The token that ends an answer, if its server reveals it.
    pub end_token: Option<u32>,
    /// The server's name for the model in its replies, if that is constant and chosen by the server.
    #[serde(default)]
    pub answers_as: Option<String>,
    /// Prompts whose tokens the server counted: these show how its template counts.
    #[serde(default)]
    pub counted: Vec<Known>,
    /// What the probe used.
    #[serde(default)]
    pub probing: Usage,
    /// What is missing and how to get it.
    pub advice: Vec<String>,
}

impl Probed {
    /// Whether its first tokens are not text: it thinks, or returns nothing for another reason.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.thinks || self.empty.is_some()
    }

    /// The best way in which it scores.
    #[must_use]
    pub fn tier(&self) -> ScoreTier {
        match self.scoring {
            Some(_) => ScoreTier::Prompt,
            None if self.plain => ScoreTier::None,
            None if self.alternatives >= 2 && !self.is_silent() => ScoreTier::Labels,
            None => ScoreTier::Ranking,
        }
    }
}
