//! Where the tuning panel is: beside what it changes, never over it.

use ratatui::layout::Rect;

use super::parts::take_bottom;
use super::{SMALLEST, WIDE};

/// The widest column.
const WIDEST: u16 = 64;
/// Rows that the other parts keep above a panel at the bottom.
const ABOVE: u16 = 6;

/// Cuts the place of the panel off: a column at the right where there is room, else rows at the bottom.
pub fn take(body: &mut Rect) -> Rect {
    let beside = beside(body.width);
    if beside < body.width {
        let width = body.width - beside;
        body.width = beside;
        return Rect { x: body.x + beside, width, ..*body };
    }
    let wanted = (u32::from(body.height) * 3 / 8 + 1).clamp(6, 24) as u16;
    take_bottom(body, wanted.min(body.height.saturating_sub(ABOVE)).max(1))
}

/// Columns that the other parts have beside the panel; all of them where it is at the bottom.
#[must_use]
pub fn beside(width: u16) -> u16 {
    if width < WIDE { width } else { (width - width / 12 * 5).max(width - WIDEST).max(SMALLEST.0) }
}

/// Where the words are: below the title, and beside the line at the left of a column.
#[must_use]
pub fn text(dock: Rect) -> Rect {
    let left = 2.min(dock.width);
    let (left, right) = if is_column(dock) { (left, 0) } else { (left / 2, left / 2) };
    let title = 1.min(dock.height);
    Rect { x: dock.x + left, y: dock.y + title, width: dock.width - left - right, height: dock.height - title }
}

/// Whether the panel is a column at the right.
#[must_use]
pub fn is_column(dock: Rect) -> bool {
    dock.x > 0
}
