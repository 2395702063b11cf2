//! Where each part of the screen goes: a pure function of the size and of what there is to show.
//!
//! Three size classes, chosen by whether their parts fit: large (panes, ranking and exit chart, transcript, reasons side by
//! side), medium (the same without the reasons), small (one line per member, one column). Below the smallest size there is no
//! layout. Both the update (scrolling, paging, the mouse) and the view use it.

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use crate::engine::fusion::MemberIndex;

/// The smallest screen that shows something.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The narrowest pane with a border.
const PANE_WIDTH: u16 = 28;
/// The minimum height of a pane with a border: three lines of text.
const PANE_HEIGHT: u16 = 5;
/// The minimum height of the row of ranking and transcript in the medium and large classes.
const LOWER_HEIGHT: u16 = 9;
/// The minimum width of the transcript next to the ranking.
const TRANSCRIPT_WIDTH: u16 = 40;
/// Below this height the exit chart is not worth its place next to the ranking.
const CHART_HEIGHT: u16 = 7;
/// Columns of the reasons in the large class.
const WHY_WIDTH: u16 = 54;
/// In the small class: columns before the text of a member's line.
pub const LINE_HEAD: u16 = 15;
/// Columns of a chart's frame, scale and labels.
pub const CHART_MARGIN: u16 = 18;
/// Columns before the first round of the timeline.
pub const TIMELINE_HEAD: u16 = 8;
/// Columns between the transcript's border and its text: the authors' letters.
pub const GUTTER: u16 = 5;

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Class {
    /// One column, one line per member.
    Small,
    /// Panes above, ranking and transcript below.
    Medium,
    /// With the reasons next to them.
    Large,
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
    /// The members: first those with a pane, in order, then those whose pane shrinks to a line.
    pub members: &'a [MemberIndex],
    /// How many of them have a pane.
    pub present: usize,
    /// The member whose pane must be visible.
    pub pane: MemberIndex,
    /// Display lines of the prompt.
    pub prompt_lines: usize,
    /// The part that fills the screen, if any.
    pub zoomed: Option<Part>,
}

/// Where everything is. A part without a position is not shown.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    pub class: Class,
    pub status: Rect,
    /// The sentence about what is happening; in the small class it is in the transcript's rule instead.
    pub story: Option<Rect>,
    /// In the small class: the rule above the members' lines.
    pub panes_rule: Option<Rect>,
    /// The visible panes.
    pub panes: Vec<(MemberIndex, Rect)>,
    /// Which page of panes this is, from 1, and of how many.
    pub page: (usize, usize),
    /// Lines of the members that are away.
    pub away: Option<Rect>,
    pub ranking: Option<Rect>,
    pub chart: Option<Rect>,
    pub transcript: Option<Rect>,
    pub why: Option<Rect>,
    pub timeline: Rect,
    pub prompt: Rect,
    pub hints: Rect,
    /// Everything between status line and timeline.
    pub body: Rect,
}

impl<'a> Shape<'a> {
    fn present(&self) -> &'a [MemberIndex] {
        self.members.get(..self.present).unwrap_or(self.members)
    }

    /// Lines of members that are away; the last one counts those that do not fit.
    fn away_rows(&self) -> u16 {
        self.members.len().saturating_sub(self.present).min(3) as u16
    }
}

impl Layout {
    /// The text area of the transcript: without its frame, the gutter and a column for the scroll bar.
    #[must_use]
    pub fn transcript_text(&self) -> Option<Rect> {
        let inner = self.inner(self.transcript?);
        Some(Rect { x: inner.x + GUTTER, width: inner.width.saturating_sub(GUTTER + 1), ..inner })
    }

    /// The text area of a pane: without its frame, with one column kept free because terminals differ in the width of some
    /// characters. In the small class it is the rest of the line.
    #[must_use]
    pub fn pane_text(&self, pane: Rect) -> Rect {
        if pane.height == 1 {
            return Rect { x: pane.x + LINE_HEAD, width: pane.width.saturating_sub(LINE_HEAD + 1), ..pane };
        }
        let inner = frameless(pane);
        Rect { width: inner.width.saturating_sub(1), ..inner }
    }

