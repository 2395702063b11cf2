//! Replies by hand and at random.

mod repeating;

use proptest::prelude::*;

use super::*;

/// A text split at these characters.
pub(super) fn pieces<'a>(text: &'a str, cuts: &[usize]) -> Vec<&'a str> {
    let starts: Vec<usize> = text.char_indices().map(|(start, _)| start).collect();
    let mut cuts: Vec<usize> = cuts.iter().filter_map(|cut| starts.get(*cut).copied()).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

/// All the text extracted from a reply, and how it finished.
fn whole(accepted: &str, pieces: &[&str], how: Finish) -> (String, Finished) {
    let mut continuation = Continuation::new(accepted);
    let fed: String = pieces.iter().map(|piece| continuation.feed(piece)).collect();
    let finished = continuation.finish(how);
    (fed + &finished.rest, finished)
}

/// The text of a reply that the model ended, which neither votes nor repeats.
fn said(accepted: &str, reply: &str) -> String {
    let (text, finished) = whole(accepted, &[reply], Finish::Stop);
    assert!(!finished.ends && !finished.repeated, "{accepted:?} {reply:?} {finished:?}");
    text
}

fn cut_off(accepted: &str, reply: &str) -> String {
    whole(accepted, &[reply], Finish::Length).0
}

const FRANCE: &str = "The capital of France is Paris. It lies on";

#[test]
fn chatter_and_wrappers_go() {
    for reply in [
        "Sure, the Seine",
        "Sure! the Seine",
        "Certainly, the Seine",
        "Of course:\n\nthe Seine",
        "Here is the continuation:\n\nthe Seine",
        "Here's the next words: the Seine",
        "Sure, here is the continuation of the text:\nthe Seine",
        "Continuation: the Seine",
        "…the Seine",
        "... the Seine",
        "\"the Seine\"",
        "“the Seine”\n",
        "« the Seine»",
        "```\nthe Seine\n```",
        "```text\nthe Seine\n```\n",
        "Sure:\n```\nthe Seine```",
        "Here is the continuation: \"the Seine\"",
        "\"It lies on the Seine\"",
        "...It lies on the Seine",
    ] {
        assert_eq!(said(FRANCE, reply), " the Seine", "{reply:?}");
    }
    assert_eq!(cut_off(FRANCE, "\" the Seine in"), " the Seine");
    assert_eq!(cut_off("Code:\n```rust\nlet x =", "```rust\n 1; let"), " 1;");
}

#[test]
fn what_only_looks_like_chatter_stays() {
    for (accepted, reply, expected) in [
        // At the start of an answer everything is the answer.
        ("", "Sure, it is Paris", "Sure, it is Paris"),
        ("", "\"Paris\"", "\"Paris\""),
        (FRANCE, "Surely the Seine", " Surely the Seine"),
        ("It is old. ", "Certainly, it is", "Certainly, it is"),
        ("Are you", "sure, he asked", " sure, he asked"),
        (FRANCE, "here is the continuation: x", " here is the continuation: x"),
        (FRANCE, "Here is the river: x", " Here is the river: x"),
        (FRANCE, "Here is what continues. Then: x", " Here is what continues. Then: x"),
        // A code block, a quotation, the end of either.
        ("Run this:\n", "```sh\nls\n```", "```sh\nls\n```"),
        ("Run this:", "\n```sh\nls\n```", "\n```sh\nls\n```"),
        ("```sh\nls\n", "```\nThat lists", "```\nThat lists"),
        ("He said,", " \"No.\"", " \"No.\""),
        ("He left.\n\n", "\"Really?\"", "\"Really?\""),
        ("He said, \"No", "\" and left", "\" and left"),
        (FRANCE, "\"both\" sides", "\"both\" sides"),
        (FRANCE, "\"a\" and \"b\"", "\"a\" and \"b\""),
        (FRANCE, "```ls``` x", "```ls``` x"),
        (FRANCE, "..", ".."),
        (FRANCE, ".", "."),
        (FRANCE, "Sure", " Sure"),
    ] {
        assert_eq!(said(accepted, reply), expected, "{accepted:?} {reply:?}");
    }
    assert_eq!(cut_off("He left.", "\"Really? she"), "\"Really?");
}

