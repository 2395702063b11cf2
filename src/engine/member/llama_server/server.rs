//! Requests to one model of one llama.cpp server.
//!
//! Owns naming the model in each request, which a router needs and a server of one model ignores, and reading a completion event
//! by event. Callers decide what is requested.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::error::told;
use super::wire::{BadLogprob, Event};
use crate::engine::member::http::{Endpoint, Framing, Http, HttpError, Limits, Messages};
use crate::engine::member::{Bill, Item, MemberError, Sent, Usage};

/// The most events of a completion beyond one per token: the last one, and one to spare.
const EVENTS_BEYOND: u64 = 2;

/// How long the check for available models may take after a call has failed.
const LOOK: Duration = Duration::from_secs(2);

/// A model of a server.
#[derive(Debug, Clone)]
pub(super) struct Server {
    http: Http,
    /// For streamed replies, after which the server closes the connection although it claims to keep it alive: each gets a new
    /// connection.
    streams: Http,
    /// The model's name there; `None` if the server has just one.
    pub(super) model: Option<String>,
    /// The name of the model in the first reply.
    first_model: Arc<OnceLock<String>>,
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum CallError {
    /// The call failed.
    #[error("{0}")]
    Http(#[from] HttpError),
    /// The reply came but cannot be used.
    #[error("{name}: {problem}")]
    Reply { name: String, problem: String },
    /// The reply has no log-probability, or an invalid one.
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

    /// The server's name in messages.
    pub(super) fn name(&self) -> &str {
        self.http.endpoint().name()
    }

    /// The error of a reply that cannot be used.
    pub(super) fn useless(&self, problem: impl Into<String>) -> CallError {
        CallError::Reply { name: self.name().to_owned(), problem: problem.into() }
    }

    /// The error of a reply with an invalid log-probability.
    pub(super) fn bad(&self, bad: BadLogprob) -> CallError {
        CallError::Logprob { name: self.name().to_owned(), problem: bad }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, HttpError> {
        match &self.model {
            Some(model) => self.http.get(&format!("{path}?model={}", encoded(model))).await,
            None => self.http.get(path).await,
        }
    }

    /// The models available now, requested once and with a short limit; `None` if that is not known.
    pub(super) async fn models_now(&self) -> Option<Value> {
        timeout(LOOK, self.http.trying(1).get("/v1/models")).await.ok()?.ok()
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: Map<String, Value>) -> Result<T, CallError> {
        let reply = self.http.post(path, &self.named(body)).await?;
        serde_json::from_value(reply).map_err(|error| self.useless(format!("the reply of {path} has another form: {error}")))
    }

    /// Starts a completion. It is always streamed: only then does the server notice immediately that its reply is no longer
    /// needed. Its usage is on the bill: the prompt's tokens are known before they are read.
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

    /// Checks that a reply comes from the same model as the first one, as far as both name it.
    fn same_model(&self, event: &Event) -> Result<(), CallError> {
        let Some(now) = event.model.as_ref().filter(|model| !model.is_empty()) else { return Ok(()) };
        let before = self.first_model.get_or_init(|| now.clone());
        if before == now { Ok(()) } else { Err(self.exchanged(before, now)) }
    }

    /// The error that another model is in this one's place.
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

/// A completion in progress; dropping it ends it on the server too.
pub(super) struct Completion<'a> {
    server: &'a Server,
    messages: Messages,
    item: Item,
    /// How many more events may come.
    left: u64,
}

impl Completion<'_> {
    /// The next event. The last one has `stop` set; do not call this after it.
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
