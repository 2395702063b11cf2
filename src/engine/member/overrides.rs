//! What the user knows better than the probe of a server.

use super::Capabilities;
use crate::engine::fusion::event::{Drafting, ScoreTier};

/// Capabilities set by hand; `None` leaves what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overrides {
    /// How it continues a text.
    pub drafting: Option<Drafting>,
    /// Whether its drafts come with valid log-probabilities.
    pub draft_logprobs: Option<bool>,
    /// How it scores.
    pub tier: Option<ScoreTier>,
    /// Whether the probability of ending counts in its scores.
    pub end_probability: Option<bool>,
    /// Whether equal seeds give equal drafts.
    pub seed: Option<bool>,
    /// Concurrent calls.
    pub concurrency: Option<usize>,
    /// The most tokens of prompt and answer together.
    pub context_tokens: Option<usize>,
}

impl Overrides {
    /// What was found, overridden by what is set by hand.
    #[must_use]
    pub fn over(self, found: Capabilities) -> Capabilities {
        Capabilities {
            drafting: self.drafting.unwrap_or(found.drafting),
            draft_logprobs: self.draft_logprobs.unwrap_or(found.draft_logprobs),
            tier: self.tier.unwrap_or(found.tier),
            end_probability: self.end_probability.unwrap_or(found.end_probability),
            seed: self.seed.unwrap_or(found.seed),
            concurrency: self.concurrency.unwrap_or(found.concurrency).max(1),
            context_tokens: self.context_tokens.or(found.context_tokens),
            ..found
        }
    }
}
