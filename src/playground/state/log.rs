//! What was worth telling: warnings, failures, and the messages of the hint line.

use std::collections::VecDeque;

use crate::clean::{DisplayText, clean_line};

/// Entries that are kept; the oldest go first.
const KEPT: usize = 1000;

/// How grave an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something is less than it should be.
    Warning,
    /// Something failed.
    Error,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// How grave.
    pub level: Level,
    /// When, in milliseconds of the run; absent outside a run.
    pub t_ms: Option<f64>,
    /// What, on one line, cleaned.
    pub text: DisplayText,
}

/// Everything told so far.
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
