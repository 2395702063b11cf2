//! The program with servers written by others: mocks that grade their clients, mocks that break, llama.cpp's own server, and,
//! with `--ignored`, gateways and versions that take minutes to fetch.
//!
//! Each is fetched once, into the target folder. If one is not available, its tests fail if `CI` is set, and otherwise report
//! that they were skipped.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod aimock;
mod gateway;
mod http;
#[path = "../support/llama.rs"]
mod llama;
mod llama_server;
mod llmock;
mod mocks;
mod node;
mod process;
mod program;
#[path = "../support/real.rs"]
mod real;
mod versions;
