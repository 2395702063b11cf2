//! Drafts and the candidates they become: equal drafts are one candidate with several authors.
//!
//! Owns cutting a draft's tokens along with its text and the merging of equal drafts; where to cut is `segment`'s.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::MemberIndex;
use super::segment::{Cut, prefix};

/// One token of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftToken {
    /// The text this token adds. A token that holds only a part of a UTF-8 character adds nothing; the token that completes
    /// the character adds all of it.
    pub text: String,
    /// Natural logarithm of the probability (at temperature 1, before any truncation) that its author gave it, at most 0;
    /// `None` where the author does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprob: Option<f32>,
}

/// What one member proposes as the next segment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The tokens in order; their texts joined are the draft's text.
    pub tokens: Vec<DraftToken>,
    /// Whether the answer is complete after this draft.
    pub ends: bool,
    /// Natural logarithm of the probability of ending here, whether it does or not, where the author knows.
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
    /// No token, but a sign that its author still works.
    #[must_use]
    pub fn sign_of_life() -> Self {
        Self { text: String::new(), logprob: None }
    }

    /// Whether it adds neither text nor a log-probability. Such tokens are not recorded.
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

    /// The draft cut to `cut`. A token that straddles the cut is kept with the part of its text that is inside; its
    /// log-probability stays that of the whole token.
    #[must_use]
    pub fn cut(&self, cut: Cut) -> Self {
        let ends = self.ends && cut.ends;
        let mut tokens = Vec::with_capacity(self.tokens.len());
        let mut begin = 0;
        for token in &self.tokens {
            // A token without text at the cut is the start of a character outside, unless the whole draft is kept.
            if begin >= cut.bytes && !(ends && token.text.is_empty()) {
                break;
            }
            let inside = prefix(&token.text, cut.bytes.saturating_sub(begin));
            tokens.push(DraftToken { text: inside.to_owned(), logprob: token.logprob });
            begin += token.text.len();
        }
        // What follows a place inside is not known.
        let whole = tokens.len() == self.tokens.len()
            && ends == self.ends
            && cut.bytes >= self.tokens.iter().map(|token| token.text.len()).sum();
        Self { tokens, ends, end_logprob: self.end_logprob.filter(|_| whole) }
    }

    /// The log-probabilities that score this draft by its author: the tokens' that are known, then the end's where it ends and is
    /// known. A server that sends a character of several tokens at once tells the log-probability of the last alone.
    #[must_use]
    pub fn logprobs(&self) -> Vec<f32> {
        let end = self.end_logprob.filter(|_| self.ends);
        self.tokens.iter().filter_map(|token| token.logprob).chain(end).collect()
    }
}

/// Takes a draft into the candidates of its round: its author becomes one more author of an equal candidate (equal text and
/// equal `ends`), else it becomes a candidate of its own. Candidates stay ordered by their earliest author.
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
        // The third token straddles the cut: "o" of it is inside.
        assert_eq!(kept.text(), " one two");
        assert_eq!(kept.logprobs(), [-1.0, -2.0, -3.0]);
        assert_eq!((kept.ends, kept.end_logprob), (false, None));
        assert_eq!(whole.cut(Cut { bytes: 14, ends: true }), whole);
        assert_eq!(whole.logprobs(), [-1.0, -2.0, -3.0, -4.0, -0.5]);
    }

    #[test]
    fn parts_of_characters_stay_with_their_character() {
        // The second token is the start of "é", the fourth of a character that never came.
        let unfinished = draft(&["caf", "", "é", ""], false);
        assert_eq!(unfinished.cut(Cut { bytes: 5, ends: false }).tokens.len(), 3);
        assert_eq!(unfinished.cut(Cut { bytes: 3, ends: false }).tokens.len(), 1);
        // A cut inside a character is a mistake of the caller's: the character is left out.
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
