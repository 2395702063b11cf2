//! Recognises that a prompt does not fit a model's context, and roughly how many tokens are involved.
//!
//! Servers agree on neither code nor words. Codes: `OpenAI` and its relatives `context_length_exceeded`, llama.cpp
//! `exceed_context_size_error` with `n_prompt_tokens` and `n_ctx`. The others only have it in the message.

use serde_json::Value;

use crate::engine::member::count;

/// A prompt that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextLength {
    /// Tokens requested, if the server reports it.
    pub needed: Option<usize>,
    /// Tokens the context holds, if the server reports it.
    pub limit: Option<usize>,
}

const CODES: [&str; 3] = ["context_length_exceeded", "exceed_context_size_error", "model_context_window_exceeded"];

/// Phrases of such messages, in lower case.
const PHRASES: [&str; 9] = [
    "maximum context length",
    "context length exceeded",
    "exceeds the context",
    "exceeds the available context size",
    "exceed context limit",
    "context window",
    "prompt is too long",
    "input is too long",
    "input token count",
];

/// What directly precedes the number of tokens that the context holds.
const BEFORE_LIMIT: [&str; 5] =
    ["context length is ", "available context size (", "context size (", "context window of ", "tokens allowed ("];

/// What an error object and its message reveal about the context.
pub(super) fn context_length(error: &Value, message: &str) -> Option<ContextLength> {
    let lower = message.to_lowercase();
    let coded = ["code", "type"].into_iter().filter_map(|field| error.get(field)?.as_str()).any(|name| CODES.contains(&name));
    if !coded && !PHRASES.iter().any(|phrase| lower.contains(phrase)) {
        return None;
    }
    let field = |name: &str| error.get(name).and_then(count::of).and_then(|tokens| usize::try_from(tokens).ok());
    let (needed, limit) = numbers_in(&lower);
    Some(ContextLength { needed: field("n_prompt_tokens").or(needed), limit: field("n_ctx").or(limit) })
}

/// Needed and available tokens in a message. If the words do not distinguish them, the larger of the first two numbers is the
/// needed one: otherwise there would be no error.
fn numbers_in(lower: &str) -> (Option<usize>, Option<usize>) {
    // Anthropic: `215000 tokens > 200000 maximum`, `188240 + 21333 > 200000`.
    if let Some((needed, limit)) = lower.split_once(" > ") {
        let needed = numbers(needed).into_iter().reduce(usize::saturating_add);
        return (needed, numbers(limit).first().copied());
    }
    let all = numbers(lower);
    let told = BEFORE_LIMIT.iter().find_map(|phrase| {
        let (_, after) = lower.split_once(phrase)?;
        numbers(after).first().copied()
    });
    match (told, all.as_slice()) {
        (Some(limit), all) => (all.iter().copied().find(|number| *number > limit), Some(limit)),
        (None, [first, second, ..]) => (Some(*first.max(second)), Some(*first.min(second))),
        (None, _) => (None, None),
    }
}

/// The separate whole numbers, such as `4,097` and `4097` but not the one in `gpt-4`.
fn numbers(text: &str) -> Vec<usize> {
    let words = text.split(|part: char| !(part.is_alphanumeric() || "-_.,".contains(part)));
    let plain = words.map(|word| word.trim_matches(|part| ",.".contains(part)).replace(',', ""));
    plain.filter_map(|word| word.parse().ok()).collect()
}
