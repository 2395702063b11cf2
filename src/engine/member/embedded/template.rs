//! A conversation to prompt tokens, by the chat template that the GGUF carries.
//!
//! The template sees a private mark in place of each turn's content. What it renders is cut at the marks: its own parts may
//! hold special tokens, the contents never do, so that nobody can end a turn by typing `<|end|>`.

use super::error::EmbeddedError;
use super::gguf::Gguf;
use super::tokenizer::TooLong;
use super::vocabulary::Vocabulary;
use crate::engine::fusion::conversation::{Conversation, Role};
use crate::engine::member::MemberError;
use crate::engine::member::chat_template::{ChatTemplate, Input, TemplateError};

/// Opens and closes a mark: noncharacters, which no text is meant to hold.
const MARK: char = '\u{fdd0}';

/// Renders conversations in a model's own form.
pub(super) struct Template {
    file: String,
    template: ChatTemplate,
}

impl Template {
    pub(super) fn new(file: &str, source: &str) -> Self {
        Self { file: file.to_owned(), template: ChatTemplate::new(source) }
    }

    /// The prompt's tokens up to where the answer begins. Fails where they are more than `limit`.
    pub(super) fn tokens(
        &self,
        conversation: &Conversation,
        vocabulary: &Vocabulary,
        limit: usize,
    ) -> Result<Vec<u32>, MemberError> {
        // Contents alone may already be too long; rendering would only copy them.
        let rendered = self.render(conversation, vocabulary)?;
        let full = |error: TooLong| MemberError::ContextFull { needed: error.needed, limit };
        let mut ids: Vec<u32> = vocabulary.start.into_iter().collect();
        let mut asked = conversation.turns.is_empty();
        for (index, part) in rendered.split(MARK).enumerate() {
            if index % 2 == 0 {
                vocabulary.encode(part, true, limit, &mut ids).map_err(full)?;
                // Templates often write the start token themselves; once is enough.
                if index == 0 && vocabulary.start.is_some() && ids.len() > 1 && ids[0] == ids[1] {
                    ids.remove(0);
                }
                continue;
            }
            let number: Option<usize> = part.parse().ok();
            let Some((number, turn)) = number.and_then(|number| Some((number, conversation.turns.get(number)?))) else {
                return Err(self.failed("it changes the contents of turns"));
            };
            asked |= number + 1 == conversation.turns.len();
            vocabulary.encode(&turn.content, false, limit, &mut ids).map_err(full)?;
        }
        if !asked {
            return Err(self.failed("it leaves out the last turn"));
        }
        if ids.is_empty() {
            return Err(self.failed("it renders nothing"));
        }
        Ok(ids)
    }

    fn render(&self, conversation: &Conversation, vocabulary: &Vocabulary) -> Result<String, MemberError> {
        let turns = conversation.turns.iter().enumerate().map(|(number, turn)| {
            let role = match turn.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            (role, format!("{MARK}{number}{MARK}"))
        });
        let input = Input { turns: turns.collect(), begin: vocabulary.start_text.clone(), end: vocabulary.end_text.clone() };
        self.template.render(input).map_err(|error| self.failed(&error.to_string()))
    }

    fn failed(&self, problem: &str) -> MemberError {
        MemberError::Failed(format!("{}: tokenizer.chat_template: {problem}", self.file))
    }
}

/// Says whether the template can be used, so that this is known when a file is opened and not at the first question.
pub(super) fn check(gguf: &Gguf<'_>, vocabulary: &Vocabulary) -> Result<(), EmbeddedError> {
    let unusable = |problem: TemplateError| EmbeddedError::metadata(gguf.file(), "tokenizer.chat_template", problem.to_string());
    ChatTemplate::new(&vocabulary.template).check().map_err(unusable)
}
