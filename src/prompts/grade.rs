//! Grades an answer: every known answer must appear in it, in order, as whole words.

/// Whether a text contains all answers in order.
#[must_use]
pub fn is_right(text: &str, answers: &[String]) -> bool {
    found(text, answers) == answers.len()
}

/// How many of the answers, from the first on, a text contains in order.
#[must_use]
pub fn found(text: &str, answers: &[String]) -> usize {
    let mut rest = text;
    answers
        .iter()
        .take_while(|answer| match find_words(rest, answer) {
            Some(end) => {
                rest = &rest[end..];
                true
            }
            None => false,
        })
        .count()
}

/// The end of the first occurrence of `words` as whole words: without a letter or digit on either side.
fn find_words(text: &str, words: &str) -> Option<usize> {
    text.match_indices(words).map(|(start, _)| (start, start + words.len())).find_map(|(start, end)| {
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        let free = |neighbour: Option<char>| neighbour.is_none_or(|character| !character.is_alphanumeric());
        (free(before) && free(after)).then_some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn answers_count_in_order_and_as_whole_words() {
        let text = "The capital of Japan is Tokyo. 27 plus 48 is 75.";
        assert!(is_right(text, &answers(&["Tokyo", "75"])));
        assert!(!is_right(text, &answers(&["75", "Tokyo"])));
        assert!(!is_right(text, &answers(&["Tokyo", "7"])));
        assert!(!is_right(text, &answers(&["Toky"])));
        assert_eq!(found(text, &answers(&["Tokyo", "76"])), 1);
    }

    #[test]
    fn the_same_answer_twice_must_appear_twice() {
        assert!(!is_right("It is 5.", &answers(&["5", "5"])));
        assert!(is_right("It is 5. It is 5.", &answers(&["5", "5"])));
    }
}
