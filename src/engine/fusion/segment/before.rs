//! How the text before a segment ends, as far as it affects where the segment's first sentence ends.

use super::abbreviation::{is_abbreviation, is_lower};
use super::line::Place;
use super::words::is_lone_letter;

/// What comes before a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    pub(super) place: Place,
    pub(super) open: Open,
    /// Whether a name cannot continue with the last word.
    pub(super) lower: bool,
}

/// What a segment that starts without white space continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// No word.
    Closed,
    /// A word: letters and digits. For an abbreviation with its letters split ("D", "r.") they are not known.
    Letters,
    /// A word that includes a full stop: "Dr", "e.g".
    Abbreviation,
    /// A letter and a full stop, which may be followed by more: "e.".
    Chain,
}

impl Before {
    /// No text.
    pub const NOTHING: Self = Self { place: Place::BEGINNING, open: Open::Closed, lower: false };

    /// How this text ends.
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

/// The kind of word at the end of a text.
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
