//! What is quoted of two drafts: the words in which they differ, and few of them.

use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::sharing::{Text, differing};

/// The longest quote, in characters.
const LONGEST: usize = 24;
/// What a word of prose may end with.
const PUNCTUATION: &[char] = &['.', ',', ';', ':', '!', '?'];

/// The words in which two candidates differ.
pub(super) fn quotes(one: &Candidate, other: &Candidate) -> (DisplayText, DisplayText) {
    let texts = [&one.text, &other.text].map(|text| Text { text, complete: true });
    let parts: Vec<&str> =
        differing(&texts).into_iter().zip(texts).map(|(range, text)| text.text.get(range).unwrap_or_default()).collect();
    let ([a, b], [whole_a, whole_b]) = ([parts[0].trim(), parts[1].trim()], [one.text.trim(), other.text.trim()]);
    if a.is_empty() || b.is_empty() || a == b {
        // One goes on where the other stops: the end of both.
        return match (whole_a == whole_b, one.ends) {
            (true, true) => (display!("the end after {}", last(whole_a)), display!("no end after {}", last(whole_b))),
            (true, false) => (display!("no end after {}", last(whole_a)), display!("the end after {}", last(whole_b))),
            (false, _) => (last(whole_a), last(whole_b)),
        };
    }
    let (short_a, short_b) = (a.trim_end_matches(PUNCTUATION), b.trim_end_matches(PUNCTUATION));
    if short_a.is_empty() || short_b.is_empty() || short_a == short_b {
        (first(a), first(b))
    } else {
        (first(short_a), first(short_b))
    }
}

/// A text in quotation marks, or its first words.
fn first(text: &str) -> DisplayText {
    let line = clean_line(text);
    let Some((cut, _)) = line.char_indices().nth(LONGEST) else { return display!("\"{line}\"") };
    let start = line.slice(..cut);
    let start = start.rfind(' ').map_or(start, |blank| start.slice(..blank));
    display!("\"{start}...\"")
}

/// A text in quotation marks, or its last words.
fn last(text: &str) -> DisplayText {
    let line = clean_line(text);
    if line.is_empty() {
        return "the end".into();
    }
    let Some((cut, _)) = line.char_indices().rev().nth(LONGEST - 1).filter(|(cut, _)| *cut > 0) else {
        return display!("\"{line}\"");
    };
    let end = line.slice(cut..);
    let end = end.find(' ').map_or(end, |blank| end.slice(blank + 1..));
    display!("\"...{end}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::MemberIndex;

    fn both(one: &str, other: &str) -> (String, String) {
        let candidate = |text: &str| Candidate {
            key: MemberIndex(0),
            authors: vec![MemberIndex(0)],
            text: text.trim_end_matches('|').into(),
            characters: text.chars().count(),
            ends: text.ends_with('|'),
        };
        let (one, other) = quotes(&candidate(one), &candidate(other));
        (one.into_string(), other.into_string())
    }

    #[test]
    fn what_differs_is_quoted_and_no_more_than_fits() {
        for (one, other, quoted) in [
            (" 27 plus 48 is 75.", " 27 plus 48 is 114.", ("\"75\"", "\"114\"")),
            ("It is Bern. That is old.", "It is Tokyo. That is old.", ("\"Bern\"", "\"Tokyo\"")),
            ("yes.", "yes!", ("\"yes.\"", "\"yes!\"")),
            ("|", " and more.|", ("the end", "\"and more.\"")),
            (" so it is", " so it is indeed", ("\"so it is\"", "\"so it is indeed\"")),
            ("so|", "so", ("the end after \"so\"", "no end after \"so\"")),
            ("a b", "the quick brown fox jumps over the lazy dog", ("\"a b\"", "\"the quick brown fox...\"")),
            ("Donaudampfschifffahrtsgesellschaft", "a", ("\"Donaudampfschifffahrtsge...\"", "\"a\"")),
            (
                "The quick brown fox jumps over the lazy dog",
                "The quick brown fox jumps over the lazy dog twice",
                ("\"...jumps over the lazy dog\"", "\"...over the lazy dog twice\""),
            ),
        ] {
            assert_eq!(both(one, other), (quoted.0.to_owned(), quoted.1.to_owned()), "{one} / {other}");
        }
    }
}
