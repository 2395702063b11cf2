//! Segments by hand: what is complete, what is kept.

use super::*;

const TOKENS: SegmentRule = SegmentRule { unit: SegmentUnit::Tokens, length: 10, token_cap: 40, byte_cap: usize::MAX };
const SENTENCE: SegmentRule = SegmentRule { unit: SegmentUnit::Sentence, length: 1, token_cap: 40, byte_cap: usize::MAX };

fn words_rule(length: usize) -> SegmentRule {
    SegmentRule { unit: SegmentUnit::Words, length, token_cap: 40, byte_cap: usize::MAX }
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
        // No boundary inside: whole.
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
        // What may still go on.
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
        // The sequence of a family may still grow.
        ("so 👩\u{200d}👩", "so"),
        ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
        ("cafe\u{301} cre\u{300}me br", "cafe\u{301} cre\u{300}me"),
        // A mark on a space is something to see, not a boundary.
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

/// Each text with what its first sentence is, `None` while that is not known.
const SENTENCES: &[(&str, Option<&str>)] = &[
    ("", None),
    ("The cat", None),
    ("The cat.", Some("The cat.")),
    ("The cat. It", Some("The cat.")),
    ("Really?! Yes", Some("Really?!")),
    ("Well... yes", Some("Well...")),
    ("Well… yes", Some("Well…")),
    ("He said \"no.\" Then", Some("He said \"no.\"")),
    ("(See there.) Then", Some("(See there.)")),
    ("**Note!** Then", Some("**Note!**")),
    ("The cat.\n\n  It", Some("The cat.\n\n")),
    // Lines.
    ("# Title\n", Some("# Title\n")),
    ("\n\nThe cat", None),
    ("\n\nThe cat\n\nIt", Some("\n\nThe cat\n\n")),
    // Abbreviations and initials.
    ("Mr. Smith", None),
    ("(Dr. Smith came", None),
    ("cats, e.g. this", None),
    ("that is, i.e. this", None),
    ("cats, dogs etc. and", None),
    ("this vs. that", None),
    ("J. R. R. Tolkien wrote. It", Some("J. R. R. Tolkien wrote.")),
    ("George W. Bush", None),
    ("The chemical symbol of carbon is C.", Some("The chemical symbol of carbon is C.")),
    ("The chemical symbol of carbon is C. Kenya", Some("The chemical symbol of carbon is C.")),
    ("The symbol of calcium is Ca. The", Some("The symbol of calcium is Ca.")),
    ("The symbol of aluminium is Al.", Some("The symbol of aluminium is Al.")),
    ("Smith et al. found", None),
    ("in the U.S. now", None),
    ("Solve for x. Then", Some("Solve for x.")),
    // Digits take a look ahead.
    ("It is 75.", None),
    ("It is 3.14", None),
    ("It is 75. The", Some("It is 75.")),
    ("75. The", Some("75.")),
    ("It is 75.\n", Some("It is 75.\n")),
    ("(It is 75.)", Some("(It is 75.)")),
    ("It is 75!", Some("It is 75!")),
    ("\n1. First, do", None),
    // Inside words.
    ("example.com is", None),
    ("call f.x() now", None),
    ("What?no", None),
    // Other scripts.
    ("今天好。", Some("今天好。")),
    ("今天好。」明", Some("今天好。」")),
    ("什么？明", Some("什么？")),
    ("Yes!今天", Some("Yes!")),
];

#[test]
fn sentences_end_where_a_reader_says_so() {
    for (text, expected) in SENTENCES {
        assert_eq!(SENTENCE.is_complete(text, 5), expected.is_some(), "{text:?}");
        if let Some(expected) = expected {
            assert_eq!(&kept(SENTENCE, text), expected, "{text:?}");
        }
    }
    assert!(SENTENCE.is_complete("The cat", 40), "the cap");
}

#[test]
fn a_sentence_that_is_not_complete_is_cut_like_any_draft() {
    assert_eq!(kept(SENTENCE, "The cat sa"), "The cat");
    assert_eq!(kept(SENTENCE, "It is 75."), "It is");
    assert_eq!(kept_of_end(SENTENCE, "It is 75."), ("It is 75.", true));
    assert_eq!(kept_of_end(SENTENCE, "The cat"), ("The cat", true));
    assert_eq!(kept_of_end(SENTENCE, "The cat. \n"), ("The cat. \n", true));
    assert_eq!(kept_of_end(SENTENCE, "The cat. It"), ("The cat.", false));
}

#[test]
fn drafts_are_aligned_to_the_fewest_words() {
    let drafts = [(" one two three", true), ("\none  two", true), ("\n\n", false), ("", true), ("今天天", false)];
    let cuts = align(&drafts);
    let kept: Vec<(&str, bool)> = drafts.iter().zip(&cuts).map(|((text, _), cut)| (&text[..cut.bytes], cut.ends)).collect();
    assert_eq!(kept, [(" one two", false), ("\none  two", true), ("\n\n", false), ("", true), ("今天", false)]);
    assert_eq!(align(&[]), []);
}
