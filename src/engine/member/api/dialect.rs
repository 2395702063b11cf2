//! How APIs differ, as data.
//!
//! Owns the vocabulary; the rows are in `table`. What is here only describes: bodies are built in `request`, replies read in
//! `reply`, and what a server at hand can really do is found out in `probe`.

use super::super::http::Framing;

/// Where a value stands in JSON, as in [`path`](super::path).
pub(super) type Path = &'static str;

/// A field of a request that does not depend on what is asked.
pub(super) type Field = (Path, Fixed);

/// Its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    True,
    False,
    Number(u64),
    Text(&'static str),
    Texts(&'static [&'static str]),
    /// How many alternatives of each token are wanted.
    Alternatives,
}

/// How a request lays out the turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// `messages[{role, content}]`, the system prompt as the first.
    Messages,
    /// `messages[{role, content}]`, the system prompt apart in `system`.
    SystemApart,
    /// `input[{role, content}]`, the system prompt in `instructions`.
    Input,
    /// `contents[{role: user | model, parts[{text}]}]`, the system prompt in `systemInstruction`.
    Contents,
    /// No turns: one text or its tokens, here.
    Raw(Path),
}

/// One way to call a server for text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextEndpoint {
    pub(super) layout: Layout,
    /// Below the address of the API; `{model}` stands for the model's name.
    pub(super) path: &'static str,
    pub(super) framing: Framing,
    /// Where the model's name goes; `None` where it is in the path or there is only one.
    pub(super) model: Option<Path>,
    /// Where the limit of tokens goes, and the least that the API takes.
    pub(super) tokens: (Path, u64),
    pub(super) temperature: Path,
    /// Whether temperature 0 is taken; else it is left out, which means the same.
    pub(super) zero: bool,
    pub(super) top_p: Path,
    /// Where a seed goes; `None` where the API has none.
    pub(super) seed: Option<Path>,
    /// In every request.
    pub(super) always: &'static [Field],
    /// Where log-probabilities are wanted; empty where the API has none.
    pub(super) logprobs: &'static [Field],
    /// Where the reply shall be a JSON object; empty where that cannot be asked for.
    pub(super) json: &'static [Field],
    pub(super) reading: &'static Reading,
}

/// Where a message of a reply holds what. Of several places the first that has something counts. Places of whole replies stand
/// beside those of streams: some servers do not stream.
#[derive(Debug)]
pub(super) struct Reading {
    /// Messages whose value at this place is another text hold no text of the answer.
    pub(super) only: Option<(Path, &'static str)>,
    pub(super) texts: &'static [Path],
    /// Texts of a token that does not belong to the answer are marked here.
    pub(super) special: Option<Path>,
    pub(super) finishes: &'static [Path],
    /// A text here says that the model refuses or that a filter blocks.
    pub(super) refusals: &'static [Path],
    /// A text here says why a reply failed.
    pub(super) reasons: &'static [Path],
    pub(super) logprobs: &'static [Path],
    /// Alternatives of the token told at `logprobs`, where they stand apart from it.
    pub(super) alternatives: Option<Path>,
    /// Each a sum of places.
    pub(super) prompt_tokens: &'static [&'static [Path]],
    pub(super) cached_tokens: &'static [&'static [Path]],
    pub(super) output_tokens: &'static [&'static [Path]],
}

/// How a chat API continues an answer that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefill {
    /// It does when the request says so.
    Request(&'static [Field]),
    /// It does when the answer's turn says so.
    Turn(&'static [Field]),
    /// Some models do when the last turn is the answer started.
    Unflagged,
    /// It never does: an answer started becomes a finished turn.
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
    /// Where the list is; empty: the reply is the list.
    pub(super) list: &'static [Path],
    /// Where a model's name is.
    pub(super) id: Path,
    /// Whether every name that works is in the list.
    pub(super) complete: bool,
}

/// How a key is sent, and where it is looked for when none was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Auth {
    /// The header.
    pub header: &'static str,
    /// What stands before the key in it.
    pub prefix: &'static str,
    /// The usual environment variable; `None` where no key is usual.
    pub variable: Option<&'static str>,
}

/// The parts of a route's end, and how many of them are not part of the base.
pub(super) type RouteEnd = (&'static [&'static str], usize);

/// An API, or a server's.
#[derive(Debug)]
pub struct Dialect {
    /// Where it is served when no address is given; `None`: there is no such place.
    pub address: Option<&'static str>,
    /// Hosts in the network at which it is served, each with the path that its routes are below; `*` in a host is one part of it
    /// or several.
    pub(super) hosts: &'static [(&'static str, &'static str)],
    /// Ends of routes that only this API has, each with how many of its parts are not part of the base.
    pub(super) route_ends: &'static [RouteEnd],
    /// Who its server says owns its models, if only this server says so.
    pub(crate) owner: Option<&'static str>,
    /// A route that only this server has, and what the reply holds.
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
    /// Where an answer started is sent to, if not where chats are.
    pub(super) prefill_path: Option<&'static str>,
    /// The API refuses an answer started that ends in white space.
    pub(super) trimmed: bool,
    /// Switches hidden reasoning off; harmless to models without it.
    pub(super) unthinking: &'static [Field],
    /// Ways to lessen hidden reasoning, tried in order where a model was seen to reason.
    pub(super) less_thinking: &'static [Field],
    /// Where a model is described, its context among the rest; `None`: the list of models says as much.
    pub(super) describing: Option<&'static str>,
    /// Where a server is told how much context to hold.
    pub(super) context_place: Option<Path>,
    /// Ways to score, tried in order.
    pub(super) scoring: &'static [Scoring],
    /// The most alternatives of a token that can be asked for; 0: none.
    pub(super) alternatives: u64,
    /// Calls at once where nothing else is said.
    pub(super) concurrency: usize,
    /// What the user can do to get scores of given text where the server returns none.
    pub(super) scoring_advice: &'static str,
}
