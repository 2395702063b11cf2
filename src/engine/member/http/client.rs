//! Calls to one endpoint: get, post, stream.
//!
//! Owns what calls share (connections, permits, secrets) and when a call is retried. One attempt is in
//! [`attempt`](super::attempt).

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use reqwest::{Client, Method, redirect};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::at::At;
use super::attempt::Call;
use super::body::Body;
use super::detail::{in_band, shown};
use super::endpoint::Endpoint;
use super::error::{HttpError, Place, Retry};
use super::follow;
use super::framing::Framing;
use super::limits::Limits;
use super::messages::Messages;
use super::shared::Shared;
use super::tls;
use super::trouble::Trouble;
use crate::engine::member::Sent;

/// How this program identifies itself.
const USER_AGENT: &str = concat!("specfuse/", env!("CARGO_PKG_VERSION"));

/// How many connections each client keeps open between calls.
///
/// By default the pool keeps as many as were ever open at the same time, for 90 seconds each. Calls that are spread over a round
/// coincide after waiting for one that failed, each then opens a connection, and since the pool hands out the youngest first, the
/// next such burst finds all of them still there: this is the only way found in which handles grow while members fail and come
/// back. Connections of a burst beyond this number, the calls that a llama.cpp server takes at the same time, are closed when
/// their call ends.
const KEPT: usize = 4;

/// How long one is kept: a later call connects again, which costs less than a round takes.
const KEPT_FOR: Duration = Duration::from_secs(20);

/// Calls to one endpoint. Clones share connections, and the limit on concurrent calls.
#[derive(Clone)]
pub struct Http {
    shared: Arc<Shared>,
    /// Attempts for one call, including the first.
    attempts: u32,
}

impl fmt::Debug for Http {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Http")
            .field("endpoint", &self.shared.endpoint)
            .field("limits", &self.shared.limits)
            .finish_non_exhaustive()
    }
}

impl Http {
    /// A client for one endpoint. Nothing is sent yet.
    pub fn new(endpoint: Endpoint, limits: Limits) -> Result<Self, HttpError> {
        let client = client(&endpoint, &limits)?;
        let secrets = Arc::new(endpoint.secrets());
        let places = Arc::new(Semaphore::new(limits.calls.clamp(1, Semaphore::MAX_PERMITS)));
        let proxy = endpoint.proxy();
        let (answered, trouble) = (AtomicBool::new(false), Trouble::default());
        Ok(Self {
            attempts: limits.attempts,
            shared: Arc::new(Shared { endpoint, limits, client, secrets, proxy, answered, places, trouble }),
        })
    }

    /// The same client with at most this many attempts per call.
    #[must_use]
    pub fn trying(&self, attempts: u32) -> Self {
        Self { attempts: attempts.min(self.attempts), shared: Arc::clone(&self.shared) }
    }

    /// The endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }

    /// Gets a JSON reply from a path below the endpoint's address.
    pub async fn get(&self, path: &str) -> Result<Value, HttpError> {
        let call = self.call(Method::GET, path, None, "application/json");
        self.shared.json(&call).await
    }

    /// Posts JSON and gets a JSON reply. Work that may be cancelled is better streamed: many servers notice a closed connection
    /// only when they write to it.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, HttpError> {
        self.post_noting(path, body, &Sent::default()).await
    }

    /// As [`Self::post`], and records whether the request is at the server.
    pub async fn post_noting(&self, path: &str, body: &Value, sent: &Sent) -> Result<Value, HttpError> {
        let call = self.call(Method::POST, path, Some(body), "application/json").noting(sent);
        self.shared.json(&call).await
    }

    /// Posts JSON and gets a reply message by message. Returns once the first bytes of its body have arrived.
    #[cfg(any(test, feature = "testing"))]
    pub async fn stream(&self, path: &str, body: &Value, framing: Framing) -> Result<Messages, HttpError> {
        self.stream_noting(path, body, framing, &Sent::default()).await
    }

    /// As [`Self::stream`], and records whether the request is at the server.
    pub async fn stream_noting(&self, path: &str, body: &Value, framing: Framing, sent: &Sent) -> Result<Messages, HttpError> {
        let accept = match framing {
            Framing::EventStream => "text/event-stream, application/json",
            Framing::JsonLines => "application/x-ndjson, application/json",
        };
        let call = self.call(Method::POST, path, Some(body), accept).noting(sent);
        let body = self.shared.begun(&call).await?;
        Messages::begin(body, framing, &self.shared.limits, call.at, self.shared.secrets.clone()).await
    }

    fn call(&self, method: Method, path: &str, body: Option<&Value>, accept: &'static str) -> Call {
        Call::new(&self.shared, method, path, body, accept).trying(self.attempts)
    }
}

