//! The conversation as shown for reading: questions, and the accepted segments with their authors.
//!
//! Owns the wrapped text, which span belongs to which round, and the reader's position in it: it follows the end until the reader
//! scrolls up, and then stays where the reader is whatever is accepted.

use unicode_width::UnicodeWidthStr;

use super::answer::Answer;
use super::flow::Flow;
use crate::clean::{Cleaner, DisplayStr, clean};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::conversation::Role;
use crate::engine::fusion::run::Round;
use crate::engine::fusion::segment::SegmentUnit;

/// What a span of the transcript is; the tags of the flow are indices in the list of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// A question.
    Question,
    /// An answer of which only the text is known.
    Earlier,
    /// The bar between two segments on a line.
    Bar {
        /// The answer's index in the session.
        answer: usize,
        /// The author of the second.
        author: Option<MemberIndex>,
    },
    /// An accepted segment.
    Segment {
        /// The answer's index in the session.
        answer: usize,
        /// The round's index in the answer.
        round: usize,
        /// The author: a segment has two if the start of another member's draft was kept.
        author: Option<MemberIndex>,
    },
}

/// The most letters beside a line.
pub const LETTERS: usize = 3;

/// Whose a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentAuthor {
    /// The answer's index in the session.
    pub answer: usize,
    /// `None` if the user wrote it.
    pub author: Option<MemberIndex>,
}

/// Whose segments are on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAuthors {
    /// Of the segment that the line starts with.
    pub first: SegmentAuthor,
    /// Of those that start on it, at most [`LETTERS`].
    pub starting: Vec<SegmentAuthor>,
}

/// The bar between two segments on a line; `--ascii` has another for it.
pub const BAR: &str = "▎";

/// The reader's position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Anchor {
    /// At the end, following it.
    #[default]
    End,
    /// The line at the top contains this position in the text, in bytes: its number changes with the width.
    Place(usize),
}

/// The conversation's text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    flow: Flow,
    spans: Vec<Span>,
    cleaner: Cleaner,
    anchor: Anchor,
    height: usize,
}

impl Transcript {
    /// The wrapped text.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The span of a tag of the flow.
    #[must_use]
    pub fn span(&self, tag: u32) -> Option<Span> {
        self.spans.get(tag as usize).copied()
    }

    /// Whose segments are on a line; `None` if none is.
    #[must_use]
    pub fn authors_on(&self, number: usize) -> Option<LineAuthors> {
        let segments = |number: usize| {
            let spans = self.flow.tags_on(number).filter_map(|tag| self.span(tag));
            spans.filter(|span| matches!(span, Span::Segment { .. }))
        };
        let author = |span: Span| match span {
            Span::Segment { answer, author, .. } => Some(SegmentAuthor { answer, author }),
            Span::Question | Span::Earlier | Span::Bar { .. } => None,
        };
        let mut before = number.checked_sub(1).and_then(|before| segments(before).last());
        // The bar before a segment parts it from its own blank.
        let starting = segments(number).filter(|span| before.replace(*span) != Some(*span)).filter_map(author);
        Some(LineAuthors { starting: starting.take(LETTERS).collect(), first: segments(number).find_map(author)? })
    }

    /// The first visible line.
    #[must_use]
    pub fn top(&self) -> usize {
        let last = self.flow.lines().saturating_sub(self.height);
        match self.anchor {
            Anchor::End => last,
            Anchor::Place(place) => self.flow.line_at(place).min(last),
        }
    }

    /// Visible lines.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Whether it follows the end.
    #[must_use]
    pub fn follows(&self) -> bool {
        self.anchor == Anchor::End
    }

    /// Lays the text out again; the text at the top stays at the top.
    pub fn resize(&mut self, width: u16, height: usize) {
        self.flow.set_width(width);
        self.height = height;
    }

    /// Starts with the question of an answer, and the turns before it if they are not there already.
    pub fn begin(&mut self, answer: &Answer) {
        let turns = &answer.run.header.conversation.turns;
        let known = if self.flow.is_empty() { 0 } else { turns.len().saturating_sub(1) };
        for turn in turns.iter().skip(known) {
            if !self.flow.is_empty() {
                self.push("\n\n", self.spans.last().copied().unwrap_or(Span::Question));
            }
            let span = match turn.role {
                Role::User | Role::System => Span::Question,
                Role::Assistant => Span::Earlier,
            };
            self.push(clean(&turn.content).as_display().trim_end_breaks(), span);
        }
        self.push("\n", Span::Question);
        self.cleaner = Cleaner::default();
    }

