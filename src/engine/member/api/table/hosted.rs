//! APIs in the network. Facts: their documentation and schemas; where those are silent the probe decides.

use super::super::dialect::Fixed::{Number, Text, True};
use super::super::dialect::{Auth, Dialect, Listing, Prefill, Scoring, Wire};
use super::super::wires::{CHAT, COHERE as COHERE_CHAT, COMPLETIONS, COUNTED_CHAT, GEMINI as GEMINI_CHAT, MESSAGES, RESPONSES};
use super::{bearer, listing};

const JUDGES_ONLY: &str = "this API returns no log-probabilities of given text: it can judge candidates, not score them";

/// A trailing answer is a finished turn, so drafting is by instruction. Reasoning models refuse sampling parameters and take
/// `max_completion_tokens` for `max_tokens`: the probe is told so by their errors. Completions exist for old base models.
pub(in super::super) static OPENAI: Dialect = Dialect {
    address: Some("https://api.openai.com/v1"),
    auth: bearer("OPENAI_API_KEY"),
    headers: &[],
    listing: listing("models", true),
    chat: Wire { tokens: ("max_completion_tokens", 1), ..CHAT },
    raw: Some(COMPLETIONS),
    rendering: None,
    prefill: Prefill::Never,
    prefill_path: None,
    trimmed: false,
    unthinking: &[],
    less_thinking: &[("reasoning_effort", Text("none")), ("reasoning_effort", Text("minimal"))],
    describing: None,
    context_place: None,
    scoring: &[Scoring::Echo],
    alternatives: 20,
    concurrency: 8,
    scoring_advice: JUDGES_ONLY,
};

pub(in super::super) static OPENAI_RESPONSES: Dialect = Dialect {
    chat: RESPONSES,
    raw: None,
    less_thinking: &[("reasoning/effort", Text("none")), ("reasoning/effort", Text("minimal"))],
    scoring: &[],
    ..OPENAI
};

/// Its list names models, not the deployments that requests name.
pub(in super::super) static AZURE: Dialect = Dialect {
    address: None,
    auth: Auth { header: "api-key", prefix: "", variable: Some("AZURE_OPENAI_API_KEY") },
    listing: listing("models", false),
    raw: None,
    scoring: &[],
    ..OPENAI
};

/// Claude up to 4.5 continues an answer begun, later ones refuse it and sampling parameters too.
pub(in super::super) static ANTHROPIC: Dialect = Dialect {
    address: Some("https://api.anthropic.com"),
    auth: Auth { header: "x-api-key", prefix: "", variable: Some("ANTHROPIC_API_KEY") },
    headers: &[("anthropic-version", "2023-06-01")],
    listing: listing("v1/models?limit=1000", false),
    chat: MESSAGES,
    raw: None,
    prefill: Prefill::Unflagged,
    trimmed: true,
    less_thinking: &[("thinking/type", Text("disabled"))],
    scoring: &[],
    alternatives: 0,
    ..OPENAI
};

pub(in super::super) static GEMINI: Dialect = Dialect {
    address: Some("https://generativelanguage.googleapis.com"),
    auth: Auth { header: "x-goog-api-key", prefix: "", variable: Some("GEMINI_API_KEY") },
    listing: Listing { path: "v1beta/models?pageSize=1000", list: &["models"], id: "name", complete: true },
    chat: GEMINI_CHAT,
    raw: None,
    prefill: Prefill::Unflagged,
    unthinking: &[("generationConfig/thinkingConfig/thinkingBudget", Number(0))],
    less_thinking: &[("generationConfig/thinkingConfig/thinkingLevel", Text("minimal"))],
    scoring: &[],
    ..OPENAI
};

pub(in super::super) static MISTRAL: Dialect = Dialect {
    address: Some("https://api.mistral.ai/v1"),
    auth: bearer("MISTRAL_API_KEY"),
    chat: Wire { seed: Some("random_seed"), always: &[("stream", True)], logprobs: &[], ..CHAT },
    raw: None,
    prefill: Prefill::Turn(&[("prefix", True)]),
    less_thinking: &[],
    scoring: &[],
    alternatives: 0,
    ..OPENAI
};

/// Thinking shuts out log-probabilities and prefill alike.
pub(in super::super) static DEEPSEEK: Dialect = Dialect {
    address: Some("https://api.deepseek.com"),
    auth: bearer("DEEPSEEK_API_KEY"),
    chat: Wire { seed: None, ..CHAT },
    raw: None,
    prefill: Prefill::Turn(&[("prefix", True)]),
    prefill_path: Some("beta/chat/completions"),
    unthinking: &[("thinking/type", Text("disabled"))],
    less_thinking: &[],
    scoring: &[],
    ..OPENAI
};

/// No model of it reports log-probabilities, and it fails a reply that is no JSON where that was asked for.
pub(in super::super) static GROQ: Dialect = Dialect {
    address: Some("https://api.groq.com/openai/v1"),
    auth: bearer("GROQ_API_KEY"),
    chat: Wire { tokens: ("max_completion_tokens", 1), logprobs: &[], json: &[], ..CHAT },
    raw: None,
    prefill: Prefill::Unflagged,
    scoring: &[],
    alternatives: 0,
    ..OPENAI
};

/// What a model can do depends on the provider behind it.
pub(in super::super) static OPENROUTER: Dialect = Dialect {
    address: Some("https://openrouter.ai/api/v1"),
    auth: bearer("OPENROUTER_API_KEY"),
    chat: Wire { json: &[], ..CHAT },
    raw: None,
    prefill: Prefill::Unflagged,
    less_thinking: &[("reasoning/enabled", super::super::dialect::Fixed::False), ("reasoning/effort", Text("minimal"))],
    scoring: &[],
    scoring_advice: "no provider behind this API returns log-probabilities of given text: it can judge candidates, not score \
                     them",
    ..OPENAI
};

pub(in super::super) static XAI: Dialect = Dialect {
    address: Some("https://api.x.ai/v1"),
    auth: bearer("XAI_API_KEY"),
    chat: CHAT,
    raw: None,
    prefill: Prefill::Unflagged,
    scoring: &[],
    alternatives: 8,
    ..OPENAI
};

pub(in super::super) static COHERE: Dialect = Dialect {
    address: Some("https://api.cohere.com"),
    auth: bearer("COHERE_API_KEY"),
    listing: Listing { path: "v1/models?page_size=1000&endpoint=chat", list: &["models"], id: "name", complete: true },
    chat: COHERE_CHAT,
    raw: None,
    less_thinking: &[("thinking/type", Text("disabled"))],
    scoring: &[],
    alternatives: 1,
    ..OPENAI
};

pub(in super::super) static TOGETHER: Dialect = Dialect {
    address: Some("https://api.together.xyz/v1"),
    auth: bearer("TOGETHER_API_KEY"),
    listing: Listing { path: "models", list: &["", "data"], id: "id", complete: true },
    chat: COUNTED_CHAT,
    prefill: Prefill::Unflagged,
    scoring: &[Scoring::ChatEcho, Scoring::Echo],
    ..OPENAI
};

/// Its list holds serverless models only.
pub(in super::super) static FIREWORKS: Dialect = Dialect {
    address: Some("https://api.fireworks.ai/inference/v1"),
    auth: bearer("FIREWORKS_API_KEY"),
    listing: listing("models", false),
    chat: COUNTED_CHAT,
    prefill: Prefill::Unflagged,
    scoring: &[Scoring::ChatEcho, Scoring::EchoLast],
    alternatives: 5,
    ..OPENAI
};
