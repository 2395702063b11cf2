//! Messages for the user: the hint line's message, and the log of all of them.

use crate::clean::DisplayText;
use crate::playground::state::log::{Level, Log};

/// Messages for the user.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notices {
    /// The message of the hint line, until the next key.
    pub notice: Option<Notice>,
    /// All messages so far.
    pub log: Log,
}

/// A message for the hint line.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub level: Level,
    pub text: DisplayText,
}

impl Notices {
    /// Shows a message and logs it.
    pub fn say(&mut self, level: Level, text: &str) {
        self.say_at(level, None, text);
    }

    /// The same for an event at a time of the run, in milliseconds.
    pub fn say_at(&mut self, level: Level, t_ms: Option<f64>, text: &str) {
        let text = self.log.add(level, t_ms, text).text.clone();
        self.notice = Some(Notice { level, text });
    }

    /// Shows and logs an error in the user's input.
    pub fn refuse<E: std::fmt::Display>(&mut self, result: Result<(), E>) {
        if let Err(error) = result {
            self.say(Level::Error, &error.to_string());
        }
    }
}
