//! What the text before a segment ends with, as far as it decides where the segment's first sentence ends.

use super::abbreviation::{is_abbreviation, is_lower};
use super::line::Place;
use super::words::is_lone_letter;

/// What comes before a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    pub(super) place: Place,
    pub(super) open: Open,
    /// Whether the last word is not one with which a name continues.
    pub(super) lower: bool,
}

/// What a segment that starts without white space continues with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// No word.
    Closed,
    /// A word: letters and digits. Those of an abbreviation whose letters are divided ("D", "r.") are not known.
    Letters,
    /// The same, to which a full stop belongs: "Dr", "e.g".
    Abbreviation,
    /// A letter and a full stop, which more may follow: "e.".
    Chain,
}

impl Before {
    /// No text.
    pub const NOTHING: Self = Self { place: Place::BEGINNING, open: Open::Closed, lower: false };

    /// What this text ends with.
    pub(super) fn of(text: &str) -> Self {
        let mut words = text.split_whitespace().rev();
        let (last, earlier) = (words.next(), words.next());
        let reached = last.filter(|_| !text.ends_with(char::is_whitespace));
        Self {
            place: Place::BEGINNING.behind(text),
            open: reached.map_or(Open::Closed, |word| open(word, earlier.is_some_and(is_lower))),
            lower: last.is_some_and(is_lower),
        }
    }
}

/// What a word at the end of a text is.
fn open(word: &str, behind_lower: bool) -> Open {
    let inner = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    if inner.strip_suffix('.').is_some_and(is_lone_letter) {
        Open::Chain
    } else if !inner.ends_with(char::is_alphanumeric) {
        Open::Closed
    } else if is_abbreviation(inner, behind_lower) {
        Open::Abbreviation
    } else {
        Open::Letters
    }
}
