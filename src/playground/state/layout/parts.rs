//! Pieces of a layout: cutting rows off an area, equal shares of it, and what is behind the draft in a member's row.

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

/// Columns of the draft in a row, below which the tail gives way.
const DRAFT: u16 = 20;

/// Columns of what is behind the draft in a member's row; 0 where there is no room for it.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowTail {
    pub ballots: u16,
    pub score: u16,
    /// The sparkline of the retention, and the distance to the threshold.
    pub stays: u16,
}

impl RowTail {
    /// All of it.
    #[must_use]
    pub fn columns(self) -> u16 {
        self.ballots + self.score + self.stays
    }
}

/// The tail on a screen of this many columns, with this many verifiers: the score always, ballots before the exits.
#[must_use]
pub fn row_tail(width: u16, verifiers: usize, tried: bool) -> RowTail {
    let room = width.saturating_sub(super::ROW_HEAD + 1 + DRAFT);
    // With an arrow and the tried score behind the one in force.
    let mut tail = RowTail { ballots: 0, score: if tried { 14 } else { 6 }, stays: 0 };
    let ballots = u16::try_from(verifiers).unwrap_or(u16::MAX).saturating_add(1);
    if tail.columns().saturating_add(ballots) <= room {
        tail.ballots = ballots;
    }
    for stays in [15, 11, 6] {
        if tail.stays == 0 && tail.columns() + stays <= room {
            tail.stays = stays;
        }
    }
    tail
}

/// Takes this many rows off the top.
pub(in crate::playground::state) fn take_top(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let top = Rect { height: rows, ..*area };
    area.y += rows;
    area.height -= rows;
    top
}

/// Takes this many rows off the bottom.
pub(in crate::playground::state) fn take_bottom(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    area.height -= rows;
    Rect { y: area.y + area.height, height: rows, ..*area }
}

/// Equal parts side by side: all as wide as the narrowest.
pub(super) fn shares(area: Rect, count: u16) -> impl Iterator<Item = Rect> {
    let width = area.width / count.max(1);
    (0..count).map(move |place| Rect { x: area.x + place * width, width, ..area })
}
