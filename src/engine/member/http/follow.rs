//! Log entries about calls: what is sent, what comes back and when, what failed.
//!
//! Owns the contents of an entry about a request or a reply. The endpoint's secrets are masked here, because only here are they
//! known.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Method, Response};
use tokio::time::Instant;
use tracing::{Level, info};

use super::error::HttpError;
use super::redact::Secrets;
use crate::log::TARGET;

/// Headers that help to diagnose a server, besides those that start with `x-ratelimit-`.
const TELLING: [&str; 7] = ["content-type", "content-length", "retry-after", "retry-after-ms", "server", "via", "x-request-id"];

/// Numbers the calls of the process, so that a reply can be matched to its request.
static CALLS: AtomicU64 = AtomicU64::new(1);

/// One attempt at a call in the log; none without a log.
#[derive(Debug, Clone)]
pub(super) struct Followed {
    member: Arc<str>,
    call: u64,
    begun: Instant,
    secrets: Arc<Secrets>,
}

impl Followed {
    /// Logs a request being sent.
    pub(super) fn sent(member: &str, secrets: &Arc<Secrets>, method: &Method, url: &str, body: Option<&[u8]>) -> Option<Self> {
        if !tracing::enabled!(target: TARGET, Level::INFO) {
            return None;
        }
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let bytes = body.map(<[u8]>::len);
        let body = body.map(|body| secrets.redact(&String::from_utf8_lossy(body)));
        let url = secrets.redact(url);
        info!(target: TARGET, member, event = "request", call, method = method.as_str(), url, bytes, body);
        Some(Self { member: member.into(), call, begun: Instant::now(), secrets: Arc::clone(secrets) })
    }

    /// Logs the head of its reply.
    pub(super) fn answered(&self, response: &Response) {
        let telling = |name: &str| TELLING.contains(&name) || name.starts_with("x-ratelimit-");
        let headers = response.headers().iter().filter(|(name, _)| telling(name.as_str()));
        let headers: Vec<String> = headers
            .map(|(name, value)| format!("{name}: {}", self.secrets.redact(&String::from_utf8_lossy(value.as_bytes()))))
            .collect();
        info!(
            target: TARGET,
            member = &*self.member,
            event = "response",
            call = self.call,
            status = u64::from(response.status().as_u16()),
            ms = self.ms(),
            headers = headers.join("; ")
        );
    }

    /// Logs the body of an error.
    pub(super) fn refused(&self, body: &[u8]) {
        let text = self.secrets.redact(&String::from_utf8_lossy(body));
        info!(target: TARGET, member = &*self.member, event = "refusal", call = self.call, bytes = body.len(), body = text);
    }

    /// Logs that it failed, or that its reply is useless.
    pub(super) fn failed(&self, error: &HttpError) {
        info!(target: TARGET, member = &*self.member, event = "failure", call = self.call, ms = self.ms(), error = %error);
    }

    fn ms(&self) -> f64 {
        in_ms(self.begun.elapsed())
    }
}

/// Logs that a call is repeated after this wait.
pub(super) fn waits(member: &str, wait: Duration, attempts: u32) {
    info!(target: TARGET, member, event = "retry", after_attempts = attempts, wait_ms = in_ms(wait));
}

fn in_ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}

/// The body of a reply as it comes; its size and times are logged when it is dropped.
#[derive(Debug)]
pub(super) struct Received {
    followed: Option<Followed>,
    bytes: u64,
    first_ms: f64,
    complete: bool,
}

impl Received {
    /// Takes the first piece, or the end.
    pub(super) fn begun(followed: Option<Followed>, first: Option<usize>) -> Self {
        let first_ms = followed.as_ref().map_or(0.0, Followed::ms);
        Self { followed, bytes: first.unwrap_or_default() as u64, first_ms, complete: first.is_none() }
    }

    /// Takes another piece, or the end.
    pub(super) fn piece(&mut self, bytes: Option<usize>) {
        self.bytes += bytes.unwrap_or_default() as u64;
        self.complete |= bytes.is_none();
    }

    pub(super) fn followed(&self) -> Option<Followed> {
        self.followed.clone()
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let Some(followed) = &self.followed else { return };
        info!(
            target: TARGET,
            member = &*followed.member,
            event = "reply",
            call = followed.call,
            bytes = self.bytes,
            first_byte_ms = self.first_ms,
            ms = followed.ms(),
            complete = self.complete
        );
    }
}
