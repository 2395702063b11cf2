//! Tokens used and what they cost.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Tokens that calls used, as the server counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of prompts, those read from a cache included.
    pub prompt_tokens: u64,
    /// Of these, tokens read from a cache.
    #[serde(default)]
    pub cached_tokens: u64,
    /// Tokens generated, hidden reasoning included.
    pub output_tokens: u64,
}

/// What tokens cost, in US dollars per million.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens read from a cache; as `input` where not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<f64>,
    /// Generated tokens.
    pub output: f64,
}

impl Usage {
    /// Whether nothing was used, or nothing is known.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Token positions that a model evaluated for it: those that no cache had, and those generated.
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
    }
}

impl Price {
    /// What this use costs, in US dollars.
    #[must_use]
    pub fn of(&self, usage: Usage) -> f64 {
        let cached = usage.cached_tokens.min(usage.prompt_tokens);
        let read = (usage.prompt_tokens - cached) as f64 * self.input + cached as f64 * self.cached.unwrap_or(self.input);
        (read + usage.output_tokens as f64 * self.output) / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_count_stands_still_at_the_greatest() {
        let most = Usage { prompt_tokens: u64::MAX, cached_tokens: 0, output_tokens: u64::MAX };
        let mut sum = most;
        sum += most;
        assert_eq!((sum.evaluated(), sum), (u64::MAX, most));
        let more_cached_than_read = Usage { prompt_tokens: 10, cached_tokens: 20, output_tokens: 3 };
        assert_eq!(more_cached_than_read.evaluated(), 3);
        assert!(Price { input: f64::MAX, cached: None, output: f64::MAX }.of(most) > 0.0);
    }

    #[test]
    fn cached_tokens_cost_what_cached_tokens_cost() {
        let usage = Usage { prompt_tokens: 1_000_000, cached_tokens: 400_000, output_tokens: 100_000 };
        let price = Price { input: 1.0, cached: Some(0.25), output: 5.0 };
        assert!((price.of(usage) - (0.6 + 0.1 + 0.5)).abs() < 1e-9);
        assert!((Price { cached: None, ..price }.of(usage) - 1.5).abs() < 1e-9);
        let more_cached_than_read = Usage { prompt_tokens: 10, cached_tokens: 20, output_tokens: 0 };
        assert!(price.of(more_cached_than_read) >= 0.0);
    }
}
