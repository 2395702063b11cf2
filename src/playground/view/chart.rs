//! The exit chart: each member's letter at its retention, round by round, on its curve, and the threshold as a line.

mod curves;
mod labels;

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use super::paint::Pen;
use super::theme::Role;
use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::playground::state::Screen;
use crate::playground::state::scene::chart::{Chart, Column, SCALE, spacing};
use crate::playground::state::scene::figure;

/// The chart.
pub(super) fn chart(buffer: &mut Buffer, area: Rect, look: &Look<'_>, screen: &Screen) {
    let chart = &screen.scene.chart;
    let dim = look.style(Role::Dim);
    if chart.columns.is_empty() || area.height < 3 {
        Pen::new(buffer, area, 0).skip(1).write("it begins after the first round", dim);
        return;
    }
    // A row for who leaves, where anybody does.
    let exits = chart.columns.iter().any(|column| !(column.left.is_empty() && column.leaves.is_empty())) && area.height > 4;
    let rows = area.height - 1 - u16::from(exits);
    let row_of = |value: f64| {
        let share = ((value - chart.bottom) / (chart.top - chart.bottom)).clamp(0.0, 1.0);
        rows - 1 - (share * f64::from(rows - 1)).round() as u16
    };
    // A line has a row on either side for the letters that are not on it.
    let line_row = |value: f64| if rows > 2 { row_of(value).clamp(1, rows - 2) } else { row_of(value) };
    for (value, row) in [(chart.top, 0), (chart.bottom, rows - 1)] {
        Pen::new(buffer, area, row).column(&figure(value), SCALE - 1, true, dim, "");
    }
    let spacing = spacing(area.width, chart.columns.len());
    // The line that the value is compared with comes last, since it counts.
    let place_of = |value: f64, lines: [Option<f64>; 2]| {
        lines
            .into_iter()
            .flatten()
            .fold(row_of(value), |row, line| off_the_line(row, value.total_cmp(&line), line_row(line), rows))
    };
    for (place, column) in chart.columns.iter().enumerate() {
        lines(buffer, area, look, column, (SCALE + place as u16 * spacing, spacing), &line_row);
    }
    // Over the lines: a curve that comes as close to one as a row is seen in it.
    curves::curves(buffer, area, look, chart, (spacing, rows));
    for (place, column) in chart.columns.iter().enumerate() {
        let x = SCALE + place as u16 * spacing;
        if spacing >= 3 {
            let style = look.style(if column.selected { Role::Selection } else { Role::Dim });
            Pen::new(buffer, area, area.height - 1).skip(x).write(&display!("{}", column.number), style);
        }
        points(buffer, area, look, screen, (place, x, spacing), &place_of);
        if exits {
            leaving(buffer, area, look, screen, (column, x, spacing));
        }
    }
    scale(buffer, area, look, chart, spacing, exits);
    // A round written by hand has no values.
    if let Some(last) = chart.columns.iter().rev().find(|column| !column.points.is_empty()) {
        let behind = SCALE + chart.columns.len() as u16 * spacing;
        labels::labels(buffer, area, look, screen, (last, behind, rows), &row_of);
    }
}

/// The threshold of a round, and, where another is tried, the recorded one.
fn lines(
    buffer: &mut Buffer,
    area: Rect,
    look: &Look<'_>,
    column: &Column,
    (x, spacing): (u16, u16),
    line_row: &dyn Fn(f64) -> u16,
) {
    // The line that is tried is another stroke than the recorded one, also without colour.
    let moved = if column.recorded.is_some() { look.glyphs.tried_rule() } else { look.glyphs.rule() };
    let lines = [(column.recorded, look.glyphs.rule(), Role::Dim), (column.threshold, moved, Role::Threshold)];
    for (value, rule, role) in lines {
        if let Some(value) = value {
            Pen::new(buffer, area, line_row(value))
                .skip(x)
                .write(&DisplayStr::from(rule).repeat(usize::from(spacing)), look.style(role));
        }
    }
}

