//! The tokens of a model, as far as a session needs to know them.

use std::borrow::Cow;

/// The text takes more tokens than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::member) struct TooLong {
    /// At least this many tokens are needed.
    pub(in crate::engine::member) needed: usize,
}

/// The kind of text being tokenised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::member) enum Part {
    /// The template's own text at the very start of a prompt: written forms of special tokens become those tokens.
    Opening,
    /// The template's own text in later places.
    Template,
    /// What users or models wrote: never a special token, and nothing is added before it.
    Text,
}

/// A model's tokens, numbered from 0.
pub(in crate::engine::member) trait Vocabulary {
    /// Appends the tokens of a text to `ids`. Fails if they would grow beyond `limit`.
    fn encode(&self, text: &str, part: Part, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong>;

    /// The text that a token adds.
    fn bytes(&self, id: u32) -> Cow<'_, [u8]>;

    /// Tokens that end a turn; at least one.
    fn ends(&self) -> &[u32];

    /// For each token, whether it is never drawn: those with a meaning in a template that do not end a turn.
    fn never(&self) -> &[bool];

    /// The token that starts a text, if the model wants it added.
    fn start(&self) -> Option<u32>;

    /// The written forms of the start and end tokens, for templates.
    fn written(&self) -> (&str, &str);
}
