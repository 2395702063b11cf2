//! Cutting a screen into the parts of a layout.
//!
//! Each function takes its part off the area that is left, and leaves a part without a position when there is no room for it.

use ratatui::layout::Rect;

use super::parts::{row_tail, shares, take_bottom, take_top};
use super::{Class, GAP, Layout, Part, SMALLEST, STRIP, Shape, WIDE, answer_width, class, dock};

/// Rows that the answer keeps, its title included.
const ANSWER: u16 = 5;
/// Rows that are left with the heads of the columns, or they are left out.
const HEADS: u16 = 3;
/// Rows of the drafts from which on the heads have one of them, however many members there are.
const ALWAYS_HEADS: u16 = 10;
/// Rows of the reasons, and of the exit chart, below which they are left out.
const LOWER_PART: u16 = 9;

/// The layout of a screen; `None` if it is too small.
#[must_use]
pub fn arrange(width: u16, height: u16, shape: Shape<'_>) -> Option<Layout> {
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return None;
    }
    let mut body = Rect { x: 0, y: 0, width, height };
    let status = take_top(&mut body, 1);
    let hints = take_bottom(&mut body, u16::from(shape.hints));
    let prompt = take_bottom(&mut body, (shape.prompt_lines as u16).min(if height < 30 { 5 } else { 10 }));
    let dock = shape.docked.then(|| dock::take(&mut body));
    let story = take_top(&mut body, 1);
    let timeline = take_bottom(&mut body, if height < 30 { 1 } else { 2 });
    let empty = Layout::empty(class(body.width, shape.present), row_tail(body.width, shape.verifiers, shape.tried));
    let mut layout = Layout { status, story, timeline, prompt, hints, dock, body, ..empty };
    match (shape.zoomed, shape.closing) {
        (Some(Part::Pane(member)), _) => layout.panes = vec![(member, body)],
        (Some(Part::Ranking), _) => layout.ranking = Some(body),
        (Some(Part::Transcript), _) => layout.transcript = Some(body),
        (None, Some(lines)) => closed(&mut layout, body, lines as u16, shape),
        (None, None) => open(&mut layout, body, shape),
    }
    Some(layout)
}

/// The drafts above, the ranking and the answer below.
fn open(layout: &mut Layout, mut body: Rect, shape: Shape<'_>) {
    let away = shape.away_rows();
    let room = body.height.saturating_sub(ANSWER + 1 + away);
    match layout.class {
        Class::Columns => columns(layout, &mut body, room, shape),
        Class::Rows => {
            let heads = room >= ALWAYS_HEADS || (shape.present as u16) < room.saturating_sub(HEADS);
            layout.heads = heads.then(|| take_top(&mut body, 1));
            rows(layout, &mut body, room - u16::from(heads), shape);
        }
    }
    let wide = body.width >= WIDE;
    // The answer keeps a line, below its rule.
    let away = away.min(body.height.saturating_sub(1 + u16::from(wide)));
    layout.away = (away > 0).then(|| take_top(&mut body, away));
    if wide {
        layout.rule = Some(take_top(&mut body, 1));
        let left = split(layout, body);
        reasons(layout, left, shape);
    } else {
        // Beside the panel the ranking is what changes, so it has a place also where it usually has none.
        let rows = u16::try_from(shape.members.len()).unwrap_or(u16::MAX).saturating_add(2);
        if shape.docked && body.height >= rows.saturating_add(2 * ANSWER) {
            layout.ranking = Some(take_top(&mut body, rows));
        }
        layout.transcript = Some(body);
    }
}

/// Side by side, as high as the longest draft.
pub(in crate::playground::state) fn columns(layout: &mut Layout, body: &mut Rect, room: u16, shape: Shape<'_>) {
    let most = (body.height * 2 / 5).min(room).max(3);
    let place = take_top(body, (shape.draft_lines.max(2) as u16 + 2).min(most));
    let narrower = |part: Rect| Rect { width: part.width.saturating_sub(GAP), ..part };
    let count = shape.present().len() as u16;
    layout.panes = shape.present().iter().copied().zip(shares(place, count).map(narrower)).collect();
}

/// A row each; where they do not fit a page of rows, and the others side by side below.
pub(in crate::playground::state) fn rows(layout: &mut Layout, body: &mut Rect, room: u16, shape: Shape<'_>) {
    let members = shape.present();
    let count = members.len() as u16;
    if count <= room {
        layout.panes = members.iter().map(|member| (*member, take_top(body, 1))).collect();
        return;
    }
    let across = (body.width / STRIP).max(1);
    // As many rows as leave room for the strip of the rest.
    let in_rows = (0..room).rev().find(|rows| rows + (count - rows).div_ceil(across) <= room).unwrap_or(0).max(1);
    let at = members.iter().position(|member| *member == shape.pane).unwrap_or(0) / usize::from(in_rows);
    let page = members.chunks(usize::from(in_rows)).nth(at).unwrap_or_default();
    layout.panes = page.iter().map(|member| (*member, take_top(body, 1))).collect();
    layout.page = (at + 1, members.len().div_ceil(usize::from(in_rows)));
    let rest = (count - page.len() as u16).div_ceil(across);
    let strip = take_top(body, rest.min(body.height.saturating_sub(2)));
    layout.strip = (strip.height > 0).then_some(strip);
}

/// The answer at the right, with at least half of the width; returns what is left.
fn split(layout: &mut Layout, body: Rect) -> Rect {
    let right = answer_width(body.width);
    layout.transcript = Some(Rect { x: body.x + body.width - right, width: right, ..body });
    Rect { width: body.width - right - GAP, ..body }
}

/// The ranking, and below it what there is room for.
fn reasons(layout: &mut Layout, mut left: Rect, shape: Shape<'_>) {
    let rows = u16::try_from(shape.members.len()).unwrap_or(u16::MAX).saturating_add(2);
    if left.height < rows.saturating_add(LOWER_PART) {
        layout.ranking = Some(left);
        return;
    }
    layout.ranking = Some(take_top(&mut left, rows));
    if left.height >= 3 * LOWER_PART {
        layout.chart = Some(take_top(&mut left, LOWER_PART + 3));
    }
    layout.why = Some(left);
}

/// What came of the answer beside it, or above it.
fn closed(layout: &mut Layout, mut body: Rect, lines: u16, shape: Shape<'_>) {
    if body.width < WIDE {
        let most = body.height.saturating_sub(ANSWER);
        let card = take_top(&mut body, (lines + 1).min(most));
        layout.closing = (card.height > 0).then_some(card);
        layout.transcript = Some(body);
        return;
    }
    let mut left = split(layout, body);
    let rows = u16::try_from(shape.members.len()).unwrap_or(u16::MAX).saturating_add(2);
    if left.height >= lines.saturating_add(rows).saturating_add(2) {
        layout.closing = Some(take_top(&mut left, lines + 2));
        reasons(layout, left, shape);
    } else {
        layout.closing = Some(left);
    }
}