#[test]
fn a_lost_space_comes_back() {
    for (accepted, reply, expected) in [
        (FRANCE, "the Seine", " the Seine"),
        (FRANCE, "2 banks", " 2 banks"),
        ("It is Paris.", "It lies", " It lies"),
        ("(as said)", "It lies", " It lies"),
        ("\"Yes\"", "she said", " she said"),
        ("Привет", "мир", " мир"),
        ("한국어", "문장", " 문장"),
        // None if there is one already, or none belongs there.
        ("on ", "the Seine", "the Seine"),
        (FRANCE, " the Seine", " the Seine"),
        (FRANCE, "\n\nthe Seine", "\n\nthe Seine"),
        (FRANCE, ", then", ", then"),
        (FRANCE, ".", "."),
        ("well-", "known", "known"),
        ("(", "known", "known"),
        ("\"", "Yes", "Yes"),
        ("It costs 3.", "14 euros", "14 euros"),
        ("東京は", "大きい", "大きい"),
        ("ภาษา", "ไทย", "ไทย"),
        ("東京", "is", "is"),
        // A mark belongs to the letter before it.
        ("กา", "ำ", "ำ"),
        // The text shows that this is inside a word.
        ("Schwarzschild found it, and Schwarz", "schild wrote", "schild wrote"),
        ("Black is Schwarz, and Schwarz", "schild wrote", " schild wrote"),
        ("```\nfoo.", "bar()", "bar()"),
        ("```\nreturn", "x", " x"),
    ] {
        assert_eq!(said(accepted, reply), expected, "{accepted:?} {reply:?}");
    }
}

#[test]
fn the_end_vote_is_found_wherever_it_stands() {
    for (reply, expected) in [
        ("<END>", ""),
        (" <END>\n", ""),
        (" the Seine.<END>", " the Seine."),
        (" the Seine. \n<END> and more", " the Seine."),
        (" the Seine.<<END>", " the Seine.<"),
        ("```\n the Seine.\n```<END>", " the Seine."),
        ("\" the Seine.\"<END>", " the Seine."),
        ("", ""),
        (" \n", ""),
    ] {
        for pieces in [vec![reply], reply.split("").collect()] {
            let (text, finished) = whole(FRANCE, &pieces, Finish::Stop);
            assert_eq!((text.as_str(), finished.ends, finished.repeated), (expected, true, false), "{reply:?}");
        }
    }
    // The vote counts although the reply was cut off after it.
    assert!(whole(FRANCE, &[" it.<END>\n\n"], Finish::Length).1.ends);
    for reply in [" <END", " <end>", " <EN D>", " END>"] {
        let (text, finished) = whole(FRANCE, &[reply], Finish::Stop);
        assert_eq!((text.as_str(), finished.ends), (reply, false));
    }
    // An empty reply is not a vote if the model did not end it, or said something that was removed.
    for (reply, how) in [("", Finish::Length), ("", Finish::Other), ("…", Finish::Stop), ("Sure!", Finish::Stop)] {
        let (text, finished) = whole(FRANCE, &[reply], how);
        assert_eq!((text.as_str(), finished.ends, finished.repeated), ("", false, false), "{reply:?}");
    }
}

#[test]
fn an_unfinished_last_word_is_kept_back() {
    for (reply, expected) in [
        (" the river Sei", " the river"),
        (" the river ", " the river"),
        (" the river.", " the river."),
        (" the river\n\nSei", " the river\n\n"),
        (" the river\n", " the river\n"),
        // The only word there is.
        ("the", " the"),
        ("川の", "川の"),
        (" it costs 3.", " it costs"),
        (" see <EN", " see"),
    ] {
        assert_eq!(cut_off(FRANCE, reply), expected, "{reply:?}");
        assert_eq!(whole(FRANCE, &[reply], Finish::Other).0, expected, "{reply:?}");
    }
    assert_eq!(said(FRANCE, " the river Sei"), " the river Sei");
    let endless = "x".repeat(1000);
    assert_eq!(cut_off("It is ", &endless), endless);
}

