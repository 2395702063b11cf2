//! Builds the request for a call: laid out as the dialect has it.
//!
//! Pure: from a call and what is known of the server to a path and a body.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::http::Framing;
use super::super::{Bill, Sampling};
use super::address::Route;
use super::dialect::{Dialect, Field, Fixed, Layout, Prefill, Reading, TextEndpoint};
use super::path;
use crate::engine::fusion::conversation::{Conversation, Role, Turn};

/// A part of a request that some models refuse.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Temperature,
    TopP,
    Seed,
    /// Log-probabilities of generated tokens.
    Logprobs,
    /// Switching hidden reasoning off.
    Unthinking,
    /// Usage in the last message of a stream.
    Usage,
    /// Streaming: the reply comes whole.
    Stream,
    /// The dialect's first name for the limit of tokens; there is a second one.
    TokensName,
}

/// What requests to one model leave out or add, as the probe found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tuning {
    /// Parts that the model refuses.
    pub refused: BTreeSet<Part>,
    /// Which of the dialect's ways to reduce hidden reasoning is used.
    pub less_thinking: Option<usize>,
    /// Where the routes are; `None`: where the dialect has them.
    pub route: Option<Route>,
}

/// A text to continue without turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Prompt {
    Text(String),
    Tokens(Vec<u32>),
}

/// A request to a model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) subject: Subject<'a>,
    /// The most tokens that are wanted.
    pub(super) limit: usize,
    /// `None`: the most probable tokens.
    pub(super) sampling: Option<Sampling>,
    /// How many alternatives per token; `None`: no log-probabilities at all.
    pub(super) alternatives: Option<u64>,
    pub(super) json: bool,
    /// Where its usage is booked.
    pub(super) bill: &'a Bill,
}

/// What a reply continues.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    Turns {
        system: &'a str,
        turns: &'a [Turn],
        /// The started answer that the reply continues.
        begun: Option<&'a str>,
    },
    Raw(&'a Prompt),
}

/// A request, ready to be sent.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Below the endpoint's address.
    pub path: String,
    /// How its reply is framed.
    pub framing: Framing,
    pub body: Value,
}

/// What all requests to one member share.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) dialect: &'static Dialect,
    pub(super) model: String,
    pub(super) tuning: Tuning,
    /// From the configuration, merged last.
    pub(super) extra: Map<String, Value>,
}

impl Sender {
    /// The endpoint that a call goes to, its request, and how to read the reply.
    pub(super) fn request(&self, call: &Call<'_>) -> (Request, &'static Reading) {
        let (endpoint, begun) = match call.subject {
            Subject::Turns { begun, .. } => (&self.dialect.chat, begun.is_some()),
            Subject::Raw(_) => (self.dialect.raw.as_ref().unwrap_or(&self.dialect.chat), false),
        };
        let mut body = Map::new();
        if let Some(place) = endpoint.model {
            path::set(&mut body, place, json!(self.model));
        }
        self.lay_out(endpoint, call.subject, &mut body);
        self.parameters(endpoint, call, &mut body);
        path::merge(&mut body, &self.extra);
        let path = if begun { self.dialect.prefill_path.unwrap_or(endpoint.path) } else { endpoint.path };
        let model = self.model.strip_prefix("models/").unwrap_or(&self.model);
        let path = self.route(path).replace("{model}", model);
        let request = Request { path, framing: endpoint.framing, body: Value::Object(body) };
        (request, endpoint.reading)
    }

    /// One of the dialect's routes, where this server has it.
    pub(super) fn route(&self, path: &str) -> String {
        Route::placed(self.tuning.route, path)
    }

    /// The parts of a body that are the same for other completion calls with this prompt.
    pub(super) fn base(&self) -> Map<String, Value> {
        let mut body = Map::new();
        path::set(&mut body, "model", json!(self.model));
        body
    }

    /// Switches hidden reasoning off, if that is known to be harmless.
    pub(super) fn unthinking(&self, body: &mut Map<String, Value>) {
        set_all(body, self.dialect.unthinking, 0);
    }

    fn lay_out(&self, endpoint: &TextEndpoint, subject: Subject<'_>, body: &mut Map<String, Value>) {
        match (subject, endpoint.layout) {
            (Subject::Raw(prompt), Layout::Raw(place)) => path::set(body, place, prompt.value()),
            (Subject::Turns { system, turns, begun }, layout) => {
                if let (Some(_), Prefill::Request(fields)) = (begun, self.dialect.prefill) {
                    set_all(body, fields, 0);
                }
                let begun = begun.map(|text| begun_turn(self.dialect.prefill, text));
                lay_out_turns(layout, system, turns, begun, body);
            }
            (Subject::Raw(_), Layout::Messages | Layout::SystemApart | Layout::Input | Layout::Contents) => {}
        }
    }

