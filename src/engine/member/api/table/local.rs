//! Servers that users run themselves. Source: their source code; the probe decides where versions differ.

use super::super::dialect::Fixed::{False, Number, Text, True};
use super::super::dialect::{Auth, Dialect, Field, Listing, Prefill, Rendering, Scoring, TextEndpoint};
use super::super::endpoints::{GENERATE, LOCAL_CHAT, LOCAL_COMPLETIONS, OLLAMA as OLLAMA_CHAT};
use super::{UNUSUAL_KEY, bearer, listing, speaking};

/// The answer's turn stays open. Both are needed: the request is refused if it also opens a new turn.
const CONTINUED: Prefill = Prefill::Request(&[("continue_final_message", True), ("add_generation_prompt", False)]);

const UNTHINKING: &[Field] = &[("chat_template_kwargs/enable_thinking", False)];

/// Fields that unknown servers may support: those of templates, gateways to hosted models, and Ollama's imitators.
const LESS_THINKING: &[Field] = &[
    ("chat_template_kwargs/enable_thinking", False),
    ("reasoning_effort", Text("none")),
    ("think", False),
    ("thinking_budget", Number(0)),
];

/// Any server: the probe finds out what it can do, most exact first.
pub(in super::super) static OPENAI_COMPATIBLE: Dialect = Dialect {
    address: None,
    raw: Some(LOCAL_COMPLETIONS),
    rendering: Some(Rendering::Tokenize),
    prefill: Prefill::Unflagged,
    less_thinking: LESS_THINKING,
    scoring: &[Scoring::PromptLogprobs, Scoring::InputLogprobs, Scoring::Echo, Scoring::InputDetails],
    alternatives: 20,
    concurrency: 4,
    ..speaking(LOCAL_CHAT, listing("v1/models", false), UNUSUAL_KEY)
};

pub(in super::super) static VLLM: Dialect = Dialect {
    address: Some("http://127.0.0.1:8000"),
    raw: Some(LOCAL_COMPLETIONS),
    rendering: Some(Rendering::Tokenize),
    prefill: CONTINUED,
    unthinking: UNTHINKING,
    scoring: &[Scoring::PromptLogprobs],
    scoring_advice: "this vLLM returned no prompt_logprobs: start it without --max-logprobs 0, and with its /tokenize route \
                     reachable below the same address",
    alternatives: 20,
    concurrency: 16,
    owner: Some("vllm"),
    ..speaking(LOCAL_CHAT, listing("v1/models", true), bearer("VLLM_API_KEY"))
};

/// Without the flag it turns a trailing answer into a user's question.
pub(in super::super) static SGLANG: Dialect = Dialect {
    address: Some("http://127.0.0.1:30000"),
    raw: Some(LOCAL_COMPLETIONS),
    rendering: Some(Rendering::Tokenize),
    prefill: Prefill::Request(&[("continue_final_message", True)]),
    unthinking: UNTHINKING,
    scoring: &[Scoring::InputLogprobs],
    scoring_advice: "this SGLang returned no input_token_logprobs: its /tokenize and /generate routes have to be reachable below \
                     the same address, and older versions do not render messages there",
    alternatives: 20,
    concurrency: 16,
    route_ends: &[(&["get_model_info"], 1)],
    owner: Some("sglang"),
    own_route: Some(("get_model_info", "model_path")),
    ..speaking(LOCAL_CHAT, listing("v1/models", true), UNUSUAL_KEY)
};

pub(in super::super) static TGI: Dialect = Dialect {
    address: Some("http://127.0.0.1:8080"),
    raw: Some(GENERATE),
    rendering: Some(Rendering::ChatTokenize),
    scoring: &[Scoring::InputDetails],
    scoring_advice: "start TGI with --enable-prefill-logprobs, and it can score candidates exactly",
    alternatives: 5,
    concurrency: 4,
    route_ends: &[(&["generate_stream"], 1), (&["chat_tokenize"], 1)],
    own_route: Some(("info", "model_id")),
    ..speaking(LOCAL_CHAT, listing("v1/models", true), UNUSUAL_KEY)
};

