//! A complete draft as a trace holds it, with what its author thought first.

use serde::{Deserialize, Serialize};

use super::{MemberName, Usage};

/// A finished draft. Its tokens are those of the preceding `token` events, cut where the text is.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftFinished {
    pub member: MemberName,
    /// The draft's text after the cut.
    pub text: String,
    /// Whether the answer is complete after it.
    pub ends: bool,
    /// Natural log-probability of ending there, whether or not it does, if the member knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_logprob: Option<f32>,
    /// What was drawn beyond the cut.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub beyond: String,
    /// What its author thought first; not part of the answer.
    #[serde(default, skip_serializing_if = "Thought::is_empty")]
    pub thought: Thought,
    /// What it kept of another member's draft, under lazy drafting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptDraft>,
    /// Tokens drawn, including those beyond the cut, excluding those kept from another's draft.
    pub drawn: usize,
    /// Token positions evaluated for it.
    pub forwards: u64,
    /// Tokens it used, if a server counts them.
    #[serde(default, skip_serializing_if = "Usage::is_zero")]
    pub usage: Usage,
    /// Milliseconds from the request to the first token.
    pub first_token_ms: f64,
    /// Milliseconds from the request to the end.
    pub elapsed_ms: f64,
}

/// What a member thought before it answered: hidden reasoning as its server reports it, or a thought inside its text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Thought {
    /// Its end, at most [`Thought::KEPT`] characters.
    pub text: String,
    /// Characters in all.
    pub characters: usize,
}

impl Thought {
    /// Characters of a thought that are kept.
    pub const KEPT: usize = 4000;

    /// Whether there was no thought, or nothing is known of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.characters == 0
    }

    /// Its last characters, at most this many, in one line; an ellipsis marks what was dropped.
    #[must_use]
    pub fn ending(&self, characters: usize) -> String {
        let line = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let from = line.char_indices().rev().nth(characters.saturating_sub(1)).map_or(0, |(at, _)| at);
        let cut = from > 0 || self.characters > Self::KEPT;
        format!("{}{}", if cut { "…" } else { "" }, line.get(from..).unwrap_or_default().trim_start())
    }

    /// This thought followed by a later one.
    #[must_use]
    pub fn followed_by(mut self, later: Self) -> Self {
        if self.is_empty() {
            return later;
        }
        let unseen = later.characters.saturating_sub(later.text.chars().count());
        self.push(&later.text);
        self.characters = self.characters.saturating_add(unseen);
        self
    }

    /// Appends text, dropping white space before the first word.
    pub fn push(&mut self, text: &str) {
        let text = if self.is_empty() { text.trim_start() } else { text };
        let more = text.chars().count();
        let known = self.characters.min(Self::KEPT);
        self.text.push_str(text);
        self.characters = self.characters.saturating_add(more);
        let excess = (known + more).saturating_sub(Self::KEPT);
        if excess > 0 {
            let from = self.text.char_indices().nth(excess).map_or(self.text.len(), |(at, _)| at);
            self.text.drain(..from);
        }
    }
}

/// The start of a draft that its author kept from another member's.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptDraft {
    pub drafter: MemberName,
    /// Its bytes; 0 if none of it was kept.
    pub bytes: usize,
    /// Its tokens, by the tokenizer of the member that kept them.
    pub tokens: usize,
    /// Natural logarithm of the probability of the first token that was rejected; absent if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_thought_is_kept_and_all_of_it_counted() {
        let mut thought = Thought::default();
        thought.push("\n ");
        assert!(thought.is_empty());
        thought.push("\nFirst é");
        assert_eq!((thought.text.as_str(), thought.characters), ("First é", 7));
        for _ in 0..1000 {
            thought.push("ab é");
        }
        assert_eq!((thought.text.chars().count(), thought.characters), (Thought::KEPT, 4007));
        thought.push(&"x".repeat(2 * Thought::KEPT));
        assert_eq!((thought.text.as_str(), thought.characters), ("x".repeat(Thought::KEPT).as_str(), 4007 + 2 * Thought::KEPT));
    }
}
