//! Taking up a draft that another member wrote: keep what one would say too, and continue from there.
//!
//! Owns what such a call asks and what comes back. It is one decode for a member in this process: the last accepted token, which is
//! not evaluated yet, and the draft's tokens together, and the row behind the last one kept gives the next token.

use std::sync::Arc;

use super::{Context, Sampling, Usage};
use crate::engine::fusion::candidate::DraftToken;

/// Which of a draft's tokens are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Keep {
    /// Those that the member would draw itself, up to the first that it would not: what is written is its own text, and only sooner.
    /// Where an engine's rows depend on the rows beside them (llama.cpp's with quantised weights), two tokens that are nearly as
    /// probable may change places.
    Own,
    /// Those to which the member gives at least this probability (at temperature 1, 0 to 1), up to the first to which it gives less.
    Likely(f32),
}

/// A request to keep the start of a draft and to continue from there.
#[derive(Debug, Clone)]
pub struct ExtendRequest {
    /// What the draft continues.
    pub context: Context,
    /// The draft; empty where nothing was drafted.
    pub draft: Arc<str>,
    /// Whether the draft ends the answer.
    pub ends: bool,
    /// Which of its tokens are kept.
    pub keep: Keep,
    /// Tokens of its own that the member adds behind them, at least 1; fewer where the answer ends.
    pub own: usize,
    /// How the member's own tokens are drawn; with [`Keep::Own`] the draft is compared with tokens drawn so.
    pub sampling: Sampling,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Extended {
    /// Bytes of the draft that are kept; on a character boundary.
    pub kept: usize,
    /// Tokens that are kept: the first so many of `tokens`.
    pub kept_tokens: usize,
    /// The tokens of the text to append to what was accepted, in the member's own tokenizer: those kept of the draft, and what the
    /// member adds behind them: as many of its own as were asked for, more only where the first ones hold no whole character, or might be the start
    /// of another turn. None is added where the answer ends behind what is kept.
    pub tokens: Vec<DraftToken>,
    /// Natural logarithms of the probability (at temperature 1, at most 0) of the draft's tokens, in the member's own tokenizer, as
    /// far as they were looked at: those that are kept, and the first that is not.
    pub logprobs: Vec<f32>,
    /// Whether the answer is complete after it.
    pub ends: bool,
    /// Natural logarithm of the probability of ending behind all of it, where the member knows it.
    pub end_logprob: Option<f32>,
    /// Token positions evaluated by the model for it.
    pub forwards: u64,
    /// Tokens used, where a server counts them.
    pub usage: Usage,
}

impl Extended {
    /// What the member added to what it kept.
    #[must_use]
    pub fn added(&self) -> &[DraftToken] {
        self.tokens.get(self.kept_tokens..).unwrap_or_default()
    }

    /// The text to append to what was accepted.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn text(&self) -> String {
        self.tokens.iter().map(|token| token.text.as_str()).collect()
    }
}