    fn parameters(&self, endpoint: &TextEndpoint, call: &Call<'_>, body: &mut Map<String, Value>) {
        let taken = |part: Part| !self.tuning.refused.contains(&part);
        let counts = taken(Part::Usage) && taken(Part::Stream);
        let always = endpoint.always.iter().filter(|(place, _)| counts || !place.starts_with("stream_options"));
        set_all(body, always, 0);
        if !taken(Part::Stream) && endpoint.always.contains(&("stream", Fixed::True)) {
            path::set(body, "stream", json!(false));
        }
        path::set(body, self.tokens_place(endpoint), json!((call.limit as u64).max(endpoint.tokens.1)));
        let sampling = call.sampling.unwrap_or(Sampling { temperature: 0.0, top_p: 1.0, seed: 0 });
        if taken(Part::Temperature) && (endpoint.zero || sampling.temperature > 0.0) {
            path::set(body, endpoint.temperature, rounded(sampling.temperature));
        }
        // At 1 it changes nothing, and some APIs accept only one of the two.
        if taken(Part::TopP) && sampling.top_p < 1.0 && sampling.temperature > 0.0 {
            path::set(body, endpoint.top_p, rounded(sampling.top_p));
        }
        if let Some(place) = endpoint.seed.filter(|_| call.sampling.is_some() && taken(Part::Seed)) {
            // Several APIs read a seed as a signed 32-bit number.
            path::set(body, place, json!(sampling.seed & 0x7fff_ffff));
        }
        if let Some(alternatives) = call.alternatives.filter(|_| taken(Part::Logprobs)) {
            set_all(body, endpoint.logprobs, alternatives.clamp(1, self.dialect.alternatives.max(1)));
        }
        if call.json {
            set_all(body, endpoint.json, 0);
        }
        self.thinking(endpoint, body);
    }

    fn thinking(&self, endpoint: &TextEndpoint, body: &mut Map<String, Value>) {
        // In a raw prompt the template has the switch.
        if matches!(endpoint.layout, Layout::Raw(_)) {
            return;
        }
        if !self.tuning.refused.contains(&Part::Unthinking) {
            self.unthinking(body);
        }
        if let Some(field) = self.tuning.less_thinking.and_then(|number| self.dialect.less_thinking.get(number)) {
            set_all(body, std::slice::from_ref(field), 0);
        }
    }

    fn tokens_place(&self, endpoint: &TextEndpoint) -> &'static str {
        match endpoint.tokens.0 {
            "max_tokens" if self.tuning.refused.contains(&Part::TokensName) => "max_completion_tokens",
            "max_completion_tokens" if self.tuning.refused.contains(&Part::TokensName) => "max_tokens",
            place => place,
        }
    }
}

impl Prompt {
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Tokens(tokens) => json!(tokens),
        }
    }

    /// Bytes of text, or tokens: an estimate of its size.
    pub(super) fn tokens(&self) -> usize {
        match self {
            Self::Text(text) => estimate(text),
            Self::Tokens(tokens) => tokens.len(),
        }
    }
}

/// Roughly how many tokens a text has.
pub(super) fn estimate(text: &str) -> usize {
    text.len().div_ceil(4)
}

/// The system prompt (empty if there is none) and the other turns.
pub(super) fn parted(conversation: &Conversation) -> (String, Vec<Turn>) {
    let (system, turns): (Vec<Turn>, Vec<Turn>) = conversation.turns.iter().cloned().partition(|turn| turn.role == Role::System);
    let system: Vec<String> = system.into_iter().map(|turn| turn.content).collect();
    (system.join("\n\n"), turns)
}

/// Messages of turns, as most APIs have them.
pub(super) fn messages(system: &str, turns: &[Turn]) -> Vec<Value> {
    let system = (!system.is_empty()).then(|| json!({"role": "system", "content": system}));
    system.into_iter().chain(turns.iter().map(message)).collect()
}

fn message(turn: &Turn) -> Value {
    json!({"role": role(turn.role), "content": turn.content})
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// The turn of a started answer, with the fields that mark it as unfinished.
fn begun_turn(prefill: Prefill, text: &str) -> Value {
    let mut turn = Map::new();
    path::set(&mut turn, "role", json!("assistant"));
    path::set(&mut turn, "content", json!(text));
    match prefill {
        Prefill::Turn(fields) => set_all(&mut turn, fields, 0),
        Prefill::Request(_) | Prefill::Unflagged | Prefill::Never => {}
    }
    Value::Object(turn)
}

fn lay_out_turns(layout: Layout, system: &str, turns: &[Turn], begun: Option<Value>, body: &mut Map<String, Value>) {
    let mut apart = |place: &str, value: Value| {
        if !system.is_empty() {
            path::set(body, place, value);
        }
    };
    let (place, list) = match layout {
        Layout::Messages => ("messages", messages(system, turns)),
        Layout::SystemApart => {
            apart("system", json!(system));
            ("messages", messages("", turns))
        }
        Layout::Input => {
            apart("instructions", json!(system));
            ("input", messages("", turns))
        }
        Layout::Contents => {
            apart("systemInstruction", json!({"parts": [{"text": system}]}));
            let all = messages("", turns).into_iter().chain(begun);
            path::set(body, "contents", all.map(|turn| content(&turn)).collect());
            return;
        }
        Layout::Raw(_) => return,
    };
    path::set(body, place, list.into_iter().chain(begun).collect());
}

/// A message in Gemini's form.
fn content(message: &Value) -> Value {
    let role = if message.get("role").and_then(Value::as_str) == Some("assistant") { "model" } else { "user" };
    json!({"role": role, "parts": [{"text": message.get("content")}]})
}

fn set_all<'a>(body: &mut Map<String, Value>, fields: impl IntoIterator<Item = &'a Field>, alternatives: u64) {
    for (place, fixed) in fields {
        let value = match fixed {
            Fixed::True => json!(true),
            Fixed::False => json!(false),
            Fixed::Number(number) => json!(number),
            Fixed::Text(text) => json!(text),
            Fixed::Texts(texts) => json!(texts),
            Fixed::Alternatives => json!(alternatives),
        };
        path::set(body, place, value);
    }
}

/// A number as intended, without the noise of a wider type.
fn rounded(value: f32) -> Value {
    json!((f64::from(value) * 1e4).round() / 1e4)
}
