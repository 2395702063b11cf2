//! Why a reply ended: the words of all APIs, and their meaning here.

use serde_json::Value;

use super::super::continuation;

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it. Most APIs use one word for the end of a turn and a stop string; we send no stop strings.
    Eos,
    /// It reached the limit of tokens, or the context is full.
    Length,
    /// A stop string, if the server distinguishes it from the end of a turn.
    StopString,
    /// A filter stopped it, or the model refused.
    Filtered,
    /// The model wants to call a tool.
    ToolCall,
    /// The server failed.
    Error,
    /// Any other word.
    Unknown,
}

/// In lower case, as [`Finish::of`] compares them. Source: the finish reasons in the APIs' schemas.
const WORDS: &[(Finish, &[&str])] = &[
    (Finish::Eos, &["stop", "eos", "eos_token", "end_turn", "complete", "completed", "reason_stop", "stop_token"]),
    (
        Finish::Length,
        &["length", "max_tokens", "max_output_tokens", "max_length", "model_length", "incomplete", "reason_max_len"],
    ),
    (Finish::Length, &["model_context_window_exceeded", "context_length"]),
    (Finish::StopString, &["stop_sequence", "stop_string"]),
    (Finish::Filtered, &["content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii"]),
    (Finish::Filtered, &["error_toxic", "image_safety", "language", "model_armor"]),
    (Finish::ToolCall, &["tool_calls", "tool_call", "tool_use", "function_call", "malformed_function_call"]),
    (Finish::ToolCall, &["unexpected_tool_call", "pause_turn"]),
    (Finish::Error, &["error", "failed", "timeout", "abort", "cancelled", "insufficient_system_resource", "load", "unload"]),
];

/// Words of a reply that has not ended.
const UNDER_WAY: [&str; 4] = ["", "in_progress", "queued", "finish_reason_unspecified"];

/// Types of messages that are the last of their reply: Anthropic, Cohere, Responses.
const LAST: [&str; 5] = ["message_stop", "message-end", "response.completed", "response.incomplete", "response.failed"];

/// Whether a message is marked as the last of its reply, by its type or (Ollama) by a flag.
pub(super) fn closes(data: &Value) -> bool {
    let kind = data.get("type").and_then(Value::as_str);
    kind.is_some_and(|kind| LAST.contains(&kind)) || data.get("done") == Some(&Value::Bool(true))
}

impl Finish {
    /// The meaning of a word; `None` for words that mean that the reply continues.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        if UNDER_WAY.contains(&word.as_str()) {
            return None;
        }
        let known = WORDS.iter().find(|(_, words)| words.contains(&word.as_str()));
        Some(known.map_or(Self::Unknown, |(finish, _)| *finish))
    }

    /// Whether the model ended the answer.
    #[must_use]
    pub fn ends(self) -> bool {
        match self {
            Self::Eos => true,
            Self::Length | Self::StopString | Self::Filtered | Self::ToolCall | Self::Error | Self::Unknown => false,
        }
    }

    /// The reason in its most common word.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Eos => "stop",
            Self::Length => "length",
            Self::StopString => "stop sequence",
            Self::Filtered => "content filter",
            Self::ToolCall => "tool calls",
            Self::Error => "error",
            Self::Unknown => "none",
        }
    }

    /// What makes a reply useless, in words; `None` if its text can be used.
    pub(super) fn fault(self) -> Option<&'static str> {
        match self {
            Self::Filtered => Some("the reply was stopped by a filter or refused by the model"),
            Self::ToolCall => Some("the model wants to call a tool instead of writing text"),
            Self::Error => Some("the server says that the reply failed"),
            Self::Eos | Self::Length | Self::StopString | Self::Unknown => None,
        }
    }

    /// The reason in the terms of drafting by instruction.
    pub(super) fn of_instruction(self) -> continuation::Finish {
        match self {
            Self::Eos | Self::StopString => continuation::Finish::Stop,
            Self::Length => continuation::Finish::Length,
            Self::Filtered | Self::ToolCall | Self::Error | Self::Unknown => continuation::Finish::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_one_thing() {
        let words: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        for (number, word) in words.iter().enumerate() {
            assert_eq!(words.iter().position(|other| other == word), Some(number), "{word} stands twice");
            assert_eq!(*word, word.to_ascii_lowercase());
        }
    }

    #[test]
    fn words_of_several_apis() {
        assert_eq!(Finish::of("STOP"), Some(Finish::Eos));
        assert_eq!(Finish::of("eos_token"), Some(Finish::Eos));
        assert_eq!(Finish::of("MAX_TOKENS"), Some(Finish::Length));
        assert_eq!(Finish::of("PROHIBITED_CONTENT"), Some(Finish::Filtered));
        assert_eq!(Finish::of("in_progress"), None);
        assert_eq!(Finish::of("something new"), Some(Finish::Unknown));
    }
}
