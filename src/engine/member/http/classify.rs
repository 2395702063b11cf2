//! What the HTTP library's errors mean.
//!
//! The library keeps the causes as a chain of errors of several libraries; they are recognised by type where that is public,
//! otherwise by the words of the innermost one.

use std::error::Error;
use std::io;

use super::at::At;
use super::error::{HttpError, Place};
use super::proxy::Proxy;
use super::refusal::span;
use super::shared::Shared;

/// What failed while a request was sent or its reply's head awaited.
pub(super) fn of_sending(error: &reqwest::Error, scheme: &str, at: &At, shared: &Shared) -> HttpError {
    let error = of_connecting(error, scheme, at, shared);
    match &shared.proxy {
        Some(proxy) => of_proxy(error, proxy),
        None => error,
    }
}

/// Behind a proxy nothing else is resolved or connected to.
fn of_proxy(error: HttpError, proxy: &Proxy) -> HttpError {
    let (at, problem) = match error {
        HttpError::Refused { at } => (at, "does not answer: the connection to it was refused".to_owned()),
        HttpError::Unresolved { at } => (at, "does not answer: its host's name cannot be resolved".to_owned()),
        HttpError::ConnectTimedOut { at, limit } => (at, format!("does not answer: no connection within {}", span(limit))),
        HttpError::Unreachable { at, reason } => (at, format!("leads nowhere: {reason}")),
        other => return other,
    };
    HttpError::Proxy { at, proxy: proxy.to_string(), problem }
}

fn of_connecting(error: &reqwest::Error, scheme: &str, at: &At, shared: &Shared) -> HttpError {
    let (at, secrets) = (at.clone(), &shared.secrets);
    let chain = causes(error);
    let reason = || secrets.redact(&chain.last().map(ToString::to_string).unwrap_or_default());
    if error.is_dns() {
        HttpError::Unresolved { at }
    } else if let Some(tls) = chain.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        HttpError::Tls { at, reason: secrets.redact(&tls_reason(tls)) }
    } else if chain.iter().any(|cause| is_io(*cause, io::ErrorKind::ConnectionRefused)) {
        HttpError::Refused { at }
    } else if error.is_connect() && error.is_timeout() {
        HttpError::ConnectTimedOut { at, limit: shared.limits.connect }
    } else if error.is_connect() && scheme == "https" && chain.iter().any(|cause| is_io(*cause, io::ErrorKind::UnexpectedEof)) {
        HttpError::Tls { at, reason: "the connection ended in the handshake".to_owned() }
    } else if error.is_connect() || error.is_builder() {
        HttpError::Unreachable { at, reason: reason() }
    } else if chain.iter().any(|cause| cause.to_string().starts_with("invalid HTTP")) {
        HttpError::NotHttp { at, reason: reason() }
    } else {
        HttpError::Cut { at, place: Place::Beginning }
    }
}

fn tls_reason(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(_) => "what answers there does not speak TLS".to_owned(),
        rustls::Error::InvalidCertificate(why) => format!("the server's certificate is not trusted: {why}"),
        other => other.to_string(),
    }
}

/// The error and its causes, outermost first. An `io::Error` that wraps another reports that one's cause as its own, so the
/// wrapped error is included too.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut chain = vec![error];
    let mut next = below(error);
    while let Some(cause) = next {
        chain.push(cause);
        next = below(cause);
    }
    chain
}

fn below<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn is_io(error: &(dyn Error + 'static), kind: io::ErrorKind) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == kind)
}
