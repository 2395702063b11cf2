//! The playground without a terminal: messages in, effects and screens out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod actions;
mod anything;
mod asking;
mod captions;
mod ending;
mod explaining;
mod keys;
mod looking;
mod member_pool;
mod numbers;
mod plain_words;
mod presenting;
mod replaying;
mod running;
mod runs;
mod scenes;
mod steering;
mod support;
mod tour;
mod tuning;
mod ui_recording;
mod untrusted;
