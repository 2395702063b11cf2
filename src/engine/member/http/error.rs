//! What can go wrong between this program and a server, in words that the user can act on.
//!
//! Owns the words (those for error statuses are in [`refusal`](super::refusal)), and which failures are worth another attempt.
//! Every error names the endpoint and the address; no error contains a secret: its parts were redacted before they came here.

use std::sync::Arc;
use std::time::Duration;

use super::at::At;
use super::blame;
use super::context::ContextLength;
use super::detail::Detail;
use super::refusal::{Refusal, is_passing, span};

/// A call that failed. `at` is the endpoint's name and the address, fit to show.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("{name}: {}", unusable(address, problem))]
    Address { name: Arc<str>, address: String, problem: String },
    #[error("{at}: the host's name cannot be resolved: check the address, and the network")]
    Unresolved { at: At },
    #[error("{at}: the connection was refused: check that the server runs, and its port")]
    Refused { at: At },
    #[error("{at}: TLS failed: {reason}")]
    Tls { at: At, reason: String },
    /// A probe has shown that the server uses the other scheme.
    #[error("{at}: the server speaks {}: use {instead}", if instead.starts_with("http:") { "http, not https" } else { "https, not http" })]
    Scheme {
        at: At,
        /// The correct address, fit to show.
        instead: String,
    },
    /// The proxy cannot be reached, or leads nowhere.
    #[error("{at}: {proxy} {problem}: check the proxy, or name the server's host in NO_PROXY")]
    Proxy {
        at: At,
        /// The proxy, and where it is configured.
        proxy: String,
        problem: String,
    },
    #[error("{at}: no connection within {}: check the address, the network and the firewall", span(*limit))]
    ConnectTimedOut { at: At, limit: Duration },
    #[error("{at}: no connection: {reason}")]
    Unreachable { at: At, reason: String },
    #[error("{at}: what answers there does not speak HTTP: {reason}")]
    NotHttp { at: At, reason: String },
    #[error("{at}: {} for {}", if *begun { "the reply began, then nothing more came" } else { "nothing came" }, span(*limit))]
    Stalled {
        at: At,
        limit: Duration,
        /// Whether the reply's body had started.
        begun: bool,
    },
    #[error("{at}: the connection was cut {place}")]
    Cut { at: At, place: Place },
    #[error("{0}")]
    Status(Box<Refusal>),
    /// The server points elsewhere. The redirect is not followed: a key could travel with it.
    #[error("{at}: the server sends us on to {target} ({status}); redirects are not followed: set the address to where it leads")]
    Redirect {
        at: At,
        status: u16,
        /// The scheme, host and path that it points to.
        target: String,
    },
    #[error("{at}: JSON was expected, but {found}")]
    NotJson { at: At, found: String },
    /// The content type is not the one requested.
    #[error("{at}: an answer was expected, but {found} came ({content_type}): check the address's path")]
    ContentType {
        at: At,
        content_type: String,
        /// What the body looks like.
        found: String,
    },
    #[error("{at}: the reply is longer than the limit of {limit} bytes without an end of its {}", if *line { "line" } else { "text" })]
    TooLong {
        at: At,
        /// The limit in bytes.
        limit: usize,
        /// Whether it is one line or event of a stream; otherwise the whole body.
        line: bool,
    },
    #[error("{at}: the server reports an error inside its reply: {}", or_nothing(&detail.message))]
    InBand { at: At, detail: Box<Detail> },
}

fn unusable(address: &str, problem: &str) -> String {
    format!("the address {address} cannot be used: {problem}")
}

/// Where in a reply a connection was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the first byte of the reply's body.
    Beginning,
    /// Between two messages.
    Between,
    /// Inside a line or a JSON text.
    Line,
    /// Inside a character.
    Character,
    /// Between two messages, as if the reply were complete.
    Silently,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Beginning => "before the reply began",
            Self::Between => "before the reply was complete",
            Self::Line => "in the middle of a line of the reply",
            Self::Character => "in the middle of a character of the reply",
            Self::Silently => "before the reply was complete: it has no finish reason and no mark of its end",
        })
    }
}

impl Place {
    /// The place after these bytes of an unfinished line.
    pub(super) fn after(unfinished: &[u8]) -> Self {
        match std::str::from_utf8(unfinished) {
            Ok("") => Self::Between,
            Err(error) if error.error_len().is_none() => Self::Character,
            Ok(_) | Err(_) => Self::Line,
        }
    }
}

/// How much of an answer an error represents.
enum Answer<'a> {
    /// An error status.
    Status(&'a Refusal),
    /// A redirect with this status.
    Redirect(u16),
    /// An error inside a reply.
    InBand(&'a Detail),
    /// Something that this program cannot talk to.
    Unusable,
    /// None, or an incomplete one; the next may come.
    None,
}

/// Whether a call is worth another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// No: it would fail again, or be paid for twice.
    Never,
    /// After a while; the server may have said after how long.
    After(Option<Duration>),
    /// As soon as the server has loaded its model, however long that takes.
    Loaded,
}

