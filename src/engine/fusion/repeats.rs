//! Drafts that only repeat the question or what was just accepted.
//!
//! A repetition is probable to every model, so the vote cannot see it: a base model echoes its question, and a loop continues to
//! the answer's limit. Owns recognising such a text by its words. The round machine sets it aside, unless members with most of
//! the weight wrote it: a refrain, a list or "say it again" repeats for good reason.

use unicode_segmentation::UnicodeSegmentation;

use super::event::Repeats;

/// Fewer words than this in common with the question are chance.
const FEWEST_OF_QUESTION: usize = 3;

/// The minimum length in words of a passage that occurs twice in a row, and of one that occurs three times except for its
/// numbers.
const FEWEST_TWICE: usize = 4;
const FEWEST_THRICE: usize = 3;

/// The longest passage to look for, in words.
const LONGEST_PASSAGE: usize = 64;

/// How much of the accepted text is examined, in bytes.
const LOOKED_AT: usize = 4096;

/// What a candidate repeats, if it adds nothing else. `question` is the last turn of the conversation, `accepted` the answer so
/// far.
#[must_use]
pub fn repeats(candidate: &str, question: &str, accepted: &str) -> Option<Repeats> {
    let said = words(candidate);
    if said.is_empty() {
        return None;
    }
    if is_echo(&said, question) {
        return Some(Repeats::Question);
    }
    is_loop(said, accepted).then_some(Repeats::Answer)
}

/// The words of a text in lower case, without punctuation and marks.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

/// Whether these words are the start of the question, or one of the questions in it.
fn is_echo(said: &[String], question: &str) -> bool {
    if said.len() < FEWEST_OF_QUESTION {
        return false;
    }
    let begins = words(question).starts_with(said);
    begins || question.split_inclusive(['?', '.', '!', '\n']).any(|sentence| sentence.ends_with('?') && words(sentence) == said)
}

/// Whether the accepted text with these words ends in a passage that occurs twice in a row, or three times except for its
/// numbers.
fn is_loop(said: Vec<String>, accepted: &str) -> bool {
    let mut start = accepted.len().saturating_sub(LOOKED_AT);
    while !accepted.is_char_boundary(start) {
        start += 1;
    }
    let fewest = said.len();
    let mut all = words(&accepted[start..]);
    all.extend(said);
    let masked: Vec<String> = all.iter().map(|word| word.replace(|c: char| c.is_numeric(), "0")).collect();
    (fewest..=fewest.max(LONGEST_PASSAGE)).any(|length| {
        (length >= FEWEST_TWICE && ends_in(&all, length, 2)) || (length >= FEWEST_THRICE && ends_in(&masked, length, 3))
    })
}

/// Whether words end in a passage of this length this many times in a row.
fn ends_in(words: &[String], length: usize, times: usize) -> bool {
    let Some(start) = words.len().checked_sub(length * times) else { return false };
    let (passages, _) = words[start..].split_at(length * times);
    passages.chunks_exact(length).all(|passage| passage == &passages[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = "What is 17 times 6? Give only the number.";

    #[test]
    fn a_question_said_again_is_an_echo_however_it_is_written() {
        for echo in ["What is 17 times 6?", " what is 17 times 6? Give only the number.\n", "**What is 17 times 6?**"] {
            assert_eq!(repeats(echo, QUESTION, ""), Some(Repeats::Question), "{echo}");
        }
        for answer in ["17 times 6 is 102.", "What is 17 times 6? It is 102.", "102", "", " \n", "What is"] {
            assert_eq!(repeats(answer, QUESTION, ""), None, "{answer}");
        }
        let later = "I like maps. What is the capital of Chad?";
        assert_eq!(repeats("What is the capital of Chad?", later, ""), Some(Repeats::Question));
        assert_eq!(repeats("首都はどこですか？", "首都はどこですか？", ""), Some(Repeats::Question));
    }

    #[test]
    fn a_text_that_is_to_be_said_again_is_no_echo() {
        assert_eq!(repeats("The cat sat on the mat.", "Repeat this sentence. The cat sat on the mat.", ""), None);
        assert_eq!(repeats("The cat sat on the mat.", "Say it again: the cat sat on the mat.", ""), None);
        assert_eq!(repeats("to be or not to be", "Quote Hamlet's \"to be or not to be\" in full.", ""), None);
    }

    #[test]
    fn a_passage_said_twice_in_a_row_is_a_loop() {
        let text = "The square is 25. The square is 36.";
        assert_eq!(repeats(" The square is 36.", "?", text), Some(Repeats::Answer));
        assert_eq!(repeats(" The square is 49.", "?", text), Some(Repeats::Answer), "three times but for the numbers");
        assert_eq!(repeats(" The square is 49.", "?", "The square is 25."), None);
        assert_eq!(
            repeats("print(square(7))  # Output: 10\n", "?", "print(square(5))  # Output: 10\nprint(square(6))  # Output: 10\n"),
            Some(Repeats::Answer)
        );
        let two = "One goes up the hill. Another comes down. One goes up the hill.";
        assert_eq!(repeats(" Another comes down.", "?", two), Some(Repeats::Answer), "of two sentences");
    }

    #[test]
    fn a_refrain_code_and_counting_are_no_loop() {
        let verse = "Row, row, row your boat, gently down the stream. Merrily, merrily, life is but a dream. ";
        assert_eq!(repeats("Row, row, row your boat, gently down the stream.", "?", verse), None);
        assert_eq!(repeats("    }\n", "?", "if (a) {\n    if (b) {\n    }\n"), None);
        assert_eq!(repeats("3\n", "?", "1\n2\n"), None);
        assert_eq!(repeats(" Yes.", "?", "Yes."), None);
        assert_eq!(repeats("    return x + 2\n", "?", "def f(x):\n    return x + 1\n\ndef g(x):\n"), None);
    }

    #[test]
    fn a_long_text_is_looked_at_from_a_whole_character() {
        let text = "é".repeat(LOOKED_AT);
        assert_eq!(repeats("é", "?", &text), None);
        assert_eq!(repeats(&"ab ".repeat(500), "?", &text), None);
    }
}
