//! A draft in progress, whose text arrives in pieces from a server.
//!
//! Owns streaming each piece, and knowing when the segment is complete. Each member gets the pieces its own way.

use super::Progress;
use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::fusion::segment::{SegmentRule, SegmentUnit};

/// A draft in progress.
#[derive(Debug)]
pub struct Drawing {
    rule: SegmentRule,
    progress: Progress,
    tokens: Vec<DraftToken>,
    text: String,
}

impl Drawing {
    /// Nothing drawn yet.
    #[must_use]
    pub fn new(rule: SegmentRule, progress: Progress) -> Self {
        Self { rule, progress, tokens: Vec::new(), text: String::new() }
    }

    /// The most tokens that a draft by this rule can take.
    #[must_use]
    pub fn limit(rule: SegmentRule) -> usize {
        match rule.unit {
            SegmentUnit::Tokens => rule.length.max(1),
            SegmentUnit::Words | SegmentUnit::Sentence => rule.token_cap.max(1),
        }
    }

    /// Adds a piece of text (a token, or as much as a server sends at a time) with its natural log-probability if known, and
    /// streams it. Returns whether the segment is complete.
    pub async fn add(&mut self, text: &str, logprob: Option<f32>) -> bool {
        let token = DraftToken { text: text.to_owned(), logprob };
        self.text.push_str(text);
        self.tokens.push(token.clone());
        self.progress.token(token).await;
        self.rule.is_complete(&self.text, self.tokens.len())
    }

    /// Signals that the member is working, although there is no piece to add.
    pub fn alive(&self) {
        self.progress.alive();
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Pieces so far.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.tokens.len()
    }

    /// The draft. `end_logprob` is the natural log-probability of ending here, if it ends and that is known.
    #[must_use]
    pub fn finish(self, ends: bool, end_logprob: Option<f32>) -> Draft {
        Draft { tokens: self.tokens, ends, end_logprob: end_logprob.filter(|_| ends) }
    }
}
