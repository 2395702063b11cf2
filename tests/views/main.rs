//! Every view as a picture: characters and styles, at three sizes, in colour and without, and the picture of the README.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod heat_map;
mod lazy;
mod members;
mod picture;
#[allow(dead_code, reason = "shared with the tests of the state")]
#[path = "../playground/runs.rs"]
mod runs;
mod silent;
mod snapshots;
mod steering;
#[allow(dead_code, reason = "shared with the tests of the state")]
#[path = "../playground/support.rs"]
mod support;
