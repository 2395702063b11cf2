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

/// What lies between the ends of the ladder if neither is elsewhere: the length that the paper uses.
const MIDDLE: Length = Length::Tokens(10);

impl Length {
    /// Three lengths to be compared, the longest first, this one among them: the ends of the ladder and one in between.
    #[must_use]
    pub fn around(self) -> [Self; 3] {
        let [longest, .., shortest] = RUNGS;
        if self.depth() <= longest.depth() {
            [self, MIDDLE, shortest]
        } else if self.depth() < shortest.depth() {
            [longest, self, shortest]
        } else {
            [longest, MIDDLE, self]
        }
    }

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

    /// The rungs between this length and a shorter one.
    #[must_use]
    pub fn skipped(self, shorter: Self) -> Vec<Self> {
        RUNGS.into_iter().filter(|rung| rung.depth() > self.depth() && rung.depth() < shorter.depth()).collect()
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

    /// These knobs with this length.
    #[must_use]
    pub fn over(self, params: &Params) -> Params {
        let mut params = params.clone();
        for (name, value) in self.values() {
            // Every length is in the range of its knob.
            let _ = params.set(name, &value);
        }
        params
    }

    /// The length as a heading names it: "6 words".
    #[must_use]
    pub fn name(self) -> DisplayText {
        match self {
            Self::Sentence => "one sentence".into(),
            Self::Words(_) | Self::Tokens(_) => self.short(),
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
        length.over(&Params::default())
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

    #[test]
    fn three_lengths_are_the_ends_and_one_between_with_the_one_in_force_among_them() {
        use Length::{Sentence, Tokens, Words};
        assert_eq!(Sentence.around(), [Sentence, Tokens(10), Tokens(3)]);
        assert_eq!(Tokens(3).around(), [Sentence, Tokens(10), Tokens(3)]);
        assert_eq!(Words(12).around(), [Sentence, Words(12), Tokens(3)]);
        assert_eq!(Tokens(5).around(), [Sentence, Tokens(5), Tokens(3)]);
        assert_eq!(Tokens(1).around(), [Sentence, Tokens(10), Tokens(1)], "shorter than the ladder");
        let names = Tokens(1).around().map(Length::name);
        assert_eq!(names, ["one sentence", "10 tokens", "1 token"]);
    }

    proptest! {
        #[test]
        fn of_three_lengths_each_is_shorter_than_the_one_before(length in 1_i64..=200, tokens: bool) {
            let from = if tokens { Length::Tokens(length) } else { Length::Words(length) };
            let lengths = from.around();
            prop_assert!(lengths.contains(&from) && lengths.is_sorted_by_key(|length| length.depth()));
            prop_assert!(lengths[0] != lengths[1] && lengths[1] != lengths[2]);
        }

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
