//! Checks that the README and the manual are true: links lead somewhere, commands are understood, examples of the configuration
//! are read, tables match the program, and quoted messages are in the source.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod commands;
mod configurations;
mod generated;
mod links;
mod messages;
mod pages;
mod printed;
mod shell;
mod variables;
