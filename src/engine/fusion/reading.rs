//! How a verifier reads a candidate, token by token: the values its score is the mean, the product or the minimum of.
//!
//! A trace records a verifier's log-probabilities, not its tokens. If it has as many as one of the candidate's authors drew, they
//! are taken to be that author's tokens; otherwise only the numbers are known.

use super::MemberIndex;
use super::candidate::{Candidate, DraftToken};
use super::run::{MemberState, Round, ScoreCell};
use super::score::ScoringRule;
use super::segment::{Cut, SegmentRule};

/// The text of a token in a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenText {
    /// This text; empty for a token that holds only a part of a character.
    Known(String),
    /// The end of the answer.
    End,
    /// Unknown: the verifier's tokens are not the author's.
    Unknown,
}

/// One token as a verifier reads it.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct ReadToken {
    pub text: TokenText,
    /// The natural logarithm of its probability, at most 0.
    pub logprob: f32,
}

impl ReadToken {
    /// Its probability, 0 to 1.
    #[must_use]
    pub fn probability(&self) -> f64 {
        f64::from(self.logprob).exp()
    }
}

/// A verifier's probabilities of a candidate's tokens, in order, including that of the end if it counts. Never empty.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub tokens: Vec<ReadToken>,
}

/// How a verifier reads a candidate; `None` if it reported nothing token by token, or judged, so that its judgement counts.
#[must_use]
pub fn reading(members: &[MemberState], round: &Round, verifier: MemberIndex, candidate: &Candidate) -> Option<Reading> {
    let judged = |cell: &ScoreCell| cell.verifier == verifier && cell.is_judgement();
    if round.scores().iter().any(judged) {
        return None;
    }
    let own = round.own_score(verifier).filter(|own| candidate.authors.contains(&verifier) && !own.logprobs.is_empty());
    let (logprobs, with_end) = if let Some(own) = own {
        (own.logprobs.as_slice(), own.with_end)
    } else {
        let logprobs = round.score(verifier, candidate.key)?.logprobs()?;
        let knows_end = members.get(verifier.0).is_some_and(|member| member.header.capabilities.end_probability);
        (logprobs, candidate.ends && knows_end && !logprobs.is_empty())
    };
    let (end, words) = if with_end { logprobs.split_last()? } else { (&0.0, logprobs) };
    let texts = author_tokens(round, verifier, candidate, words.len());
    let mut tokens: Vec<ReadToken> = words
        .iter()
        .enumerate()
        .map(|(place, logprob)| ReadToken {
            text: texts.get(place).map_or(TokenText::Unknown, |token| TokenText::Known(token.text.clone())),
            logprob: logprob.min(0.0),
        })
        .collect();
    if with_end && round.params.score_end {
        tokens.push(ReadToken { text: TokenText::End, logprob: end.min(0.0) });
    }
    (!tokens.is_empty()).then_some(Reading { tokens })
}

/// The tokens of an author whose draft has this many, the verifier's own first. Empty if there is none.
fn author_tokens(round: &Round, verifier: MemberIndex, candidate: &Candidate, count: usize) -> Vec<DraftToken> {
    let own = candidate.authors.iter().filter(|author| **author == verifier);
    let others = candidate.authors.iter().filter(|author| **author != verifier);
    let tokens = own.chain(others).filter_map(|author| {
        let cut = Cut { bytes: candidate.text.len(), ends: candidate.ends };
        Some(round.finished(*author)?.draft.cut(cut).tokens)
    });
    tokens.into_iter().find(|tokens| tokens.len() == count).unwrap_or_default()
}

impl Reading {
    /// The least probable token and its position; the first on ties.
    #[must_use]
    pub fn least(&self) -> Option<(usize, &ReadToken)> {
        self.tokens.iter().enumerate().min_by(|(_, one), (_, other)| one.logprob.total_cmp(&other.logprob))
    }

