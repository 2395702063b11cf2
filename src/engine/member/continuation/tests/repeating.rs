//! Replies that repeat the answer so far: what is removed, what stays, and what that means.

use super::*;

#[test]
fn repeated_text_goes() {
    for (accepted, reply, expected) in [
        (FRANCE, "It lies on the Seine", " the Seine"),
        (FRANCE, "The capital of France is Paris. It lies on the Seine", " the Seine"),
        // White space does not count.
        (FRANCE, "The capital of France\nis  Paris.\n\nIt lies on\nthe Seine", "\nthe Seine"),
        (FRANCE, " lies on the Seine", " the Seine"),
        ("in the land of the ", "of the free", "free"),
        ("First:\n", "First: \n\nfoo", "\nfoo"),
        ("First:\n  ", "First:\n    foo", "  foo"),
        // A word that only starts like the last one is not a repetition.
        ("I saw the cat", "the category", " the category"),
        // A text that ends inside a word continues there.
        ("the internat", "the international", "ional"),
        ("日本の首都は東京", "日本の首都は東京です", "です"),
        ("Yes,", "Yes, it is", " it is"),
    ] {
        assert_eq!(said(accepted, reply), expected, "{accepted:?} {reply:?}");
    }
}

#[test]
fn repetitions_that_are_language_stay() {
    for (accepted, reply, expected) in [
        ("They laughed: ha", "ha ha", " ha ha"),
        ("ha ha", " ha ha!", " ha ha!"),
        ("It was very", " very cold", " very cold"),
        ("I had had", " had enough", " had enough"),
        ("a", "a", " a"),
        // Elsewhere in the text, and short.
        ("Row your boat. Then I", " row your", " row your"),
    ] {
        assert_eq!(said(accepted, reply), expected, "{accepted:?} {reply:?}");
    }
}

#[test]
fn a_reply_that_only_repeats_is_told() {
    for (reply, how) in [
        (FRANCE, Finish::Length),
        (FRANCE, Finish::Other),
        ("It lies on", Finish::Stop),
        ("The capital of France is Paris.", Finish::Stop),
        ("The capital of France is Paris. It lies", Finish::Stop),
        ("It lies on\n", Finish::Length),
        // It started over and was cut off.
        ("The capital of Fra", Finish::Length),
        ("Sure, here is the continuation:\n\nThe capital of France", Finish::Length),
        ("\"The capital of France is", Finish::Length),
        ("…France is Paris. It lies on", Finish::Other),
        ("of France is Paris. It lie", Finish::Length),
    ] {
        let (text, finished) = whole(FRANCE, &[reply], how);
        assert_eq!((text.as_str(), finished.repeated, finished.ends), ("", true, false), "{reply:?}");
    }
    let long = "One sentence after another. ".repeat(40) + "The end is";
    assert!(whole(&long, &["One sentence after another. One sen"], Finish::Length).1.repeated);
    // A repetition that votes is a vote.
    let (text, finished) = whole(FRANCE, &["It lies on<END>"], Finish::Stop);
    assert_eq!((text.as_str(), finished.repeated, finished.ends), ("", false, true));
    assert!(!whole(FRANCE, &["It lies on the"], Finish::Stop).1.repeated);
}

#[test]
fn the_whole_answer_once_more_and_no_more_is_a_vote_to_end() {
    const ENDED: &str = "The capital is Paris.\n\nIt lies on the Seine.";
    for (accepted, reply, left) in [
        (ENDED, ENDED, ""),
        (ENDED, "The capital is Paris. It lies on the Seine.\n", ""),
        (ENDED, "The capital is Paris. It lies on the Seine", ""),
        (ENDED, "Sure, here is the continuation:\n\nThe capital is Paris.\n\nIt lies on the Seine.", ""),
        (ENDED, "\"The capital is Paris.\n\nIt lies on the Seine.\"", ""),
        ("It is Paris", "It is Paris.", "."),
        ("Paris.", "Paris.", ""),
        ("42", "42", ""),
        ("No", "No", ""),
        ("東京です。", "東京です。", ""),
    ] {
        for pieces in [vec![reply], reply.split("").collect()] {
            let (text, finished) = whole(accepted, &pieces, Finish::Stop);
            assert_eq!((text.as_str(), finished.ends, finished.repeated), (left, true, false), "{accepted:?} {reply:?}");
        }
        assert!(!whole(accepted, &[reply], Finish::Length).1.ends, "{reply:?}: it was cut off");
    }
    for (accepted, reply) in [
        (ENDED, "It lies on the Seine."),
        (ENDED, "The capital is Paris."),
        (ENDED, "The capital is Paris.\n\nIt lies on the Seine. It is old."),
        ("It is very, very", "very, very"),
        ("Yes", "Yes, it is"),
    ] {
        assert!(!whole(accepted, &[reply], Finish::Stop).1.ends, "{accepted:?} {reply:?}");
    }
}