impl HttpError {
    /// The reply's status, if it is an error; for an error inside a reply, the status that its code stands for.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.answer() {
            Answer::Status(refusal) => Some(refusal.status),
            Answer::Redirect(status) => Some(status),
            Answer::InBand(detail) => detail.status(),
            Answer::Unusable | Answer::None => None,
        }
    }

    /// Whether a started reply was lost on its way: cut, or garbled. The same call may return a whole one.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Cut { .. } | Self::NotJson { .. })
    }

    /// Whether it is an answer, although a bad one, from a server that may otherwise work.
    #[must_use]
    pub fn answers(&self) -> bool {
        matches!(self, Self::Status(_) | Self::InBand { .. } | Self::NotJson { .. } | Self::ContentType { .. })
    }

    /// The server's description of the error, if it gave one.
    #[must_use]
    pub fn detail(&self) -> Option<&Detail> {
        match self.answer() {
            Answer::Status(refusal) => Some(&refusal.detail),
            Answer::InBand(detail) => Some(detail),
            Answer::Redirect(_) | Answer::Unusable | Answer::None => None,
        }
    }

    /// The server's own message; empty if there is none.
    #[must_use]
    pub fn message(&self) -> &str {
        self.detail().map_or("", |detail| &detail.message)
    }

    /// The message without the endpoint's name, for use after a name.
    #[must_use]
    pub fn without_name(&self) -> String {
        let mut error = self.clone();
        match &mut error {
            Self::Address { address, problem, .. } => return unusable(address, problem),
            Self::Status(refusal) => refusal.at.forget_name(),
            Self::Unresolved { at }
            | Self::Refused { at }
            | Self::Tls { at, .. }
            | Self::Scheme { at, .. }
            | Self::Proxy { at, .. }
            | Self::ConnectTimedOut { at, .. }
            | Self::Unreachable { at, .. }
            | Self::NotHttp { at, .. }
            | Self::Stalled { at, .. }
            | Self::Cut { at, .. }
            | Self::Redirect { at, .. }
            | Self::NotJson { at, .. }
            | Self::ContentType { at, .. }
            | Self::TooLong { at, .. }
            | Self::InBand { at, .. } => at.forget_name(),
        }
        error.to_string()
    }

    /// Whether the server's message reads like one about a parameter of the request, whatever its status.
    #[must_use]
    pub fn refuses_parameter(&self) -> bool {
        blame::refuses(self.message())
    }

    /// Set if the server reports that the prompt does not fit the model's context.
    #[must_use]
    pub fn context_length(&self) -> Option<ContextLength> {
        self.detail()?.context
    }

    /// How long the server asks to wait.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        if let Self::Status(refusal) = self { refusal.wait } else { None }
    }

    /// Whether the same call would fail the same way until the user changes something.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self.answer() {
            Answer::Status(refusal) => !refusal.is_passing(),
            Answer::InBand(detail) => {
                detail.is("insufficient_quota") || detail.status().is_some_and(|status| !is_passing(status))
            }
            Answer::Redirect(_) | Answer::Unusable => true,
            Answer::None => false,
        }
    }

    /// Whether the server does not accept the request as it is: an identical one would be refused again.
    pub(super) fn is_unacceptable(&self) -> bool {
        matches!(self, Self::Status(refusal) if matches!(refusal.status, 400 | 413 | 422))
    }

    /// Whether another attempt may help. It does not if any byte of a reply's body came: the call was served and perhaps paid
    /// for.
    pub(super) fn retry(&self) -> Retry {
        match self {
            Self::Status(refusal) if refusal.is_loading() => Retry::Loaded,
            Self::Status(refusal) if refusal.is_passing() => Retry::After(refusal.wait),
            Self::Unresolved { .. }
            | Self::Refused { .. }
            | Self::ConnectTimedOut { .. }
            | Self::Unreachable { .. }
            | Self::Proxy { .. }
            | Self::Cut { place: Place::Beginning, .. } => Retry::After(None),
            Self::Status(_)
            | Self::Address { .. }
            | Self::Tls { .. }
            | Self::Scheme { .. }
            | Self::NotHttp { .. }
            | Self::Stalled { .. }
            | Self::Cut { .. }
            | Self::Redirect { .. }
            | Self::NotJson { .. }
            | Self::ContentType { .. }
            | Self::TooLong { .. }
            | Self::InBand { .. } => Retry::Never,
        }
    }

    /// How much of an answer there is.
    fn answer(&self) -> Answer<'_> {
        match self {
            Self::Status(refusal) => Answer::Status(refusal),
            Self::InBand { detail, .. } => Answer::InBand(detail),
            Self::Redirect { status, .. } => Answer::Redirect(*status),
            Self::Address { .. }
            | Self::Tls { .. }
            | Self::Scheme { .. }
            | Self::NotHttp { .. }
            | Self::NotJson { .. }
            | Self::ContentType { .. } => Answer::Unusable,
            Self::Unresolved { .. }
            | Self::Refused { .. }
            | Self::ConnectTimedOut { .. }
            | Self::Unreachable { .. }
            | Self::Proxy { .. }
            | Self::Stalled { .. }
            | Self::Cut { .. }
            | Self::TooLong { .. } => Answer::None,
        }
    }

    /// The same error, with the number of attempts.
    pub(super) fn after(mut self, attempts: u32) -> Self {
        if let Self::Status(refusal) = &mut self {
            refusal.attempts = attempts;
        }
        self
    }
}

fn or_nothing(message: &str) -> &str {
    if message.is_empty() { "it gives no reason" } else { message }
}
