//! Wrapping by hand, compared with a plain reference, and with what ratatui draws.

use proptest::prelude::*;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthChar;

use super::*;
use crate::clean::clean;

fn flow(text: &str, width: u16) -> Flow {
    let mut flow = Flow::new(width);
    flow.push(&clean(text), 0);
    flow
}

fn lines(flow: &Flow) -> Vec<String> {
    (0..flow.lines()).map(|number| flow.line(number).map(|piece| piece.text.as_str()).collect()).collect()
}

fn pieces(flow: &Flow, number: usize) -> Vec<(&str, u32)> {
    flow.line(number).map(|piece| (piece.text.as_str(), piece.tag)).collect()
}

#[track_caller]
fn assert_wrapped(text: &str, width: u16, expected: &[&str]) {
    assert_eq!(lines(&flow(text, width)), expected, "{text:?} in {width} columns");
}

#[test]
fn lines_break_after_white_space() {
    assert_wrapped("the quick brown fox", 10, &["the quick", "brown fox"]);
    assert_wrapped("the quick brown fox", 9, &["the quick", "brown fox"]);
    assert_wrapped("the quick brown fox", 8, &["the", "quick", "brown", "fox"]);
    assert_wrapped("the quick\u{a0}brown", 12, &["the", "quick\u{a0}brown"]);
    assert_wrapped("ab\u{3000}cd", 4, &["ab", "cd"]);
}

#[test]
fn a_word_longer_than_the_line_breaks_between_clusters() {
    assert_wrapped("abcdefghij", 4, &["abcd", "efgh", "ij"]);
    assert_wrapped("a bcdefghi j", 4, &["a", "bcde", "fghi", "j"]);
    assert_wrapped("e\u{301}e\u{301}e\u{301}", 2, &["e\u{301}e\u{301}", "e\u{301}"]);
}

#[test]
fn lines_break_beside_wide_characters() {
    assert_wrapped("漢字かな", 5, &["漢字", "かな"]);
    assert_wrapped("ab漢字cd", 4, &["ab漢", "字cd"]);
    assert_wrapped("ab漢cd", 5, &["ab漢", "cd"]);
    assert_wrapped("a 👩\u{200d}👩\u{200d}👧👍🏽", 4, &["a 👩\u{200d}👩\u{200d}👧", "👍🏽"]);
    // Two columns wide, but part of a word.
    assert_wrapped("क क्षिक", 4, &["क", "क्षिक"]);
}

#[test]
fn white_space_that_fits_nowhere_vanishes_and_indentation_stays() {
    assert_wrapped("hello     world", 5, &["hello", "world"]);
    assert_wrapped("hello     ", 7, &["hello  "]);
    assert_wrapped("hello     \nx", 7, &["hello  ", "x"]);
    assert_wrapped("  a\n    b c", 6, &["  a", "    b", "c"]);
    assert_wrapped("        a", 4, &["", "a"]);
}

#[test]
fn a_line_break_ends_a_line_and_begins_one() {
    assert_wrapped("a\n\nb\n", 4, &["a", "", "b", ""]);
    assert_wrapped("abcd\nefgh\n", 4, &["abcd", "efgh", ""]);
    assert_wrapped("\n", 4, &["", ""]);
}

#[test]
fn what_is_wider_than_the_line_takes_one() {
    assert_wrapped("漢字a", 1, &["漢", "字", "a"]);
    assert_wrapped("a漢 b", 1, &["a", "漢", "b"]);
}

#[test]
fn nothing_is_laid_out_without_text_or_width() {
    let mut flow = Flow::default();
    flow.push("a b", 3);
    assert_eq!((flow.width(), flow.lines(), flow.line_of(3), flow.text()), (0, 0, None, "a b"));
    assert_eq!((flow.line(0).count(), flow.tags_on(0).count()), (0, 0));
    flow.set_width(1);
    assert_eq!(lines(&flow), ["a", "b"]);
    assert_eq!(flow.line(2).count(), 0);
    flow.clear();
    assert!(flow.is_empty());
    assert_eq!((flow.width(), flow.lines(), flow.line_of(0)), (1, 0, None));
    assert_eq!(flow, Flow::new(1));
}

#[test]
fn a_late_character_can_change_the_last_cluster_and_where_it_stands() {
    // Two-column emoji that the text selector makes narrow, and back.
    let mut late = flow("abcd⌚", 5);
    assert_eq!(lines(&late), ["abcd", "⌚"]);
    late.push("\u{fe0e}", 0);
    assert_eq!(lines(&late), ["abcd⌚\u{fe0e}"]);
    let mut late = flow("a bcd❤", 6);
    assert_eq!(lines(&late), ["a bcd❤"]);
    late.push("\u{fe0f}", 0);
    assert_eq!(lines(&late), ["a bcd", "❤\u{fe0f}"]);
}

