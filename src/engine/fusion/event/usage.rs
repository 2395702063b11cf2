//! Tokens used and what they cost.
//!
//! Owns the record of both: what a server counted, and what had to be guessed because no count came. Guessing is the members'
//! job.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Tokens that calls used: as the server counted them, plus guesses where no count came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Prompt tokens, including those read from a cache.
    pub prompt_tokens: u64,
    /// Prompt tokens read from a cache.
    #[serde(default)]
    pub cached_tokens: u64,
    /// Generated tokens, including hidden reasoning.
    pub output_tokens: u64,
    /// The guessed part of the prompt tokens.
    #[serde(default, skip_serializing_if = "is_none_of_them")]
    pub guessed_prompt_tokens: u64,
    /// The guessed part of the generated tokens.
    #[serde(default, skip_serializing_if = "is_none_of_them")]
    pub guessed_output_tokens: u64,
}

/// "about " before guessed figures, empty before counted ones.
#[must_use]
pub const fn about(guessed: bool) -> &'static str {
    if guessed { "about " } else { "" }
}

/// What tokens cost, in US dollars per million.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens read from a cache; as `input` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<f64>,
    /// Generated tokens.
    pub output: f64,
}

impl Usage {
    /// Usage that a server counted.
    #[must_use]
    pub const fn counted(prompt_tokens: u64, cached_tokens: u64, output_tokens: u64) -> Self {
        Self { prompt_tokens, cached_tokens, output_tokens, guessed_prompt_tokens: 0, guessed_output_tokens: 0 }
    }

    /// Prompt tokens and generated tokens.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.prompt_tokens.saturating_add(self.output_tokens)
    }

    /// The guessed part of [`Self::total`].
    #[must_use]
    pub fn guessed(&self) -> u64 {
        self.guessed_prompt_tokens.saturating_add(self.guessed_output_tokens)
    }

    /// Whether part of it is a guess, so that it is shown as "about".
    #[must_use]
    pub fn is_guessed(&self) -> bool {
        self.guessed() > 0
    }

    /// Whether nothing was used, or nothing is known.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Token positions that a model evaluated for it: those not in a cache, and those generated.
    #[must_use]
    pub fn evaluated(&self) -> u64 {
        self.prompt_tokens.saturating_sub(self.cached_tokens).saturating_add(self.output_tokens)
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.guessed_prompt_tokens = self.guessed_prompt_tokens.saturating_add(other.guessed_prompt_tokens);
        self.guessed_output_tokens = self.guessed_output_tokens.saturating_add(other.guessed_output_tokens);
    }
}

impl Price {
    /// What this usage costs, in US dollars.
    #[must_use]
    pub fn of(&self, usage: Usage) -> f64 {
        let cached = usage.cached_tokens.min(usage.prompt_tokens);
        let read = (usage.prompt_tokens - cached) as f64 * self.input + cached as f64 * self.cached.unwrap_or(self.input);
        (read + usage.output_tokens as f64 * self.output) / 1e6
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_none_of_them(count: &u64) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_count_stands_still_at_the_greatest() {
        let most = Usage::counted(u64::MAX, 0, u64::MAX);
        let mut sum = most;
        sum += most;
        assert_eq!((sum.evaluated(), sum), (u64::MAX, most));
        let more_cached_than_read = Usage::counted(10, 20, 3);
        assert_eq!(more_cached_than_read.evaluated(), 3);
        assert!(Price { input: f64::MAX, cached: None, output: f64::MAX }.of(most) > 0.0);
    }

    #[test]
    fn guesses_are_part_of_the_sums_and_of_traces_only_where_there_are_any() {
        let mut sum = Usage::counted(100, 10, 20);
        assert_eq!(serde_json::to_string(&sum).unwrap(), r#"{"prompt_tokens":100,"cached_tokens":10,"output_tokens":20}"#);
        let guessed = Usage { guessed_prompt_tokens: 8, guessed_output_tokens: 3, ..Usage::counted(8, 0, 5) };
        sum += guessed;
        assert_eq!((sum.total(), sum.guessed(), sum.is_guessed()), (133, 11, true));
        let read: Usage = serde_json::from_str(&serde_json::to_string(&sum).unwrap()).unwrap();
        assert_eq!(read, sum);
        let old: Usage = serde_json::from_str(r#"{"prompt_tokens":1,"output_tokens":2}"#).unwrap();
        assert_eq!(old, Usage::counted(1, 0, 2));
    }

    #[test]
    fn cached_tokens_cost_what_cached_tokens_cost() {
        let usage = Usage::counted(1_000_000, 400_000, 100_000);
        let price = Price { input: 1.0, cached: Some(0.25), output: 5.0 };
        assert!((price.of(usage) - (0.6 + 0.1 + 0.5)).abs() < 1e-9);
        assert!((Price { cached: None, ..price }.of(usage) - 1.5).abs() < 1e-9);
        let more_cached_than_read = Usage::counted(10, 20, 0);
        assert!(price.of(more_cached_than_read) >= 0.0);
    }
}
