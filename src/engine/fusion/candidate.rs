//! Drafts and the candidates they become: equal drafts are one candidate with several authors.
//!
//! Owns cutting a draft's tokens along with its text, and merging equal drafts. Where to cut is up to `segment`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::MemberIndex;
use super::segment::{Cut, prefix};

/// One token of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftToken {
    /// The text this token adds. A token that holds only part of a UTF-8 character adds nothing; the token that completes the
    /// character adds all of it.
    pub text: String,
    /// Natural logarithm of the probability (at temperature 1, before any truncation) that its author gave it, at most 0; `None`
    /// if the author does not report it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprob: Option<f32>,
}

/// What one member proposes as the next segment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The tokens in order; their texts, joined, are the draft's text.
    pub tokens: Vec<DraftToken>,
    /// Whether the answer is complete after this draft.
    pub ends: bool,
    /// Natural logarithm of the probability of ending here, whether or not the draft does, if the author knows it.
    pub end_logprob: Option<f32>,
}

/// A distinct text that the members proposed in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The member that drafted it first: its name in events. It never changes.
    pub key: MemberIndex,
    /// Its authors, earliest member first; never empty.
    pub authors: Vec<MemberIndex>,
    /// The text to append to the accepted text, byte for byte.
    pub text: Arc<str>,
    /// Number of characters of the text.
    pub characters: usize,
    /// Whether the answer is complete after it.
    pub ends: bool,
}

/// What a verifier scores: a candidate without its authors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateText {
    /// The text to append to the accepted text, byte for byte.
    pub text: Arc<str>,
    /// Whether the answer is complete after it.
    pub ends: bool,
}

impl CandidateText {
    /// A text, and whether it ends the answer.
    pub fn new(text: impl Into<Arc<str>>, ends: bool) -> Self {
        Self { text: text.into(), ends }
    }
}

impl Candidate {
    /// What a verifier scores of it.
    #[must_use]
    pub fn content(&self) -> CandidateText {
        CandidateText { text: Arc::clone(&self.text), ends: self.ends }
    }
}

impl DraftToken {
    /// An empty token that only shows that its author is still working.
    #[must_use]
    pub fn sign_of_life() -> Self {
        Self { text: String::new(), logprob: None }
    }

    /// Whether it has neither text nor a log-probability. Such tokens are not recorded.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.text.is_empty() && self.logprob.is_none()
    }
}

impl Draft {
    /// The draft's text.
    #[must_use]
    pub fn text(&self) -> String {
        self.tokens.iter().map(|token| token.text.as_str()).collect()
    }

    /// The draft cut to `cut`. A token that straddles the cut keeps the part of its text inside; its log-probability remains that
    /// of the whole token.
    #[must_use]
    pub fn cut(&self, cut: Cut) -> Self {
        let ends = self.ends && cut.ends;
        let mut tokens = Vec::with_capacity(self.tokens.len());
        let mut begin = 0;
        for token in &self.tokens {
            // A token without text at the cut starts a character outside, unless the whole draft is kept.
            if begin >= cut.bytes && !(ends && token.text.is_empty()) {
                break;
            }
            let inside = prefix(&token.text, cut.bytes.saturating_sub(begin));
            tokens.push(DraftToken { text: inside.to_owned(), logprob: token.logprob });
            begin += token.text.len();
        }
        // The probability of ending is only known for the draft's own end.
        let whole = tokens.len() == self.tokens.len()
            && ends == self.ends
            && cut.bytes >= self.tokens.iter().map(|token| token.text.len()).sum();
        Self { tokens, ends, end_logprob: self.end_logprob.filter(|_| whole) }
    }

    /// The log-probabilities by which its author scores this draft: those of the tokens, as far as known, then that of the end if
    /// the draft ends and it is known. A server that sends a character of several tokens in one piece reports only the last
    /// token's.
    #[must_use]
    pub fn logprobs(&self) -> Vec<f32> {
        let end = self.end_logprob.filter(|_| self.ends);
        self.tokens.iter().filter_map(|token| token.logprob).chain(end).collect()
    }
}

