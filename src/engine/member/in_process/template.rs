//! Turns a conversation into prompt tokens, by the model's chat template, or as plain text if it has none.
//!
//! The template sees a private mark in place of each turn's content. Its output is split at the marks: its own parts may contain
//! special tokens, the contents never do, so no user can end a turn by typing `<|end|>`.

use super::vocabulary::{Part, TooLong, Vocabulary};
use crate::engine::fusion::conversation::{Conversation, Role};
use crate::engine::member::MemberError;
use crate::engine::member::chat_template::{ChatTemplate, Input, TemplateError};
use crate::engine::member::conversation_text::{close, plain, without_system};

/// Opens and closes a mark: a noncharacter, which no text should contain.
const MARK: char = '\u{fdd0}';

/// Writes conversations in a model's own form.
pub(in crate::engine::member) struct Template {
    file: String,
    form: Form,
    /// Whether the answer is preceded by an empty thought, because the model starts one of its own accord.
    silence: bool,
}

enum Form {
    Chat(ChatTemplate),
    #[cfg_attr(not(feature = "llama-cpp"), allow(dead_code, reason = "models of llama.cpp alone need it"))]
    Plain,
}

impl Template {
    /// The form of a chat template's source.
    pub(in crate::engine::member) fn chat(file: &str, source: &str) -> Self {
        Self { file: file.to_owned(), form: Form::Chat(ChatTemplate::new(source)), silence: false }
    }

    /// The plain form, for a model without a template.
    #[cfg_attr(not(feature = "llama-cpp"), allow(dead_code, reason = "models of llama.cpp alone need it"))]
    pub(in crate::engine::member) fn plain(file: &str) -> Self {
        Self { file: file.to_owned(), form: Form::Plain, silence: false }
    }

    /// Whether turns are introduced by plain text, so that no token reliably ends an answer.
    pub(in crate::engine::member) fn is_plain(&self) -> bool {
        matches!(self.form, Form::Plain)
    }

    /// Precedes the answer with an empty thought from now on.
    pub(super) fn silence(&mut self) {
        self.silence = true;
    }

    /// The prompt's tokens up to where the answer starts. Fails if there are more than `limit`.
    pub(in crate::engine::member) fn tokens(
        &self,
        conversation: &Conversation,
        vocabulary: &impl Vocabulary,
        limit: usize,
    ) -> Result<Vec<u32>, MemberError> {
        match &self.form {
            Form::Plain => self.plain_tokens(conversation, vocabulary, limit),
            Form::Chat(template) => {
                let rendered = self.render(template, conversation, vocabulary)?;
                self.chat_tokens(&close(rendered, self.silence), conversation, vocabulary, limit)
            }
        }
    }

    fn plain_tokens(
        &self,
        conversation: &Conversation,
        vocabulary: &impl Vocabulary,
        limit: usize,
    ) -> Result<Vec<u32>, MemberError> {
        let mut ids: Vec<u32> = vocabulary.start().into_iter().collect();
        let full = |error: TooLong| MemberError::ContextFull { needed: error.needed, limit };
        vocabulary.encode(&close(plain(conversation), self.silence), Part::Text, limit, &mut ids).map_err(full)?;
        Ok(ids)
    }

    fn chat_tokens(
        &self,
        rendered: &str,
        conversation: &Conversation,
        vocabulary: &impl Vocabulary,
        limit: usize,
    ) -> Result<Vec<u32>, MemberError> {
        let full = |error: TooLong| MemberError::ContextFull { needed: error.needed, limit };
        let mut ids: Vec<u32> = vocabulary.start().into_iter().collect();
        let mut asked = conversation.turns.is_empty();
        for (index, part) in rendered.split(MARK).enumerate() {
            if index % 2 == 0 {
                let kind = if index == 0 { Part::Opening } else { Part::Template };
                vocabulary.encode(part, kind, limit, &mut ids).map_err(full)?;
                // Templates often write the start token themselves; once is enough.
                if index == 0 && vocabulary.start().is_some() && ids.len() > 1 && ids[0] == ids[1] {
                    ids.remove(0);
                }
                continue;
            }
            let number: Option<usize> = part.parse().ok();
            let Some((number, turn)) = number.and_then(|number| Some((number, conversation.turns.get(number)?))) else {
                return Err(self.failed("it changes the contents of turns"));
            };
            asked |= number + 1 == conversation.turns.len();
            vocabulary.encode(&turn.content, Part::Text, limit, &mut ids).map_err(full)?;
        }
        if !asked {
            return Err(self.failed("it leaves out the last turn"));
        }
        if ids.is_empty() {
            return Err(self.failed("it renders nothing"));
        }
        Ok(ids)
    }

    /// Renders a conversation with marks for the contents. If the template refuses a system role, instructions go before the
    /// first question.
    fn render(
        &self,
        template: &ChatTemplate,
        conversation: &Conversation,
        vocabulary: &impl Vocabulary,
    ) -> Result<String, MemberError> {
        let turns: Vec<(Role, String)> = (0..)
            .zip(&conversation.turns)
            .map(|(number, turn): (usize, _)| (turn.role, format!("{MARK}{number}{MARK}")))
            .collect();
        let (begin, end) = vocabulary.written();
        let render = |turns: Vec<(Role, String)>| {
            let turns = turns.into_iter().map(|(role, content)| (called(role), content)).collect();
            template.render(Input { turns, begin: begin.to_owned(), end: end.to_owned() })
        };
        let merged = without_system(&turns);
        let rendered = match (render(turns), merged) {
            (Err(TemplateError::Engine(_)), Some(merged)) => render(merged),
            (rendered, _) => rendered,
        };
        rendered.map_err(|error| self.failed(&error.to_string()))
    }

    fn failed(&self, problem: &str) -> MemberError {
        MemberError::Failed(format!("{}: tokenizer.chat_template: {problem}", self.file))
    }
}

fn called(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}
