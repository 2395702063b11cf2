//! Where display lines break: a state machine over grapheme clusters that remembers one line and the last opportunity to break
//! it.
//!
//! Greedy: a line breaks after white space and next to wide characters; a longer run without such an opportunity breaks between
//! any two clusters. Columns are counted as ratatui draws them, cluster by cluster.

use ratatui::buffer::CellWidth;
use unicode_width::UnicodeWidthChar;

/// Bytes of the text that a display line shows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One grapheme cluster of the text.
#[derive(Debug)]
pub(super) struct Cluster {
    start: usize,
    end: usize,
    columns: usize,
    kind: Kind,
}

/// What a cluster means for a line.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    LineBreak,
    Space,
    /// A line may break before and after it.
    Wide,
    Narrow,
}

/// The growing line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cursor {
    shown: Span,
    /// Columns from the line's start, including white space that no longer fits.
    columns: usize,
    /// The end of the last cluster that is not white space.
    inked: usize,
    /// The last opportunity to break the line; `None` if that is its start.
    opportunity: Option<Opportunity>,
    previous: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Opportunity {
    /// Where the next line would start.
    next_start: usize,
    /// Where this line would end: before the white space.
    end: usize,
    /// Columns from this line's start to the next one's.
    columns: usize,
}

impl Cluster {
    pub(super) fn new(symbol: &str, start: usize) -> Self {
        // Ratatui does not draw a cluster with a control character.
        let columns = if symbol.contains(char::is_control) { 0 } else { usize::from(symbol.cell_width()) };
        Self { start, end: start + symbol.len(), columns, kind: kind(symbol, columns) }
    }
}

fn kind(symbol: &str, columns: usize) -> Kind {
    if symbol.ends_with('\n') {
        Kind::LineBreak
    } else if symbol.chars().all(is_breaking_space) {
        Kind::Space
    } else if columns >= 2 && !is_narrow_letter(symbol) {
        Kind::Wide
    } else {
        Kind::Narrow
    }
}

fn is_breaking_space(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{A0}' | '\u{2007}' | '\u{202F}')
}

/// An Indic syllable can be two columns wide too, but its words have spaces between them and must not break elsewhere.
fn is_narrow_letter(symbol: &str) -> bool {
    symbol.chars().next().is_some_and(|first| first.is_alphabetic() && first.width().is_none_or(|columns| columns < 2))
}

impl Cursor {
    /// What the line shows.
    pub(super) fn line(&self) -> Span {
        self.shown
    }

    /// Puts the next cluster of the text on the line, or on a new one; finished lines go to `closed`.
    pub(super) fn place(&mut self, cluster: &Cluster, width: u16, closed: &mut Vec<Span>) {
        let width = usize::from(width);
        match cluster.kind {
            Kind::LineBreak => {
                closed.push(self.shown);
                *self = Self::at(cluster.end);
            }
            Kind::Space => {
                self.columns += cluster.columns;
                if self.columns <= width {
                    self.shown.end = cluster.end;
                }
                self.previous = Some(Kind::Space);
            }
            Kind::Wide | Kind::Narrow => self.place_ink(cluster, width, closed),
        }
    }

    fn place_ink(&mut self, cluster: &Cluster, width: usize, closed: &mut Vec<Span>) {
        if self.can_break_before(cluster) {
            self.opportunity = Some(Opportunity { next_start: cluster.start, end: self.inked, columns: self.columns });
        }
        // A cluster wider than the line gets one to itself, or this would never end.
        while self.columns + cluster.columns > width && cluster.start > self.shown.start {
            self.break_line(cluster.start, closed);
        }
        self.shown.end = cluster.end;
        self.inked = cluster.end;
        self.columns += cluster.columns;
        self.previous = Some(cluster.kind);
    }

    fn can_break_before(&self, cluster: &Cluster) -> bool {
        match self.previous {
            Some(Kind::Space | Kind::Wide) => true,
            Some(Kind::Narrow) => cluster.kind == Kind::Wide,
            Some(Kind::LineBreak) | None => false,
        }
    }

    /// Ends the line at the last opportunity, or at `here` if there is none.
    fn break_line(&mut self, here: usize, closed: &mut Vec<Span>) {
        let last = Opportunity { next_start: here, end: here, columns: self.columns };
        let Opportunity { next_start, end, columns } = self.opportunity.take().unwrap_or(last);
        closed.push(Span { start: self.shown.start, end });
        self.shown.start = next_start;
        self.columns -= columns;
    }

    fn at(start: usize) -> Self {
        Self { shown: Span { start, end: start }, inked: start, ..Self::default() }
    }
}
