//! llama.cpp servers as members, against a real llama.cpp server that serves the project's own models.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "llama/drafting.rs"]
mod drafting;
#[path = "llama/faults.rs"]
mod faults;
#[path = "llama/fusing.rs"]
mod fusing;
#[path = "llama/launching.rs"]
mod launching;
#[path = "llama/leaving.rs"]
mod leaving;
#[path = "support/llama.rs"]
mod llama;
#[path = "support/loopback.rs"]
mod loopback;
#[path = "llama/pieces.rs"]
mod pieces;
#[path = "llama/probing.rs"]
mod probing;
#[cfg(unix)]
#[path = "llama/program.rs"]
mod program;
#[path = "support/requests.rs"]
mod requests;
#[path = "llama/rereading.rs"]
mod rereading;
#[path = "llama/scoring.rs"]
mod scoring;
#[path = "llama/scripted.rs"]
mod scripted;
#[path = "llama/serving.rs"]
mod serving;
#[path = "llama/support.rs"]
mod support;
