//! One hint of the lowest line: keys, what they do, and the action under each of its columns.
//!
//! Owns how wide it is and what a click on it means; [`hints`](super::hints) chooses which there are.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::clean::DisplayText;
use crate::playground::state::action::Action;

/// Columns around a hint: a blank before the key, one between key and word, one behind.
const AROUND: usize = 3;

/// Keys and what they do.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// The key; two with a slash between them.
    pub key: DisplayText,
    /// What it does, in a word or two.
    pub word: DisplayText,
    /// The action of each part, and the column at which the part starts, counted from the key.
    parts: Vec<(u16, Action)>,
}

impl Hint {
    /// A key and what it does.
    #[must_use]
    pub fn new(key: DisplayText, word: DisplayText, action: Action) -> Self {
        Self::of(&[key], &[word], &[action])
    }

    /// Keys with what each does, in the order of the actions. A word that the keys share is for the first.
    #[must_use]
    pub fn of(keys: &[DisplayText], words: &[DisplayText], actions: &[Action]) -> Self {
        let mut start = 0;
        let part = |(text, action): (&DisplayText, &Action)| {
            let part = (start as u16, *action);
            // Behind it is a slash, or the blank between keys and words.
            start += text.width() + 1;
            part
        };
        let parts = keys.iter().zip(actions).chain(words.iter().zip(actions)).map(part).collect();
        Self { key: DisplayText::joined(keys, "/"), word: DisplayText::joined(words, "/"), parts }
    }

    /// Columns that it takes on the line.
    #[must_use]
    pub fn width(&self) -> usize {
        self.key.width() + self.word.width() + AROUND
    }

    /// The action under each of the columns that it takes.
    pub fn under(&self, columns: Range<u16>) -> impl Iterator<Item = (Range<u16>, Action)> {
        let ends = self.parts.iter().skip(1).map(move |(start, _)| columns.start + start).chain([columns.end]);
        self.parts.iter().zip(ends).map(move |((start, action), end)| (columns.start + start..end, *action))
    }
}
