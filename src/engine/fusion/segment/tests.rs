//! Segments worked out by hand: what is complete, what is kept.

mod lines;
mod sentences;

use super::*;

const TOKENS: SegmentRule = SegmentRule::tokens(10);
const SENTENCE: SegmentRule = SegmentRule::sentence(40);

fn words_rule(length: usize) -> SegmentRule {
    SegmentRule::words(length, 40)
}

/// What a rule keeps of an unfinished draft.
fn kept(rule: SegmentRule, text: &str) -> &str {
    let cut = rule.cut(text, false);
    assert!(!cut.ends, "{text:?} did not end");
    &text[..cut.bytes]
}

/// What a rule keeps of a draft that ended the answer, and whether it still ends it.
fn kept_of_end(rule: SegmentRule, text: &str) -> (&str, bool) {
    let cut = rule.cut(text, true);
    (&text[..cut.bytes], cut.ends)
}

#[test]
fn a_draft_that_ended_keeps_its_last_word() {
    assert_eq!(kept_of_end(TOKENS, "The answer is 42"), ("The answer is 42", true));
    assert_eq!(kept_of_end(TOKENS, "done. \n"), ("done. \n", true));
    assert_eq!(kept_of_end(TOKENS, ""), ("", true));
    assert_eq!(kept_of_end(TOKENS, " "), (" ", true));
}

#[test]
fn an_unfinished_draft_is_cut_at_its_last_word_boundary() {
    for (text, expected) in [
        ("The answer is 4", "The answer is"),
        (" leading space and par", " leading space and"),
        ("one two ", "one two"),
        ("one two", "one"),
        // No boundary inside: kept whole.
        ("Yes", "Yes"),
        (" Yes", " Yes"),
        ("\n\n  Yes", "\n\n  Yes"),
        ("", ""),
        ("   ", "   "),
        // Line breaks stay, indentation goes to the next segment.
        ("done.\n\n", "done.\n\n"),
        ("done.\n\nNe", "done.\n\n"),
        ("done. \r\n  Ne", "done. \r\n"),
        ("def f():\n    ", "def f():\n"),
        ("\n\n", "\n\n"),
        ("\n   ", "\n"),
        ("- item\n- it", "- item\n-"),
        ("a\u{a0}b", "a"),
        // Hyphens and apostrophes are inside words.
        ("I don't", "I"),
        ("I don'", "I"),
        ("so well-kno", "so"),
        ("so well-", "so"),
    ] {
        assert_eq!(kept(TOKENS, text), expected, "{text:?}");
    }
}

#[test]
fn closing_punctuation_shows_that_a_word_is_whole() {
    for (text, expected) in [
        ("It works.", "It works."),
        ("It works,", "It works,"),
        ("It works!", "It works!"),
        ("He said \"no\"", "He said \"no\""),
        ("He said “no.”", "He said “no.”"),
        ("see (that)", "see (that)"),
        ("so **good.**", "so **good.**"),
        ("so it goes …", "so it goes …"),
        ("wait...", "wait..."),
        // Not yet certain to be complete.
        ("It is 3.", "It is"),
        ("It is 1,", "It is"),
        ("It is 12:", "It is"),
        ("It is 12;", "It is 12;"),
        ("in the U.", "in the"),
        ("in the U.S.", "in the"),
        ("so .", "so"),
        ("He said \"", "He said"),
        ("see (", "see"),
        ("so **good**", "so"),
    ] {
        assert_eq!(kept(TOKENS, text), expected, "{text:?}");
    }
}

#[test]
fn grapheme_clusters_stay_whole() {
    for (text, expected) in [
        // A family's emoji sequence may still grow.
        ("so 👩\u{200d}👩", "so"),
        ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
        ("cafe\u{301} cre\u{300}me br", "cafe\u{301} cre\u{300}me"),
        // A mark makes a space visible, so it is not a boundary.
        ("one \u{301}", "one \u{301}"),
        ("a\r\nb", "a\r\n"),
    ] {
        assert_eq!(kept(TOKENS, text), expected, "{text:?}");
    }
}

#[test]
fn scripts_without_spaces_are_cut_between_clusters() {
    for (text, expected) in [
        ("今天天气", "今天天气"),
        ("今天。", "今天。"),
        ("今天「", "今天"),
        ("今天abc", "今天"),
        ("これは ab", "これは"),
        // Marks may still be added to the last cluster: ส, วั, ส, ดี.
        ("สวัสดี", "สวัส"),
        ("ส", "ส"),
        ("ສະບາຍ", "ສະບາ"),
    ] {
        assert_eq!(kept(TOKENS, text), expected, "{text:?}");
    }
}

#[test]
fn tokens_are_counted() {
    assert!(!TOKENS.is_complete("some text. And\n", 9));
    assert!(TOKENS.is_complete("", 10));
}

#[test]
fn words_are_complete_when_the_next_boundary_has_begun() {
    let two = words_rule(2);
    for (text, complete) in [
        ("", false),
        ("one", false),
        ("one two", false),
        ("one two.", false),
        (" one two ", true),
        ("one two\n", true),
        ("one two thr", true),
        ("今天", false),
        ("今天，", false),
        ("今天天", true),
        ("one今天", true),
    ] {
        assert_eq!(two.is_complete(text, 5), complete, "{text:?}");
    }
    assert!(two.is_complete("one", 40), "the cap");
}

#[test]
fn words_are_cut_after_the_last_asked_for() {
    let two = words_rule(2);
    assert_eq!(kept(two, " one two thr"), " one two");
    assert_eq!(kept(two, "one two\n\nthr"), "one two\n\n");
    assert_eq!(kept(two, "one two "), "one two");
    assert_eq!(kept(two, "one tw"), "one");
    assert_eq!(kept(two, "今天天"), "今天");
    assert_eq!(kept_of_end(two, "one two three"), ("one two", false));
    assert_eq!(kept_of_end(two, "one two"), ("one two", true));
    assert_eq!(kept_of_end(two, "one two \n"), ("one two \n", true));
    assert_eq!(kept_of_end(two, "one"), ("one", true));
    assert_eq!(kept_of_end(two, ""), ("", true));
}

#[test]
fn drafts_are_aligned_to_the_fewest_words() {
    let drafts = [(" one two three", true), ("\none  two", true), ("\n\n", false), ("", true), ("今天天", false)];
    let cuts = align(&drafts);
    let kept: Vec<(&str, bool)> = drafts.iter().zip(&cuts).map(|((text, _), cut)| (&text[..cut.bytes], cut.ends)).collect();
    assert_eq!(kept, [(" one two", false), ("\none  two", true), ("\n\n", false), ("", true), ("今天", false)]);
    assert_eq!(align(&[]), []);
}
