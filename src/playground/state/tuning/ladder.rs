//! The ladder of segment lengths that two keys walk: from a sentence over words to tokens, each rung visibly shorter than the last.
//!
//! The knobs of the lengths count in three units; this puts them in one order. Lengths between two rungs are left to the panel.

use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::{Params, Value};
use crate::engine::fusion::segment::SegmentUnit;

/// A length of segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// A sentence.
    Sentence,
    /// This many words.
    Words(i64),
    /// This many tokens.
    Tokens(i64),
}

/// Longest first.
pub const RUNGS: [Length; 7] = [
    Length::Sentence,
    Length::Words(12),
    Length::Words(6),
    Length::Words(3),
    Length::Tokens(10),
    Length::Tokens(5),
    Length::Tokens(3),
];

impl Length {
    /// The length under these knobs.
    #[must_use]
    pub fn of(params: &Params) -> Self {
        let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        match params.segment {
            SegmentUnit::Sentence => Self::Sentence,
            SegmentUnit::Words => Self::Words(length(params.segment_words)),
            SegmentUnit::Tokens => Self::Tokens(length(params.segment_tokens)),
        }
    }

    /// The next rung in this direction, from wherever this length is; `None` at the end of the ladder. Above 0: longer.
    #[must_use]
    pub fn next(self, direction: i64) -> Option<Self> {
        if direction > 0 {
            RUNGS.into_iter().rev().find(|rung| rung.depth() < self.depth())
        } else {
            RUNGS.into_iter().find(|rung| rung.depth() > self.depth())
        }
    }

    /// The next shorter rung that cuts a sentence of this many words; the shortest that counts words where none does.
    #[must_use]
    pub fn within_sentence(words: usize) -> Self {
        let cuts =
            |rung: &Self| matches!(rung, Self::Words(length) if usize::try_from(*length).is_ok_and(|length| length < words));
        RUNGS.into_iter().find(cuts).unwrap_or(Self::Words(3))
    }

    /// The knobs that make it, by name.
    #[must_use]
    pub fn values(self) -> Vec<(&'static str, Value)> {
        let unit = |name: &str| ("segment", Value::Name(name.to_owned()));
        match self {
            Self::Sentence => vec![unit("sentence")],
            Self::Words(length) => vec![unit("words"), ("segment-words", Value::Integer(length))],
            Self::Tokens(length) => vec![unit("tokens"), ("segment-tokens", Value::Integer(length))],
        }
    }

    /// The length as a sentence says it: "by 6 words".
    #[must_use]
    pub fn words(self) -> DisplayText {
        display!("by {}", self.short())
    }

    /// The length alone: "6 words".
    #[must_use]
    pub fn short(self) -> DisplayText {
        match self {
            Self::Sentence => "sentence".into(),
            Self::Words(1) => "1 word".into(),
            Self::Words(length) => display!("{length} words"),
            Self::Tokens(1) => "1 token".into(),
            Self::Tokens(length) => display!("{length} tokens"),
        }
    }

    /// The place in the order: the deeper, the shorter.
    fn depth(self) -> (u8, i64) {
        match self {
            Self::Sentence => (0, 0),
            Self::Words(length) => (1, -length),
            Self::Tokens(length) => (2, -length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(length: Length) -> Params {
        let mut params = Params::default();
        for (name, value) in length.values() {
            params.set(name, &value).unwrap();
        }
        params
    }

    #[test]
    fn the_ladder_is_walked_down_and_up_again() {
        let walk = |from: Length, direction: i64| std::iter::successors(Some(from), move |length| length.next(direction));
        assert_eq!(walk(Length::Sentence, -1).collect::<Vec<_>>(), RUNGS);
        assert!(walk(Length::Tokens(3), 1).eq(RUNGS.into_iter().rev()));
        assert!(RUNGS.into_iter().all(|rung| Length::of(&set(rung)) == rung), "its knobs make it");
        assert_eq!(Length::of(&Params::default()), Length::Sentence);
    }

    #[test]
    fn a_step_down_from_a_sentence_cuts_it() {
        for (words, expected) in [(0, 3), (4, 3), (6, 3), (7, 6), (12, 6), (13, 12), (90, 12)] {
            assert_eq!(Length::within_sentence(words), Length::Words(expected), "{words}");
        }
    }

    proptest! {
        #[test]
        fn from_between_two_rungs_a_step_goes_to_the_nearest(length in 1_i64..=200, tokens: bool, longer: bool) {
            let from = if tokens { Length::Tokens(length) } else { Length::Words(length) };
            let direction = if longer { 1 } else { -1 };
            match from.next(direction) {
                Some(next) => {
                    prop_assert_eq!(next.depth() < from.depth(), longer);
                    let (low, high) = (next.depth().min(from.depth()), next.depth().max(from.depth()));
                    prop_assert!(RUNGS.into_iter().all(|rung| rung.depth() <= low || rung.depth() >= high));
                }
                None => prop_assert!(tokens && !longer && length <= 3),
            }
        }
    }
}
