//! Text that grows at its end, wrapped to a width only once, not once per frame.
//!
//! Owns the text, the tag of each part (a round, for example), and where its display lines start and end, which [`wrap`] decides.
//! The input is already clean ([`crate::clean`]); the view owns colours, scrolling and drawing.

mod wrap;

use crate::clean::{DisplayStr, DisplayText};
use unicode_segmentation::UnicodeSegmentation;

use wrap::{Cluster, Cursor, Span};

/// Growing text in display lines of one width.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    width: u16,
    text: DisplayText,
    parts: Vec<Part>,
    /// The finished lines; the growing one is in the cursor.
    closed: Vec<Span>,
    now: Position,
    /// Where the last cluster started: more text may still make it wider, narrower or longer.
    before_last: Position,
}

/// Text of one tag.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    tag: u32,
    start: usize,
    /// Its start, moved to the next cluster: a cluster across the change of tag belongs to the tag it started with.
    first_cluster: usize,
}

/// How far the text is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Position {
    /// Bytes of text.
    text: usize,
    /// Parts whose first cluster is known.
    parts: usize,
    /// Finished lines.
    closed: usize,
    cursor: Cursor,
}

/// What a display line shows of one tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Whole grapheme clusters, at least one.
    pub text: DisplayStr<'a>,
    /// The tag it was pushed with.
    pub tag: u32,
}

impl Flow {
    /// Without text. With a width of 0 columns, text is kept but not laid out.
    #[must_use]
    pub fn new(width: u16) -> Self {
        Self { width, ..Self::default() }
    }

    /// The width in columns.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Wraps all the text again if the width has changed.
    pub fn set_width(&mut self, width: u16) {
        if self.width == width {
            return;
        }
        self.width = width;
        self.closed.clear();
        for part in &mut self.parts {
            part.first_cluster = part.start;
        }
        (self.now, self.before_last) = (Position::default(), Position::default());
        self.lay_out();
    }

    /// Appends text. A tag smaller than the last one counts as the last one. The cost depends only on the length of the new text.
    pub fn push<'a>(&mut self, text: impl Into<DisplayStr<'a>>, tag: u32) {
        self.append(text.into(), tag);
    }

    /// Removes the text, but keeps the width.
    #[cfg(any(test, feature = "testing"))]
    pub fn clear(&mut self) {
        *self = Self::new(self.width);
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether the next text starts a line.
    #[must_use]
    pub fn ends_line(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    /// The whole text as it was pushed.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of display lines, including an empty one after a line break at the end. 0 without text or width.
    #[must_use]
    pub fn lines(&self) -> usize {
        if self.is_empty() || self.width == 0 { 0 } else { self.closed.len() + 1 }
    }

    /// The pieces of a display line (from 0), tag by tag, without its line break and without the white space where it wraps.
    pub fn line(&self, number: usize) -> impl Iterator<Item = Piece<'_>> {
        let Span { start, end } = self.span(number).unwrap_or_default();
        let first = self.parts.partition_point(|part| part.first_cluster <= start).saturating_sub(1);
        let parts = self.parts[first..].iter().take_while(move |part| part.first_cluster < end);
        parts.enumerate().filter_map(move |(after, part)| {
            let next = self.parts.get(first + after + 1).map_or(end, |next| next.first_cluster);
            let text = self.text.slice(part.first_cluster.max(start)..next.min(end));
            (!text.is_empty()).then_some(Piece { text, tag: part.tag })
        })
    }

    /// The display line with the first character of this tag, or of the next larger tag if it has no character. White space that
    /// vanished where a line wraps belongs to what follows it. `None` if no such tag is laid out.
    #[must_use]
    pub fn line_of(&self, tag: u32) -> Option<usize> {
        let part = self.parts.get(self.parts.partition_point(|part| part.tag < tag))?;
        (self.lines() > 0).then(|| self.line_at(part.start))
    }

    /// Where in the text a display line starts, in bytes; the end of the text for lines beyond the last.
    #[must_use]
    pub fn place_of(&self, number: usize) -> usize {
        self.span(number).map_or(self.text.len(), |line| line.start)
    }

    /// The display line of a position in the text, in bytes; the last line for a position beyond the end.
    #[must_use]
    pub fn line_at(&self, place: usize) -> usize {
        let number = if place >= self.now.cursor.line().start {
            self.closed.len()
        } else {
            self.closed.partition_point(|line| line.start <= place).saturating_sub(1)
        };
        number + usize::from(self.is_wrapped_away(number, place))
    }

    /// The tags on a display line, in order, each once.
    pub fn tags_on(&self, number: usize) -> impl Iterator<Item = u32> {
        self.line(number).map(|piece| piece.tag)
    }

    fn span(&self, number: usize) -> Option<Span> {
        if number < self.closed.len() {
            return Some(self.closed[number]);
        }
        (number < self.lines()).then(|| self.now.cursor.line())
    }

    /// Whether this position is in the white space between a line and its continuation.
    fn is_wrapped_away(&self, number: usize, place: usize) -> bool {
        let (Some(line), Some(next)) = (self.span(number), self.span(number + 1)) else { return false };
        place >= line.end && !self.text[..next.start].ends_with('\n')
    }

    /// Appends text and returns the number of clusters that were laid out for it.
    fn append(&mut self, text: DisplayStr<'_>, tag: u32) -> usize {
        if text.is_empty() {
            return 0;
        }
        if self.parts.last().is_none_or(|last| last.tag < tag) {
            let start = self.text.len();
            self.parts.push(Part { tag, start, first_cluster: start });
        }
        self.text.push(text);
        self.now = self.before_last;
        self.closed.truncate(self.now.closed);
        self.lay_out()
    }

    /// Lays out the rest of the text. No cluster before the last one ever changes, so neither does the layout.
    fn lay_out(&mut self) -> usize {
        if self.width == 0 {
            return 0;
        }
        let mut laid = 0;
        for symbol in self.text[self.now.text..].graphemes(true) {
            self.before_last = self.now;
            let (start, end) = (self.now.text, self.now.text + symbol.len());
            while let Some(part) = self.parts.get_mut(self.now.parts).filter(|part| part.start < end) {
                part.first_cluster = if part.start <= start { start } else { end };
                self.now.parts += 1;
            }
            self.now.cursor.place(&Cluster::new(symbol, start), self.width, &mut self.closed);
            self.now.closed = self.closed.len();
            self.now.text = end;
            laid += 1;
        }
        laid
    }
}

#[cfg(test)]
mod tests;
