//! Replies with an error status: what the status means to the user, and whether it is temporary.

use std::time::Duration;

use super::at::At;
use super::detail::Detail;

/// Temporary statuses, which another attempt can change (RFC 9110, RFC 6585; 529 is Anthropic's "overloaded").
const PASSING: [u16; 9] = [408, 409, 425, 429, 500, 502, 503, 504, 529];

/// A reply with an error status.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub at: At,
    pub status: u16,
    /// The server's description of the error.
    pub detail: Detail,
    /// The wait that the server requests.
    pub wait: Option<Duration>,
    /// The longest wait that the limits allow.
    pub longest: Duration,
    pub keyed: bool,
    /// Whether it is about a parameter of the request.
    pub blames: bool,
    pub attempts: u32,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {} ({})", self.at, self.meaning(), self.status)?;
        if !self.detail.message.is_empty() {
            write!(formatter, ": {}", self.detail.message)?;
        }
        if let Some(wait) = self.wait {
            write!(formatter, "; it asks to wait {}", span(wait))?;
            if wait > self.longest {
                write!(formatter, ", longer than {} is not waited", span(self.longest))?;
            }
        }
        if self.attempts > 1 {
            write!(formatter, "; tried {} times", self.attempts)?;
        }
        if self.wants_key() {
            formatter
                .write_str("; give one by --key NAME=env:VARIABLE, or by key = { env = \"VARIABLE\" } in the configuration")?;
        }
        Ok(())
    }
}

impl Refusal {
    /// Whether it is temporary.
    pub(super) fn is_passing(&self) -> bool {
        is_passing(self.status) && !self.is_out_of_quota() && !(self.blames && self.status == 500)
    }

    /// Whether the problem is a missing key.
    fn wants_key(&self) -> bool {
        matches!(self.status, 401 | 403) && !self.keyed
    }

    /// The status in words.
    fn meaning(&self) -> &'static str {
        match self.status {
            _ if self.detail.context.is_some() => "the prompt is longer than the model's context",
            _ if self.is_loading() => "the server is still loading its model",
            400 | 422 => "the server does not accept the request",
            401 | 403 if self.wants_key() => "the server wants a key, and none is set",
            401 | 403 => "the key was refused: check that it is right and may use this model",
            402 => "the account has no balance: top it up",
            404 => "not found: check the address's path and the model's name",
            405 => "the server does not offer this: check the address's path",
            407 => "the proxy wants a login",
            408 => "the server gave up waiting for the request",
            413 => "the request is too large",
            429 if self.is_out_of_quota() => "the quota is used up: check the plan and its billing",
            429 => "rate limit: too many requests or tokens",
            501 => "the server does not offer this",
            502..=504 => "the server is not available",
            529 => "the server is overloaded",
            500.. => "the server failed",
            _ => "the server refused",
        }
    }

    /// Whether it passes once the server has loaded its model (llama.cpp).
    pub(super) fn is_loading(&self) -> bool {
        let message = self.detail.message.to_lowercase();
        self.status == 503 && (message.contains("loading model") || message.contains("model is loading"))
    }

    /// Whether it is a 429 that waiting does not resolve (`OpenAI`).
    pub(super) fn is_out_of_quota(&self) -> bool {
        self.detail.is("insufficient_quota")
    }
}

/// Whether a status is temporary.
pub(super) fn is_passing(status: u16) -> bool {
    PASSING.contains(&status)
}

/// A duration in words.
pub(super) fn span(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1..120 => format!("{} s", (time.as_secs_f64() * 10.0).round() / 10.0),
        seconds @ 120..7200 => format!("{} min", seconds.div_ceil(60)),
        seconds @ 7200..172_800 => format!("{} h", seconds.div_ceil(3600)),
        seconds @ 172_800..63_072_000 => format!("{} days", seconds.div_ceil(86_400)),
        _ => "years".to_owned(),
    }
}
