//! How APIs differ, as data.
//!
//! Owns the vocabulary; the rows are in `table`. This only describes: `request` builds bodies, `reply` reads replies, and `probe`
//! finds out what a given server can really do.

use super::super::http::Framing;

/// A location in JSON, as in [`path`](super::path).
pub(super) type Path = &'static str;

/// A field that is the same in every request.
pub(super) type Field = (Path, Fixed);

/// Its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    True,
    False,
    Number(u64),
    Text(&'static str),
    Texts(&'static [&'static str]),
    /// The number of alternatives wanted per token.
    Alternatives,
}

/// How a request lays out the turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// `messages[{role, content}]`, the system prompt as the first.
    Messages,
    /// `messages[{role, content}]`, the system prompt separately in `system`.
    SystemApart,
    /// `input[{role, content}]`, the system prompt in `instructions`.
    Input,
    /// `contents[{role: user | model, parts[{text}]}]`, the system prompt in `systemInstruction`.
    Contents,
    /// No turns: one text or its tokens, at this location.
    Raw(Path),
}

/// One way to call a server for text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextEndpoint {
    pub(super) layout: Layout,
    /// Below the API's address; `{model}` stands for the model's name.
    pub(super) path: &'static str,
    pub(super) framing: Framing,
    /// Where the model's name goes; `None` if it is in the path or there is only one.
    pub(super) model: Option<Path>,
    /// Where the limit of tokens goes, and the smallest that the API accepts.
    pub(super) tokens: (Path, u64),
    pub(super) temperature: Path,
    /// Whether temperature 0 is accepted; otherwise it is left out, which means the same.
    pub(super) zero: bool,
    pub(super) top_p: Path,
    /// Where a seed goes; `None` if the API has none.
    pub(super) seed: Option<Path>,
    /// Fields of every request.
    pub(super) always: &'static [Field],
    /// Fields that request log-probabilities; empty if the API has none.
    pub(super) logprobs: &'static [Field],
    /// Fields that request a JSON object as the reply; empty if that is not possible.
    pub(super) json: &'static [Field],
    pub(super) reading: &'static Reading,
}

/// The locations in a message of a reply. The first of several that has a value counts. Locations of whole replies are listed
/// next to those of streams: some servers do not stream.
#[derive(Debug)]
pub(super) struct Reading {
    /// Messages with another text at this location contain no text of the answer.
    pub(super) only: Option<(Path, &'static str)>,
    pub(super) texts: &'static [Path],
    /// Marks tokens whose text does not belong to the answer.
    pub(super) special: Option<Path>,
    pub(super) finishes: &'static [Path],
    /// A text here means that the model refuses or a filter blocks.
    pub(super) refusals: &'static [Path],
    /// A text here gives the reason why a reply failed.
    pub(super) reasons: &'static [Path],
    pub(super) logprobs: &'static [Path],
    /// Alternatives to the token at `logprobs`, if they are separate from it.
    pub(super) alternatives: Option<Path>,
    /// Each a sum of locations.
    pub(super) prompt_tokens: &'static [&'static [Path]],
    pub(super) cached_tokens: &'static [&'static [Path]],
    pub(super) output_tokens: &'static [&'static [Path]],
}

/// How a chat API continues a started answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefill {
    /// It does if the request has these fields.
    Request(&'static [Field]),
    /// It does if the answer's turn has these fields.
    Turn(&'static [Field]),
    /// Some models do if the last turn is the started answer.
    Unflagged,
    /// It never does: a started answer becomes a finished turn.
    Never,
}

/// How a server renders a conversation by its model's template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rendering {
    /// `tokenize` takes messages and texts, and returns tokens (vLLM, `SGLang`).
    Tokenize,
    /// `v1/internal/chat-prompt` returns a text (text-generation-webui).
    ChatPrompt,
    /// `chat_tokenize` returns a text (TGI).
    ChatTokenize,
}

/// How a server returns the log-probabilities of a prompt's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scoring {
    /// `prompt_logprobs` of completions (vLLM): an object per token, from ids to log-probabilities.
    PromptLogprobs,
    /// `input_token_logprobs` of `generate` (`SGLang`).
    InputLogprobs,
    /// `echo` of completions: the prompt's tokens among the reply's.
    Echo,
    /// `echo` of completions, for the last tokens only (Fireworks).
    EchoLast,
    /// `echo` of chat: the tokens of the rendered conversation (Together, Fireworks).
    ChatEcho,
    /// `decoder_input_details` of `generate` (TGI).
    InputDetails,
}

/// Where a server lists its models.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listing {
    pub(super) path: &'static str,
    /// Where the list is; empty if the reply is the list.
    pub(super) list: &'static [Path],
    pub(super) id: Path,
    /// Whether the list contains every name that works.
    pub(super) complete: bool,
}

/// How a key is sent, and where to look for it if none was given.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Auth {
    pub header: &'static str,
    /// What precedes the key in it.
    pub prefix: &'static str,
    /// The usual environment variable; `None` if no key is usual.
    pub variable: Option<&'static str>,
}

/// The parts of a route's end, and how many of them are not part of the base.
pub(super) type RouteEnd = (&'static [&'static str], usize);

/// An API, or that of a server.
#[derive(Debug)]
pub struct Dialect {
    /// Where it is served if no address is given; `None` if there is no such place.
    pub address: Option<&'static str>,
    /// Hosts on the internet that serve it, each with the path that its routes are below; `*` in a host stands for one or more
    /// parts of it.
    pub(super) hosts: &'static [(&'static str, &'static str)],
    /// Ends of routes that only this API has, each with how many of its parts are not part of the base.
    pub(super) route_ends: &'static [RouteEnd],
    /// The owner that its server reports for its models, if only this server reports it.
    pub(crate) owner: Option<&'static str>,
    /// A route that only this server has, and what the reply contains.
    pub(crate) own_route: Option<(&'static str, &'static str)>,
    /// How to authenticate.
    pub auth: Auth,
    /// Headers of every request.
    pub headers: &'static [(&'static str, &'static str)],
    pub(super) listing: Listing,
    pub(super) chat: TextEndpoint,
    /// Completion of a raw prompt.
    pub(super) raw: Option<TextEndpoint>,
    pub(super) rendering: Option<Rendering>,
    pub(super) prefill: Prefill,
    /// The path for a started answer, if it is not the chat path.
    pub(super) prefill_path: Option<&'static str>,
    /// Whether the API refuses a started answer that ends in white space.
    pub(super) trimmed: bool,
    /// Switches hidden reasoning off; harmless for models without it.
    pub(super) unthinking: &'static [Field],
    /// Ways to reduce hidden reasoning, tried in order if a model was seen to reason.
    pub(super) less_thinking: &'static [Field],
    /// Where a model is described, including its context; `None` if the list of models already does.
    pub(super) describing: Option<&'static str>,
    /// Where a request sets how much context the server holds.
    pub(super) context_place: Option<Path>,
    /// Ways to score, tried in order.
    pub(super) scoring: &'static [Scoring],
    /// The most alternatives of a token that can be requested; 0: none.
    pub(super) alternatives: u64,
    /// The default number of concurrent calls.
    pub(super) concurrency: usize,
    /// What the user can do to get scores of given text if the server returns none.
    pub(super) scoring_advice: &'static str,
}
