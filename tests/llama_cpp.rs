//! Models in this process by llama.cpp: the project's own compared with the embedded engine, a real one, and damaged files.

#![cfg(feature = "llama-cpp")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "llama_cpp/damaged.rs"]
mod damaged;
#[path = "support/llama.rs"]
mod llama;
#[cfg(unix)]
#[path = "llama_cpp/program.rs"]
mod program;
#[path = "support/real.rs"]
mod real;
#[path = "support/requests.rs"]
mod requests;
#[path = "llama_cpp/smol.rs"]
mod smol;
#[path = "llama_cpp/support.rs"]
mod support;
#[path = "llama_cpp/toys.rs"]
mod toys;
