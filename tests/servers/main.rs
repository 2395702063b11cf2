//! Ensembles over HTTP: members on servers of our own that keep time, leak nothing, and fail in every way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "../support/clockwork/mod.rs"]
mod clockwork;
mod connecting;
mod faults;
#[path = "../support/loopback.rs"]
mod loopback;
mod play;
mod recognising;
