//! Drafts and the candidates they become: equal drafts are one candidate with several authors.
//!
//! Owns cutting a draft's tokens along with its text and the merging of equal drafts; where to cut is `segment`'s.

use serde::{Deserialize, Serialize};

use super::MemberIndex;
use super::segment::Cut;

/// One token of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftToken {
    /// The text this token adds. A token that holds only a part of a UTF-8 character adds nothing; the token that completes
    /// the character adds all of it.
    pub text: String,
    /// Natural logarithm of the probability (at temperature 1, before any truncation) that its author gave it; at most 0.
    pub logprob: f32,
}

/// What one member proposes as the next segment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The tokens in order; their texts joined are the draft's text.
    pub tokens: Vec<DraftToken>,
    /// Whether the answer is complete after this draft.
    pub ends: bool,
    /// Natural logarithm of the probability of ending here, where the author can tell and `ends` is true.
    pub end_logprob: Option<f32>,
}

/// A distinct text that the members proposed in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The text to append to the accepted text, byte for byte.
    pub text: String,
    /// Whether the answer is complete after it.
    pub ends: bool,
    /// Its authors, earliest member first; never empty.
    pub authors: Vec<MemberIndex>,
}

impl Draft {
    /// The draft's text.
    #[must_use]
    pub fn text(&self) -> String {
        self.tokens.iter().map(|token| token.text.as_str()).collect()
    }

    /// The draft cut to `cut`. A token that straddles the cut is kept with the part of its text that is inside; its
    /// log-probability stays that of the whole token.
    #[must_use]
    pub fn cut(&self, cut: Cut) -> Self {
        let _ = cut;
        todo!()
    }

    /// The log-probabilities that score this draft by its author: the tokens', then the end's where it ends and is known.
    #[must_use]
    pub fn logprobs(&self) -> Vec<f32> {
        todo!()
    }
}

/// Merges equal drafts (equal text and equal `ends`) into candidates, ordered by their earliest author.
#[must_use]
pub fn merge(drafts: &[(MemberIndex, &Draft)]) -> Vec<Candidate> {
    let _ = drafts;
    todo!()
}