    /// The inside of a part: without its border, in the small class without the rule above it.
    #[must_use]
    pub fn inner(&self, part: Rect) -> Rect {
        match self.class {
            Class::Small => Rect { y: part.y + 1.min(part.height), height: part.height.saturating_sub(1), ..part },
            Class::Medium | Class::Large => frameless(part),
        }
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

fn frameless(area: Rect) -> Rect {
    Rect {
        x: area.x + 1.min(area.width),
        y: area.y + 1.min(area.height),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// Takes this many rows off the top.
fn take_top(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let top = Rect { height: rows, ..*area };
    area.y += rows;
    area.height -= rows;
    top
}

/// Takes this many rows off the bottom.
fn take_bottom(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    area.height -= rows;
    Rect { y: area.y + area.height, height: rows, ..*area }
}

/// The layout of a screen; `None` if it is too small.
#[must_use]
pub fn arrange(width: u16, height: u16, shape: Shape<'_>) -> Option<Layout> {
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return None;
    }
    let class = class(width, height, shape);
    let (frame, most_lines, timeline_rows) = match class {
        Class::Small => (0, 5, 1),
        Class::Medium => (2, 6, 2),
        Class::Large => (2, 10, 2),
    };
    let mut body = Rect { x: 0, y: 0, width, height };
    let status = take_top(&mut body, 1);
    let story = (class != Class::Small).then(|| take_top(&mut body, 1));
    let hints = take_bottom(&mut body, 1);
    let prompt = take_bottom(&mut body, (shape.prompt_lines as u16).clamp(1, most_lines) + frame);
    let timeline = take_bottom(&mut body, timeline_rows);
    let mut layout = Layout {
        class,
        status,
        story,
        panes_rule: None,
        panes: Vec::new(),
        page: (1, 1),
        away: None,
        ranking: None,
        chart: None,
        transcript: None,
        why: None,
        timeline,
        prompt,
        hints,
        body,
    };
    match (shape.zoomed, class) {
        (Some(Part::Pane(member)), _) => layout.panes = vec![(member, body)],
        (Some(Part::Ranking), _) => layout.ranking = Some(body),
        (Some(Part::Transcript), _) => layout.transcript = Some(body),
        (None, Class::Small) => small(&mut layout, body, shape),
        (None, Class::Medium | Class::Large) => tiled(&mut layout, body, shape),
    }
    Some(layout)
}

fn class(width: u16, height: u16, shape: Shape<'_>) -> Class {
    let rows = (shape.present as u16).div_ceil((width / PANE_WIDTH).max(1)).clamp(1, 2);
    let needed = 2 + rows * PANE_HEIGHT + shape.away_rows() + LOWER_HEIGHT + 2 + 3 + 1;
    if width < 2 * TRANSCRIPT_WIDTH + 4 || height < needed {
        Class::Small
    } else if width >= 160 && height >= 45 {
        Class::Large
    } else {
        Class::Medium
    }
}

/// The page of this many panes with the wanted one: its panes, its number from 1, and the number of pages.
fn page(members: &[MemberIndex], wanted: MemberIndex, size: usize) -> (&[MemberIndex], (usize, usize)) {
    let size = size.max(1);
    let at = members.iter().position(|member| *member == wanted).unwrap_or(0) / size;
    let panes = members.chunks(size).nth(at).unwrap_or_default();
    (panes, (at + 1, members.len().div_ceil(size).max(1)))
}

fn small(layout: &mut Layout, mut body: Rect, shape: Shape<'_>) {
    // Three rules; the transcript keeps at least three lines, the rest is shared.
    let lines = body.height.saturating_sub(3);
    let shared = lines.saturating_sub(3);
    let panes = (shape.members.len() as u16).clamp(1, (shared / 2).clamp(1, 8));
    let ranking = (shape.members.len() as u16).clamp(1, shared.saturating_sub(panes).clamp(1, 8));
    layout.panes_rule = Some(take_top(&mut body, 1));
    // Those that are away have a line here anyway.
    let (in_sight, number) = page(shape.members, shape.pane, panes as usize);
    let mut rows = take_top(&mut body, panes);
    layout.panes = in_sight.iter().map(|member| (*member, take_top(&mut rows, 1))).collect();
    layout.page = number;
    layout.ranking = Some(take_top(&mut body, ranking + 1));
    layout.transcript = Some(body);
}

fn tiled(layout: &mut Layout, mut body: Rect, shape: Shape<'_>) {
    let away = shape.away_rows();
    let room = body.height.saturating_sub(LOWER_HEIGHT + away);
    let count = shape.present.max(1) as u16;
    let widest = (body.width / PANE_WIDTH).clamp(1, count);
    let rows = count.div_ceil(widest).min((room / PANE_HEIGHT).max(1));
    let (members, pages) = page(shape.present(), shape.pane, (rows * widest) as usize);
    // Avoid a nearly empty row of panes if the rows can share evenly.
    let columns = (members.len() as u16).div_ceil(rows).max(1);
    let rows = (members.len() as u16).div_ceil(columns).max(1);
    let height = (body.height * 2 / 5).clamp(rows * PANE_HEIGHT, (rows * 9).max(rows * PANE_HEIGHT)).min(room.max(PANE_HEIGHT));
    let mut grid = take_top(&mut body, height);
    for (row, members) in members.chunks(columns as usize).enumerate() {
        let tall = height / rows + u16::from((row as u16) < height % rows);
        let line = take_top(&mut grid, tall);
        layout.panes.extend(members.iter().copied().zip(shares(line, members.len() as u16)));
    }
    layout.page = pages;
    layout.away = (away > 0).then(|| take_top(&mut body, away));
    lower(layout, body, shape);
}

/// Equal parts side by side.
fn shares(area: Rect, count: u16) -> impl Iterator<Item = Rect> {
    let count = count.max(1);
    (0..count).map(move |place| {
        let (begin, end) = (u32::from(area.width) * u32::from(place), u32::from(area.width) * u32::from(place + 1));
        let (begin, end) = ((begin / u32::from(count)) as u16, (end / u32::from(count)) as u16);
        Rect { x: area.x + begin, width: end - begin, ..area }
    })
}

fn lower(layout: &mut Layout, body: Rect, shape: Shape<'_>) {
    let mut middle = body;
    if layout.class == Class::Large {
        middle.width -= WHY_WIDTH;
        layout.why = Some(Rect { x: middle.x + middle.width, width: WHY_WIDTH, ..body });
    }
    // Name, score and margin, and five columns for each verifier; further columns as there is room.
    let members = u16::try_from(shape.members.len()).unwrap_or(u16::MAX);
    let wanted = members.saturating_mul(5).saturating_add(78);
    let most = if layout.class == Class::Large { middle.width * 2 / 3 } else { middle.width * 3 / 5 };
    let left = wanted.min(middle.width.saturating_sub(TRANSCRIPT_WIDTH)).min(most);
    let mut ranking = Rect { width: left, ..middle };
    layout.transcript = Some(Rect { x: middle.x + left, width: middle.width - left, ..middle });
    let rows = members.saturating_add(3);
    if ranking.height >= rows.saturating_add(CHART_HEIGHT) {
        let table = take_top(&mut ranking, rows);
        layout.chart = Some(ranking);
        ranking = table;
    }
    layout.ranking = Some(ranking);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(members: &[MemberIndex], away: usize) -> Shape<'_> {
        Shape { members, present: members.len() - away, pane: MemberIndex(0), prompt_lines: 1, zoomed: None }
    }

    fn members(count: usize) -> Vec<MemberIndex> {
        (0..count).map(MemberIndex).collect()
    }

    #[test]
    fn the_three_sizes_are_the_three_classes_for_the_built_in_ensemble() {
        let five = members(5);
        let class = |width, height| arrange(width, height, shape(&five, 0)).map(|layout| layout.class);
        assert_eq!(class(80, 24), Some(Class::Small));
        assert_eq!(class(120, 40), Some(Class::Medium));
        assert_eq!(class(200, 60), Some(Class::Large));
        assert_eq!(class(60, 16), Some(Class::Small));
        assert_eq!(class(59, 16), None);
        assert_eq!(class(60, 15), None);
    }

    #[test]
    fn two_members_fit_a_wider_class_on_a_small_screen() {
        assert_eq!(arrange(90, 24, shape(&members(2), 0)).unwrap().class, Class::Medium);
    }

    #[test]
    fn the_pane_that_is_wanted_is_on_the_page() {
        let all = members(16);
        for wanted in &all {
            let layout = arrange(80, 24, Shape { pane: *wanted, ..shape(&all, 0) }).unwrap();
            assert!(layout.panes.iter().any(|(member, _)| member == wanted));
            assert!(layout.page.1 > 1);
        }
    }

    proptest! {
        #[test]
        fn parts_stay_on_the_screen_and_never_overlap(
            width in 60_u16..260, height in 16_u16..100, present in 1_usize..=16, away in 0_usize..6, lines in 1_usize..30,
            zoom in 0_u8..4,
        ) {
            let all = members(present + away);
            let zoomed = match zoom { 1 => Some(Part::Pane(MemberIndex(0))), 2 => Some(Part::Ranking), 3 => Some(Part::Transcript), _ => None };
            let layout = arrange(width, height, Shape { prompt_lines: lines, zoomed, ..shape(&all, away) }).unwrap();
            let screen = Rect { x: 0, y: 0, width, height };
            let parts: Vec<Rect> = [layout.status, layout.timeline, layout.prompt, layout.hints].into_iter()
                .chain(layout.panes.iter().map(|(_, place)| *place))
                .chain([layout.panes_rule, layout.away, layout.ranking, layout.chart, layout.transcript, layout.why, layout.story].into_iter().flatten())
                .collect();
            for (place, part) in parts.iter().enumerate() {
                prop_assert!(part.width > 0 && part.height > 0, "{part:?} of {layout:?}");
                prop_assert_eq!(part.intersection(screen), *part);
                for other in &parts[..place] {
                    prop_assert!(part.intersection(*other).is_empty(), "{:?} and {:?}", part, other);
                }
            }
            prop_assert!(zoomed.is_some() || (layout.ranking.is_some() && layout.transcript.is_some()));
        }
    }
}
