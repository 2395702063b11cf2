//! Where everything is in presenter mode: the question, the drafts, the answer, and a caption, each with room around it.

use ratatui::layout::Rect;

use crate::playground::state::layout::parts::{RowTail, row_tail, take_bottom, take_top};
use crate::playground::state::layout::{Class, Layout, SMALLEST, Shape, class, columns, dock, rows};

/// Rows that the answer keeps.
const ANSWER: u16 = 3;
/// From this height on there are blank rows between the parts.
const AIRY: u16 = 20;
/// Columns from which on the words keep further away from the edge.
const BROAD: u16 = 100;

/// Where the words are.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words {
    pub question: Rect,
    pub answer: Rect,
    pub caption: Rect,
}

/// Columns of the words on a screen of this many.
#[must_use]
pub fn inside(columns: u16) -> u16 {
    columns.saturating_sub(2 * margin(columns))
}

fn margin(columns: u16) -> u16 {
    if columns >= BROAD { 2 } else { 1 }
}

/// The layout for an audience, with the question in this many lines; `None` if the screen is too small.
#[must_use]
pub fn arrange(width: u16, height: u16, shape: Shape<'_>, question: u16, writes: bool) -> Option<(Layout, Words)> {
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return None;
    }
    let mut body = Rect { x: 0, y: 0, width, height };
    let nothing = Rect { height: 0, ..body };
    let hints = take_bottom(&mut body, u16::from(shape.hints));
    let lines = (shape.prompt_lines as u16).clamp(1, 5);
    let prompt = take_bottom(&mut body, if writes { lines } else { 0 });
    let dock = shape.docked.then(|| dock::take(&mut body));
    let whole = body;
    let rows = height - dock.filter(|dock| !dock::is_column(*dock)).map_or(0, |dock| dock.height);
    let blank = u16::from(rows >= AIRY);
    (body.x, body.width) = (margin(body.width), inside(body.width));
    take_top(&mut body, blank);
    let question = take_top(&mut body, question.clamp(1, 2 + blank));
    take_top(&mut body, blank);
    take_bottom(&mut body, blank);
    // A draft and the answer keep a line each.
    let least = body.height.saturating_sub(2).max(1);
    let caption = take_bottom(&mut body, caption_rows(rows).min(least));
    take_bottom(&mut body, blank);
    let tail = RowTail { stays: 0, ..row_tail(body.width, shape.verifiers, false) };
    let empty = Layout::empty(class(body.width, shape.present), tail);
    let mut layout = Layout { status: nothing, story: nothing, timeline: nothing, prompt, hints, dock, body: whole, ..empty };
    drafts(&mut layout, &mut body, shape, blank);
    let above = blank.min(body.height.saturating_sub(1));
    take_top(&mut body, above);
    Some((layout, Words { question, answer: body, caption }))
}

/// Rows of the caption on a screen of this many: which moment it is, and what happens in it.
fn caption_rows(rows: u16) -> u16 {
    match rows {
        0..12 => 2,
        12..30 => 3,
        30.. => 4,
    }
}

/// Side by side; below each other, with the votes below each draft; or a row each, whatever fits first.
fn drafts(layout: &mut Layout, body: &mut Rect, shape: Shape<'_>, blank: u16) {
    let away = shape.members.len().saturating_sub(shape.present).min(2) as u16;
    let room = body.height.saturating_sub(ANSWER + blank + away);
    let members = shape.present();
    let count = members.len() as u16;
    if layout.class == Class::Columns {
        columns(layout, body, room, shape);
    } else if count * (3 + blank) <= room {
        // Name, draft, votes; the draft as high as the longest, where there is room.
        let spare = (room - count * (3 + blank)) / count.max(1);
        let high = 2 + (shape.draft_lines as u16).clamp(1, 1 + spare);
        layout.panes = members
            .iter()
            .map(|member| {
                let place = take_top(body, high);
                take_top(body, blank);
                (*member, place)
            })
            .collect();
    } else {
        rows(layout, body, room, shape);
    }
    // The answer keeps a line.
    let away = away.min(body.height.saturating_sub(1));
    layout.away = (away > 0).then(|| take_top(body, away));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::MemberIndex;
    use crate::playground::state::layout::STRIP;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src/playground/state/presenting/layout.regressions"
            )))),
            ..ProptestConfig::default()
        })]
        #[test]
        fn parts_stay_on_the_screen_never_overlap_and_hide_no_member(
            width in 60_u16..260, height in 16_u16..100, present in 1_usize..=16, away in 0_usize..6, lines in 1_usize..30,
            draft_lines in 0_usize..40, question in 0_u16..40, writes: bool, docked: bool, hints: bool,
        ) {
            let members: Vec<MemberIndex> = (0..present + away).map(MemberIndex).collect();
            let shape = Shape {
                members: &members,
                present,
                pane: MemberIndex(0),
                verifiers: present,
                draft_lines,
                prompt_lines: lines,
                hints,
                closing: None,
                zoomed: None,
                docked,
                tried: false,
            };
            let (layout, words) = arrange(width, height, shape, question, writes).unwrap();
            let screen = Rect { x: 0, y: 0, width, height };
            let parts: Vec<Rect> = [words.question, words.answer, words.caption].into_iter()
                .chain(layout.panes.iter().map(|(_, place)| *place))
                .chain([layout.strip, layout.away, layout.dock].into_iter().flatten())
                .chain([writes.then_some(layout.prompt), hints.then_some(layout.hints)].into_iter().flatten())
                .collect();
            for (place, part) in parts.iter().enumerate() {
                prop_assert!(part.width > 0 && part.height > 0, "{part:?} of {layout:?} {words:?}");
                prop_assert_eq!(part.intersection(screen), *part);
                for other in &parts[..place] {
                    prop_assert!(part.intersection(*other).is_empty(), "{:?} and {:?}", part, other);
                }
            }
            let strip = layout.strip.map_or(0, |strip| usize::from(strip.height * (strip.width / STRIP)));
            prop_assert!(writes || docked && height < 20 || layout.panes.len() + strip >= present, "{:?}", layout);
        }
    }
}
