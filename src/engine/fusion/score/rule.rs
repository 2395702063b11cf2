//! The scoring rules: how a verifier's token log-probabilities of a candidate become its score.
//!
//! Owns everything that differs between rules: name, formula, scale and the effect of one improbable token. To add a rule, add a
//! variant and follow the compiler through this file; the knob, the screens and the tests take their lists from the enum.

use crate::engine::fusion::choice::choice;

choice! {
    /// How one verifier's token log-probabilities of a candidate become its score. Higher is better for every rule.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ScoringRule {
        /// Mean token probability: the paper's rule.
        MeanProb = "mean-prob",
        /// `exp` of the mean token log-probability (the order of perplexity).
        Geometric = "geometric",
        /// Mean token log-probability, in nats per token.
        MeanLogprob = "mean-logprob",
        /// The least probable token's probability.
        MinProb = "min-prob",
        /// Sum of log-probabilities divided by the number of characters: neutral between tokenizers.
        PerChar = "per-char",
        /// Sum of token log-probabilities, in nats.
        SumLogprob = "sum-logprob",
    }
}

/// The score of probability 0 under a logarithmic rule, in nats: beyond any real segment, `exp` of it is 0, and unlike minus
/// infinity it can be averaged, subtracted and serialised.
pub const LOG_ZERO: f64 = -1.0e6;

/// A sum over a whole segment is far below any mean: divided by this many tokens it has the size of one token's logarithm.
const TYPICAL_TOKENS: f64 = 10.0;

/// The effect of one improbable token among many others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// The token is averaged with the others.
    Averaged,
    /// Its logarithm is divided by the number of characters.
    PerCharacter,
    /// Its logarithm is added to the others'.
    Summed,
    /// It decides alone.
    Least,
}

impl ScoringRule {
    /// The score of a text of `characters` characters whose tokens have these natural log-probabilities; `None` without tokens or
    /// with a log-probability that is not a number.
    ///
    /// Finite, and never below [`LOG_ZERO`]. Minus infinity is the logarithm of probability 0; plus infinity is not a
    /// log-probability and counts as not a number; other values above 0 are rounding and count as 0.
    #[must_use]
    pub fn score(self, logprobs: &[f32], characters: usize) -> Option<f64> {
        are_numbers(logprobs).then(|| self.of_numbers(logprobs, characters))
    }

    /// [`Self::score`] of log-probabilities that satisfy [`are_numbers`].
    fn of_numbers(self, logprobs: &[f32], characters: usize) -> f64 {
        let tokens = logprobs.len() as f64;
        let score = match self {
            Self::MeanProb => nats(logprobs).fold(0.0, |sum, logprob| sum + logprob.exp()) / tokens,
            Self::Geometric => (sum(logprobs) / tokens).exp(),
            Self::MeanLogprob => sum(logprobs) / tokens,
            Self::MinProb => nats(logprobs).fold(0.0, f64::min).exp(),
            // The end of the answer has no characters: then the divisor is 1.
            Self::PerChar => sum(logprobs) / characters.max(1) as f64,
            Self::SumLogprob => sum(logprobs),
        };
        score.max(LOG_ZERO)
    }

    /// Whether scores under this rule are logarithms.
    #[must_use]
    pub fn is_logarithmic(self) -> bool {
        match self {
            Self::MeanLogprob | Self::PerChar | Self::SumLogprob => true,
            Self::MeanProb | Self::Geometric | Self::MinProb => false,
        }
    }

    /// A score under this rule as a number from 0 to 1 for shading on the screen: logarithms become the probability of one token.
    #[must_use]
    pub fn share(self, score: f64) -> f64 {
        match self {
            Self::MeanProb | Self::Geometric | Self::MinProb => score,
            Self::MeanLogprob | Self::PerChar => score.exp(),
            Self::SumLogprob => (score / TYPICAL_TOKENS).exp(),
        }
    }

    /// The effect of one improbable token among many others.
    #[must_use]
    pub fn pooling(self) -> Pooling {
        match self {
            Self::MeanProb | Self::Geometric | Self::MeanLogprob => Pooling::Averaged,
            Self::PerChar => Pooling::PerCharacter,
            Self::SumLogprob => Pooling::Summed,
            Self::MinProb => Pooling::Least,
        }
    }