/// Merges a draft into the candidates of its round: its author joins the candidate with equal text and equal `ends`, or the draft
/// becomes a new candidate. Candidates stay ordered by their earliest author.
pub fn merge(candidates: &mut Vec<Candidate>, author: MemberIndex, draft: &Draft) {
    let text = draft.text();
    match candidates.iter_mut().find(|known| known.ends == draft.ends && *known.text == *text) {
        Some(known) => {
            known.authors.push(author);
            known.authors.sort_unstable();
        }
        None => candidates.push(Candidate {
            key: author,
            authors: vec![author],
            characters: text.chars().count(),
            text: text.into(),
            ends: draft.ends,
        }),
    }
    candidates.sort_by_key(|candidate| candidate.authors.first().copied());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(tokens: &[&str], ends: bool) -> Draft {
        let token = |(at, text): (usize, &&str)| DraftToken { text: (*text).to_owned(), logprob: Some(-(at as f32) - 1.0) };
        Draft { tokens: tokens.iter().enumerate().map(token).collect(), ends, end_logprob: ends.then_some(-0.5) }
    }

    #[test]
    fn a_draft_cut_keeps_the_tokens_inside() {
        let whole = draft(&[" one", " tw", "o thr", "ee"], true);
        let kept = whole.cut(Cut { bytes: 8, ends: false });
        // The third token straddles the cut: its "o" is inside.
        assert_eq!(kept.text(), " one two");
        assert_eq!(kept.logprobs(), [-1.0, -2.0, -3.0]);
        assert_eq!((kept.ends, kept.end_logprob), (false, None));
        assert_eq!(whole.cut(Cut { bytes: 14, ends: true }), whole);
        assert_eq!(whole.logprobs(), [-1.0, -2.0, -3.0, -4.0, -0.5]);
    }

    #[test]
    fn parts_of_characters_stay_with_their_character() {
        // The second token starts "é", the fourth starts a character that never came.
        let unfinished = draft(&["caf", "", "é", ""], false);
        assert_eq!(unfinished.cut(Cut { bytes: 5, ends: false }).tokens.len(), 3);
        assert_eq!(unfinished.cut(Cut { bytes: 3, ends: false }).tokens.len(), 1);
        // A cut inside a character is a caller's mistake: the character is left out.
        assert_eq!(unfinished.cut(Cut { bytes: 4, ends: false }).text(), "caf");
    }

    #[test]
    fn an_empty_draft_that_ends_stays_one() {
        let stop = draft(&[], true);
        assert_eq!(stop.cut(Cut { bytes: 0, ends: true }), stop);
        assert_eq!(stop.logprobs(), [-0.5]);
        assert_eq!(Draft { end_logprob: None, ..stop }.logprobs(), [0.0; 0]);
    }

    #[test]
    fn equal_drafts_are_one_candidate() {
        let (yes, split, yes_end, stop) =
            (draft(&[" yes"], false), draft(&[" y", "es"], false), draft(&[" yes"], true), draft(&[], true));
        let [first, second, third, fourth, fifth] = [0, 1, 2, 3, 4].map(MemberIndex);
        let mut merged = Vec::new();
        for (author, draft) in [(fifth, &yes_end), (second, &yes), (first, &stop), (fourth, &split), (third, &yes_end)] {
            merge(&mut merged, author, draft);
        }
        let seen: Vec<(&str, bool, &[MemberIndex])> =
            merged.iter().map(|candidate| (&*candidate.text, candidate.ends, candidate.authors.as_slice())).collect();
        assert_eq!(seen, [("", true, &[first][..]), (" yes", false, &[second, fourth]), (" yes", true, &[third, fifth])]);
        let keys: Vec<_> = merged.iter().map(|candidate| candidate.key).collect();
        assert_eq!(keys, [first, second, fifth], "whoever drafted it first");
    }
}