    /// The verifier's score of the candidate, which has this many characters, before any normalisation.
    #[must_use]
    pub fn score(&self, rule: ScoringRule, characters: usize) -> Option<f64> {
        let logprobs: Vec<f32> = self.tokens.iter().map(|token| token.logprob).collect();
        rule.score(&logprobs, characters)
    }

    /// Whether the tokens' texts are known.
    #[must_use]
    pub fn knows_texts(&self) -> bool {
        self.tokens.iter().all(|token| token.text != TokenText::Unknown)
    }

    /// The geometric mean of the probabilities within each sentence; `ends` are the sentences' ends in bytes. `None` if the
    /// tokens are not known or no token starts in a sentence. The end of the answer belongs to no sentence.
    #[must_use]
    pub fn by_sentence(&self, ends: &[usize]) -> Vec<Option<f64>> {
        let mut sums = vec![(0.0, 0_usize); ends.len()];
        let mut begin = 0;
        for token in &self.tokens {
            let text = match &token.text {
                TokenText::Known(text) => text,
                TokenText::End => continue,
                TokenText::Unknown => return vec![None; ends.len()],
            };
            let sentence = ends.partition_point(|end| *end <= begin);
            if let Some((sum, count)) = sums.get_mut(sentence) {
                *sum += f64::from(token.logprob);
                *count += 1;
            }
            begin += text.len();
        }
        sums.into_iter().map(|(sum, count)| (count > 0).then(|| (sum / count as f64).exp())).collect()
    }
}

/// Where each sentence of a text ends, in bytes; the last is the length of the text. Empty for a text without words.
#[must_use]
pub fn sentence_ends(text: &str) -> Vec<usize> {
    let rule = SegmentRule::sentence(usize::MAX);
    let mut ends = Vec::new();
    let mut from = 0;
    while let Some(rest) = text.get(from..).filter(|rest| !rest.trim().is_empty()) {
        // Treated as a text that ends: what follows the last full stop is kept whole.
        let bytes = rule.after(&text[..from]).cut(rest, true).bytes;
        if bytes == 0 {
            break;
        }
        from += bytes;
        ends.push(from);
    }
    if let Some(last) = ends.last_mut().filter(|last| **last < text.len()) {
        *last = text.len();
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(tokens: &[(&str, f64)]) -> Reading {
        let token = |(text, probability): &(&str, f64)| ReadToken {
            text: TokenText::Known((*text).to_owned()),
            logprob: probability.ln() as f32,
        };
        Reading { tokens: tokens.iter().map(token).collect() }
    }

    #[test]
    fn sentences_end_where_segments_by_sentence_would() {
        let table: [(&str, &[usize]); 6] = [
            ("", &[]),
            ("  \n", &[]),
            (" One", &[4]),
            (" One. Two", &[5, 9]),
            (" One. Two! ", &[5, 11]),
            ("It is 3.14. Dr. Who asks. ", &[11, 26]),
        ];
        for (text, ends) in table {
            assert_eq!(sentence_ends(text), ends, "{text:?}");
        }
    }

    #[test]
    fn the_least_probable_token_is_the_first_of_equals() {
        let reading = known(&[(" a", 0.5), (" b", 0.1), (" c", 0.1)]);
        assert_eq!(reading.least().map(|(place, _)| place), Some(1));
        assert_eq!(Reading { tokens: Vec::new() }.least(), None);
    }

    #[test]
    fn each_sentence_has_the_mean_of_its_own_tokens() {
        let text = " Yes. No it is.";
        let mut reading = known(&[(" Yes", 0.5), (".", 0.5), (" No", 0.9), (" it is", 0.9), (".", 0.9)]);
        reading.tokens.push(ReadToken { text: TokenText::End, logprob: -20.0 });
        let means: Vec<f64> = reading.by_sentence(&sentence_ends(text)).into_iter().flatten().collect();
        assert!((means[0] - 0.5).abs() < 1e-6 && (means[1] - 0.9).abs() < 1e-6, "{means:?}");
        reading.tokens[1].text = TokenText::Unknown;
        assert_eq!(reading.by_sentence(&sentence_ends(text)), [None, None]);
    }
}
