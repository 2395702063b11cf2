//! Wrapping any text, compared with a plain reference, and with what ratatui draws.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::*;
use super::reference::{columns, reference};
use super::{flow, lines};
use crate::clean::clean;

/// Clean text of every kind, with marks, joiners and selectors loose enough to meet any neighbour.
fn some_text() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "a",
        "word",
        "Größe",
        "incomprehensibilities",
        ",",
        " ",
        " ",
        "   ",
        "\n",
        "\u{a0}",
        "\u{3000}",
        "漢",
        "字",
        "。",
        "かな",
        "한글",
        "ᄀ",
        "ᅡ",
        "🙂",
        "👩",
        "👍",
        "🏽",
        "❤",
        "⌚",
        "🇩",
        "🇪",
        "\u{200d}",
        "\u{200c}",
        "\u{fe0e}",
        "\u{fe0f}",
        "\u{301}",
        "\u{20dd}",
        "क",
        "\u{94d}",
        "\u{93f}",
        "ﾊ",
        "ﾞ",
        "مرحبا",
    ];
    prop::collection::vec(prop::sample::select(PARTS), 0..60).prop_map(|parts| clean(&parts.concat()).into_string())
}

/// A text in pieces with tags that never decrease.
fn some_pushes() -> impl Strategy<Value = Vec<(String, u32)>> {
    let cut = (any::<prop::sample::Index>(), 0_u32..3);
    (some_text(), prop::collection::vec(cut, 0..12)).prop_map(|(text, cuts)| {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
        let mut cuts: Vec<(usize, u32)> = cuts.iter().map(|(place, step)| (places[place.index(places.len())], *step)).collect();
        cuts.sort_unstable();
        let (mut from, mut tag, mut pushes) = (0, 0, Vec::new());
        for (to, step) in cuts.into_iter().chain([(text.len(), 0)]) {
            pushes.push((text[from..to].to_owned(), tag));
            (from, tag) = (to, tag + step);
        }
        pushes
    })
}

fn pushed<'a>(pushes: impl IntoIterator<Item = (&'a str, u32)>, width: u16) -> Flow {
    let mut flow = Flow::new(width);
    for (text, tag) in pushes {
        flow.push(&clean(text), tag);
    }
    flow
}

fn as_given(pushes: &[(String, u32)], width: u16) -> Flow {
    pushed(pushes.iter().map(|(text, tag)| (text.as_str(), *tag)), width)
}

/// The tag of the character at each byte.
fn tags_by_byte(pushes: &[(String, u32)]) -> Vec<u32> {
    pushes.iter().flat_map(|(text, tag)| std::iter::repeat_n(*tag, text.len())).collect()
}

fn offset_of(piece: &str, flow: &Flow) -> usize {
    piece.as_ptr() as usize - flow.text().as_ptr() as usize
}

proptest! {
    #[test]
    fn the_lines_are_those_of_the_reference(text in some_text(), width in 1_u16..24) {
        let expected = if text.is_empty() { Vec::new() } else { reference(&text, usize::from(width)) };
        prop_assert_eq!(lines(&flow(&text, width)), expected);
    }

    #[test]
    fn it_does_not_matter_how_text_is_pushed(pushes in some_pushes(), width in 0_u16..24) {
        let given = as_given(&pushes, width);
        let characters = pushes.iter().flat_map(|(text, tag)| {
            text.char_indices().map(|(at, character)| (&text[at..at + character.len_utf8()], *tag))
        });
        prop_assert_eq!(&pushed(characters, width), &given);
        let text: String = pushes.iter().map(|(text, _)| text.as_str()).collect();
        prop_assert_eq!(lines(&flow(&text, width)), lines(&given));
        prop_assert_eq!(given.text(), text);
    }

    #[test]
    fn another_width_is_as_if_it_had_always_been(pushes in some_pushes(), widths in prop::collection::vec(0_u16..24, 1..4), last in 0_u16..24) {
        let (before, after) = pushes.split_at(pushes.len() / 2);
        let mut flow = as_given(before, widths[0]);
        for width in widths {
            flow.set_width(width);
        }
        for (text, tag) in after {
            flow.push(&clean(text), *tag);
        }
        flow.set_width(last);
        prop_assert_eq!(flow, as_given(&pushes, last));
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_wide(pushes in some_pushes(), width in 1_u16..24) {
        let flow = as_given(&pushes, width);
        let ink = |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>();
        prop_assert_eq!(ink(&lines(&flow).concat()), ink(flow.text()));
        for line in lines(&flow) {
            let clusters: Vec<&str> = line.graphemes(true).collect();
            prop_assert!(columns(&clusters) <= usize::from(width) || clusters.len() == 1, "{line:?}");
        }
    }

    #[test]
    fn ratatui_draws_each_line_whole(pushes in some_pushes(), width in 4_u16..24) {
        let flow = as_given(&pushes, width);
        for number in 0..flow.lines() {
            let whole: Vec<&str> = flow.line(number).flat_map(|piece| piece.text.as_str().graphemes(true)).collect();
            // Ratatui does not draw a cluster without columns, nor one that is wider than the line.
            let expected = columns(&whole);
            prop_assume!(expected <= usize::from(width));
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, 1));
            let end = flow.line(number).fold(0, |at, piece| buffer.set_string_at(at, &piece.text));
            prop_assert_eq!(usize::from(end), expected);
        }
    }

    #[test]
    fn every_cluster_has_the_tag_of_its_first_character(pushes in some_pushes(), width in 1_u16..24) {
        let flow = as_given(&pushes, width);
        let tags = tags_by_byte(&pushes);
        for number in 0..flow.lines() {
            for piece in flow.line(number) {
                prop_assert!(!piece.text.is_empty());
                for (start, _) in piece.text.grapheme_indices(true) {
                    prop_assert_eq!(piece.tag, tags[offset_of(&piece.text, &flow) + start]);
                }
            }
            let on_line: Vec<u32> = flow.tags_on(number).collect();
            prop_assert!(on_line.is_sorted_by(|one, next| one < next), "{on_line:?}");
        }
    }

    #[test]
    fn a_tag_is_found_where_it_begins(pushes in some_pushes(), width in 1_u16..24, wanted in 0_u32..24) {
        let flow = as_given(&pushes, width);
        let first = tags_by_byte(&pushes).iter().position(|tag| *tag >= wanted);
        let expected = first.map(|place| {
            let spans: Vec<Span> = (0..flow.lines()).filter_map(|number| flow.span(number)).collect();
            let ends_by_break = |number: usize| flow.text()[spans[number].end..].trim_start_matches([' ', '\u{3000}']).starts_with('\n');
            let holds = |number: usize| place < spans[number].end
                || (ends_by_break(number) && place < spans[number + 1].start);
            (0..spans.len()).find(|number| holds(*number)).unwrap_or(spans.len() - 1)
        });
        prop_assert_eq!(flow.line_of(wanted), expected);
    }
}

/// Drawing as the view does it: piece by piece.
trait SetStringAt {
    fn set_string_at(&mut self, column: u16, text: &str) -> u16;
}

impl SetStringAt for Buffer {
    fn set_string_at(&mut self, column: u16, text: &str) -> u16 {
        self.set_stringn(column, 0, text, usize::from(self.area.width), Style::new()).0
    }
}
