//! Hosted APIs. Source: their documentation and schemas; the probe decides what they leave open.

use super::super::dialect::Fixed::{Number, Text, True};
use super::super::dialect::{Auth, Dialect, Listing, Prefill, Scoring, TextEndpoint};
use super::super::endpoints::{
    CHAT, COHERE as COHERE_CHAT, COMPLETIONS, COUNTED_CHAT, GEMINI as GEMINI_CHAT, MESSAGES, RESPONSES,
};
use super::{bearer, listing, speaking};

const JUDGES_ONLY: &str = "this API returns no log-probabilities of given text: it can judge candidates, not score them";

/// A trailing answer is a finished turn, so drafting is by instruction. Reasoning models refuse sampling parameters and want
/// `max_completion_tokens` instead of `max_tokens`: their errors tell the probe. Completions exist for old base models.
pub(in super::super) static OPENAI: Dialect = Dialect {
    address: Some("https://api.openai.com/v1"),
    raw: Some(COMPLETIONS),
    less_thinking: &[("reasoning_effort", Text("none")), ("reasoning_effort", Text("minimal"))],
    scoring: &[Scoring::Echo],
    scoring_advice: JUDGES_ONLY,
    alternatives: 20,
    concurrency: 8,
    hosts: &[("api.openai.com", "v1"), ("*.api.openai.com", "v1")],
    ..speaking(TextEndpoint { tokens: ("max_completion_tokens", 1), ..CHAT }, listing("models", true), bearer("OPENAI_API_KEY"))
};

pub(in super::super) static OPENAI_RESPONSES: Dialect = Dialect {
    address: Some("https://api.openai.com/v1"),
    less_thinking: &[("reasoning/effort", Text("none")), ("reasoning/effort", Text("minimal"))],
    scoring_advice: JUDGES_ONLY,
    alternatives: 20,
    concurrency: 8,
    route_ends: &[(&["responses"], 1)],
    ..speaking(RESPONSES, listing("models", true), bearer("OPENAI_API_KEY"))
};

/// Its list contains models, not the deployments that requests name.
pub(in super::super) static AZURE: Dialect = Dialect {
    address: None,
    less_thinking: &[("reasoning_effort", Text("none")), ("reasoning_effort", Text("minimal"))],
    scoring_advice: JUDGES_ONLY,
    alternatives: 20,
    concurrency: 8,
    hosts: &[
        ("*.openai.azure.com", "openai/v1"),
        ("*.openai.azure.us", "openai/v1"),
        ("*.cognitiveservices.azure.com", "openai/v1"),
        ("*.services.ai.azure.com", "openai/v1"),
    ],
    ..speaking(
        TextEndpoint { tokens: ("max_completion_tokens", 1), ..CHAT },
        listing("models", false),
        Auth { header: "api-key", prefix: "", variable: Some("AZURE_OPENAI_API_KEY") },
    )
};

/// Claude up to 4.5 continues a started answer; later ones refuse it, and sampling parameters too.
pub(in super::super) static ANTHROPIC: Dialect = Dialect {
    address: Some("https://api.anthropic.com"),
    headers: &[("anthropic-version", "2023-06-01")],
    prefill: Prefill::Unflagged,
    trimmed: true,
    less_thinking: &[("thinking/type", Text("disabled"))],
    scoring_advice: JUDGES_ONLY,
    concurrency: 8,
    hosts: &[("api.anthropic.com", "")],
    route_ends: &[(&["messages", "count_tokens"], 2), (&["messages"], 1)],
    ..speaking(
        MESSAGES,
        listing("v1/models?limit=1000", false),
        Auth { header: "x-api-key", prefix: "", variable: Some("ANTHROPIC_API_KEY") },
    )
};

pub(in super::super) static GEMINI: Dialect = Dialect {
    address: Some("https://generativelanguage.googleapis.com"),
    prefill: Prefill::Unflagged,
    unthinking: &[("generationConfig/thinkingConfig/thinkingBudget", Number(0))],
    less_thinking: &[("generationConfig/thinkingConfig/thinkingLevel", Text("minimal"))],
    scoring_advice: JUDGES_ONLY,
    alternatives: 20,
    concurrency: 8,
    hosts: &[("generativelanguage.googleapis.com", "")],
    ..speaking(
        GEMINI_CHAT,
        Listing { path: "v1beta/models?pageSize=1000", list: &["models"], id: "name", complete: true },
        Auth { header: "x-goog-api-key", prefix: "", variable: Some("GEMINI_API_KEY") },
    )
};

pub(in super::super) static MISTRAL: Dialect = Dialect {
    address: Some("https://api.mistral.ai/v1"),
    prefill: Prefill::Turn(&[("prefix", True)]),
    scoring_advice: JUDGES_ONLY,
    concurrency: 8,
    hosts: &[("api.mistral.ai", "v1"), ("codestral.mistral.ai", "v1")],
    ..speaking(
        TextEndpoint { seed: Some("random_seed"), always: &[("stream", True)], logprobs: &[], ..CHAT },
        listing("models", true),
        bearer("MISTRAL_API_KEY"),
    )
};

