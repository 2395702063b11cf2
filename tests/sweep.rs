//! `specfuse sweep` as the user uses it, and its library: the real binary, the real built-in ensemble, real files and a real kill.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "sweep/command.rs"]
mod command;
#[path = "sweep/editing.rs"]
mod editing;
#[path = "sweep/library.rs"]
mod library;
#[cfg(unix)]
#[path = "sweep/resuming.rs"]
mod resuming;
#[path = "sweep/support.rs"]
mod support;
