use proptest::prelude::*;

use super::*;

fn parts(texts: &[(&str, bool)]) -> Vec<String> {
    let texts: Vec<Text<'_>> = texts.iter().map(|(text, complete)| Text { text, complete: *complete }).collect();
    let marked = |(text, range): (&Text<'_>, Range<usize>)| {
        format!("{}[{}]{}", &text.text[..range.start], &text.text[range.clone()], &text.text[range.end..])
    };
    texts.iter().zip(differing(&texts)).map(marked).collect()
}

fn complete(texts: &[&str]) -> Vec<String> {
    parts(&texts.iter().map(|text| (*text, true)).collect::<Vec<_>>())
}

#[test]
fn what_most_drafts_have_in_common_is_shared_and_the_rest_differs() {
    assert_eq!(
        complete(&[" 27 plus 48 is 10.", " 27 plus 48 is 75.", " 27 plus 48 is 170.", " 86 plus 78 is 119."]),
        [" 27 plus 48 is [10.]", " 27 plus 48 is [75.]", " 27 plus 48 is [170.]", " [86 plus 78 is 119.]"]
    );
    assert_eq!(
        complete(&["It is Bern. That is old.", "It is Tokyo. That is old."]),
        ["It is [Bern. ]That is old.", "It is [Tokyo. ]That is old."]
    );
    assert_eq!(complete(&["so it is", "so it is indeed"]), ["so it is[]", "so it is [indeed]"]);
}

#[test]
fn drafts_that_are_all_the_same_and_one_alone_differ_as_a_whole() {
    assert_eq!(complete(&["so it is", "so it is"]), ["[so it is]", "[so it is]"]);
    assert_eq!(complete(&["so it is"]), ["[so it is]"]);
    assert_eq!(complete(&["", ""]), ["[]", "[]"]);
    assert_eq!(complete(&[]), Vec::<String>::new());
    // Most are the same, one is not: what most say is shared.
    assert_eq!(complete(&["yes", "yes", "no"]), ["yes[]", "yes[]", "[no]"]);
}

#[test]
fn the_last_word_of_a_draft_that_still_comes_is_not_compared() {
    assert_eq!(parts(&[("the cap", false), ("the capital is", true)]), ["the [cap]", "the [capital is]"]);
    assert_eq!(parts(&[("the capital ", false), ("the capital is", true)]), ["the capital []", "the capital [is]"]);
    assert_eq!(parts(&[("", false), ("the capital", true), ("the capital", true)]), ["[]", "the capital[]", "the capital[]"]);
    assert_eq!(parts(&[("a b c", true), ("a x c", false)]), ["a [b c]", "a [x c]"], "an end is not known yet");
}

proptest! {
    #[test]
    fn what_is_shared_is_shared_by_most(
        texts in prop::collection::vec(("[ab ]{0,12}", any::<bool>()), 0..6),
    ) {
        let texts: Vec<Text<'_>> = texts.iter().map(|(text, complete)| Text { text, complete: *complete }).collect();
        let ranges = differing(&texts);
        prop_assert_eq!(ranges.len(), texts.len());
        for (text, range) in texts.iter().zip(&ranges) {
            prop_assert!(range.start <= range.end && range.end <= text.text.len());
            let head: Vec<&str> = text.text[..range.start].split_whitespace().collect();
            let has = |other: &&Text<'_>| {
                let words: Vec<&str> = other.text.split_whitespace().collect();
                words.starts_with(&head)
            };
            let tail: Vec<&str> = text.text[range.end..].split_whitespace().collect();
            let ends = |other: &&Text<'_>| other.text.split_whitespace().collect::<Vec<_>>().ends_with(&tail);
            prop_assert!(head.is_empty() || texts.iter().filter(has).count() > 1);
            prop_assert!(tail.is_empty() || 2 * texts.iter().filter(ends).count() > texts.len());
            if texts.iter().all(|text| text.complete) {
                prop_assert!(head.is_empty() || 2 * texts.iter().filter(has).count() > texts.len());
            }
        }
    }
}
