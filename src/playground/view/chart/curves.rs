//! The curves between the values of a chart, in dots of half a column by a quarter of a row: the letters, which stand on them, are
//! too coarse to show how a small distance shrinks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::Look;
use super::super::paint::Pen;
use super::super::theme::Role;
use crate::engine::fusion::MemberIndex;
use crate::playground::state::scene::chart::{Chart, Column, SCALE};

/// Columns of a round from which on there is something between the letters.
const LEAST: u16 = 3;
/// The dots of a cell by row and column, as Unicode numbers them (U+2800 onwards).
const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// The dots of a plot, cell by cell.
struct Plot {
    columns: usize,
    rows: usize,
    cells: Vec<(u8, MemberIndex)>,
}

impl Plot {
    /// Marks the dots of a column from one row to another, both counted in dots.
    fn stroke(&mut self, x: usize, (from, to): (usize, usize), member: MemberIndex) {
        for y in from.min(to)..=from.max(to) {
            if x < 2 * self.columns && y < 4 * self.rows {
                let cell = &mut self.cells[y / 4 * self.columns + x / 2];
                *cell = (cell.0 | DOTS[y % 4][x % 2], member);
            }
        }
    }
}

/// Draws every member's curve, in its colour; where two meet, the cell is the later one's.
pub(super) fn curves(buffer: &mut Buffer, area: Rect, look: &Look<'_>, chart: &Chart, (spacing, rows): (u16, u16)) {
    if spacing < LEAST || look.glyphs.dots(0).is_none() {
        return;
    }
    let columns = usize::from(spacing) * chart.columns.len();
    let nowhere = (0, MemberIndex(0));
    let mut plot = Plot { columns, rows: usize::from(rows), cells: vec![nowhere; columns * usize::from(rows)] };
    for (place, pair) in chart.columns.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        for (member, value) in &before.points {
            let Some(next) = value_of(after, *member) else { continue };
            curve(&mut plot, chart, (place * usize::from(spacing), usize::from(spacing)), (*value, next), *member);
        }
    }
    for (place, (pattern, member)) in plot.cells.iter().enumerate().filter(|(_, (pattern, _))| *pattern > 0) {
        if let Some(dots) = look.glyphs.dots(*pattern) {
            let (row, column) = ((place / columns) as u16, (place % columns) as u16);
            Pen::new(buffer, area, row).skip(SCALE + column).write(&dots, look.style(Role::Member(member.0 as u8)));
        }
    }
}

fn value_of(column: &Column, member: MemberIndex) -> Option<f64> {
    column.points.iter().find(|(of, _)| *of == member).map(|(_, value)| *value)
}

/// A straight line over `width` columns from the column `first` on.
fn curve(plot: &mut Plot, chart: &Chart, (first, width): (usize, usize), (from, to): (f64, f64), member: MemberIndex) {
    let dots = 2 * width;
    // A letter is in the middle of its row.
    let row_of = |value: f64| {
        let share = ((chart.top - value) / (chart.top - chart.bottom)).clamp(0.0, 1.0);
        (share * 4.0 * (plot.rows - 1) as f64 + 1.5).round() as usize
    };
    let rows: Vec<usize> = (0..=dots).map(|dot| row_of(from + (to - from) * dot as f64 / dots as f64)).collect();
    for (dot, pair) in rows.windows(2).enumerate() {
        if let [here, next] = pair {
            // A steep line fills what it skips, halfway from either side.
            let end = if next.abs_diff(*here) > 1 { *next } else { *here };
            plot.stroke(2 * first + dot, (*here, end), member);
        }
    }
}