/// Thinking rules out both log-probabilities and prefill.
pub(in super::super) static DEEPSEEK: Dialect = Dialect {
    address: Some("https://api.deepseek.com"),
    prefill: Prefill::Turn(&[("prefix", True)]),
    prefill_path: Some("beta/chat/completions"),
    unthinking: &[("thinking/type", Text("disabled"))],
    scoring_advice: JUDGES_ONLY,
    alternatives: 20,
    concurrency: 8,
    hosts: &[("api.deepseek.com", "")],
    ..speaking(TextEndpoint { seed: None, ..CHAT }, listing("models", true), bearer("DEEPSEEK_API_KEY"))
};

/// None of its models reports log-probabilities, and it rejects a reply that is not JSON if JSON was requested.
pub(in super::super) static GROQ: Dialect = Dialect {
    address: Some("https://api.groq.com/openai/v1"),
    prefill: Prefill::Unflagged,
    less_thinking: &[("reasoning_effort", Text("none")), ("reasoning_effort", Text("minimal"))],
    scoring_advice: JUDGES_ONLY,
    concurrency: 8,
    hosts: &[("api.groq.com", "openai/v1")],
    ..speaking(
        TextEndpoint { tokens: ("max_completion_tokens", 1), logprobs: &[], json: &[], ..CHAT },
        listing("models", true),
        bearer("GROQ_API_KEY"),
    )
};

/// What a model can do depends on the provider behind it.
pub(in super::super) static OPENROUTER: Dialect = Dialect {
    address: Some("https://openrouter.ai/api/v1"),
    prefill: Prefill::Unflagged,
    less_thinking: &[("reasoning/enabled", super::super::dialect::Fixed::False), ("reasoning/effort", Text("minimal"))],
    scoring_advice: "no provider behind this API returns log-probabilities of given text: it can judge candidates, not score \
                     them",
    alternatives: 20,
    concurrency: 8,
    hosts: &[("openrouter.ai", "api/v1")],
    ..speaking(TextEndpoint { json: &[], ..CHAT }, listing("models", true), bearer("OPENROUTER_API_KEY"))
};

pub(in super::super) static XAI: Dialect = Dialect {
    address: Some("https://api.x.ai/v1"),
    prefill: Prefill::Unflagged,
    less_thinking: &[("reasoning_effort", Text("none")), ("reasoning_effort", Text("minimal"))],
    scoring_advice: JUDGES_ONLY,
    alternatives: 8,
    concurrency: 8,
    hosts: &[("api.x.ai", "v1"), ("*.api.x.ai", "v1")],
    ..speaking(CHAT, listing("models", true), bearer("XAI_API_KEY"))
};

pub(in super::super) static COHERE: Dialect = Dialect {
    address: Some("https://api.cohere.com"),
    less_thinking: &[("thinking/type", Text("disabled"))],
    scoring_advice: JUDGES_ONLY,
    alternatives: 1,
    concurrency: 8,
    hosts: &[("api.cohere.com", ""), ("api.cohere.ai", "")],
    route_ends: &[(&["v2", "chat"], 2)],
    ..speaking(
        COHERE_CHAT,
        Listing { path: "v1/models?page_size=1000&endpoint=chat", list: &["models"], id: "name", complete: true },
        bearer("COHERE_API_KEY"),
    )
};

pub(in super::super) static TOGETHER: Dialect = Dialect {
    address: Some("https://api.together.xyz/v1"),
    raw: Some(COMPLETIONS),
    prefill: Prefill::Unflagged,
    less_thinking: &[("reasoning_effort", Text("none")), ("reasoning_effort", Text("minimal"))],
    scoring: &[Scoring::ChatEcho, Scoring::Echo],
    scoring_advice: JUDGES_ONLY,
    alternatives: 20,
    concurrency: 8,
    hosts: &[("api.together.xyz", "v1"), ("api.together.ai", "v1")],
    ..speaking(
        COUNTED_CHAT,
        Listing { path: "models", list: &["", "data"], id: "id", complete: true },
        bearer("TOGETHER_API_KEY"),
    )
};

/// Its list contains serverless models only.
pub(in super::super) static FIREWORKS: Dialect = Dialect {
    address: Some("https://api.fireworks.ai/inference/v1"),
    raw: Some(COMPLETIONS),
    prefill: Prefill::Unflagged,
    less_thinking: &[("reasoning_effort", Text("none")), ("reasoning_effort", Text("minimal"))],
    scoring: &[Scoring::ChatEcho, Scoring::EchoLast],
    scoring_advice: JUDGES_ONLY,
    alternatives: 5,
    concurrency: 8,
    hosts: &[("api.fireworks.ai", "inference/v1")],
    ..speaking(COUNTED_CHAT, listing("models", false), bearer("FIREWORKS_API_KEY"))
};
