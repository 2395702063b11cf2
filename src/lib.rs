//! `SpecFuse`: several language models write one answer together.
//!
//! [`engine`] is the shared engine (the method of arXiv 2412.07380, the members, the driver, the trace); [`ensemble`] says who
//! takes part; [`config`] and [`cli`] are how a person says what they want; [`clean`] makes what others say fit to show. The
//! takes part; [`config`] and [`cli`] are how a person says what they want; [`files`] keeps what the program remembers. The
//! binary only calls [`cli::main`].

pub mod clean;
pub mod cli;
pub mod config;
pub mod engine;
pub mod ensemble;
pub mod files;
pub mod playground;
