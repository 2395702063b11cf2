//! The endpoints for text that several dialects share, or that set one dialect apart.
//!
//! What each reports of the tokens used, and when; `account` guesses the rest. Every one takes a limit of tokens, which keeps a
//! dropped reply from running on: a segment needs at most that many. None takes a stop text that could distinguish the end of a
//! sentence or a word from a full stop or a space within.
//!
//! - `CHAT`, `COMPLETIONS` and their relatives: everything at the end, in a separate message, if `include_usage` is accepted (the
//!   probe finds out); vLLM and `SGLang` also in every message, if so configured; Groq always in its last message.
//! - `RESPONSES`: everything in the last message.
//! - `MESSAGES`: the prompt in the first message, the reply in the last but one.
//! - `GEMINI`: both in every message.
//! - `COHERE`, `OLLAMA`, `GENERATE`: everything in the last message.

use super::super::http::Framing;
use super::dialect::Fixed::{Alternatives, False, Text, Texts, True};
use super::dialect::{Field, Layout, Reading, TextEndpoint};

const STREAM: &[Field] = &[("stream", True)];
const STREAM_WITH_USAGE: &[Field] = &[("stream", True), ("stream_options/include_usage", True)];
const JSON_OBJECT: &[Field] = &[("response_format/type", Text("json_object"))];

/// `choices[]` and `usage` of `OpenAI` and its imitators, for chat and completions, streamed and whole.
pub(super) const CHOICES: Reading = Reading {
    only: None,
    texts: &[
        "choices/0/delta/content",
        "choices/0/text",
        "choices/0/message/content",
        "choices/0/delta/content/*/text",
        "choices/0/message/content/*/text",
    ],
    special: None,
    finishes: &["choices/0/finish_reason"],
    refusals: &["choices/0/delta/refusal", "choices/0/message/refusal"],
    reasons: &["choices/0/error/message", "choices/0/native_finish_reason"],
    logprobs: &["choices/0/logprobs"],
    alternatives: None,
    prompt_tokens: &[&["usage/prompt_tokens"], &["x_groq/usage/prompt_tokens"]],
    cached_tokens: &[
        &["usage/prompt_tokens_details/cached_tokens"],
        &["usage/prompt_cache_hit_tokens"],
        &["usage/cached_tokens"],
        &["usage/num_cached_tokens"],
    ],
    output_tokens: &[&["usage/completion_tokens"], &["x_groq/usage/completion_tokens"]],
};

/// Chat completions, as most servers accept them.
pub(super) const CHAT: TextEndpoint = TextEndpoint {
    layout: Layout::Messages,
    path: "chat/completions",
    framing: Framing::EventStream,
    model: Some("model"),
    tokens: ("max_tokens", 1),
    temperature: "temperature",
    zero: true,
    top_p: "top_p",
    seed: Some("seed"),
    always: STREAM_WITH_USAGE,
    logprobs: &[("logprobs", True), ("top_logprobs", Alternatives)],
    json: JSON_OBJECT,
    reading: &CHOICES,
};

/// The same below `v1/`, for servers that have other routes next to it.
pub(super) const LOCAL_CHAT: TextEndpoint = TextEndpoint { path: "v1/chat/completions", json: &[], ..CHAT };

/// Completions of a raw prompt.
pub(super) const COMPLETIONS: TextEndpoint = TextEndpoint {
    layout: Layout::Raw("prompt"),
    path: "completions",
    logprobs: &[("logprobs", Alternatives)],
    json: &[],
    ..CHAT
};

/// The same below `v1/`.
pub(super) const LOCAL_COMPLETIONS: TextEndpoint = TextEndpoint { path: "v1/completions", ..COMPLETIONS };

/// The number of alternatives in `logprobs`, as in completions, but on chat (Together, Fireworks).
pub(super) const COUNTED_CHAT: TextEndpoint = TextEndpoint { logprobs: &[("logprobs", Alternatives)], ..CHAT };

/// `OpenAI` responses.
pub(super) const RESPONSES: TextEndpoint = TextEndpoint {
    layout: Layout::Input,
    path: "responses",
    tokens: ("max_output_tokens", 16),
    seed: None,
    always: &[("stream", True), ("store", False)],
    logprobs: &[("include", Texts(&["message.output_text.logprobs"])), ("top_logprobs", Alternatives)],
    json: &[("text/format/type", Text("json_object"))],
    reading: &Reading {
        only: Some(("type", "response.output_text.delta")),
        texts: &["delta", "output/*/content/*/text"],
        special: None,
        finishes: &["response/incomplete_details/reason", "incomplete_details/reason", "response/status", "status"],
        refusals: &["refusal", "output/*/content/*/refusal"],
        reasons: &["response/error/message", "message"],
        logprobs: &["logprobs", "output/0/content/0/logprobs"],
        alternatives: None,
        prompt_tokens: &[&["response/usage/input_tokens"], &["usage/input_tokens"]],
        cached_tokens: &[&["response/usage/input_tokens_details/cached_tokens"], &["usage/input_tokens_details/cached_tokens"]],
        output_tokens: &[&["response/usage/output_tokens"], &["usage/output_tokens"]],
    },
    ..CHAT
};

