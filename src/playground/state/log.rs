//! The log: warnings, failures, and the messages of the hint line.

use std::collections::VecDeque;

use crate::clean::{DisplayText, clean_line};

/// How many entries are kept; the oldest are dropped first.
const KEPT: usize = 1000;

/// The severity of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something is worse than it should be.
    Warning,
    /// Something failed.
    Error,
}

/// One entry.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub level: Level,
    /// When, in milliseconds of the run; absent outside a run.
    pub t_ms: Option<f64>,
    /// One line, cleaned.
    pub text: DisplayText,
}

/// All messages so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
}

impl Level {
    /// The level in a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Log {
    /// Adds an entry; its text is cleaned here.
    pub fn add(&mut self, level: Level, t_ms: Option<f64>, text: &str) -> &Entry {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { level, t_ms, text: clean_line(text) });
        &self.entries[self.entries.len() - 1]
    }

    /// The entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }
}
