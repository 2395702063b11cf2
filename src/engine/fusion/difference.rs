//! Where two texts differ, word by word.

use similar::{ChangeTag, TextDiff};

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Its text, including adjacent blanks.
    pub text: String,
    /// Whether the other text differs here.
    pub differs: bool,
}

/// Splits both texts into stretches that are the same and stretches that differ. Joined, the stretches of each give its text
/// back.
#[must_use]
pub fn difference(left: &str, right: &str) -> (Vec<Stretch>, Vec<Stretch>) {
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    for change in TextDiff::from_words(left, right).iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut lefts, change.value(), false);
                push(&mut rights, change.value(), false);
            }
            ChangeTag::Delete => push(&mut lefts, change.value(), true),
            ChangeTag::Insert => push(&mut rights, change.value(), true),
        }
    }
    (lefts, rights)
}

fn push(stretches: &mut Vec<Stretch>, text: &str, differs: bool) {
    match stretches.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        Some(_) | None => stretches.push(Stretch { text: text.to_owned(), differs }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(stretches: &[Stretch], which: impl Fn(&Stretch) -> bool) -> String {
        stretches.iter().filter(|stretch| which(stretch)).map(|stretch| stretch.text.as_str()).collect()
    }

    #[test]
    fn the_words_that_differ_are_marked_and_no_others() {
        let (left, right) = difference("The capital is Bern. It is old.", "The capital is Tokyo. It is old.");
        assert_eq!(
            (joined(&left, |stretch| stretch.differs).as_str(), joined(&right, |stretch| stretch.differs).as_str()),
            ("Bern.", "Tokyo.")
        );
        assert_eq!(difference("", ""), (Vec::new(), Vec::new()));
        assert_eq!(difference("same", "same").0, [Stretch { text: "same".to_owned(), differs: false }]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_what_is_the_same_is_the_same(left in "[ab \n]{0,30}", right in "[ab \n]{0,30}") {
            let (lefts, rights) = difference(&left, &right);
            prop_assert_eq!(joined(&lefts, |_| true), left);
            prop_assert_eq!(joined(&rights, |_| true), right);
            prop_assert_eq!(joined(&lefts, |stretch| !stretch.differs), joined(&rights, |stretch| !stretch.differs));
        }
    }
}
