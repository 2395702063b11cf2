//! Words that the user puts into an answer: what they are for, and how they join what stands before them.

use unicode_width::UnicodeWidthChar;

use crate::engine::fusion::event::SegmentId;

/// What a text is being written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To take the place of this segment's text.
    Edit(SegmentId),
    /// To be a segment: in the place of this one, or the next.
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

/// A text as it follows what was accepted before: with a blank between two words that would run together. What the user typed
/// themselves stands as they typed it.
#[must_use]
pub fn joined(before: &str, text: &str) -> String {
    let (Some(last), Some(first)) = (before.chars().last(), text.chars().next()) else { return text.to_owned() };
    // Scripts without blanks between words are as wide as two columns.
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
