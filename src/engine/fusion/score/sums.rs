//! What every scoring rule needs to know of a text's token log-probabilities, added up once.
//!
//! Owns the sums alone; which of them a rule reads is [`ScoringRule`](super::ScoringRule)'s. None of them depends on a knob, so
//! a round that is decided again under other knobs never goes through the tokens a second time.

/// Sums over the token log-probabilities of one text. Adding tokens one by one and adding them all at once gives the same bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenSums {
    /// Sum of the log-probabilities, in nats; not a number when one of them is none.
    pub logprob: f64,
    /// Sum of the probabilities.
    pub probability: f64,
    /// The least log-probability; 0 of no tokens.
    pub least: f32,
    /// How many tokens.
    pub tokens: u32,
}

impl TokenSums {
    /// Of no tokens.
    pub const NOTHING: Self = Self { logprob: 0.0, probability: 0.0, least: 0.0, tokens: 0 };

    /// Of these natural log-probabilities. Minus infinity is the logarithm of probability 0; plus infinity is no log-probability
    /// at all and counts as not a number; other values above 0 are rounding and count as 0.
    #[must_use]
    pub fn of(logprobs: &[f32]) -> Self {
        logprobs.iter().fold(Self::NOTHING, |sums, logprob| sums.with(*logprob))
    }

    /// With one token more.
    #[must_use]
    pub fn with(self, logprob: f32) -> Self {
        let counted = if logprob == f32::INFINITY { f64::NAN } else { f64::from(logprob) };
        // `min` would take the 0.
        let counted = if counted.is_nan() { counted } else { counted.min(0.0) };
        Self {
            logprob: self.logprob + counted,
            probability: self.probability + counted.exp(),
            least: self.least.min(logprob),
            tokens: self.tokens.saturating_add(1),
        }
    }

    /// Mean token log-probability, in nats per token; `None` without tokens or with a value that is not a number.
    #[must_use]
    pub fn mean_logprob(&self) -> Option<f64> {
        (self.tokens > 0 && !self.logprob.is_nan()).then(|| self.logprob / f64::from(self.tokens))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_sums() {
        let sums = TokenSums::of(&[0.5_f32.ln(), 0.25_f32.ln()]);
        assert!((sums.probability - 0.75).abs() < 1e-6);
        assert!((sums.logprob - 0.125_f64.ln()).abs() < 1e-6);
        assert_eq!((sums.least, sums.tokens), (0.25_f32.ln(), 2));
        assert_eq!(TokenSums::of(&[1e-6]).logprob.to_bits(), 0.0_f64.to_bits(), "no probability is above 1");
    }

    #[test]
    fn what_is_no_number_is_remembered() {
        for odd in [f32::NAN, f32::INFINITY] {
            assert_eq!(TokenSums::of(&[-1.0, odd, -1.0]).mean_logprob(), None);
        }
        assert_eq!(TokenSums::NOTHING.mean_logprob(), None);
        assert_eq!(TokenSums::of(&[f32::NEG_INFINITY]).mean_logprob(), Some(f64::NEG_INFINITY));
    }
}
