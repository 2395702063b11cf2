//! The whole program as one crate: `cargo check --bin dead-code --features dead-code`.
//!
//! In a library everything public counts as used. Here nothing is public, so the compiler finds what only stands there.

#![deny(dead_code)]
#![allow(unused_imports, reason = "what the library offers to its tests is not used here")]
#![allow(missing_docs, reason = "the library has them")]

#[path = "../src/clean/mod.rs"]
mod clean;
#[path = "../src/cli/mod.rs"]
mod cli;
#[path = "../src/config/mod.rs"]
mod config;
#[path = "../src/engine/mod.rs"]
mod engine;
#[path = "../src/ensemble/mod.rs"]
mod ensemble;
#[path = "../src/export/mod.rs"]
mod export;
#[path = "../src/files/mod.rs"]
mod files;
#[path = "../src/log.rs"]
mod log;
#[path = "../src/playground/mod.rs"]
mod playground;
#[path = "../src/playthrough/mod.rs"]
mod playthrough;
#[path = "../src/prompts/mod.rs"]
mod prompts;
#[path = "../src/sweep/mod.rs"]
mod sweep;
#[path = "../src/text/mod.rs"]
mod text;

fn main() {
    cli::leave(cli::main(std::env::args_os()))
}
