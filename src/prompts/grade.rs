//! Grades an answer: every known answer must appear in it, in order, as whole words.

/// Whether a text contains all answers in order.
#[must_use]
pub fn is_right(text: &str, answers: &[String]) -> bool {
    found(text, answers) == answers.len()
}

/// How many of the answers a text contains in order: the most that can be found so. A wrong one does not hide those after it.
#[must_use]
pub fn found(text: &str, answers: &[String]) -> usize {
    // By count: where the earliest place ends at which that many are found.
    let mut ends = vec![0];
    for answer in answers {
        for count in (0..ends.len()).rev() {
            let Some(end) = find_words(&text[ends[count]..], answer).map(|end| ends[count] + end) else { continue };
            match ends.get_mut(count + 1) {
                Some(known) => *known = end.min(*known),
                None => ends.push(end),
            }
        }
    }
    ends.len() - 1
}

/// "2 of 3 right"; of a text that is not finished "2 of 3 right so far".
#[must_use]
pub fn in_words(found: usize, of: usize, is_whole: bool) -> String {
    format!("{found} of {of} right{}", if is_whole { "" } else { " so far" })
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
    fn all_that_are_right_count_whatever_is_wrong_before_them() {
        let known = answers(&["Tokyo", "75", "cowardly"]);
        for (text, expected) in [
            ("Tokyo. 27 plus 48 is 10. The opposite is cowardly.", 2),
            ("Kyoto. 27 plus 48 is 75. The opposite is cowardly.", 2),
            ("Kyoto. 27 plus 48 is 10. The opposite is cowardly.", 1),
            // The first is found late: the two before it are more.
            ("75, cowardly, Tokyo", 2),
            ("", 0),
        ] {
            assert_eq!(found(text, &known), expected, "{text}");
        }
        assert_eq!((in_words(2, 3, true), in_words(2, 3, false)), ("2 of 3 right".into(), "2 of 3 right so far".into()));
    }

    #[test]
    fn the_same_answer_twice_must_appear_twice() {
        assert!(!is_right("It is 5.", &answers(&["5", "5"])));
        assert!(is_right("It is 5. It is 5.", &answers(&["5", "5"])));
    }
}
