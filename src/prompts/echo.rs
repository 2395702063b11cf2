//! Recognises an echo: an answer that only repeats the question. Likelihood cannot, since a text that repeats the question is
//! probable to every model.

use unicode_segmentation::UnicodeSegmentation;

use crate::engine::fusion::repeats::words;

/// The minimum number of words from sentences of the question that make an echo; a shorter question has to be repeated in full.
const FEWEST: usize = 3;

/// Whether a text consists only of sentences of the question, or is all of it: word by word, ignoring case and punctuation.
#[must_use]
pub fn is_echo(text: &str, question: &str) -> bool {
    let (said, asked) = (words(text), words(question));
    if said.is_empty() {
        return false;
    }
    if said == asked {
        return true;
    }
    let sentences: Vec<_> = question.split_sentence_bounds().map(words).filter(|words| !words.is_empty()).collect();
    said.len() >= FEWEST && consists_of(&said, &sentences)
}

/// Whether these sentences, any number of times and in any order, make up the words.
fn consists_of(words: &[String], sentences: &[Vec<String>]) -> bool {
    // For each position: whether sentences make up the words before it.
    let mut made_up = vec![false; words.len() + 1];
    made_up[0] = true;
    for place in 0..words.len() {
        if made_up[place] {
            for sentence in sentences.iter().filter(|sentence| words[place..].starts_with(sentence)) {
                made_up[place + sentence.len()] = true;
            }
        }
    }
    made_up[words.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "What is 17 times 6? Give only the number.";

    #[test]
    fn sentences_of_the_question_are_an_echo_whatever_their_case_and_punctuation() {
        for text in [
            SUM,
            "what is 17 times 6",
            "**Give only the number!**\n",
            "Give only the number. What is 17 times 6?",
            "What is 17 times 6?\nWhat is 17 times 6?\n",
        ] {
            assert!(is_echo(text, SUM), "{text:?}");
        }
        assert!(is_echo("Größe? WIE GROẞ IST ES?", "größe? Wie groß ist es?"));
    }

    #[test]
    fn an_answer_that_says_more_or_less_is_none() {
        for text in [
            "102",
            "",
            "...",
            "What is 17 times 6? 102",
            "The number: what is 17 times 6",
            "17 times 6",
            "Give only the number. Give only the",
            "What is 17 times 6 give only the numbers",
        ] {
            assert!(!is_echo(text, SUM), "{text:?}");
        }
        assert!(!is_echo("anything", "") && !is_echo("", ""));
    }

    #[test]
    fn a_short_sentence_is_an_echo_only_where_it_is_the_whole_question() {
        assert!(is_echo("Why not.", "Why not?"));
        assert!(!is_echo("Paris.", "Which is larger? Paris. Rome."));
        assert!(!is_echo("Why not?", "Is it true? Why not?"));
        assert!(is_echo("Why not? Why not?", "Is it true? Why not?"));
    }

    #[test]
    fn a_line_of_the_question_is_a_sentence_of_it() {
        let question = "What does this Python code print?\n```python\nprint(len('hello') * 2)\n```\nAnswer with the output only.";
        assert!(is_echo("```\nprint(len('hello') * 2)\n```", question));
        assert!(!is_echo("10", question) && !is_echo("print", question));
    }
}