/// The row of a value: one above or below the line is never in its row, although the scale puts both there.
fn off_the_line(row: u16, side: Ordering, line: u16, rows: u16) -> u16 {
    match side {
        Ordering::Greater => row.min(line.saturating_sub(1)),
        Ordering::Less => row.max((line + 1).min(rows - 1)),
        Ordering::Equal => row,
    }
}

/// What stands around the plot.
fn scale(buffer: &mut Buffer, area: Rect, look: &Look<'_>, chart: &Chart, spacing: u16, exits: bool) {
    let dim = look.style(Role::Dim);
    let (Some(first), Some(last)) = (chart.columns.first(), chart.columns.last()) else { return };
    if spacing < 3 {
        let text = display!("rounds {} to {}", first.number, last.number);
        Pen::new(buffer, area, area.height - 1).skip(SCALE).write(&text, dim);
    }
    if exits {
        Pen::new(buffer, area, area.height - 2).column("exits", SCALE - 1, true, dim, "");
    }
}

/// Who left after a round (`x` and the letter) and who would have left under the knobs that are tried (`?`); of both alike one
/// mark each.
fn leaving(buffer: &mut Buffer, area: Rect, look: &Look<'_>, screen: &Screen, (column, x, spacing): (&Column, u16, u16)) {
    let answer = screen.answers.session.answer(screen.shown().0);
    let mut pen = Pen::new(buffer, area, area.height - 2);
    pen.skip(x);
    let mut room = spacing;
    let marks = [("x", &column.left, Role::Exit), ("?", &column.leaves, Role::Override)];
    for (mark, members, role) in marks {
        for member in members {
            if room > 0 {
                pen.write(mark, look.style(role));
                room -= 1;
            }
            if room > 0 && spacing > 1 {
                pen.write(&DisplayText::from(answer.letter(*member)), look.style(Role::Member(member.0 as u8)));
                room -= 1;
            }
        }
    }
}

/// The members of one round: side by side where there is room, else a plus sign for those that share a place.
fn points(
    buffer: &mut Buffer,
    area: Rect,
    look: &Look<'_>,
    screen: &Screen,
    (place, x, spacing): (usize, u16, u16),
    place_of: &dyn Fn(f64, [Option<f64>; 2]) -> u16,
) {
    let answer = screen.answers.session.answer(screen.shown().0);
    let Column { points, was, threshold, recorded, .. } = &screen.scene.chart.columns[place];
    // What was, beneath what would have been: seen where it has moved.
    let was: Vec<(MemberIndex, u16)> = was
        .iter()
        .map(|(member, value)| (*member, place_of(*value, [recorded.and(*threshold), recorded.or(*threshold)])))
        .collect();
    let rows: Vec<u16> = points.iter().map(|(_, value)| place_of(*value, [*recorded, *threshold])).collect();
    let room = usize::from(spacing.saturating_sub(1).max(1));
    for row in 0..area.height {
        let here = points.iter().zip(&rows).filter(|(_, at)| **at == row).map(|(point, _)| point);
        let count = here.clone().count();
        let mut ghosts = Pen::new(buffer, area, row);
        ghosts.skip(x);
        for (member, _) in was.iter().filter(|(_, at)| *at == row).take(room) {
            ghosts.write(&DisplayText::from(answer.letter(*member)), look.style(Role::Dim));
        }
        let mut pen = Pen::new(buffer, area, row);
        pen.skip(x);
        for (member, _) in here.take(if count > room { room - 1 } else { room }) {
            pen.write(&DisplayText::from(answer.letter(*member)), look.style(Role::Member(member.0 as u8)));
        }
        if count > room {
            pen.write("+", look.style(Role::Strong));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_on_its_side_of_the_line() {
        use Ordering::{Equal, Greater, Less};
        for (row, side, line, expected) in
            [(4, Greater, 4, 3), (4, Less, 4, 5), (4, Equal, 4, 4), (2, Greater, 4, 2), (7, Less, 4, 7)]
        {
            assert_eq!(off_the_line(row, side, line, 9), expected, "{row} {side:?} {line:?}");
        }
    }
}
