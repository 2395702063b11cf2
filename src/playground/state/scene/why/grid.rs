//! A table of numbers, in as many blocks of columns as the width needs.

use unicode_width::UnicodeWidthStr;

use super::super::super::prose::{Line, Prose, Tone, blanks};
use crate::clean::DisplayText;

/// Columns of a cell.
pub(super) const CELL: usize = 7;

/// A row of a table.
pub(super) struct Row {
    /// Its head, in as many columns as every other row's.
    pub(super) head: Line,
    /// Its cells, each at most [`CELL`] columns wide.
    pub(super) cells: Vec<(Tone, DisplayText)>,
}

/// The rows, the first of which is the heading, with heads of this many columns.
pub(super) fn grid(rows: &[Row], head: usize, width: u16) -> Prose {
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let each = (usize::from(width).saturating_sub(head) / CELL).max(1);
    let mut prose = Prose::new();
    for begin in (0..columns).step_by(each) {
        if begin > 0 {
            prose.push(Vec::new());
        }
        for row in rows {
            let mut line = row.head.clone();
            for (tone, text) in row.cells.iter().skip(begin).take(each) {
                // A tone may underline: only what is written, not what fills the column up.
                let end = text.trim_end().len();
                let figure = text.as_display().slice(..end).into();
                let (before, behind) = (CELL.saturating_sub(text.width()), text.len() - end);
                line.extend([(Tone::Plain, blanks(before)), (*tone, figure), (Tone::Plain, blanks(behind))]);
            }
            prose.push(line);
        }
    }
    prose
}
