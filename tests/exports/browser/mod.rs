//! The page in a real browser: nothing runs, nothing is requested, and it is accessible.

mod access;
pub mod client;
mod security;

use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::run::Run;
use specfuse::export::{Format, render};

/// The page of a run.
fn page(records: &[Record]) -> String {
    render(&Run::from_records(records).unwrap(), Format::Html).unwrap()
}
