//! Lines that are not sentences: bullets, list numbers, headings, code fences.
//!
//! Owns what a line is so far, and which lines continue through their line break. Where sentences end within a line is up to
//! `sentence`.

use super::words::is_break;

/// The most digits of a list number: "1989." at the start of a line is more likely a year.
const LONGEST_NUMBER: usize = 3;

/// What a line is so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing, or white space.
    Start,
    /// Only marks and list numbers: "-", "---", "1.", "2)", "(a)".
    Marks,
    /// A number or a letter with only marks before it, which a full stop would make a list number.
    Number,
    /// A heading with its mark: "## Title".
    Heading,
    /// Only bold text, which is a heading without a mark: "**Title:**".
    Bold,
    /// Opens or closes a code block, with or without a language after the backticks.
    Fence,
    /// Any other text.
    Text,
}

/// A position in a text: the line so far, and whether it is code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    line: Line,
    fenced: bool,
}

impl Place {
    /// The start of a text.
    pub(super) const BEGINNING: Self = Self { line: Line::Start, fenced: false };

    /// The position after `text`.
    pub(super) fn behind(self, text: &str) -> Self {
        let mut lines = text.split(is_break);
        let first = self.along(lines.next().unwrap_or_default());
        lines.fold(first, |place, line| place.in_next_line().along(line))
    }

    /// The position after text of the same line.
    pub(super) fn along(self, text: &str) -> Self {
        Self { line: self.line.along(text.trim()), ..self }
    }

    /// The start of the next line.
    pub(super) fn in_next_line(self) -> Self {
        Self { line: Line::Start, fenced: self.fenced != (self.line == Line::Fence) }
    }

    /// Whether a line that ends here is not a sentence: the next one continues it.
    pub(super) fn goes_on(self) -> bool {
        match self.line {
            Line::Start | Line::Marks | Line::Fence => true,
            Line::Heading | Line::Bold => !self.fenced,
            Line::Number | Line::Text => false,
        }
    }

    /// Whether no punctuation ends a sentence before the end of the line.
    pub(super) fn in_heading(self) -> bool {
        self.line == Line::Heading && !self.fenced
    }

    /// Whether a full stop here makes a list number of what precedes it.
    pub(super) fn is_list_number(self) -> bool {
        self.line == Line::Number
    }
}

impl Line {
    /// What the line is after more text, trimmed.
    fn along(self, text: &str) -> Self {
        if text.is_empty() {
            return self;
        }
        match self {
            Self::Start => of_whole(text),
            Self::Marks => behind_marks(text),
            Self::Number if is_number(text) => Self::Number,
            Self::Number => behind_number(text).map_or(Self::Text, behind_marks),
            Self::Heading | Self::Fence | Self::Text => self,
            Self::Bold if text == ":" => Self::Bold,
            Self::Bold => Self::Text,
        }
    }
}

/// What a line with this text is.
fn of_whole(text: &str) -> Line {
    if let Some(rest) = text.strip_prefix("```").or_else(|| text.strip_prefix("~~~")) {
        // "```x```" is code within the line.
        return if rest.contains('`') { Line::Text } else { Line::Fence };
    }
    let rest = text.trim_start_matches('#');
    if (1..=6).contains(&(text.len() - rest.len())) && (rest.is_empty() || rest.starts_with(char::is_whitespace)) {
        return Line::Heading;
    }
    let title = text.strip_suffix(':').unwrap_or(text);
    let title = title.strip_prefix("**").and_then(|title| title.strip_suffix("**"));
    if title.is_some_and(|title| title.contains(char::is_alphanumeric) && !title.contains("**")) {
        return Line::Bold;
    }
    behind_marks(text)
}

/// What a line is that has this text, alone or after marks.
fn behind_marks(text: &str) -> Line {
    let mut text = text;
    loop {
        let rest = text.trim_start_matches(is_mark);
        let marks = text[..text.len() - rest.len()].chars().next_back();
        // "-5", "$5", "+5" are amounts.
        let apart = rest.starts_with(char::is_whitespace) || marks.is_none_or(|mark| matches!(mark, '*' | '_' | '(' | '[' | '>'));
        text = rest.trim_start();
        if text.is_empty() {
            return Line::Marks;
        }
        if !apart {
            return Line::Text;
        }
        if is_number(text) {
            return Line::Number;
        }
        let count = text.chars().take_while(char::is_ascii_alphanumeric).count();
        match behind_number(&text[count..]).filter(|_| is_number(&text[..count])) {
            Some(rest) => text = rest,
            // White space before a letter or a word.
            None if !text.starts_with(is_mark) => return Line::Text,
            None => {}
        }
    }
}

/// Whether the text is a list counter.
fn is_number(text: &str) -> bool {
    let digits = text.len() <= LONGEST_NUMBER && text.chars().all(|c| c.is_ascii_digit());
    !text.is_empty() && (digits || (text.len() == 1 && text.chars().all(|c| c.is_ascii_alphabetic())))
}

/// What follows the stop or bracket that makes a list number of what precedes it.
fn behind_number(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(['.', ')'])?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim_start())
}

/// Whether it is not text on its own. An emoji is.
fn is_mark(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '•' | '◦' | '▪' | '‣' | '·' | '–' | '—' | '“' | '”' | '«' | '»')
}
