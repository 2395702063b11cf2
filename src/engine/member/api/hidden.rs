//! Hidden reasoning as APIs report it: next to the answer's text, each in its own fields.
//!
//! Thoughts inside the text belong to [`thought`](super::super::thought).

use std::borrow::Cow;

use serde_json::Value;

use super::path;

/// Locations of reasoning as text: `OpenAI`'s imitators (two names, streamed and whole), Mistral, Anthropic, Ollama, Cohere.
const TEXTS: [&str; 12] = [
    "choices/0/delta/reasoning_content",
    "choices/0/delta/reasoning",
    "choices/0/message/reasoning_content",
    "choices/0/message/reasoning",
    "choices/0/delta/content/*/thinking/*/text",
    "choices/0/message/content/*/thinking/*/text",
    "delta/thinking",
    "content/*/thinking",
    "message/thinking",
    "thinking",
    "delta/message/content/thinking",
    "message/content/*/thinking",
];

/// Locations where only its tokens are counted.
const COUNTS: [&str; 4] = [
    "usage/completion_tokens_details/reasoning_tokens",
    "response/usage/output_tokens_details/reasoning_tokens",
    "usageMetadata/thoughtsTokenCount",
    "usage/reasoning_tokens",
];

/// Gemini's parts: thoughts among them are marked.
const PARTS: &str = "candidates/0/content/parts";

/// The reasoning in a message.
pub(super) fn text(data: &Value) -> String {
    let own = path::joined(data, &TEXTS);
    if !own.is_empty() {
        return own;
    }
    let kind = data.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind.strip_suffix(".delta").is_some_and(|kind| kind.starts_with("response.reasoning")) {
        return data.get("delta").and_then(Value::as_str).unwrap_or_default().to_owned();
    }
    let parts = path::one(data, PARTS).and_then(Value::as_array).into_iter().flatten();
    parts.filter(|part| is_thought(part)).filter_map(|part| part.get("text")?.as_str()).collect()
}

/// Whether a message counts tokens of reasoning.
pub(super) fn is_counted(data: &Value) -> bool {
    COUNTS.iter().any(|place| path::number(data, &[place]).is_some_and(|count| count > 0))
}

/// The message without the parts that are thoughts and would be read as text.
pub(super) fn without(data: &Value) -> Cow<'_, Value> {
    let parts = path::one(data, PARTS).and_then(Value::as_array);
    if !parts.is_some_and(|parts| parts.iter().any(is_thought)) {
        return Cow::Borrowed(data);
    }
    let mut data = data.clone();
    if let Some(parts) = data.pointer_mut(&format!("/{PARTS}")).and_then(Value::as_array_mut) {
        parts.retain(|part| !is_thought(part));
    }
    Cow::Owned(data)
}

fn is_thought(part: &Value) -> bool {
    part.get("thought") == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasoning_is_found_where_each_api_has_it() {
        for data in [
            json!({"choices": [{"delta": {"content": null, "reasoning_content": "Hm"}}]}),
            json!({"choices": [{"delta": {"content": "", "reasoning": "Hm"}}]}),
            json!({"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}}]}),
            json!({"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "Hm"}}),
            json!({"type": "response.reasoning_summary_text.delta", "delta": "Hm"}),
            json!({"message": {"role": "assistant", "content": "", "thinking": "Hm"}, "done": false}),
            json!({"type": "content-delta", "delta": {"message": {"content": {"thinking": "Hm"}}}}),
            json!({"candidates": [{"content": {"parts": [{"text": "Hm", "thought": true}, {"text": "Paris"}]}}]}),
        ] {
            assert_eq!(text(&data), "Hm", "{data}");
        }
        let none = json!({"choices": [{"delta": {"content": "Paris", "reasoning_content": ""}}], "thinking": null});
        assert_eq!(text(&none), "");
        assert!(!is_counted(&json!({"usage": {"completion_tokens_details": {"reasoning_tokens": 0}}})));
        assert!(is_counted(&json!({"usage": {"completion_tokens_details": {"reasoning_tokens": 4}}})));
    }

    #[test]
    fn marked_parts_are_no_text() {
        let data = json!({"candidates": [{"content": {"parts": [{"text": "Hm", "thought": true}, {"text": "Paris"}]}}]});
        let left = without(&data);
        assert_eq!(left.pointer("/candidates/0/content/parts"), Some(&json!([{"text": "Paris"}])));
        assert!(matches!(without(&left), Cow::Borrowed(_)));
    }
}
