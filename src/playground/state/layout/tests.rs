use proptest::prelude::*;

use super::*;

fn shape(members: &[MemberIndex], away: usize) -> Shape<'_> {
    Shape {
        members,
        present: members.len() - away,
        pane: MemberIndex(0),
        verifiers: members.len(),
        draft_lines: 2,
        prompt_lines: 1,
        hints: true,
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