impl Shared {
    /// A reply that is one JSON text.
    async fn json(&self, call: &Call) -> Result<Value, HttpError> {
        let body = self.begun(call).await?;
        let followed = body.followed();
        let read = self.read(call, body).await;
        if let (Some(followed), Err(error)) = (followed, &read) {
            followed.failed(error);
        }
        read
    }

    async fn read(&self, call: &Call, body: Body) -> Result<Value, HttpError> {
        let body = body.whole(self.limits.body).await?;
        let mut value: Value = serde_json::from_slice(&body).map_err(|error| self.unreadable(call, &body, &error))?;
        if let Some(detail) = in_band(None, &value, &self.secrets) {
            return Err(HttpError::InBand { at: call.at.clone(), detail: Box::new(detail) });
        }
        self.secrets.redact_reply(&mut value);
        Ok(value)
    }

    fn unreadable(&self, call: &Call, body: &[u8], error: &serde_json::Error) -> HttpError {
        let at = call.at.clone();
        let text = String::from_utf8_lossy(body);
        if text.trim().is_empty() {
            HttpError::NotJson { at, found: "the reply is empty".to_owned() }
        } else if error.is_eof() {
            let place = if Place::after(body) == Place::Character { Place::Character } else { Place::Line };
            HttpError::Cut { at, place }
        } else {
            HttpError::NotJson { at, found: format!("this came: {}", shown(&text, &self.secrets)) }
        }
    }

    /// Tries until a reply's body has started, or no further attempt is worthwhile.
    async fn begun(&self, call: &Call) -> Result<Body, HttpError> {
        let (mut attempts, mut looks) = (0, 0);
        let request = call.mark();
        let most = self.trouble.attempts(request, call.attempts);
        loop {
            if let Some(wait) = self.trouble.before(request, self.limits.backoff.longest)? {
                tokio::time::sleep(wait).await;
            }
            // The permit is held only during the attempt: a call that waits for its next one does not block others.
            let permit = self.places.clone().acquire_owned().await.ok();
            call.sent.send();
            let error = match call.attempt(self, permit).await {
                Ok(body) => {
                    self.trouble.over();
                    return Ok(body);
                }
                Err(error) => error,
            };
            call.sent.take_back();
            let retry = error.retry();
            let loading = retry == Retry::Loaded && self.limits.patient;
            *(if loading { &mut looks } else { &mut attempts }) += 1;
            let wait = match retry {
                Retry::Loaded if loading => Some(self.limits.backoff.while_loading(looks - 1, jitter())),
                Retry::After(advice) if attempts < most => self.limits.backoff.delay(attempts - 1, advice, jitter()),
                Retry::Loaded | Retry::After(_) | Retry::Never => None,
            };
            let Some(wait) = wait else {
                let error = error.after(attempts);
                self.trouble.failed(request, &error, matches!(retry, Retry::After(_)));
                return Err(error);
            };
            follow::waits(self.endpoint.name(), wait, attempts + looks);
            tokio::time::sleep(wait).await;
        }
    }
}

/// A number from 0 to 1. The randomness of the standard library's hash tables is good enough for waits.
fn jitter() -> f64 {
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}

fn client(endpoint: &Endpoint, limits: &Limits) -> Result<Client, HttpError> {
    let fault = |reason: String| HttpError::Tls { at: At::new(endpoint.name(), &endpoint.shown()), reason };
    let settings = if endpoint.wants_tls() {
        tls::trusted()
    } else if endpoint.is_proxied() {
        // The proxy may use TLS; a system without trusted certificates can still use one that does not.
        tls::trusted().or_else(|_| tls::unused())
    } else {
        tls::unused()
    };
    let settings =
        settings.map_err(|error| fault(format!("the certificates that this system trusts cannot be read: {error}")))?;
    let mut builder = Client::builder()
        .tls_backend_preconfigured(settings)
        .user_agent(USER_AGENT)
        .default_headers(endpoint.headers())
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(limits.connect)
        .pool_max_idle_per_host(KEPT)
        .pool_idle_timeout(KEPT_FOR)
        .tcp_nodelay(true);
    if !endpoint.is_proxied() {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| fault(error.without_url().to_string()))
}
