//! Another member's draft as a guide for drawing: followed as far as it is kept, then drawn freely.

use super::super::vocabulary::Vocabulary;
use crate::engine::member::Keep;

/// What may come next at a position, with its natural log-probability.
#[derive(Debug, Clone, Copy)]
pub(super) enum Next {
    Token(u32, f32),
    /// The end of the answer, by any token that ends one.
    End(f32),
}

impl Next {
    pub(super) fn logprob(self) -> f32 {
        match self {
            Self::Token(_, logprob) | Self::End(logprob) => logprob,
        }
    }

    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Token(one, _), Self::Token(other, _)) => one == other,
            (Self::End(_), Self::End(_)) => true,
            (Self::Token(..), Self::End(_)) | (Self::End(_), Self::Token(..)) => false,
        }
    }
}

/// A draft that is followed.
#[derive(Debug)]
pub(super) struct Guide {
    tokens: Vec<u32>,
    ends: bool,
    keep: Keep,
    kept: usize,
    /// How many tokens to add after those that are kept.
    own: usize,
    /// Length of the text in bytes where the draft was left.
    left_at: Option<usize>,
    logprobs: Vec<f32>,
}

impl Guide {
    /// A draft of these tokens; `ends`: whether it ends the answer; `own`: how many tokens to add after it.
    pub(super) fn new(tokens: Vec<u32>, ends: bool, keep: Keep, own: usize) -> Self {
        Self { tokens, ends, keep, kept: 0, own: own.max(1), left_at: None, logprobs: Vec::new() }
    }

    /// How many tokens of the draft are kept so far.
    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// How many tokens to add after those that are kept, at least 1.
    pub(super) fn own(&self) -> usize {
        self.own
    }

    /// Log-probabilities of its tokens as far as they were checked.
    pub(super) fn into_logprobs(self) -> Vec<f32> {
        self.logprobs
    }

    /// The draft's tokens that may still be kept.
    pub(super) fn ahead(&self) -> &[u32] {
        if self.left_at.is_some() { &[] } else { &self.tokens[self.kept..] }
    }

    /// Length of the text in bytes when the first token was drawn that is not the draft's, if one was.
    pub(super) fn left_at(&self) -> Option<usize> {
        self.left_at
    }

    /// The draft's next item: a token, the end, or nothing.
    pub(super) fn says(&self, vocabulary: &impl Vocabulary) -> Option<u32> {
        if self.left_at.is_some() {
            return None;
        }
        let end = || vocabulary.ends().first().copied().filter(|_| self.ends && self.kept == self.tokens.len());
        self.tokens.get(self.kept).copied().or_else(end)
    }

    /// Whether the draft's next item is kept regardless of what would be drawn.
    pub(super) fn keeps_unasked(&mut self, said: Next) -> bool {
        if matches!(said, Next::Token(..)) {
            self.logprobs.push(said.logprob());
        }
        match self.keep {
            Keep::Own => false,
            Keep::Likely(least) => self.take(said, said.logprob() >= least.ln()),
        }
    }

    /// Takes what was drawn where the text has this many bytes, and keeps the draft's item there if it is the same.
    pub(super) fn hear(&mut self, said: Option<Next>, drawn: Next, bytes: usize) {
        let same = match self.keep {
            Keep::Own => said.is_some_and(|said| self.take(said, said.is(drawn))),
            Keep::Likely(_) => false,
        };
        if !same && self.left_at.is_none() {
            self.left_at = Some(bytes);
        }
    }

    fn take(&mut self, said: Next, keeps: bool) -> bool {
        self.kept += usize::from(keeps && matches!(said, Next::Token(..)));
        keeps
    }
}
