//! Every view as a picture: one list of states ([`states`]), each at three sizes, in true colour and without colour; a test that
//! nothing a user can see is missing from the list; and the picture of the README.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod ascii;
mod complete;
mod frame;
mod gallery;
mod letters;
mod picture;
mod roster;
#[allow(dead_code, reason = "shared with the tests of the state")]
#[path = "../playground/runs.rs"]
mod runs;
mod snapshots;
mod states;
#[allow(dead_code, reason = "shared with the tests of the state")]
#[path = "../playground/support.rs"]
mod support;
