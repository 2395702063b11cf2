//! Where everything on the screen is: a function of its size and of what there is to show.
//!
//! The answer has at least half of the width, or all of it below the drafts. Members are columns side by side while each has
//! [`COLUMN`] columns, else a row each; none is ever hidden. Both the update (scrolling, paging, the mouse) and the view use it.

mod arranging;
pub mod dock;
pub(super) mod parts;
#[cfg(test)]
mod tests;

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use crate::engine::fusion::MemberIndex;
pub use arranging::arrange;
pub(super) use arranging::{columns, rows};
pub use parts::{RowTail, row_tail};

/// The smallest screen that shows something.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The narrowest column of a member.
const COLUMN: u16 = 22;
/// Columns between two members, and between the ranking and the answer.
const GAP: u16 = 2;
/// Below this width the answer lies below the drafts, over the whole width, and members are rows.
pub const WIDE: u16 = 100;
/// In a member's row: columns before the draft (letter, name, what it is doing).
pub const ROW_HEAD: u16 = 13;
/// Columns of a chart's scale and labels.
pub const CHART_MARGIN: u16 = 22;
/// Columns before the first round of the timeline.
pub const TIMELINE_HEAD: u16 = 8;
/// Columns before the answer's text: the author's letter and bar.
pub const GUTTER: u16 = 5;
/// Columns of a member in the strip of those that have no row.
pub const STRIP: u16 = 15;

/// How members are shown.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Class {
    /// A row each.
    Rows,
    /// Side by side.
    Columns,
}

/// A part that can be focused.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// A member's pane.
    Pane(MemberIndex),
    Ranking,
    Transcript,
}

/// What there is to show.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    /// The members: first those with a pane, in order, then those that were never there, a line each.
    pub members: &'a [MemberIndex],
    /// How many of them have a pane.
    pub present: usize,
    /// The member whose pane must be visible.
    pub pane: MemberIndex,
    /// Members that verify.
    pub verifiers: usize,
    /// Lines of the longest draft, at the width of a column ([`column_width`]).
    pub draft_lines: usize,
    /// Display lines of the prompt.
    pub prompt_lines: usize,
    /// Whether there is a line that names keys.
    pub hints: bool,
    /// Lines of the closing card, if the answer is complete ([`closing_width`]).
    pub closing: Option<usize>,
    /// The part that fills the screen, if any.
    pub zoomed: Option<Part>,
    /// Whether the tuning panel is open: the other parts share what it leaves.
    pub docked: bool,
    /// Whether tried scores stand beside those in force.
    pub tried: bool,
}

/// Where everything is. A part without a position is not shown.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    pub class: Class,
    pub status: Rect,
    /// The sentence that says why.
    pub story: Rect,
    /// The visible panes.
    pub panes: Vec<(MemberIndex, Rect)>,
    /// What is behind the draft in a member's row.
    pub tail: RowTail,
    /// Which page of rows this is, from 1, and of how many.
    pub page: (usize, usize),
    /// What the columns of the rows are, where there is room to say it.
    pub heads: Option<Rect>,
    /// The members that have no row, side by side.
    pub strip: Option<Rect>,
    /// Lines of the members that were never there.
    pub away: Option<Rect>,
    /// What came of a complete answer.
    pub closing: Option<Rect>,
    /// The line between the drafts and what is below.
    pub rule: Option<Rect>,
    pub ranking: Option<Rect>,
    pub chart: Option<Rect>,
    pub transcript: Option<Rect>,
    pub why: Option<Rect>,
    pub timeline: Rect,
    pub prompt: Rect,
    pub hints: Rect,
    /// The tuning panel.
    #[serde(default)]
    pub dock: Option<Rect>,
    /// Everything between the sentence and the timeline.
    pub body: Rect,
}

impl<'a> Shape<'a> {
    /// The members with a pane.
    pub(super) fn present(&self) -> &'a [MemberIndex] {
        self.members.get(..self.present).unwrap_or(self.members)
    }

    /// Lines of members that were never there; the last one counts those that do not fit.
    fn away_rows(&self) -> u16 {
        self.members.len().saturating_sub(self.present).min(3) as u16
    }
}

impl Layout {
    /// A layout in which nothing has a position yet.
    pub(super) fn empty(class: Class, tail: RowTail) -> Self {
        let (status, story, timeline) = (Rect::ZERO, Rect::ZERO, Rect::ZERO);
        let (prompt, hints, body) = (Rect::ZERO, Rect::ZERO, Rect::ZERO);
        Self {
            class,
            status,
            story,
            panes: Vec::new(),
            tail,
            page: (1, 1),
            heads: None,
            strip: None,
            away: None,
            closing: None,
            rule: None,
            ranking: None,
            chart: None,
            transcript: None,
            why: None,
            timeline,
            prompt,
            hints,
            dock: None,
            body,
        }
    }

    /// The text area of the transcript: without its title, the gutter and a column for the scroll bar.
    #[must_use]
    pub fn transcript_text(&self) -> Option<Rect> {
        let inner = self.inner(self.transcript?);
        Some(Rect { x: inner.x + GUTTER, width: inner.width.saturating_sub(GUTTER + 1), ..inner })
    }

    /// The text area of a pane: below its title and above its ballots; of a row what is between the head and the tail.
    #[must_use]
    pub fn pane_text(&self, pane: Rect) -> Rect {
        if pane.height == 1 {
            let taken = ROW_HEAD + self.tail.columns() + 1;
            return Rect { x: pane.x + ROW_HEAD, width: pane.width.saturating_sub(taken), ..pane };
        }
        Rect { y: pane.y + 1, height: pane.height.saturating_sub(2), width: pane.width.saturating_sub(1), ..pane }
    }

    /// The inside of a part: without its title.
    #[must_use]
    pub fn inner(&self, part: Rect) -> Rect {
        Rect { y: part.y + 1.min(part.height), height: part.height.saturating_sub(1), ..part }
    }

    /// The part at a position on the screen.
    #[must_use]
    pub fn part_at(&self, x: u16, y: u16) -> Option<Part> {
        let at = ratatui::layout::Position { x, y };
        let pane = self.panes.iter().find(|(_, place)| place.contains(at)).map(|(member, _)| Part::Pane(*member));
        let ranking = self.ranking.filter(|place| place.contains(at)).map(|_| Part::Ranking);
        pane.or(ranking).or_else(|| self.transcript.filter(|place| place.contains(at)).map(|_| Part::Transcript))
    }
}

/// How members are shown on a screen of this many columns.
#[must_use]
pub fn class(width: u16, members: usize) -> Class {
    let count = u16::try_from(members.max(1)).unwrap_or(u16::MAX);
    if width >= WIDE && width / count >= COLUMN { Class::Columns } else { Class::Rows }
}

/// Columns of the text in a member's column, or in its row.
#[must_use]
pub fn draft_width(width: u16, members: usize, verifiers: usize, tried: bool) -> u16 {
    match class(width, members) {
        // The narrowest of them, so that a draft wraps alike in all.
        Class::Columns => (width / members.max(1) as u16).saturating_sub(GAP + 1),
        Class::Rows => width.saturating_sub(ROW_HEAD + row_tail(width, verifiers, tried).columns() + 1),
    }
}

/// Columns of the closing card.
#[must_use]
pub fn closing_width(width: u16) -> u16 {
    if width >= WIDE { width - answer_width(width) - GAP } else { width.saturating_sub(2) }
}

fn answer_width(width: u16) -> u16 {
    width.div_ceil(2)
}