#[test]
fn text_is_given_out_as_soon_as_it_is_certain() {
    let mut continuation = Continuation::new(FRANCE);
    let mut given = Vec::new();
    for piece in ["the", " river", " Seine", ", which", " flows"] {
        given.push(continuation.feed(piece));
    }
    assert_eq!(given, ["", " the", " river", " Seine,", " which"]);
    // In a script without spaces each character is returned.
    let mut continuation = Continuation::new("東京は");
    assert_eq!(continuation.feed("大きい"), "大き");
}

#[test]
fn long_replies_take_no_longer_than_their_length() {
    // Each of these would take minutes if every character examined all those before it.
    for unit in [" ", "\n", "x", "\"", "`", ".", "…", "Sure, ", "<", "<END", "東", "ab ", "\u{301}"] {
        let reply = unit.repeat(200_000 / unit.len());
        let accepted = "ab ".repeat(20_000);
        let mut continuation = Continuation::new(&accepted);
        let fed = continuation.feed(&reply).len();
        let rest = continuation.finish(Finish::Length).rest.len();
        assert!(fed + rest <= reply.len() + 1, "{unit:?}");
    }
}

/// Texts made of what the rules look for.
fn material() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        "ha",
        "Sure",
        ",",
        " ",
        "\n",
        "\n\n",
        "...",
        "…",
        "\"",
        "“",
        "”",
        "```",
        "<",
        "<END>",
        "END>",
        "<EN",
        "Here is the",
        " continuation:",
        "the capital",
        "of France",
        "東京",
        "は",
        "。",
        "é",
        "e\u{301}",
        "ก",
        "ำ",
        "👩‍👩‍👧",
        "3",
        ".",
        "14",
        "-",
        "\r\n",
        "\u{a0}",
        "\u{202e}",
        "«",
        "»",
    ]);
    prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![3 => material(), 1 => any::<String>()]
}

fn any_finish() -> impl Strategy<Value = Finish> {
    prop::sample::select(vec![Finish::Stop, Finish::Length, Finish::Other])
}

/// Whether `part` is what remains of `text` after removing characters.
fn is_left_of(part: &str, text: &str) -> bool {
    let mut text = text.chars();
    part.chars().all(|c| text.any(|other| other == c))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_pieces_give_the_same(
        accepted in any_text(), reply in any_text(), how in any_finish(), cuts in prop::collection::vec(0..40_usize, 0..6)
    ) {
        let in_one = whole(&accepted, &[&reply], how);
        let in_pieces = whole(&accepted, &pieces(&reply, &cuts), how);
        prop_assert_eq!(&in_one.0, &in_pieces.0);
        prop_assert_eq!((in_one.1.ends, in_one.1.repeated), (in_pieces.1.ends, in_pieces.1.repeated));
    }

    #[test]
    fn nothing_is_invented_or_reordered_but_one_space(accepted in any_text(), reply in any_text(), how in any_finish()) {
        let (text, finished) = whole(&accepted, &[&reply], how);
        let unglued = text.strip_prefix(' ').unwrap_or(&text);
        prop_assert!(is_left_of(&text, &reply) || is_left_of(unglued, &reply), "{:?} of {:?}", text, reply);
        prop_assert!(!(finished.ends && finished.repeated));
        if finished.repeated {
            prop_assert!(text.is_empty(), "{:?}", text);
        }
    }

    #[test]
    fn a_reply_that_repeats_all_and_goes_on_leaves_what_goes_on(
        words in prop::collection::vec("[a-z]{3,9}", 3..30), next in prop::collection::vec("[A-Z]{2,9}", 1..6)
    ) {
        let (accepted, next) = (words.join(" "), format!(" {}", next.join(" ")));
        prop_assert_eq!(said(&accepted, &format!("{accepted}{next}")), next);
    }

    #[test]
    fn the_first_segment_is_the_reply(reply in any_text()) {
        prop_assume!(!reply.contains("<END>") && !reply.trim().is_empty());
        prop_assert_eq!(said("", &reply), reply);
    }

    #[test]
    fn plain_words_are_never_lost(words in prop::collection::vec("[a-z]{2,9}", 1..12)) {
        let reply = format!(" {}", words.join(" "));
        prop_assert_eq!(said("1 2 3 4 5 6 7 8 9", &reply), reply);
    }
}
