//! The conversation so far: the turns before the answer being written.
//!
//! Owns the vocabulary of a conversation. Turning it into tokens (the chat template) is the member's job.

use serde::{Deserialize, Serialize};

/// Who speaks a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions that apply to the whole conversation.
    System,
    /// The user.
    User,
    /// An earlier answer.
    Assistant,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Who speaks.
    #[allow(missing_docs, reason = "the names say it")]
    pub role: Role,
    /// What was said, byte for byte.
    pub content: String,
}

/// The turns that an answer replies to; the last one is the question being answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Conversation {
    /// Oldest first.
    pub turns: Vec<Turn>,
}

impl Conversation {
    /// A conversation of a single question.
    #[must_use]
    pub fn question(prompt: impl Into<String>) -> Self {
        Self { turns: vec![Turn { role: Role::User, content: prompt.into() }] }
    }

    /// A conversation with no question yet, under these instructions.
    #[must_use]
    pub fn under(system: Option<&str>) -> Self {
        let turn = |content: &str| Turn { role: Role::System, content: content.to_owned() };
        Self { turns: system.map(turn).into_iter().collect() }
    }

    /// The question being answered: the content of the last turn, or empty if there is none.
    #[must_use]
    pub fn prompt(&self) -> &str {
        self.turns.last().map_or("", |turn| turn.content.as_str())
    }
}