/// Anthropic messages. Tokens read from the cache are counted separately.
pub(super) const MESSAGES: TextEndpoint = TextEndpoint {
    layout: Layout::SystemApart,
    path: "v1/messages",
    seed: None,
    always: STREAM,
    logprobs: &[],
    json: &[],
    reading: &Reading {
        only: None,
        texts: &["delta/text", "content/*/text"],
        special: None,
        finishes: &["delta/stop_reason", "stop_reason"],
        refusals: &[],
        reasons: &["delta/stop_details/explanation"],
        logprobs: &[],
        alternatives: None,
        prompt_tokens: &[
            &["message/usage/input_tokens", "message/usage/cache_read_input_tokens", "message/usage/cache_creation_input_tokens"],
            &["usage/input_tokens", "usage/cache_read_input_tokens", "usage/cache_creation_input_tokens"],
        ],
        cached_tokens: &[&["message/usage/cache_read_input_tokens"], &["usage/cache_read_input_tokens"]],
        output_tokens: &[&["usage/output_tokens"], &["message/usage/output_tokens"]],
    },
    ..CHAT
};

/// Gemini `streamGenerateContent`.
pub(super) const GEMINI: TextEndpoint = TextEndpoint {
    layout: Layout::Contents,
    path: "v1beta/models/{model}:streamGenerateContent?alt=sse",
    model: None,
    tokens: ("generationConfig/maxOutputTokens", 1),
    temperature: "generationConfig/temperature",
    top_p: "generationConfig/topP",
    seed: Some("generationConfig/seed"),
    always: &[],
    logprobs: &[("generationConfig/responseLogprobs", True), ("generationConfig/logprobs", Alternatives)],
    json: &[("generationConfig/responseMimeType", Text("application/json"))],
    reading: &Reading {
        only: None,
        texts: &["candidates/0/content/parts/*/text"],
        special: None,
        finishes: &["candidates/0/finishReason"],
        refusals: &["promptFeedback/blockReason"],
        reasons: &["candidates/0/finishMessage"],
        logprobs: &["candidates/0/logprobsResult"],
        alternatives: None,
        prompt_tokens: &[&["usageMetadata/promptTokenCount"]],
        cached_tokens: &[&["usageMetadata/cachedContentTokenCount"]],
        output_tokens: &[&["usageMetadata/candidatesTokenCount", "usageMetadata/thoughtsTokenCount"]],
    },
    ..CHAT
};

/// Cohere chat, version 2. It reports the chosen tokens only.
pub(super) const COHERE: TextEndpoint = TextEndpoint {
    path: "v2/chat",
    top_p: "p",
    always: STREAM,
    logprobs: &[("logprobs", True)],
    reading: &Reading {
        only: None,
        texts: &["delta/message/content/text", "message/content/*/text"],
        special: None,
        finishes: &["delta/finish_reason", "finish_reason"],
        refusals: &[],
        reasons: &["delta/error"],
        logprobs: &["logprobs"],
        alternatives: None,
        prompt_tokens: &[&["delta/usage/tokens/input_tokens"], &["usage/tokens/input_tokens"]],
        cached_tokens: &[&["delta/usage/cached_tokens"], &["usage/cached_tokens"]],
        output_tokens: &[&["delta/usage/tokens/output_tokens"], &["usage/tokens/output_tokens"]],
    },
    ..CHAT
};

/// Ollama's own chat, one JSON text per line. Unloading a model between rounds costs more time than everything else.
pub(super) const OLLAMA: TextEndpoint = TextEndpoint {
    path: "api/chat",
    framing: Framing::JsonLines,
    tokens: ("options/num_predict", 1),
    temperature: "options/temperature",
    top_p: "options/top_p",
    seed: Some("options/seed"),
    always: &[("stream", True), ("keep_alive", Text("30m"))],
    json: &[("format", Text("json"))],
    reading: &Reading {
        only: None,
        texts: &["message/content", "response"],
        special: None,
        finishes: &["done_reason"],
        refusals: &[],
        reasons: &[],
        logprobs: &["logprobs"],
        alternatives: None,
        prompt_tokens: &[&["prompt_eval_count"]],
        cached_tokens: &[],
        output_tokens: &[&["eval_count"]],
    },
    ..CHAT
};

/// TGI `generate_stream`. Its end token comes like any other, but is marked.
pub(super) const GENERATE: TextEndpoint = TextEndpoint {
    layout: Layout::Raw("inputs"),
    path: "generate_stream",
    model: None,
    tokens: ("parameters/max_new_tokens", 1),
    temperature: "parameters/temperature",
    zero: false,
    top_p: "parameters/top_p",
    seed: Some("parameters/seed"),
    always: &[("parameters/details", True), ("parameters/return_full_text", False)],
    logprobs: &[("parameters/top_n_tokens", Alternatives)],
    json: &[],
    reading: &Reading {
        only: None,
        texts: &["token/text"],
        special: Some("token/special"),
        finishes: &["details/finish_reason"],
        refusals: &[],
        reasons: &[],
        logprobs: &["token"],
        alternatives: Some("top_tokens"),
        prompt_tokens: &[&["details/input_length"]],
        cached_tokens: &[],
        output_tokens: &[&["details/generated_tokens"]],
    },
    ..CHAT
};
