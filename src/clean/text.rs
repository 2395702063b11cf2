//! Text that may be shown, as types: owned and borrowed, as `String` and `str` are.
//!
//! Owns the promise that what they hold has been cleaned, or is written in this program. Nothing else can make them, and drawing,
//! exports and the terminal take nothing else: a forgotten cleaning does not compile. A part of clean text is clean, so slices
//! are free; joined texts are looked at again where they meet.

#![allow(missing_docs, reason = "the names are those of `String` and `str`")]

mod conversions;
mod formatted;

use std::borrow::Cow;
use std::ops::RangeBounds;
use std::slice::SliceIndex;

use super::{Cleaner, MAX_CLUSTER, is_plain};

/// Characters before a seam that decide what can follow it: no cluster is longer.
const SEAM: usize = 2 * MAX_CLUSTER;

/// Text that may be shown.
///
/// It comes from the cleaner, or from a literal:
///
/// ```
/// use specfuse::clean::{DisplayText, clean_line};
/// use specfuse::display;
///
/// let name = clean_line("at\u{1b}[2Jlas\n");
/// assert_eq!(name, "atlas");
/// assert_eq!(display!("{name} left after round {}", 3), "atlas left after round 3");
/// assert_eq!(DisplayText::from("ready"), "ready");
/// ```
///
/// A `String` is not shown as it is:
///
/// ```compile_fail,E0277
/// use specfuse::clean::DisplayText;
///
/// let name = String::from("at\u{1b}[2Jlas");
/// let shown: DisplayText = name.into();
/// ```
///
/// nor is a text that merely is borrowed:
///
/// ```compile_fail,E0597
/// use specfuse::clean::DisplayText;
///
/// let name = String::from("at\u{1b}[2Jlas");
/// let shown = DisplayText::from(name.as_str());
/// ```
///
/// and nothing can be put into one past the cleaner:
///
/// ```compile_fail,E0308
/// use specfuse::clean::clean_line;
///
/// let mut shown = clean_line("atlas");
/// let whole: &mut String = &mut shown;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayText(Cow<'static, str>);

/// A part of a text that may be shown.
///
/// ```
/// use specfuse::clean::{DisplayStr, clean};
///
/// fn draw<'a>(text: impl Into<DisplayStr<'a>>) -> usize {
///     text.into().len()
/// }
/// let cleaned = clean("at\u{1b}[2Jlas");
/// assert_eq!((draw(&cleaned), draw(cleaned.slice(..2)), draw("ready")), (5, 2, 5));
/// ```
///
/// ```compile_fail,E0277
/// use specfuse::clean::DisplayStr;
///
/// fn draw<'a>(text: impl Into<DisplayStr<'a>>) {}
/// draw(&String::from("at\u{1b}[2Jlas"));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayStr<'a>(&'a str);

/// Formats a text that may be shown, as `format!` formats a `String`: whatever the arguments hold is cleaned.
#[macro_export]
macro_rules! display {
    ($($argument:tt)*) => {
        $crate::clean::DisplayText::formatted(::std::format_args!($($argument)*))
    };
}

impl DisplayText {
    #[must_use]
    pub const fn new() -> Self {
        Self(Cow::Borrowed(""))
    }

    /// What the cleaner made.
    pub(super) fn cleaned(text: String) -> Self {
        Self(Cow::Owned(text))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn as_display(&self) -> DisplayStr<'_> {
        DisplayStr(&self.0)
    }

    #[must_use]
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }

    /// A part of it, by bytes on the boundaries of characters.
    ///
    /// # Panics
    ///
    /// As slices of `str` do.
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<usize> + SliceIndex<str, Output = str>) -> DisplayStr<'_> {
        DisplayStr(&self.0[range])
    }

    /// Appends a text. Both are clean, but marks may pile up where they meet.
    pub fn push<'a>(&mut self, text: impl Into<DisplayStr<'a>>) {
        let text = text.into().0;
        if self.0.is_empty() || self.0.ends_with('\n') || text.starts_with(|first| first == '\n' || is_plain(first)) {
            return self.0.to_mut().push_str(text);
        }
        let tail = self.0.char_indices().rev().nth(SEAM - 1).map_or(0, |(at, _)| at);
        let mut cleaner = Cleaner::default();
        cleaner.clean_into(&self.0[tail..], &mut String::new());
        cleaner.clean_into(text, self.0.to_mut());
    }

    /// Shortens it to this many bytes, on the boundary of a character.
    pub fn truncate(&mut self, bytes: usize) {
        self.0.to_mut().truncate(bytes);
    }

    /// Texts one after the other, with a separator between them.
    pub fn joined<'a, T: Into<DisplayStr<'a>>>(texts: impl IntoIterator<Item = T>, separator: &'static str) -> Self {
        let mut joined = Self::new();
        for (place, text) in texts.into_iter().enumerate() {
            if place > 0 {
                joined.push(separator);
            }
            joined.push(text);
        }
        joined
    }
}

impl<'a> DisplayStr<'a> {
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// A part of it, by bytes on the boundaries of characters.
    ///
    /// # Panics
    ///
    /// As slices of `str` do.
    #[must_use]
    pub fn slice(self, range: impl RangeBounds<usize> + SliceIndex<str, Output = str>) -> Self {
        Self(&self.0[range])
    }

    /// Its first characters, at most this many.
    #[must_use]
    pub fn first_chars(self, count: usize) -> Self {
        Self(self.0.char_indices().nth(count).map_or(self.0, |(at, _)| &self.0[..at]))
    }

    #[must_use]
    pub fn trim(self) -> Self {
        Self(self.0.trim())
    }

    #[must_use]
    pub fn trim_start(self) -> Self {
        Self(self.0.trim_start())
    }

    /// Without the blanks at its start.
    #[must_use]
    pub fn trim_start_blanks(self) -> Self {
        Self(self.0.trim_start_matches(' '))
    }

    /// Without the line breaks at its end.
    #[must_use]
    pub fn trim_end_breaks(self) -> Self {
        Self(self.0.trim_end_matches('\n'))
    }

    #[must_use]
    pub fn repeat(self, count: usize) -> DisplayText {
        if self.0.starts_with(is_plain) {
            return DisplayText::cleaned(self.0.repeat(count));
        }
        (0..count).map(|_| self).collect()
    }
}
