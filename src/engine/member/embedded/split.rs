//! Splits text into the pieces that byte-pair merging works on, as llama.cpp does for `gpt-2` and `default`.
//!
//! By hand instead of with regular expressions: the pattern needs a look-ahead, and a scan is linear on any text.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::vocabulary::Split;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Number,
    Other,
}

fn class(letter: char) -> Class {
    if letter.is_whitespace() {
        return Class::Space;
    }
    match letter.general_category_group() {
        GeneralCategoryGroup::Letter => Class::Letter,
        GeneralCategoryGroup::Number => Class::Number,
        _ => Class::Other,
    }
}

/// The next piece of a text, by the `gpt-2` pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
/// ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
fn piece(text: &str) -> &str {
    const SHORT: [&str; 7] = ["'s", "'t", "'m", "'d", "'re", "'ve", "'ll"];
    if let Some(short) = SHORT.iter().find(|short| text.starts_with(**short)) {
        return &text[..short.len()];
    }
    let word = text.strip_prefix(' ').unwrap_or(text);
    if let Some(kind) = word.chars().next().map(class).filter(|kind| *kind != Class::Space) {
        let end = word.find(|letter| class(letter) != kind).unwrap_or(word.len());
        return &text[..text.len() - word.len() + end];
    }
    let end = text.find(|letter: char| !letter.is_whitespace()).unwrap_or(text.len());
    // The last space before a word belongs to the word; white space other than a plain space stays separate.
    match text[..end].char_indices().next_back() {
        Some((last, _)) if last > 0 && end < text.len() => &text[..last],
        _ => &text[..end],
    }
}

fn is_punctuation(letter: char) -> bool {
    letter.general_category_group() == GeneralCategoryGroup::Punctuation || "$+<=>^~|".contains(letter)
}

fn is_number(letter: char) -> bool {
    matches!(
        letter.general_category(),
        GeneralCategory::DecimalNumber | GeneralCategory::LetterNumber | GeneralCategory::OtherNumber
    )
}

/// The end of the leading run of characters for which `inside` has one value.
fn run(text: &str, inside: fn(char) -> bool) -> usize {
    let Some(first) = text.chars().next().map(inside) else { return 0 };
    text.find(|letter| inside(letter) != first).unwrap_or(text.len())
}

/// All pieces of a text in order; joined they are the text.
pub(super) fn pieces(split: Split, text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    match split {
        Split::Gpt2 => words(text, &mut found),
        Split::Default => {
            let mut left = text;
            while !left.is_empty() {
                let (part, rest) = left.split_at(run(left, is_punctuation));
                let mut inner = Vec::new();
                words(part, &mut inner);
                for piece in inner {
                    numbers(piece, &mut found);
                }
                left = rest;
            }
        }
    }
    found
}

fn words<'a>(mut text: &'a str, found: &mut Vec<&'a str>) {
    while !text.is_empty() {
        let (piece, rest) = text.split_at(piece(text).len());
        found.push(piece);
        text = rest;
    }
}

/// `default` also separates numbers from what surrounds them, and digits into groups of three.
fn numbers<'a>(mut text: &'a str, found: &mut Vec<&'a str>) {
    while !text.is_empty() {
        let (part, rest) = text.split_at(run(text, is_number));
        digits(part, found);
        text = rest;
    }
}

fn digits<'a>(mut text: &'a str, found: &mut Vec<&'a str>) {
    while !text.is_empty() {
        let bytes = text.as_bytes();
        let triple = |at: usize| bytes.get(at..at + 3).is_some_and(|three| three.iter().all(u8::is_ascii_digit));
        let end = if triple(0) { 3 } else { (1..text.len()).find(|at| triple(*at)).unwrap_or(text.len()) };
        let (part, rest) = text.split_at(end);
        found.push(part);
        text = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_space_and_runs_of_space_leave_one() {
        let cases: [(&str, &[&str]); 6] = [
            ("Hello world's", &["Hello", " world", "'s"]),
            ("a   b", &["a", "  ", " b"]),
            ("a\n\nb \n", &["a", "\n", "\n", "b", " \n"]),
            ("x=12!? y", &["x", "=", "12", "!?", " y"]),
            (" \u{a0}é", &[" ", "\u{a0}", "é"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(Split::Gpt2, text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_default_split_parts_punctuation_and_triples_of_digits() {
        assert_eq!(pieces(Split::Default, "pay $12345, ok"), ["pay", " ", "$", "123", "45", ",", " ok"]);
    }
}