#[test]
fn pieces_are_split_by_tag_and_a_cluster_is_of_its_first_characters() {
    let mut flow = Flow::new(7);
    flow.push("one ", 1);
    flow.push("two", 3);
    flow.push(" three e", 4);
    flow.push("\u{301}\u{302}", 6);
    flow.push("\u{303}x", 7);
    assert_eq!(lines(&flow), ["one two", "three", "e\u{301}\u{302}\u{303}x"]);
    assert_eq!(pieces(&flow, 0), [("one ", 1), ("two", 3)]);
    assert_eq!(pieces(&flow, 1), [("three", 4)]);
    assert_eq!(pieces(&flow, 2), [("e\u{301}\u{302}\u{303}", 4), ("x", 7)]);
    assert_eq!(flow.tags_on(2).collect::<Vec<_>>(), [4, 7]);
    let found = (0..=8).map(|tag| flow.line_of(tag)).collect::<Vec<_>>();
    // The space that tag 4 starts with vanished: what follows it is on the second line.
    assert_eq!(found, [Some(0), Some(0), Some(0), Some(0), Some(1), Some(2), Some(2), Some(2), None]);
}

#[test]
fn a_tag_that_begins_with_a_line_break_stands_where_that_line_ends() {
    let mut flow = Flow::new(5);
    flow.push("ab   ", 1);
    flow.push(" ", 2);
    flow.push("\n", 3);
    flow.push("\nc", 4);
    assert_eq!(lines(&flow), ["ab   ", "", "c"]);
    assert_eq!([1, 2, 3, 4].map(|tag| flow.line_of(tag)), [Some(0), Some(0), Some(0), Some(1)]);
}

#[test]
fn a_smaller_tag_counts_as_the_last_one() {
    let mut flow = Flow::new(9);
    flow.push("a", 5);
    flow.push("b", 2);
    assert_eq!(pieces(&flow, 0), [("ab", 5)]);
}

#[test]
fn the_cost_of_a_push_does_not_grow_with_the_text() {
    let mut flow = Flow::new(80);
    let mut laid = 0;
    for number in 0..20_000 {
        laid += flow.append("word ".into(), number / 10);
    }
    // Every cluster once, and the last one of each push once more.
    assert_eq!(laid, 20_000 * 5 + 19_999);
    // An endless word has a last line that keeps breaking.
    flow.clear();
    let laid: usize = (0..20_000).map(|_| flow.append("x".into(), 0)).sum();
    assert_eq!(laid, 2 * 20_000 - 1);
}

/// The lines of a text, paragraph by paragraph, from whole words: slower, and simpler.
fn reference(text: &str, width: usize) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| reference_paragraph(paragraph, width)).collect()
}

fn reference_paragraph(paragraph: &str, width: usize) -> Vec<String> {
    let mut done = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for (word, space) in words(paragraph) {
        // White space that vanished leaves the line empty, but not unused.
        if (used > 0 || !line.is_empty()) && used + columns(&word) > width {
            done.push(std::mem::take(&mut line).trim_end_matches([' ', '\u{3000}']).to_owned());
            used = 0;
        }
        for cluster in &word {
            if !line.is_empty() && used + columns(&[*cluster]) > width {
                done.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(cluster);
            used += columns(&[*cluster]);
        }
        for cluster in space {
            used += columns(&[cluster]);
            if used <= width {
                line.push_str(cluster);
            }
        }
    }
    done.push(line);
    done
}

/// Words with the white space after them; the first is empty if the paragraph is indented.
fn words(paragraph: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let is_space = |cluster: &str| [" ", "\u{3000}"].contains(&cluster);
    let mut words: Vec<(Vec<&str>, Vec<&str>)> = vec![(Vec::new(), Vec::new())];
    for cluster in paragraph.graphemes(true) {
        let last = words.len() - 1;
        if is_space(cluster) {
            words[last].1.push(cluster);
            continue;
        }
        let beside_wide = words[last].0.last().is_some_and(|previous| is_wide(previous) || is_wide(cluster));
        if !words[last].1.is_empty() || beside_wide {
            words.push((vec![cluster], Vec::new()));
        } else {
            words[last].0.push(cluster);
        }
    }
    words
}

fn is_wide(cluster: &str) -> bool {
    let is_letter = |first: char| first.is_alphabetic() && first.width().is_some_and(|columns| columns < 2);
    cluster.cell_width() >= 2 && !cluster.starts_with(is_letter)
}

fn columns(clusters: &[&str]) -> usize {
    clusters.iter().map(|cluster| usize::from(cluster.cell_width())).sum()
}

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
