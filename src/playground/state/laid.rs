//! Positions and sizes in a frame: these return to the state as a message, so that scrolling, paging and the mouse act on what
//! was on the screen.

use ratatui::layout::{Margin, Position, Rect};
use serde::{Deserialize, Serialize};

use super::layout::{Layout, Part};
use super::roster::RowId;
use super::scene::draft::DraftKey;
use crate::clean::DisplayText;
use crate::engine::fusion::MemberIndex;

/// Where everything was in a frame, and how large.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Laid {
    /// The position of each part; `None` on a screen that is too small.
    pub layout: Option<Layout>,
    /// The panes, by member.
    pub panes: Vec<LaidPane>,
    /// Rows of the ranking.
    pub table_rows: usize,
    /// The rounds (by index) that the timeline showed, from left to right.
    pub ticks: Vec<usize>,
    /// Lines of the text in the overlay.
    pub overlay_lines: usize,
    /// How many of them were visible.
    pub overlay_height: usize,
    /// Where the overlay lies; empty without one.
    #[serde(default)]
    pub popup: Rect,
    /// The members of the ranking's rows, from top to bottom.
    #[serde(default)]
    pub ranked: Vec<MemberIndex>,
    /// The rounds of the chart: that over the screen, or the exit chart that has a place of its own.
    #[serde(default)]
    pub chart: Vec<LaidRound>,
    /// Where that chart is.
    #[serde(default)]
    pub chart_place: Rect,
    /// The models of the roster's lines in sight, from top to bottom.
    #[serde(default)]
    pub roster: Vec<Option<RowId>>,
    /// The hints in sight.
    #[serde(default)]
    pub hints: Vec<LaidHint>,
    /// The rows of the tuning panel in sight.
    #[serde(default)]
    pub tuning: Vec<LaidKnob>,
}

/// Rows above the entries of a list: what was typed, and a blank.
pub const LIST_HEAD: u16 = 2;

/// Columns of the box that chooses a model in its line of the roster.
const ROSTER_BOX: std::ops::Range<u16> = 2..5;

/// What is inside a frame, without the blanks at its sides.
#[must_use]
pub fn inside(frame: Rect) -> Rect {
    frame.inner(Margin { horizontal: 2, vertical: 1 })
}

/// A round of the chart of a frame.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaidRound {
    pub columns: std::ops::Range<u16>,
    /// Its place among the run's rounds.
    pub round: usize,
}

/// A hint of a frame, or the part of one that has an action of its own.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaidHint {
    /// The columns that it takes.
    pub columns: std::ops::Range<u16>,
    /// The name of its action.
    pub action: String,
}

/// A row of the tuning panel of a frame.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaidKnob {
    pub y: u16,
    /// Its place among the panel's rows; `None` for the line that unfolds and folds.
    pub row: Option<usize>,
    /// The columns of its track.
    pub track: Option<std::ops::Range<u16>>,
}

/// A pane of a frame.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaidPane {
    pub member: MemberIndex,
    /// Why the member is away, if it is.
    pub away: Option<DisplayText>,
    /// The draft it showed.
    pub draft: Option<DraftKey>,
    /// Whether tokens of the draft were still arriving.
    pub open: bool,
    /// Lines of its text.
    pub lines: usize,
}

impl Laid {
    /// Visible lines of a part's text; 1 if the part was not shown.
    #[must_use]
    pub fn part_height(&self, part: Part) -> usize {
        let Some(layout) = &self.layout else { return 1 };
        let place = match part {
            Part::Pane(member) => layout.panes.iter().find(|(of, _)| *of == member).map(|(_, place)| layout.pane_text(*place)),
            Part::Ranking => layout.ranking.map(|place| layout.inner(place)),
            Part::Transcript => layout.transcript_text(),
        };
        place.map_or(1, |place| usize::from(place.height))
    }

    /// The member in whose row of the ranking a position is; `top` is the first row in sight.
    #[must_use]
    pub fn ranked_at(&self, y: u16, top: usize) -> Option<MemberIndex> {
        let layout = self.layout.as_ref()?;
        let inner = layout.inner(layout.ranking?);
        // Below the heads of the columns.
        let row = y.checked_sub(inner.y + 1)?;
        self.ranked.get(top + usize::from(row)).copied()
    }

    /// The round of the chart at a position.
    #[must_use]
    pub fn chart_round_at(&self, at: Position) -> Option<usize> {
        let inside = self.chart_place.contains(at);
        self.chart.iter().find(|round| inside && round.columns.contains(&at.x)).map(|round| round.round)
    }

    /// The model in whose line of the roster a position is, and whether it is on the box that chooses it.
    #[must_use]
    pub fn roster_at(&self, at: Position) -> Option<(RowId, bool)> {
        let text = self.overlay_text();
        let line = usize::from(at.y.checked_sub(text.y)?);
        let row = self.roster.get(line).copied().flatten().filter(|_| text.contains(at))?;
        Some((row, ROSTER_BOX.contains(&(at.x - text.x))))
    }

    /// What is inside the frame of the overlay, without the blanks at its sides.
    #[must_use]
    pub fn overlay_text(&self) -> Rect {
        inside(self.popup)
    }

    /// The rows of the list in the overlay: the first, and how many.
    #[must_use]
    pub fn list_rows(&self) -> Rect {
        let inner = self.popup.inner(Margin { horizontal: 1, vertical: 1 });
        Rect { y: inner.y + LIST_HEAD.min(inner.height), height: inner.height.saturating_sub(LIST_HEAD), ..inner }
    }

    /// The parts that can be focused, in order.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let panes = self.panes.iter().filter(|pane| pane.away.is_none()).map(|pane| Part::Pane(pane.member));
        let ranking = self.layout.as_ref().is_none_or(|layout| layout.ranking.is_some());
        panes.chain(ranking.then_some(Part::Ranking)).chain([Part::Transcript]).collect()
    }
}

impl LaidPane {
    /// The first visible line for this height: the user's choice, or else the end while tokens arrive and the start once all are
    /// there.
    #[must_use]
    pub fn top(&self, height: usize, chosen: Option<usize>) -> usize {
        let last = self.lines.saturating_sub(height);
        chosen.unwrap_or(if self.open { last } else { 0 }).min(last)
    }
}
