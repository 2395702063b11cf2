//! The tokens of what a call continues, kept from call to call so that nothing is tokenised twice.

use std::sync::Arc;

use super::template::Template;
use super::vocabulary::{Part, TooLong, Vocabulary};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::{Context, MemberError};

/// The tokens of the last context asked for.
#[derive(Default)]
pub(in crate::engine::member) struct Known {
    conversation: Arc<Conversation>,
    prompt: Vec<u32>,
    segments: Vec<(Arc<str>, Vec<u32>)>,
}

impl Known {
    /// The tokens of a conversation up to where the answer begins, at most `limit`.
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
            *self = Self { conversation: Arc::clone(conversation), prompt, segments: Vec::new() };
        }
        Ok(&self.prompt)
    }

    /// The tokens of a context: the prompt, then each accepted segment on its own; at most `limit`.
    pub(in crate::engine::member) fn tokens(
        &mut self,
        context: &Context,
        template: &Template,
        vocabulary: &impl Vocabulary,
        limit: usize,
    ) -> Result<Vec<u32>, MemberError> {
        let mut ids = self.prompt(&context.conversation, template, vocabulary, limit)?.to_vec();
        let same = self.segments.iter().zip(context.accepted.iter()).take_while(|((known, _), text)| known == *text).count();
        self.segments.truncate(same);
        for (_, tokens) in &self.segments {
            ids.extend_from_slice(tokens);
        }
        for text in &context.accepted[same..] {
            let start = ids.len();
            let full = |error: TooLong| MemberError::ContextFull { needed: error.needed, limit };
            vocabulary.encode(text, Part::Text, limit, &mut ids).map_err(full)?;
            self.segments.push((Arc::clone(text), ids[start..].to_vec()));
        }
        Ok(ids)
    }
}