pub(in super::super) static OLLAMA: Dialect = Dialect {
    address: Some("http://127.0.0.1:11434"),
    prefill: Prefill::Unflagged,
    unthinking: &[("think", False)],
    describing: Some("api/show"),
    context_place: Some("options/num_ctx"),
    scoring_advice: "Ollama returns no log-probabilities of given text: serve the same GGUF with llama-server, and it can score \
                     candidates exactly",
    alternatives: 20,
    hosts: &[("ollama.com", "")],
    route_ends: &[
        (&["api", "chat"], 2),
        (&["api", "generate"], 2),
        (&["api", "tags"], 2),
        (&["api", "show"], 2),
        (&["api", "ps"], 2),
        (&["api", "version"], 2),
        (&["api", "embed"], 2),
        (&["api", "embeddings"], 2),
    ],
    owner: Some("library"),
    own_route: Some(("api/version", "version")),
    ..speaking(OLLAMA_CHAT, Listing { path: "api/tags", list: &["models"], id: "name", complete: true }, bearer("OLLAMA_API_KEY"))
};

pub(in super::super) static LM_STUDIO: Dialect = Dialect {
    address: Some("http://127.0.0.1:1234"),
    prefill: Prefill::Unflagged,
    less_thinking: LESS_THINKING,
    scoring_advice: "LM Studio returns no log-probabilities of given text: serve the same GGUF with llama-server, and it can \
                     score candidates exactly",
    alternatives: 20,
    route_ends: &[
        (&["api", "v0", "chat", "completions"], 4),
        (&["api", "v0", "completions"], 3),
        (&["api", "v0", "embeddings"], 3),
        (&["api", "v0", "models"], 3),
        (&["api", "v0"], 2),
    ],
    owner: Some("organization_owner"),
    ..speaking(LOCAL_CHAT, listing("v1/models", true), UNUSUAL_KEY)
};

/// It treats a `max_tokens` of 0 as unlimited, so 0 is never sent.
pub(in super::super) static LLAMA_CPP_PYTHON: Dialect = Dialect {
    address: Some("http://127.0.0.1:8000"),
    raw: Some(LOCAL_COMPLETIONS),
    less_thinking: LESS_THINKING,
    scoring: &[Scoring::Echo],
    scoring_advice: "start the server with --logits_all true and give the member its model's chat_template, and it can score \
                     candidates exactly",
    alternatives: 20,
    owner: Some("me"),
    ..speaking(LOCAL_CHAT, listing("v1/models", false), UNUSUAL_KEY)
};

pub(in super::super) static TEXT_GENERATION_WEBUI: Dialect = Dialect {
    address: Some("http://127.0.0.1:5000"),
    raw: Some(LOCAL_COMPLETIONS),
    rendering: Some(Rendering::ChatPrompt),
    prefill: Prefill::Request(&[("continue_", True)]),
    less_thinking: LESS_THINKING,
    scoring: &[Scoring::Echo],
    scoring_advice: "load the model with the Transformers or ExLlamaV3_HF loader, and it can score candidates exactly",
    alternatives: 20,
    route_ends: &[(&["v1", "internal", "model", "info"], 3)],
    own_route: Some(("v1/internal/model/info", "model_name")),
    ..speaking(LOCAL_CHAT, listing("v1/models", false), UNUSUAL_KEY)
};

pub(in super::super) static TABBYAPI: Dialect = Dialect {
    address: Some("http://127.0.0.1:5000"),
    prefill: CONTINUED,
    less_thinking: LESS_THINKING,
    alternatives: 20,
    concurrency: 4,
    owner: Some("tabbyAPI"),
    ..speaking(LOCAL_CHAT, listing("v1/models", false), Auth { header: "x-api-key", prefix: "", variable: Some("TABBY_API_KEY") })
};

pub(in super::super) static KOBOLDCPP: Dialect = Dialect {
    address: Some("http://127.0.0.1:5001"),
    prefill: Prefill::Request(&[("continue_assistant_turn", True)]),
    less_thinking: LESS_THINKING,
    alternatives: 20,
    route_ends: &[
        (&["api", "extra", "generate", "stream"], 4),
        (&["api", "extra", "version"], 3),
        (&["api", "v1", "generate"], 3),
        (&["api", "v1", "model"], 3),
    ],
    owner: Some("koboldcpp"),
    own_route: Some(("api/extra/version", "result")),
    ..speaking(LOCAL_CHAT, listing("v1/models", false), UNUSUAL_KEY)
};

/// Its docs cap alternatives at 10. A trailing answer becomes a finished turn.
pub(in super::super) static MLX_LM: Dialect = Dialect {
    address: Some("http://127.0.0.1:8080"),
    raw: Some(LOCAL_COMPLETIONS),
    less_thinking: LESS_THINKING,
    alternatives: 10,
    ..speaking(TextEndpoint { seed: Some("seed"), ..LOCAL_CHAT }, listing("v1/models", false), UNUSUAL_KEY)
};
