//! Where everything on the screen is: a function of its size and of what there is to show.
//!
//! The answer has at least half of the width, or all of it below the drafts. Members are columns side by side while each has
//! [`COLUMN`] columns, else a row each; none is ever hidden. Both the update (scrolling, paging, the mouse) and the view use it.

pub mod dock;
pub(super) mod parts;

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use crate::engine::fusion::MemberIndex;
pub use parts::{RowTail, row_tail};
use parts::{shares, take_bottom, take_top};

/// The smallest screen that shows something.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The narrowest column of a member.
const COLUMN: u16 = 22;
/// Columns between two members, and between the ranking and the answer.
const GAP: u16 = 2;
/// Below this width the answer lies below the drafts, over the whole width, and members are rows.
pub const WIDE: u16 = 100;
/// Rows that the answer keeps, its title included.
const ANSWER: u16 = 5;
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
/// Rows that are left with the heads of the columns, or they are left out.
const HEADS: u16 = 3;
/// Rows of the reasons, and of the exit chart, below which they are left out.
const LOWER_PART: u16 = 9;

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
    fn present(&self) -> &'a [MemberIndex] {
        self.members.get(..self.present).unwrap_or(self.members)
    }

    /// Lines of members that were never there; the last one counts those that do not fit.
    fn away_rows(&self) -> u16 {
        self.members.len().saturating_sub(self.present).min(3) as u16
    }
}

impl Layout {
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

/// The layout of a screen; `None` if it is too small.
#[must_use]
pub fn arrange(width: u16, height: u16, shape: Shape<'_>) -> Option<Layout> {
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return None;
    }
    let mut body = Rect { x: 0, y: 0, width, height };
    let status = take_top(&mut body, 1);
    let hints = take_bottom(&mut body, 1);
    let prompt = take_bottom(&mut body, (shape.prompt_lines as u16).min(if height < 30 { 5 } else { 10 }));
    let dock = shape.docked.then(|| dock::take(&mut body));
    let story = take_top(&mut body, 1);
    let timeline = take_bottom(&mut body, if height < 30 { 1 } else { 2 });
    let mut layout = Layout {
        class: class(body.width, shape.present),
        status,
        story,
        panes: Vec::new(),
        tail: row_tail(body.width, shape.verifiers, shape.tried),
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
        dock,
        body,
    };
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
            let heads = (shape.present as u16) < room.saturating_sub(HEADS);
            layout.heads = heads.then(|| take_top(&mut body, 1));
            rows(layout, &mut body, room - u16::from(heads), shape);
        }
    }
    layout.away = (away > 0).then(|| take_top(&mut body, away));
    let wide = body.width >= WIDE;
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
pub(super) fn columns(layout: &mut Layout, body: &mut Rect, room: u16, shape: Shape<'_>) {
    let most = (body.height * 2 / 5).min(room).max(3);
    let place = take_top(body, (shape.draft_lines.max(2) as u16 + 2).min(most));
    let narrower = |part: Rect| Rect { width: part.width.saturating_sub(GAP), ..part };
    let count = shape.present().len() as u16;
    layout.panes = shape.present().iter().copied().zip(shares(place, count).map(narrower)).collect();
}

/// A row each; where they do not fit a page of rows, and the others side by side below.
pub(super) fn rows(layout: &mut Layout, body: &mut Rect, room: u16, shape: Shape<'_>) {
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
        layout.closing = Some(take_top(&mut body, (lines + 1).min(most)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(members: &[MemberIndex], away: usize) -> Shape<'_> {
        Shape {
            members,
            present: members.len() - away,
            pane: MemberIndex(0),
            verifiers: members.len(),
            draft_lines: 2,
            prompt_lines: 1,
            closing: None,
            zoomed: None,
            docked: false,
            tried: false,
        }
    }

    fn members(count: usize) -> Vec<MemberIndex> {
        (0..count).map(MemberIndex).collect()
    }

    #[test]
    fn members_are_side_by_side_while_each_has_room() {
        let class = |width, count| arrange(width, 40, shape(&members(count), 0)).map(|layout| layout.class);
        assert_eq!(
            [(120, 5), (120, 6), (99, 2), (200, 9), (200, 10)].map(|(width, count)| class(width, count).unwrap()),
            [Class::Columns, Class::Rows, Class::Rows, Class::Columns, Class::Rows]
        );
        assert_eq!((class(59, 2), arrange(60, 15, shape(&members(2), 0))), (None, None));
    }

    #[test]
    fn no_member_is_hidden() {
        let all = members(16);
        for size in [(60, 16), (80, 24), (100, 30), (120, 40), (200, 60)] {
            for wanted in &all {
                let layout = arrange(size.0, size.1, Shape { pane: *wanted, ..shape(&all, 0) }).unwrap();
                assert!(layout.panes.iter().any(|(member, _)| member == wanted));
                let strip = layout.strip.map_or(0, |strip| usize::from(strip.height * (strip.width / STRIP)));
                assert!(layout.panes.len() + strip >= all.len(), "{size:?}: {layout:?}");
            }
        }
    }

    #[test]
    fn the_answer_has_at_least_half_of_the_width() {
        for (width, height) in [(60, 16), (80, 24), (100, 30), (120, 40), (200, 60)] {
            for count in [2, 5, 9, 16] {
                let layout = arrange(width, height, shape(&members(count), 0)).unwrap();
                assert!(layout.transcript.unwrap().width * 2 >= width);
            }
        }
    }

    #[test]
    fn panes_are_as_high_as_the_longest_draft() {
        let five = members(5);
        let height = |lines| arrange(120, 40, Shape { draft_lines: lines, ..shape(&five, 0) }).unwrap().panes[0].1.height;
        assert_eq!([1, 2, 5, 99].map(height), [4, 4, 7, 13]);
    }

    proptest! {
        #[test]
        fn parts_stay_on_the_screen_and_never_overlap(
            width in 60_u16..260, height in 16_u16..100, present in 1_usize..=16, away in 0_usize..6, lines in 1_usize..30,
            drafts in 0_usize..40, closing in proptest::option::of(0_usize..40), zoom in 0_u8..4, docked: bool, tried: bool,
        ) {
            let all = members(present + away);
            let zoomed = match zoom { 1 => Some(Part::Pane(MemberIndex(0))), 2 => Some(Part::Ranking), 3 => Some(Part::Transcript), _ => None };
            let shape = Shape { prompt_lines: lines, draft_lines: drafts, closing, zoomed, docked, tried, ..shape(&all, away) };
            let layout = arrange(width, height, shape).unwrap();
            let screen = Rect { x: 0, y: 0, width, height };
            let parts: Vec<Rect> = [layout.status, layout.story, layout.timeline, layout.prompt, layout.hints].into_iter()
                .chain(layout.panes.iter().map(|(_, place)| *place))
                .chain([layout.heads, layout.strip, layout.away, layout.closing, layout.rule].into_iter().flatten())
                .chain([layout.ranking, layout.chart, layout.transcript, layout.why, layout.dock].into_iter().flatten())
                .collect();
            for (place, part) in parts.iter().enumerate() {
                prop_assert!(part.width > 0 && part.height > 0, "{part:?} of {layout:?}");
                prop_assert_eq!(part.intersection(screen), *part);
                for other in &parts[..place] {
                    prop_assert!(part.intersection(*other).is_empty(), "{:?} and {:?}", part, other);
                }
            }
            prop_assert!(zoomed.is_some() || layout.transcript.is_some());
        }
    }
}