    /// Whether one improbable token lowers a score under this rule far more than under the mean of probabilities, on the same
    /// scale of probabilities. The screen uses it to explain scores.
    #[must_use]
    pub fn is_strict(self) -> bool {
        match self {
            Self::Geometric | Self::MinProb => true,
            Self::MeanProb | Self::MeanLogprob | Self::PerChar | Self::SumLogprob => false,
        }
    }
}

/// One text's score under every rule. It depends on no knob, so a round decided again under other knobs never goes through the
/// tokens a second time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenScores {
    /// By rule; NaN if any log-probability is NaN.
    by_rule: [f64; ScoringRule::ALL.len()],
    mean_logprob: f64,
}

impl TokenScores {
    /// The scores for these natural log-probabilities of a text of `characters` characters; `None` without tokens.
    #[must_use]
    pub fn of(logprobs: &[f32], characters: usize) -> Option<Self> {
        if logprobs.is_empty() {
            return None;
        }
        let mut scores = Self { by_rule: [f64::NAN; ScoringRule::ALL.len()], mean_logprob: f64::NAN };
        if are_numbers(logprobs) {
            scores.by_rule = std::array::from_fn(|rule| ScoringRule::ALL[rule].of_numbers(logprobs, characters));
            scores.mean_logprob = sum(logprobs) / logprobs.len() as f64;
        }
        Some(scores)
    }

    /// The score under a rule; see [`ScoringRule::score`].
    #[must_use]
    pub fn under(&self, rule: ScoringRule) -> Option<f64> {
        Some(self.by_rule[rule as usize]).filter(|score| !score.is_nan())
    }

    /// Mean token log-probability in nats per token, minus infinity if a token has probability 0; `None` if a value is not a
    /// number.
    #[must_use]
    pub fn mean_logprob(&self) -> Option<f64> {
        Some(self.mean_logprob).filter(|mean| !mean.is_nan())
    }
}

fn are_numbers(logprobs: &[f32]) -> bool {
    !logprobs.is_empty() && logprobs.iter().all(|logprob| !logprob.is_nan() && *logprob != f32::INFINITY)
}

fn nats(logprobs: &[f32]) -> impl Iterator<Item = f64> {
    logprobs.iter().map(|logprob| f64::from(*logprob).min(0.0))
}

fn sum(logprobs: &[f32]) -> f64 {
    nats(logprobs).fold(0.0, |sum, logprob| sum + logprob)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_scores_at_once_are_those_of_each_rule() {
        for logprobs in
            [&[0.5_f32.ln(), 0.25_f32.ln()][..], &[-1.0, f32::NEG_INFINITY], &[1e-6], &[-1.0, f32::NAN], &[f32::INFINITY]]
        {
            let scores = TokenScores::of(logprobs, 7).unwrap();
            for rule in ScoringRule::ALL {
                assert_eq!(scores.under(*rule), rule.score(logprobs, 7), "{rule:?}");
            }
        }
        assert_eq!(TokenScores::of(&[], 7), None);
    }

    #[test]
    fn the_mean_log_probability_has_no_lower_limit() {
        let mean = |logprobs: &[f32]| TokenScores::of(logprobs, 1).unwrap().mean_logprob();
        assert_eq!(mean(&[-1.0, -3.0]), Some(-2.0));
        assert_eq!(mean(&[f32::NEG_INFINITY]), Some(f64::NEG_INFINITY));
        assert_eq!(mean(&[1e-6]).map(f64::to_bits), Some(0.0_f64.to_bits()), "no probability is above 1");
        for odd in [f32::NAN, f32::INFINITY] {
            assert_eq!(mean(&[-1.0, odd, -1.0]), None);
        }
    }

    #[test]
    fn every_rule_has_a_share_from_0_to_1_and_prefers_the_more_probable() {
        for rule in ScoringRule::ALL {
            let score = |logprobs: &[f32]| rule.score(logprobs, 4).unwrap();
            for logprobs in [&[0.0][..], &[-0.1, -3.0], &[f32::NEG_INFINITY]] {
                assert!((0.0..=1.0).contains(&rule.share(score(logprobs))), "{rule:?}");
            }
            assert!(score(&[-0.5, -0.5]) > score(&[-1.0, -1.0]), "{rule:?}");
        }
    }
}
