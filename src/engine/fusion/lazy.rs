//! Lazy drafting: a small member drafts as long as it is sure, and the largest keeps what it would not reject and adds one token.
//!
//! Owns the rules, and the estimate of whether it pays on this machine. It is speculative decoding (arXiv 2211.17192) with a
//! drafter that stops when it is unsure and, by default, a verifier that keeps what it finds likely instead of only what it would
//! have drawn. The verifier alone judges. `run::pair` picks the two members; the round machine plays such a round.

use serde::{Deserialize, Serialize};

use super::MemberIndex;
use super::choice::choice;

choice! {
    /// Which members draft.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum DraftRule {
        /// Every member.
        All = "all",
        /// One member, checked by the largest, if that is faster than the largest alone on this machine; otherwise every member.
        Lazy = "lazy",
        /// One member, checked by the largest, whether or not that is faster.
        Forced = "forced",
    }
}

choice! {
    /// What the verifier keeps of a draft.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum KeepRule {
        /// Tokens to which it gives at least a certain probability.
        Likely = "likely",
        /// Tokens that it would have drawn itself.
        Exact = "exact",
    }
}

/// The two members of lazy drafting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The smallest member that drafts.
    pub drafter: MemberIndex,
    /// The largest, which keeps the start of each draft and adds to it.
    pub verifier: MemberIndex,
}

/// How long a member takes to evaluate rows (tokens of one sequence in one decode, with the logits of each), in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DecodeTimes {
    /// One row, the cost of a token when nothing is drafted ahead.
    pub one_ms: f64,
    /// Four rows.
    pub four_ms: f64,
    /// Sixteen rows.
    pub sixteen_ms: f64,
}

/// The least gain for which lazy drafting is switched on: less is within the error of measurement and estimate.
pub const LEAST_GAIN: f64 = 1.1;

/// How often the drafter is sure of its next token: the share of tokens to which `SmolLM2` 135M gives at least 0.6.
const SURE: f64 = 0.65;

/// How often the verifier keeps a token of which the drafter was sure: `Qwen2.5` 1.5B by the likely rule, on the same answers.
/// With [`SURE`] the estimate is within a tenth of what was measured for that pair, in both modes.
const KEPT: f64 = 0.9;

impl DecodeTimes {
    /// Milliseconds for a decode of this many rows (at least 1): interpolated between the measurements, in proportion beyond
    /// them.
    fn of(self, rows: usize) -> f64 {
        let between = |(low, low_ms): (f64, f64), (high, high_ms): (f64, f64)| {
            low_ms + (high_ms - low_ms) * (rows as f64 - low) / (high - low)
        };
        if rows <= 4 {
            between((1.0, self.one_ms), (4.0, self.four_ms))
        } else {
            between((4.0, self.four_ms), (16.0, self.sixteen_ms))
        }
    }

    /// Whether all are valid times.
    #[must_use]
    pub fn are_times(self) -> bool {
        [self.one_ms, self.four_ms, self.sixteen_ms].iter().all(|time| time.is_finite() && *time > 0.0)
    }
}

/// The estimated speedup of lazy drafting over the verifier alone, from how long both take to decode. `most` is the most tokens
/// drafted in one step.
///
/// In each step the drafter drafts until it is unsure of a token, which it has then evaluated in vain; the verifier evaluates its
/// pending token and the draft in one decode, keeps a prefix and adds one token.
#[must_use]
pub fn gain(verifier: DecodeTimes, drafter: DecodeTimes, most: usize) -> f64 {
    let (mut tokens, mut elapsed_ms) = (1.0, 0.0);
    // How often at least this many are drafted; and kept.
    let (mut drafts, mut keeps) = (1.0, 1.0);
    for drafted in 0..=most {
        // It is unsure of the next one, unless it has reached the limit.
        let (stops, evaluated) = if drafted < most { (1.0 - SURE, drafted + 1) } else { (1.0, drafted) };
        elapsed_ms += drafts * stops * (evaluated as f64 * drafter.one_ms + verifier.of(drafted + 1));
        if drafted < most {
            (drafts, keeps) = (drafts * SURE, keeps * SURE * KEPT);
            tokens += keeps;
        }
    }
    tokens * verifier.one_ms / elapsed_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(one_ms: f64, further_row: f64) -> DecodeTimes {
        let of = |rows: f64| one_ms * (1.0 + further_row * (rows - 1.0));
        DecodeTimes { one_ms, four_ms: of(4.0), sixteen_ms: of(16.0) }
    }

    /// Compared with a simulation on recorded probabilities.
    #[test]
    fn the_estimate_agrees_with_the_simulation() {
        for (small, further_row, simulated) in [
            (0.05, 0.05, 1.97),
            (0.05, 0.3, 1.34),
            (0.1, 0.1, 1.58),
            (0.2, 0.05, 1.44),
            (0.2, 0.2, 1.23),
            (0.3, 0.1, 1.21),
            (0.3, 0.3, 1.03),
            (0.5, 0.05, 1.04),
        ] {
            let gain = gain(times(20.0, further_row), times(20.0 * small, further_row), 16);
            assert!((gain / simulated - 1.0).abs() < 0.11, "{small} {further_row}: {gain} for {simulated}");
        }
    }

    /// `SmolLM2` and Qwen on two cores: 0.92 was measured.
    #[test]
    fn on_two_cores_it_does_not_pay() {
        let (qwen, smol) = (DecodeTimes { one_ms: 27.4, four_ms: 74.0, sixteen_ms: 150.0 }, times(5.8, 0.7));
        let gain = gain(qwen, smol, 16);
        assert!((0.85..LEAST_GAIN).contains(&gain), "{gain}");
    }

    #[test]
    fn a_draft_of_nothing_gains_nothing() {
        assert!((gain(times(10.0, 0.5), times(1.0, 0.5), 0) - 1.0).abs() < 1e-9);
    }
}
