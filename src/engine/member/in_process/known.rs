//! The tokens of what a call continues, kept from call to call so that nothing is tokenised twice.
//!
//! A text can consist of other tokens than its tokenizer would produce. If a member has drawn tokens one by one, or joined its
//! own to another's, it has evaluated those; so once that text is accepted, as far as it is, they are its tokens.

use std::sync::Arc;

use super::template::Template;
use super::vocabulary::{Part, TooLong, Vocabulary};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::{Context, MemberError};

/// The tokens of the last context requested.
#[derive(Default)]
pub(in crate::engine::member) struct Known {
    conversation: Arc<Conversation>,
    prompt: Vec<u32>,
    segments: Vec<(Arc<str>, Vec<u32>)>,
    /// Tokens that were evaluated after the segments: the next segment may start with them.
    said: Vec<u32>,
}

impl Known {
    /// The tokens of a conversation up to where the answer starts, at most `limit`.
    pub(in crate::engine::member) fn prompt(
        &mut self,
        conversation: &Arc<Conversation>,
        template: &Template,
        vocabulary: &impl Vocabulary,
        limit: usize,
    ) -> Result<&[u32], MemberError> {
        let same = Arc::ptr_eq(&self.conversation, conversation) || self.conversation == *conversation;
        if self.prompt.is_empty() || !same {
            *self = Self::default();
            let prompt = template.tokens(conversation, vocabulary, limit)?;
            *self = Self { conversation: Arc::clone(conversation), prompt, ..Self::default() };
        }
        Ok(&self.prompt)
    }

    /// The tokens of a context: the prompt, then each accepted segment separately; at most `limit`.
    pub(in crate::engine::member) fn tokens(
        &mut self,
        context: &Context,
        template: &Template,
        vocabulary: &impl Vocabulary,
        limit: usize,
    ) -> Result<Vec<u32>, MemberError> {
        let mut ids = self.prompt(&context.conversation, template, vocabulary, limit)?.to_vec();
        let same = self.segments.iter().zip(context.accepted.iter()).take_while(|((known, _), text)| known == *text).count();
        if same < self.segments.len() {
            self.said.clear();
        }
        self.segments.truncate(same);
        for (_, tokens) in &self.segments {
            ids.extend_from_slice(tokens);
        }
        for text in &context.accepted[same..] {
            let start = ids.len();
            let full = |error: TooLong| MemberError::ContextFull { needed: error.needed, limit };
            let said = std::mem::take(&mut self.said);
            let (count, bytes) = seam(&said, text, vocabulary);
            ids.extend_from_slice(&said[..count]);
            vocabulary.encode(&text[bytes..], Part::Text, limit, &mut ids).map_err(full)?;
            self.segments.push((Arc::clone(text), ids[start..].to_vec()));
        }
        Ok(ids)
    }

    /// Remembers tokens that were evaluated after the last context requested.
    pub(in crate::engine::member) fn remember(&mut self, said: Vec<u32>) {
        self.said = said;
    }
}

/// How many of these tokens a text starts with, and their length in bytes.
pub(super) fn agreeing(tokens: &[u32], text: &str, vocabulary: &impl Vocabulary) -> (usize, usize) {
    let mut bytes = 0;
    let agrees = |token: &&u32| {
        let token = vocabulary.bytes(**token);
        let agrees = text.as_bytes()[bytes..].starts_with(&token);
        bytes += if agrees { token.len() } else { 0 };
        agrees
    };
    (tokens.iter().take_while(agrees).count(), bytes)
}

/// How many of these tokens are used for a text, and their length in bytes. If the text continues, the last matching one is left
/// to the tokenizer together with what follows, since both may be one word: if the result is the same, this costs nothing.
fn seam(said: &[u32], text: &str, vocabulary: &impl Vocabulary) -> (usize, usize) {
    let (mut count, mut bytes) = agreeing(said, text, vocabulary);
    while let Some(before) = count.checked_sub(1).filter(|_| bytes < text.len()) {
        count = before;
        bytes -= vocabulary.bytes(said[count]).len();
        if text.is_char_boundary(bytes) {
            break;
        }
    }
    (count, bytes)
}

#[cfg(test)]
mod tests;
