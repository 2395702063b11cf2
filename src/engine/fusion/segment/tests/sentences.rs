//! Where sentences end within a line.

use super::*;

/// Each text with its first sentence; `None` while that is not known.
const SENTENCES: &[(&str, Option<&str>)] = &[
    ("", None),
    ("The cat", None),
    ("The cat.", None),
    ("The cat.\n", Some("The cat.\n")),
    ("The cat. It", Some("The cat.")),
    ("Really?! Yes", Some("Really?!")),
    ("Well...", None),
    ("Well... yes", Some("Well...")),
    ("Well…", Some("Well…")),
    ("Well… yes", Some("Well…")),
    ("He said \"no.\"", Some("He said \"no.\"")),
    ("He said \"no.\" Then", Some("He said \"no.\"")),
    ("(See there.) Then", Some("(See there.)")),
    ("**Note!** Then", Some("**Note!**")),
    ("**Note.**", None),
    ("**Note.** Then", Some("**Note.**")),
    ("The cat.\n\n  It", Some("The cat.\n\n")),
    // Lines.
    ("Here it is:\n\n", Some("Here it is:\n\n")),
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
    ("The chemical symbol of carbon is C.", None),
    ("The chemical symbol of carbon is C. Kenya", Some("The chemical symbol of carbon is C.")),
    ("The symbol of calcium is Ca. The", Some("The symbol of calcium is Ca.")),
    ("The symbol of aluminium is Al. The", Some("The symbol of aluminium is Al.")),
    ("Smith et al. found", None),
    ("in the U.S. now", None),
    ("Das kostet ca. drei", None),
    ("Solve for x. Then", Some("Solve for x.")),
    // Digits need to look ahead.
    ("It is 75.", None),
    ("It is 3.14", None),
    ("It is 75. The", Some("It is 75.")),
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
    assert_eq!(kept(SENTENCE, "It is Canberra."), "It is Canberra.");
    assert_eq!(kept_of_end(SENTENCE, "It is Canberra."), ("It is Canberra.", true));
    assert_eq!(kept(SENTENCE, "Solve for x."), "Solve for x.");
    assert_eq!(kept(SENTENCE, "in the U.S."), "in the");
    assert_eq!(kept_of_end(SENTENCE, "It is 75."), ("It is 75.", true));
    assert_eq!(kept_of_end(SENTENCE, "The cat"), ("The cat", true));
    assert_eq!(kept_of_end(SENTENCE, "The cat. \n"), ("The cat. \n", true));
    assert_eq!(kept_of_end(SENTENCE, "The cat. It"), ("The cat.", false));
}

/// Texts with their first sentence, however they are split.
const WITH_STOPS_INSIDE: &[(&str, &str)] = &[
    ("Use math.sqrt. Then", "Use math.sqrt."),
    (" import os.path.join here. Then", " import os.path.join here."),
    ("It runs on Node.js, deno. Then", "It runs on Node.js, deno."),
    ("Go to example.com. Then", "Go to example.com."),
    ("See https://www.example.com/a.html and go. Then", "See https://www.example.com/a.html and go."),
    ("Animals, e.g. cats, i.e. pets, sleep. They", "Animals, e.g. cats, i.e. pets, sleep."),
    ("Version v1.2 is out. It", "Version v1.2 is out."),
    ("In the U.S. it snows. It", "In the U.S. it snows."),
    ("Open file.txt and ../src/main.rs now. Then", "Open file.txt and ../src/main.rs now."),
    ("Call self._inner.__len__ first. Then", "Call self._inner.__len__ first."),
    ("Pi is 3.14. It", "Pi is 3.14."),
    ("Es ist z.B. hier. Dann", "Es ist z.B. hier."),
    ("今天好。明天", "今天好。"),
    ("版本是v1.2。下", "版本是v1.2。"),
    ("これはos.pathです。次", "これはos.pathです。"),
    ("He said \"math.\" Then", "He said \"math.\""),
];

#[test]
fn a_stop_within_a_word_ends_no_sentence_wherever_tokens_divide_it() {
    for (text, sentence) in WITH_STOPS_INSIDE {
        assert_eq!(&kept(SENTENCE, text), sentence);
        let known = text.char_indices().map(|(at, c)| &text[..at + c.len_utf8()]).find(|text| SENTENCE.is_complete(text, 5));
        assert!(known.is_some_and(|text| text.len() >= sentence.len()), "{text:?}: complete at {known:?}");
        for (at, _) in text.char_indices().filter(|(at, _)| *at < sentence.len()) {
            // However much of it is accepted, the rest ends where the sentence does.
            let behind = SENTENCE.after(&text[..at]);
            assert_eq!(kept(behind, &text[at..]), &sentence[at..], "behind {:?}", &text[..at]);
        }
    }
}

#[test]
fn a_word_goes_on_over_the_border_of_segments() {
    for (accepted, text, expected) in [
        ("import os", ".path is. Then", Some(".path is.")),
        ("import os", ". Then", Some(".")),
        ("use Math.", "sqrt. Then", Some("sqrt.")),
        ("cats, e.", "g. this", None),
        ("cats, e", ".g. this", None),
        ("cats, e.g", ". this", None),
        ("asked Dr", ". Smith", None),
        ("in the U.", "S. now", None),
        ("in the U", ".S. now", None),
        ("George", " W. Bush", None),
        ("the symbol of carbon is", " C. Kenya", Some(" C.")),
        ("the symbol of carbon is ", "C. Kenya", Some("C.")),
        ("", "J. Smith", None),
        ("We ca", "st. Then", Some("st.")),
        ("Is it 3", ".14. Then", Some(".14.")),
    ] {
        let rule = SENTENCE.after(accepted);
        assert_eq!(rule.is_complete(text, 5), expected.is_some(), "{text:?} behind {accepted:?}");
        if let Some(expected) = expected {
            assert_eq!(kept(rule, text), expected, "{text:?} behind {accepted:?}");
        }
    }
}
