//! Finds a candidate among the tokens of a prompt that a server repeats.
//!
//! The tokens are the server's and only their texts are known, not always exactly: parts of characters come as replacement
//! characters, spaces as `▁`. So the search runs backwards from the end, where the candidate is.

/// A token of a repeated prompt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    pub(super) bytes: Vec<u8>,
    pub(super) logprob: Option<f32>,
}

/// What part of a character is written as.
const REPLACED: &str = "\u{fffd}";

/// What some tokenizers write a space as.
const SPACE: &str = "▁";

/// The candidate's tokens: the last ones that spell `preceding` and then `candidate`. A token that starts before the candidate
/// and extends into it belongs to it. `None` if no tokens spell that.
pub(super) fn locate<'a>(tokens: &'a [Told], preceding: &str, candidate: &str) -> Option<&'a [Told]> {
    let spelt = format!("{preceding}{candidate}");
    (1..=tokens.len()).rev().find_map(|end| {
        let tokens = tokens.get(..end)?;
        let begin = walk(tokens, spelt.as_bytes(), preceding.len())?;
        tokens.get(begin..)
    })
}

/// Goes backwards from the last token through the text; returns the first token that extends beyond the border.
fn walk(tokens: &[Told], spelt: &[u8], border: usize) -> Option<usize> {
    let (mut begin, mut left) = (tokens.len(), spelt.len());
    for (number, token) in tokens.iter().enumerate().rev() {
        if left == 0 {
            break;
        }
        if left > border {
            begin = number;
        }
        let previous = number.checked_sub(1).and_then(|previous| tokens.get(previous));
        left = step(&token.bytes, previous, spelt.get(..left)?)?;
    }
    (left == 0).then_some(begin)
}

/// How much of the text is left before this token, which may extend beyond the text's start.
fn step(token: &[u8], previous: Option<&Told>, text: &[u8]) -> Option<usize> {
    if let Some(left) = before(token, text) {
        return Some(left);
    }
    let written = String::from_utf8_lossy(token).replace(SPACE, " ");
    match written.split_once(REPLACED) {
        Some((lead, rest)) if rest.replace(REPLACED, "").is_empty() => {
            let left = before_part(previous, text)?;
            before(lead.as_bytes(), text.get(..left)?)
        }
        Some(_) => None,
        None => before(written.as_bytes(), text),
    }
}

/// How much of the text is left before these bytes at its end.
fn before(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let (shorter, longer) = if bytes.len() <= text.len() { (bytes, text) } else { (text, bytes) };
    longer.ends_with(shorter).then(|| text.len().saturating_sub(bytes.len()))
}

/// How much is left before part of a character: without one byte of it, or without all that is left of it if no other part
/// precedes.
fn before_part(previous: Option<&Told>, text: &[u8]) -> Option<usize> {
    let last = text.len().checked_sub(1).filter(|_| text.last().is_some_and(|byte| !byte.is_ascii()))?;
    if previous.is_some_and(|previous| previous.bytes.ends_with(REPLACED.as_bytes())) {
        return Some(last);
    }
    let trailing = text.iter().rev().take_while(|byte| (0x80..0xc0).contains(*byte)).count();
    text.len().checked_sub(trailing + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(texts: &[&str]) -> Vec<Told> {
        let token = |(number, text): (usize, &&str)| Told { bytes: text.as_bytes().to_vec(), logprob: Some(-(number as f32)) };
        texts.iter().enumerate().map(token).collect()
    }

    fn found(texts: &[&str], preceding: &str, candidate: &str) -> Option<Vec<usize>> {
        let tokens = told(texts);
        locate(&tokens, preceding, candidate).map(|found| found.iter().map(|token| -token.logprob.unwrap() as usize).collect())
    }

    #[test]
    fn the_last_tokens_that_spell_the_text() {
        assert_eq!(found(&["<s>", "It", " is", " so", "."], "It is", " so."), Some(vec![3, 4]));
        // A template's text after it.
        assert_eq!(found(&["It", " is", " so", "<|end|>", "\n"], "It is", " so"), Some(vec![2]));
        // The same words earlier.
        assert_eq!(found(&[" so", " so", " so"], " so", " so"), Some(vec![2]));
        assert_eq!(found(&["It", " is"], "It was", " so"), None);
        assert_eq!(found(&[], "", "x"), None);
        assert_eq!(found(&["x"], "x", ""), Some(vec![]));
    }

    #[test]
    fn a_token_across_the_border_belongs_to_the_candidate() {
        assert_eq!(found(&["It", " is so", "."], "It is", " so."), Some(vec![1, 2]));
        assert_eq!(found(&["It is", " so."], "is", " so."), Some(vec![1]));
    }

    #[test]
    fn tokens_are_found_however_they_are_written() {
        assert_eq!(found(&["▁It", "▁is", "▁so"], "It is", " so"), Some(vec![2]));
        // é and € in parts, and a part that starts with a space.
        assert_eq!(found(&["caf", "\u{fffd}", "\u{fffd}", "!"], "caf", "é!"), Some(vec![1, 2, 3]));
        assert_eq!(found(&["5", " \u{fffd}", "\u{fffd}", "x"], "5", " €x"), Some(vec![1, 2, 3]));
        assert_eq!(found(&["a", "\u{fffd}", "b"], "a", "ab"), None);
    }

    proptest! {
        #[test]
        fn any_cut_into_tokens_finds_the_candidate_whole(
            before in prop::collection::vec("[a-c é€]{1,3}", 0..5), candidate in prop::collection::vec("[a-c é€]{1,3}", 1..5),
            after in prop::collection::vec("[xyz]{1,2}", 0..3),
        ) {
            let texts: Vec<&str> = before.iter().chain(&candidate).chain(&after).map(String::as_str).collect();
            let places: Vec<usize> = (before.len()..before.len() + candidate.len()).collect();
            prop_assert_eq!(found(&texts, &before.concat(), &candidate.concat()), Some(places));
        }

        #[test]
        fn nothing_makes_it_panic(texts in prop::collection::vec(".{0,3}|\u{fffd}{1,2}", 0..6), before in ".{0,4}", candidate in ".{0,4}") {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let _ = found(&texts, &before, &candidate);
        }
    }
}
