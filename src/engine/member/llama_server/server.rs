//! Requests to one model of one llama.cpp server.
//!
//! Owns naming the model in each request, which a router needs and a server of one model ignores, and reading a completion event
//! by event. What is asked is the callers' affair.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::error::told;
use super::wire::{BadLogprob, Event};
use crate::engine::member::http::{Endpoint, Framing, Http, HttpError, Limits, Messages};
use crate::engine::member::{Bill, Item, MemberError, Sent, Usage};

/// Events that a completion may have beside one a token: the last one, and one to spare.
const EVENTS_BEYOND: u64 = 2;

/// How long a look at what models there are may take, where a call has failed anyway.
const LOOK: Duration = Duration::from_secs(2);

/// A model of a server.
#[derive(Debug, Clone)]
pub(super) struct Server {
    http: Http,
    /// For streamed replies, after which the server closes the connection although it says that it keeps it alive: each has a
    /// connection of its own.
    streams: Http,
    /// The model's name there; `None` where the server has just one.
    pub(super) model: Option<String>,
    /// What the first reply called its model.
    first_model: Arc<OnceLock<String>>,
}

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum CallError {
    /// The call failed.
    #[error("{0}")]
    Http(#[from] HttpError),
    /// The reply came and cannot be used.
    #[error("{name}: {problem}")]
    Reply { name: String, problem: String },
    /// The reply lacks a log-probability, or has one that cannot be one.
    #[error("{name}: {problem}")]
    Logprob { name: String, problem: BadLogprob },
    /// Another model answers than before.
    #[error("{name}: the server has another model now, `{now}` instead of `{before}`: connect to it again")]
    Exchanged { name: String, before: String, now: String },
}

impl From<CallError> for MemberError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Http(error) => told(&error),
            CallError::Reply { problem, .. } => Self::Failed(problem),
            CallError::Logprob { problem, .. } => Self::Failed(problem.to_string()),
            CallError::Exchanged { .. } => Self::Refused(error.to_string()),
        }
    }
}

impl Server {
    /// A server, before a model is chosen.
    pub(super) fn new(endpoint: Endpoint, limits: Limits) -> Result<Self, HttpError> {
        let closing = endpoint.clone().with_header("connection", "close")?;
        Ok(Self {
            http: Http::new(endpoint, limits)?,
            streams: Http::new(closing, limits)?,
            model: None,
            first_model: Arc::default(),
        })
    }

    /// What messages call the server.
    pub(super) fn name(&self) -> &str {
        self.http.endpoint().name()
    }

    /// A reply that cannot be used.
    pub(super) fn useless(&self, problem: impl Into<String>) -> CallError {
        CallError::Reply { name: self.name().to_owned(), problem: problem.into() }
    }

    /// A reply with a log-probability that cannot be one.
    pub(super) fn bad(&self, bad: BadLogprob) -> CallError {
        CallError::Logprob { name: self.name().to_owned(), problem: bad }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, HttpError> {
        match &self.model {
            Some(model) => self.http.get(&format!("{path}?model={}", encoded(model))).await,
            None => self.http.get(path).await,
        }
    }

    /// The models that there are now, asked once and not for long; `None` where that is not known.
    pub(super) async fn models_now(&self) -> Option<Value> {
        timeout(LOOK, self.http.trying(1).get("/v1/models")).await.ok()?.ok()
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: Map<String, Value>) -> Result<T, CallError> {
        let reply = self.http.post(path, &self.named(body)).await?;
        serde_json::from_value(reply).map_err(|error| self.useless(format!("the reply of {path} has another form: {error}")))
    }

    /// Starts a completion. It is always streamed: only then does the server notice at once that nobody waits any more. What it
    /// uses is on the bill: the prompt's tokens are known before they are read.
    pub(super) async fn complete(&self, mut body: Map<String, Value>, bill: &Bill) -> Result<Completion<'_>, CallError> {
        body.insert("stream".into(), json!(true));
        let tokens = body.get("n_predict").and_then(Value::as_u64).unwrap_or_default();
        let prompt = body.get("prompt").and_then(Value::as_array).map_or(0, Vec::len) as u64;
        let sent = Sent::default();
        let item = bill.item(&sent);
        item.set(Usage::counted(prompt, 0, 0));
        let messages = self.streams.stream_noting("/completion", &self.named(body), Framing::EventStream, &sent).await?;
        Ok(Completion { server: self, messages, item, left: tokens.saturating_add(EVENTS_BEYOND) })
    }

    /// Whether a reply is still of the model that the first one was of, as far as both say.
    fn same_model(&self, event: &Event) -> Result<(), CallError> {
        let Some(now) = event.model.as_ref().filter(|model| !model.is_empty()) else { return Ok(()) };
        let before = self.first_model.get_or_init(|| now.clone());
        if before == now { Ok(()) } else { Err(self.exchanged(before, now)) }
    }

    /// Another model is in this one's place.
    pub(super) fn exchanged(&self, before: &str, now: &str) -> CallError {
        CallError::Exchanged { name: self.name().to_owned(), before: before.to_owned(), now: now.to_owned() }
    }

    fn named(&self, mut body: Map<String, Value>) -> Value {
        if let Some(model) = &self.model {
            body.insert("model".into(), json!(model));
        }
        Value::Object(body)
    }
}

/// A completion under way; dropping it ends it on the server too.
pub(super) struct Completion<'a> {
    server: &'a Server,
    messages: Messages,
    item: Item,
    /// Events that may still come.
    left: u64,
}

impl Completion<'_> {
    /// The next event. The last one has `stop` set; after it there is nothing to ask for.
    pub(super) async fn next(&mut self) -> Result<Event, CallError> {
        loop {
            let Some(message) = self.messages.next().await? else {
                return Err(self.server.useless("the reply ended before its last event"));
            };
            let event: Event = serde_json::from_value(message.data)
                .map_err(|error| self.server.useless(format!("an event of the reply has another form: {error}")))?;
            self.server.same_model(&event)?;
            if event.prompt_progress.is_none() {
                let usage = event.work().usage;
                if usage.prompt_tokens > 0 {
                    self.item.set(usage);
                }
                self.left = self.left.checked_sub(1).ok_or_else(|| self.server.useless("it sends more than it was asked for"))?;
                return Ok(event);
            }
        }
    }
}

/// A text as part of a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_models_survive_a_query() {
        assert_eq!(encoded("Qwen/Qwen3-8B:Q4_K_M é"), "Qwen%2FQwen3-8B%3AQ4_K_M%20%C3%A9");
    }
}
