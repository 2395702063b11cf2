//! Servers that people run themselves. Facts: their source code; where versions differ the probe decides.

use super::super::dialect::Fixed::{False, Number, Text, True};
use super::super::dialect::{Auth, Dialect, Field, Listing, Prefill, Rendering, Scoring, Wire};
use super::super::wires::{GENERATE, LOCAL_CHAT, LOCAL_COMPLETIONS, OLLAMA as OLLAMA_CHAT};
use super::listing;

/// The answer's turn stays open. Both are needed: with a new turn's opening as well the request is refused.
const CONTINUED: Prefill = Prefill::Request(&[("continue_final_message", True), ("add_generation_prompt", False)]);

const UNTHINKING: &[Field] = &[("chat_template_kwargs/enable_thinking", False)];

/// What servers of unknown kind may know: those of templates, gateways to hosted models, and what imitates Ollama.
const LESS_THINKING: &[Field] = &[
    ("chat_template_kwargs/enable_thinking", False),
    ("reasoning_effort", Text("none")),
    ("think", False),
    ("thinking_budget", Number(0)),
];

const NO_SCORING: &str = "this server returns no log-probabilities of given text: it can judge candidates, not score them";

/// Any server: what it can do is tried, in the order of the exactest.
pub(in super::super) static OPENAI_COMPATIBLE: Dialect = Dialect {
    address: None,
    auth: Auth { header: "authorization", prefix: "Bearer ", variable: None },
    headers: &[],
    listing: listing("v1/models", false),
    chat: LOCAL_CHAT,
    raw: Some(LOCAL_COMPLETIONS),
    rendering: Some(Rendering::Tokenize),
    prefill: Prefill::Unflagged,
    prefill_path: None,
    trimmed: false,
    unthinking: &[],
    less_thinking: LESS_THINKING,
    describing: None,
    context_place: None,
    scoring: &[Scoring::PromptLogprobs, Scoring::InputLogprobs, Scoring::Echo, Scoring::InputDetails],
    alternatives: 20,
    concurrency: 4,
    scoring_advice: NO_SCORING,
};

pub(in super::super) static VLLM: Dialect = Dialect {
    address: Some("http://127.0.0.1:8000"),
    auth: Auth { variable: Some("VLLM_API_KEY"), ..OPENAI_COMPATIBLE.auth },
    listing: listing("v1/models", true),
    prefill: CONTINUED,
    unthinking: UNTHINKING,
    less_thinking: &[],
    scoring: &[Scoring::PromptLogprobs],
    concurrency: 16,
    scoring_advice: "this vLLM returned no prompt_logprobs: start it without --max-logprobs 0, and with its /tokenize route \
                     reachable below the same address",
    ..OPENAI_COMPATIBLE
};

/// Without the flag it makes a trailing answer a question of the user's.
pub(in super::super) static SGLANG: Dialect = Dialect {
    address: Some("http://127.0.0.1:30000"),
    auth: OPENAI_COMPATIBLE.auth,
    prefill: Prefill::Request(&[("continue_final_message", True)]),
    scoring: &[Scoring::InputLogprobs],
    scoring_advice: "this SGLang returned no input_token_logprobs: its /tokenize and /generate routes have to be reachable below \
                     the same address, and older versions do not render messages there",
    ..VLLM
};

pub(in super::super) static TGI: Dialect = Dialect {
    address: Some("http://127.0.0.1:8080"),
    listing: listing("v1/models", true),
    raw: Some(GENERATE),
    rendering: Some(Rendering::ChatTokenize),
    prefill: Prefill::Never,
    less_thinking: &[],
    scoring: &[Scoring::InputDetails],
    alternatives: 5,
    scoring_advice: "start TGI with --enable-prefill-logprobs, and it can score candidates exactly",
    ..OPENAI_COMPATIBLE
};

pub(in super::super) static OLLAMA: Dialect = Dialect {
    address: Some("http://127.0.0.1:11434"),
    auth: Auth { variable: Some("OLLAMA_API_KEY"), ..OPENAI_COMPATIBLE.auth },
    listing: Listing { path: "api/tags", list: &["models"], id: "name", complete: true },
    chat: OLLAMA_CHAT,
    raw: None,
    rendering: None,
    unthinking: &[("think", False)],
    less_thinking: &[],
    describing: Some("api/show"),
    context_place: Some("options/num_ctx"),
    scoring: &[],
    concurrency: 1,
    scoring_advice: "Ollama returns no log-probabilities of given text: serve the same GGUF with llama-server, and it can score \
                     candidates exactly",
    ..OPENAI_COMPATIBLE
};

pub(in super::super) static LM_STUDIO: Dialect = Dialect {
    address: Some("http://127.0.0.1:1234"),
    listing: listing("v1/models", true),
    raw: None,
    rendering: None,
    scoring: &[],
    concurrency: 1,
    scoring_advice: "LM Studio returns no log-probabilities of given text: serve the same GGUF with llama-server, and it can \
                     score candidates exactly",
    ..OPENAI_COMPATIBLE
};

/// `max_tokens` of 0 means without end there, so it is never sent.
pub(in super::super) static LLAMA_CPP_PYTHON: Dialect = Dialect {
    address: Some("http://127.0.0.1:8000"),
    rendering: None,
    prefill: Prefill::Never,
    scoring: &[Scoring::Echo],
    concurrency: 1,
    scoring_advice: "start the server with --logits_all true and give the member its model's chat_template, and it can score \
                     candidates exactly",
    ..OPENAI_COMPATIBLE
};

pub(in super::super) static TEXT_GENERATION_WEBUI: Dialect = Dialect {
    address: Some("http://127.0.0.1:5000"),
    rendering: Some(Rendering::ChatPrompt),
    prefill: Prefill::Request(&[("continue_", True)]),
    scoring: &[Scoring::Echo],
    concurrency: 1,
    scoring_advice: "load the model with the Transformers or ExLlamaV3_HF loader, and it can score candidates exactly",
    ..OPENAI_COMPATIBLE
};

pub(in super::super) static TABBYAPI: Dialect = Dialect {
    address: Some("http://127.0.0.1:5000"),
    auth: Auth { header: "x-api-key", prefix: "", variable: Some("TABBY_API_KEY") },
    rendering: None,
    raw: None,
    prefill: CONTINUED,
    scoring: &[],
    ..OPENAI_COMPATIBLE
};

pub(in super::super) static KOBOLDCPP: Dialect = Dialect {
    address: Some("http://127.0.0.1:5001"),
    rendering: None,
    raw: None,
    prefill: Prefill::Request(&[("continue_assistant_turn", True)]),
    scoring: &[],
    concurrency: 1,
    ..OPENAI_COMPATIBLE
};

/// Its docs cap alternatives at 10. A trailing answer becomes a finished turn.
pub(in super::super) static MLX_LM: Dialect = Dialect {
    address: Some("http://127.0.0.1:8080"),
    chat: Wire { seed: Some("seed"), ..LOCAL_CHAT },
    raw: Some(LOCAL_COMPLETIONS),
    rendering: None,
    prefill: Prefill::Never,
    scoring: &[],
    alternatives: 10,
    concurrency: 1,
    ..OPENAI_COMPATIBLE
};
