//! Extending a draft that another member wrote: keep what this member would draft too, and continue from there.
//!
//! Owns the request and the reply of such a call. It is one decode for a member in this process: the last accepted token, which
//! is not evaluated yet, together with the draft's tokens; the row after the last one kept gives the next token.

use std::sync::Arc;

use super::{Context, Sampling, Usage};
use crate::engine::fusion::candidate::DraftToken;

/// Which of a draft's tokens are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Keep {
    /// Those that the member would draw itself, up to the first that it would not: the result is its own text, only sooner. If an
    /// engine's rows depend on adjacent rows (llama.cpp's with quantised weights), two nearly equally probable tokens may swap.
    Own,
    /// Those to which the member gives at least this probability (at temperature 1, 0 to 1), up to the first to which it gives
    /// less.
    Likely(f32),
}

/// A request to keep the start of a draft and to continue from there.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone)]
pub struct ExtendRequest {
    /// What the draft continues.
    pub context: Context,
    /// The draft; empty if nothing was drafted.
    pub draft: Arc<str>,
    /// Whether the draft ends the answer.
    pub ends: bool,
    pub keep: Keep,
    /// How many tokens of its own the member adds after them, at least 1; fewer if the answer ends.
    pub own: usize,
    /// How the member's own tokens are drawn; with [`Keep::Own`] the draft is compared with tokens drawn this way.
    pub sampling: Sampling,
}

/// The result of extending a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Extended {
    /// Bytes of the draft that are kept; on a character boundary.
    pub kept: usize,
    /// How many of `tokens` are kept, from the start.
    pub kept_tokens: usize,
    /// The tokens of the text to append to what was accepted, in the member's own tokenizer: those kept from the draft, and those
    /// that the member adds. It adds as many as were requested, and more only if they hold no whole character or might be the
    /// start of another turn. It adds none if the answer ends after what is kept.
    pub tokens: Vec<DraftToken>,
    /// Natural logarithms of the probability (at temperature 1, at most 0) of the draft's tokens, in the member's own tokenizer,
    /// as far as they were checked: those kept, and the first that was not.
    pub logprobs: Vec<f32>,
    /// Whether the answer is complete after it.
    pub ends: bool,
    /// Natural logarithm of the probability of ending after all of it, if the member knows it.
    pub end_logprob: Option<f32>,
    /// Token positions evaluated by the model for it.
    pub forwards: u64,
    /// Tokens used, if a server counts them.
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
