//! Whether an end of a thought without a start in the reply ends one, or is only mentioned.
//!
//! A template may open the thought in the prompt; then the reply contains only the end. An answer about such tags contains them
//! too. The position of the tag tells them apart: the end of a thought is attached to the thought's last word, or starts a line,
//! or closes a line after a whole sentence. In prose a tag has a space before it, or a mark that quotes it; in code it is in
//! backticks. An answer that has shown a start of a thought is about them, so nothing in it counts any more (the caller ensures
//! that).

/// Marks before a tag that is quoted.
const QUOTES: &[char] = &['`', '"', '\'', '“', '‘', '«', '„', '(', '[', '{', '<', '|', '/', '=', '*', '_', '~'];
/// Marks after a tag that is quoted or part of a sentence.
const IN_A_SENTENCE: &[char] = &['`', '"', '\'', '”', '’', '»', ')', ']', '}', '|', ',', '.', ';', ':', '!', '?', '*', '_', '~'];
/// What a sentence, or the introduction of what follows, ends with.
const SENTENCE_ENDS: &[char] = &['.', '!', '?', ':', '…', '。', '！', '？'];

/// How many characters after the tag [`ends_thought`] needs.
pub(super) const LOOKED_AT: usize = 2;

/// Whether the thought ends at a tag between these texts: the reply so far and what follows.
pub(super) fn ends_thought(before: &str, after: &str) -> bool {
    if ends_in_code(before) {
        return false;
    }
    let mut following = after.chars();
    let next = following.next();
    let ends_line = next.is_none_or(|c| matches!(c, '\n' | '\r'));
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.trim().is_empty() {
        let in_words = match next {
            Some(c) if c.is_whitespace() => following.next().is_some_and(char::is_lowercase),
            Some(c) => IN_A_SENTENCE.contains(&c),
            None => false,
        };
        return ends_line || !in_words;
    }
    match before.chars().next_back() {
        Some(c) if c.is_whitespace() => ends_line && line.trim_end().ends_with(SENTENCE_ENDS),
        Some(c) => !QUOTES.contains(&c),
        None => true,
    }
}

/// Whether a text ends within backticks.
pub(super) fn ends_in_code(text: &str) -> bool {
    text.matches('`').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_from_a_mention() {
        for (before, after) in [
            ("I am sure.", "Paris"),
            ("I am sure", "\n\nParis"),
            ("I am sure.\n", "\n\nParis"),
            ("I am sure.\n", " Paris"),
            ("I am sure. ", "\nParis"),
            ("", "\n\nParis"),
            ("", ""),
            ("Use `x`.", "Paris"),
            ("I am sure.", ", which flows"),
        ] {
            assert!(ends_thought(before, after), "{before:?} {after:?}");
        }
        for (before, after) in [
            ("The tag ", " ends it"),
            ("The tag `", "` ends it"),
            ("```\n", "\n```"),
            ("It is closed by \"", "\", as"),
            ("It is closed by ", ". Then"),
            ("It is closed by ", "\nThen"),
            ("", " is the tag that"),
            ("| a |", "| b |"),
            ("- ", " closes"),
            ("It writes **", "** then"),
        ] {
            assert!(!ends_thought(before, after), "{before:?} {after:?}");
        }
    }
}
