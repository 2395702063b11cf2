//! What the program has to say: the hint line's message, and the log of all of them.

use crate::clean::DisplayText;
use crate::playground::state::log::{Level, Log};

/// What the program has to say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notices {
    /// The message of the hint line, until the next key.
    pub notice: Option<Notice>,
    /// Everything worth knowing so far.
    pub log: Log,
}

/// A message for the hint line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How grave.
    pub level: Level,
    /// In words.
    pub text: DisplayText,
}

impl Notices {
    /// Shows a message and logs it.
    pub fn say(&mut self, level: Level, text: &str) {
        self.say_at(level, None, text);
    }

    /// The same of something that happened at a time of the run, in milliseconds.
    pub fn say_at(&mut self, level: Level, t_ms: Option<f64>, text: &str) {
        let text = self.log.add(level, t_ms, text).text.clone();
        self.notice = Some(Notice { level, text });
    }

    /// Shows an error of the user's input and logs it.
    pub fn refuse<E: std::fmt::Display>(&mut self, result: Result<(), E>) {
        if let Err(error) = result {
            self.say(Level::Error, &error.to_string());
        }
    }
}