    /// Shows a question whose run is yet to start; the transcript is rebuilt when it does.
    pub fn ask(&mut self, question: &str) {
        if !self.flow.is_empty() {
            self.push("\n\n", self.spans.last().copied().unwrap_or(Span::Question));
        }
        self.push(clean(question).as_display().trim_end_breaks(), Span::Question);
        self.push("\n", Span::Question);
        self.cleaner = Cleaner::default();
    }

    /// Appends an accepted segment: a sentence on lines of its own, a shorter one behind a bar.
    pub fn accept(&mut self, accepted: &Round, answer: usize, round: usize) {
        let own_line = accepted.params.segment == SegmentUnit::Sentence;
        for (part, (author, text)) in accepted.accepted_parts().into_iter().enumerate() {
            let span = Span::Segment { answer, round, author };
            let text = self.cleaner.push(text);
            let text = text.as_display();
            // The answer's first character is at the start of a line.
            let first = !matches!(self.spans.last(), Some(Span::Segment { .. }));
            if first {
                self.push(text.trim_start_blanks(), span);
            } else if own_line && part == 0 {
                if !text.trim().is_empty() && !self.flow.ends_line() && !text.starts_with('\n') {
                    self.push("\n", span);
                }
                self.push(text.trim_start_blanks(), span);
            } else {
                self.behind_a_bar(text, span, Span::Bar { answer, author });
            }
        }
    }

    /// A segment on the line of the one before: the bar follows the space that parts them; inside a word there is none.
    fn behind_a_bar(&mut self, text: DisplayStr<'_>, span: Span, bar: Span) {
        let rest = text.trim_start_blanks();
        if rest.len() < text.len() && !rest.is_empty() {
            self.push(" ", span);
            self.push(BAR, bar);
            self.push(rest, span);
        } else {
            self.push(text, span);
        }
    }

    fn push<'a>(&mut self, text: impl Into<DisplayStr<'a>>, span: Span) {
        if self.spans.last() != Some(&span) {
            self.spans.push(span);
        }
        self.flow.push(text, (self.spans.len() - 1) as u32);
    }

    /// Rebuilds everything: after a rewind, or when an answer is started again.
    pub fn rebuild(&mut self, answers: &[Answer]) {
        let (anchor, height, width) = (self.anchor, self.height, self.flow.width());
        *self = Self { flow: Flow::new(width), anchor, height, ..Self::default() };
        for (at, answer) in answers.iter().enumerate() {
            self.begin(answer);
            for (place, round) in answer.run.rounds.iter().enumerate() {
                self.accept(round, at, place);
            }
        }
    }

    /// Scrolls by lines; reaching the end follows it again.
    pub fn scroll(&mut self, lines: isize) {
        let last = self.flow.lines().saturating_sub(self.height);
        let top = self.top().saturating_add_signed(lines).min(last);
        // If everything fits, the only position is the end.
        self.anchor = if last == 0 || (top >= last && lines > 0) { Anchor::End } else { self.at_line(top) };
    }

    /// To the top.
    #[cfg(any(test, feature = "testing"))]
    pub fn to_top(&mut self) {
        self.anchor = Anchor::Place(0);
    }

    /// To the end, following it.
    pub fn to_end(&mut self) {
        self.anchor = Anchor::End;
    }

    /// Scrolls, if necessary, until the segment of a round is visible.
    pub fn show(&mut self, answer: usize, round: usize) {
        let is_it = |span: &Span| matches!(span, Span::Segment { answer: of, round: at, .. } if (*of, *at) == (answer, round));
        let Some(tag) = self.spans.iter().position(is_it) else { return };
        let Some(line) = self.flow.line_of(tag as u32) else { return };
        let top = self.top();
        if line < top {
            self.anchor = self.at_line(line);
        } else if line >= top + self.height.max(1) {
            self.anchor = self.at_line(line + 1 - self.height.max(1));
        }
    }

    fn at_line(&self, line: usize) -> Anchor {
        Anchor::Place(self.flow.place_of(line))
    }

    /// The answer and the round of the segment at a visible row and column; beyond the line's end its last one.
    #[must_use]
    pub fn round_at(&self, row: usize, column: usize) -> Option<(usize, usize)> {
        let line = self.top() + row;
        if line >= self.flow.lines() {
            return None;
        }
        let mut end = 0;
        let mut found = None;
        for piece in self.flow.line(line) {
            if found.is_some() && end > column {
                break;
            }
            if let Some(Span::Segment { answer, round, .. }) = self.span(piece.tag) {
                found = Some((answer, round));
            }
            end += piece.text.width();
        }
        found
    }
}
