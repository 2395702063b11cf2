//! `SpecFuse`: several language models write one answer together.
//!
//! [`engine`] is the shared engine (the method of arXiv 2412.07380, the members, the driver, the trace); [`ensemble`] says who
//! takes part; [`playground`] is the terminal application and [`cli`] the rest of the command line; [`config`] and [`files`]
//! are what a person chose and what the program remembers; [`prompts`] are questions with known answers, and [`sweep`] plays
//! them over a grid of knobs; `playthrough` plays a run to its end without a screen; [`clean`] makes what others say fit to
//! show, [`text`] reads what a user hands in. The binary only calls [`cli::main`].

pub mod clean;
pub mod cli;
pub mod config;
pub mod engine;
pub mod ensemble;
pub mod export;
pub mod files;
pub mod playground;
pub(crate) mod playthrough;
pub mod prompts;
pub mod sweep;
pub mod text;
