//! The program as the user at a terminal uses it: the real binary in a real pseudo-terminal, with the built-in ensemble and a home
//! of its own, and a terminal emulator that says what the person would see.
//!
//! How the terminal is taken and given back piece by piece, panics included, is the business of `terminal`; here the whole
//! program has to do it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "pty/answering.rs"]
mod answering;
#[path = "pty/caret.rs"]
mod caret;
#[path = "pty/colours.rs"]
mod colours;
#[path = "pty/configuring.rs"]
mod configuring;
#[path = "pty/ground.rs"]
mod ground;
#[path = "pty/home.rs"]
mod home;
#[path = "pty/keeping.rs"]
mod keeping;
#[path = "pty/leaving.rs"]
mod leaving;
#[path = "support/llama.rs"]
mod llama;
#[path = "pty/looking.rs"]
mod looking;
#[path = "pty/members.rs"]
mod members;
#[path = "pty/needs.rs"]
mod needs;
#[path = "support/pty.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod playing;
#[path = "pty/recording.rs"]
mod recording;
#[path = "pty/replaying.rs"]
mod replaying;
#[path = "pty/reports.rs"]
mod reports;
#[path = "pty/serving.rs"]
mod serving;
#[path = "pty/sizes.rs"]
mod sizes;
#[path = "pty/steering.rs"]
mod steering;
#[path = "pty/suspending.rs"]
mod suspending;
#[path = "pty/sweeping.rs"]
mod sweeping;
#[path = "pty/where_it_plays.rs"]
mod where_it_plays;
#[path = "pty/writing.rs"]
mod writing;
