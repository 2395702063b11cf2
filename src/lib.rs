//! `SpecFuse`: several language models write one answer together.
//!
//! The library holds everything below the front ends: [`engine`] is the shared engine (the method of arXiv 2412.07380, the
//! driver, the members, the trace). The binary in `main.rs` only chooses a front end.

pub mod engine;
