//! The labels at the right edge of a chart: each member's value after the last round, its distance to the threshold, and the
//! threshold itself, each as near to its place on the scale as the others leave room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::Look;
use super::super::paint::Pen;
use super::super::theme::Role;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::scene::chart::Column;
use crate::playground::state::scene::{chance, figure};

/// Writes the labels of the last round from column `behind` on.
pub(super) fn labels(
    buffer: &mut Buffer,
    area: Rect,
    look: &Look<'_>,
    screen: &Screen,
    (last, behind, rows): (&Column, u16, u16),
    row_of: &dyn Fn(f64) -> u16,
) {
    let answer = screen.answers.session.answer(screen.shown().0);
    let mut labels: Vec<(f64, DisplayText, Role)> = Vec::new();
    for (member, value) in &last.points {
        let distance = last.threshold.map_or(DisplayText::new(), |threshold| signed(value - threshold));
        let text = display!(" {} {} {distance}", answer.letter(*member), figure(*value));
        labels.push((*value, text, Role::Member(member.0 as u8)));
    }
    // Those nearest to the threshold matter most where not all fit.
    let threshold = last.threshold.unwrap_or_default();
    labels.sort_by(|a, b| (a.0 - threshold).abs().total_cmp(&(b.0 - threshold).abs()));
    labels.truncate(usize::from(rows.saturating_sub(u16::from(last.threshold.is_some()))));
    if let Some(threshold) = last.threshold {
        let name = if last.recorded.is_some() { "tried" } else { "exit" };
        labels.push((threshold, display!(" {name} {}", figure(threshold)), Role::Threshold));
    }
    labels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let wanted: Vec<u16> = labels.iter().map(|(value, ..)| row_of(*value)).collect();
    for ((_, text, role), row) in labels.iter().zip(spread(&wanted, rows)) {
        Pen::new(buffer, area, row).skip(behind).write(text, look.style(*role));
    }
}

/// Different rows in the order of those wanted, which go up, as near to them as `rows` rows allow.
fn spread(wanted: &[u16], rows: u16) -> Vec<u16> {
    let mut spread = Vec::with_capacity(wanted.len());
    let mut free = 0;
    for row in wanted {
        let row = free.max(*row);
        spread.push(row);
        free = row + 1;
    }
    let mut limit = rows;
    for row in spread.iter_mut().rev() {
        *row = (*row).min(limit.saturating_sub(1));
        limit = *row;
    }
    spread
}

fn signed(distance: f64) -> DisplayText {
    let sign = if distance < 0.0 { "-" } else { "+" };
    display!("{sign}{}", chance(distance.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_want_one_row_are_spread_over_the_next_ones() {
        let table: [(&[u16], u16, &[u16]); 4] = [
            (&[0, 3, 7], 8, &[0, 3, 7]),
            (&[2, 2, 2], 8, &[2, 3, 4]),
            (&[7, 7, 7], 8, &[5, 6, 7]),
            (&[0, 6, 6, 6], 8, &[0, 5, 6, 7]),
        ];
        for (wanted, rows, expected) in table {
            assert_eq!(spread(wanted, rows), expected, "{wanted:?}");
        }
    }

    #[test]
    fn distances_have_a_sign() {
        assert_eq!([0.083, -0.07, 0.0].map(signed), ["+.083", "-.070", "+<.001"]);
    }
}
