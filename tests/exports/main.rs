//! A run as a document: its contents, that nothing in it can be anything but text, and that a browser agrees.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod browser;
mod commands;
mod documents;
mod films;
mod hostile;
mod markup;
#[allow(dead_code, reason = "shared with the tests of the state")]
#[path = "../playground/runs.rs"]
mod runs;
mod size;
#[allow(dead_code, reason = "shared with the tests of the state")]
#[path = "../playground/support.rs"]
mod support;
mod untrusted;
