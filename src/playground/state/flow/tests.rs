//! Wrapping, by examples.

mod properties;
mod reference;

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
