//! Text that the user adds to an answer: its purpose, and how it joins the text before it.

use unicode_width::UnicodeWidthChar;

use crate::engine::fusion::event::SegmentId;

/// The purpose of a text being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To replace this segment's text.
    Edit(SegmentId),
    /// To be a segment: in place of this one, or the next.
    Write(Option<SegmentId>),
}

impl Purpose {
    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Edit(_) => "change this segment",
            Self::Write(Some(_)) => "write a segment in the place of this one",
            Self::Write(None) => "write the next segment",
        }
    }
}

/// A text as it follows what was accepted before: with a blank between two words that would run together. Otherwise it stays as
/// the user typed it.
#[must_use]
pub fn joined(before: &str, text: &str) -> String {
    let (Some(last), Some(first)) = (before.chars().last(), text.chars().next()) else { return text.to_owned() };
    // Characters of scripts without blanks between words are two columns wide.
    let narrow = |character: char| character.width() == Some(1);
    let parts = last.is_whitespace() || first.is_whitespace() || !first.is_alphanumeric() || !narrow(last) || !narrow(first);
    if parts { text.to_owned() } else { format!(" {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_run_together() {
        let table = [
            ("", "Tokyo", "Tokyo"),
            ("is Tokyo.", "27 plus", " 27 plus"),
            ("is Tokyo.", " 27", " 27"),
            ("is Tokyo.\n", "27", "27"),
            ("is Tokyo", ", too", ", too"),
            ("\u{6771}\u{4eac}", "\u{90fd}", "\u{90fd}"),
            ("x", "", ""),
        ];
        for (before, text, expected) in table {
            assert_eq!(joined(before, text), expected, "{before:?} {text:?}");
        }
    }
}
