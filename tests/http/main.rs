//! The HTTP client against a server of our own that fails in every way it can.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod calls;
mod connecting;
mod keys;
mod log;
#[path = "../support/loopback.rs"]
mod loopback;
mod proxies;
mod retries;
mod statuses;
mod streams;

use std::time::Duration;

use specfuse::engine::member::http::{Backoff, Endpoint, Http, Key, Limits};

/// A key that gives no access.
const FAKE: &str = "fake-key-for-tests-0123456789";

/// One attempt, no waiting.
fn once() -> Limits {
    Limits { attempts: 1, patient: false, ..patient() }
}

/// The usual attempts, with waits too short to notice.
fn patient() -> Limits {
    let short = Duration::from_millis(1);
    Limits { backoff: Backoff { first: short, cap: short, loading: short, ..Backoff::default() }, ..Limits::default() }
}

/// A client without a key.
fn client(address: &str, limits: Limits) -> Http {
    Http::new(Endpoint::new("local", address).unwrap(), limits).unwrap()
}

/// A client that sends the fake key.
fn keyed(address: &str, limits: Limits) -> Http {
    let endpoint = Endpoint::new("remote", address).unwrap().with_key(Key::bearer(&FAKE.into()).unwrap());
    Http::new(endpoint, limits).unwrap()
}
