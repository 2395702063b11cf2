//! Whether a space was lost between the accepted text and a reply: servers trim the leading space of a reply.

use unicode_segmentation::UnicodeSegmentation;

use super::preambles::Scene;
use crate::engine::fusion::segment::SegmentRule;

/// How many characters of a reply's first word to wait for.
pub(super) const WORD_AWAITED: usize = 40;
const ONE_WORD: SegmentRule = SegmentRule::words(1, usize::MAX);

/// Whether two adjacent visible characters belong to one word, which is not the case between characters of scripts without
/// spaces.
pub(super) fn run_together(before: char, after: char) -> bool {
    // In ASCII only white space divides words.
    let ascii = before.is_ascii() && after.is_ascii();
    ascii || !ONE_WORD.is_complete(&String::from_iter([before, after]), 0)
}

/// Whether a space may have been lost before a reply that starts with this character, because the two would form one word.
pub(super) fn may_be_lost(accepted: &str, after: char) -> bool {
    let Some(before) = accepted.chars().next_back() else { return false };
    // A mark belongs to the character before it.
    let apart = String::from_iter([before, after]).graphemes(true).count() == 2;
    after.is_alphanumeric() && !before.is_whitespace() && run_together(before, after) && apart
}

/// Whether a space belongs between the accepted text and this first word of a reply, which does not start with white space.
///
/// Accepted text is cut between words, so a letter after a letter has nearly always lost its space; the exceptions are scripts
/// without spaces, and a text that has the whole word elsewhere.
pub(super) fn space_lost(accepted: &str, scene: &Scene, word: &str) -> bool {
    let (Some(before), Some(after)) = (accepted.chars().next_back(), word.chars().next()) else { return false };
    if !may_be_lost(accepted, after) {
        return false;
    }
    if before.is_alphanumeric() {
        return !inside_a_word(accepted, word);
    }
    let number_goes_on =
        after.is_numeric() && matches!(before, '.' | ',' | ':') && accepted.chars().rev().nth(1).is_some_and(char::is_numeric);
    let closes = match before {
        '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '…' | '”' | '»' | '%' => true,
        '"' => !scene.quote_open,
        _ => false,
    };
    // Code is full of "a.b" and "f(x)[i]".
    closes && !number_goes_on && !scene.in_fence
}

/// Whether the text seems to end inside a word: it has the whole word elsewhere, and its last letters never as a separate word.
fn inside_a_word(accepted: &str, word: &str) -> bool {
    let letters = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric()).collect() };
    let begun: String = letters(&accepted.chars().rev().take(WORD_AWAITED).collect::<String>()).chars().rev().collect();
    let whole = format!("{begun}{}", letters(word)).to_lowercase();
    let begun = begun.to_lowercase();
    let mut words: Vec<String> =
        accepted.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.pop();
    words.contains(&whole) && !words.contains(&begun)
}
