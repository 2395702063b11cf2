//! Text that grows at its end, wrapped to a width once and not once a frame.
//!
//! Owns the text, whose parts it is (by tag: a round, say), and where its display lines start and end; [`wrap`] decides the
//! latter. What comes in is clean already; colours, scrolling and drawing are the view's.

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
    /// The lines that are done; the one that grows is in the cursor.
    closed: Vec<Span>,
    now: Position,
    /// Where the last cluster started: more text may yet make it a wider, a narrower or a longer one.
    before_last: Position,
}

/// Text of one tag.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    tag: u32,
    start: usize,
    /// The same, moved to the next cluster: one that reaches over the change of tag belongs to the tag it started with.
    first_cluster: usize,
}

/// How far the text is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Position {
    /// Bytes of text.
    text: usize,
    /// Parts whose first cluster is known.
    parts: usize,
    /// Lines that are done.
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
    /// No text yet. With a width of 0 columns, text is kept but not laid out.
    #[must_use]
    pub fn new(width: u16) -> Self {
        Self { width, ..Self::default() }
    }

    /// Columns of a display line.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Wraps all the text again, if this is another width.
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

    /// Appends text. A tag smaller than the last one counts as the last one. What it costs grows with the new text only.
    pub fn push<'a>(&mut self, text: impl Into<DisplayStr<'a>>, tag: u32) {
        self.append(text.into(), tag);
    }

    /// Forgets the text, but not the width.
    pub fn clear(&mut self) {
        *self = Self::new(self.width);
    }

    /// Whether there is not a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The whole text as it was pushed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of display lines; an empty one after a line break at the end counts. 0 without text or width.
    #[must_use]
    pub fn lines(&self) -> usize {
        if self.is_empty() || self.width == 0 { 0 } else { self.closed.len() + 1 }
    }

    /// What a display line (from 0) shows, tag by tag, without its line break and without the white space where it wraps.
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

    /// The display line on which the first character of this tag stands; where it has no character, of the next larger tag.
    /// White space that vanished where a line wraps stands before what follows it. None where no such tag is laid out.
    #[must_use]
    pub fn line_of(&self, tag: u32) -> Option<usize> {
        let part = self.parts.get(self.parts.partition_point(|part| part.tag < tag))?;
        (self.lines() > 0).then(|| self.line_at(part.start))
    }

    /// Where in the text a display line starts, in bytes; the end of the text beyond the last line.
    #[must_use]
    pub fn place_of(&self, number: usize) -> usize {
        self.span(number).map_or(self.text.len(), |line| line.start)
    }

    /// The display line on which a place in the text stands, in bytes; the last line for what is beyond it.
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

    /// Whether this place is in the white space between a line and the next one that continues it.
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

    /// Lays out the text from where the layout stands. No cluster before the last one ever changes, so neither does the layout.
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
