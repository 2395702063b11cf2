//! The `paper` rule: summed scores under a softmax whose temperature follows the entropy of the recent scores.
//!
//! Owns its state and arithmetic. The published descriptions name the ingredients (cumulative quality, entropy, softmax
//! temperature, threshold δ / n); their composition here is ours:
//!
//! - Q sums the fused scores of a member's candidates as they are, including logarithmic ones. In a round without a score a
//!   member gets the mean of the others': drafting nothing neither helps nor hurts, on either scale;
//! - H is the entropy of the members' mean scores over the last W rounds, normalised to sum to 1, divided by its maximum: 0 if
//!   one member has everything, 1 if all are equal or fewer than two have a score;
//! - τ = τ0 · (0.5 + H), p = softmax(Q / τ). A close race gives a flat p, a clear lead a sharp one.
//!
//! Logarithmic scores are recognised by their sign (no probability is below 0) and exponentiated before they are normalised.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{MemberIndex, Quality, Records, Verdict, entropy, softmax};

/// Rounds kept for the entropy: the largest window that its knob allows.
const MOST_ROUNDS: usize = 100;

/// Scores are clamped to this, so that no sum of them overflows.
const GREATEST: f64 = 1.0e6;

/// The rule's state over a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Paper {
    /// Q of each member.
    records: Records<f64>,
    /// The scores of the last rounds, latest last. Shared, because a run keeps the state after every round to rewind to.
    recent: VecDeque<Arc<[(MemberIndex, f64)]>>,
}

impl Paper {
    /// Observes one round.
    pub(super) fn observe(&mut self, round: &[Quality]) {
        self.records.begin_round(round.iter().map(|quality| quality.member), |cumulative| *cumulative);
        let score = |quality: &Quality| Some(quality.score.filter(|score| !score.is_nan())?.clamp(-GREATEST, GREATEST));
        let scores: Vec<(MemberIndex, f64)> =
            round.iter().filter_map(|quality| Some((quality.member, score(quality)?))).collect();
        let mean = scores.iter().map(|(_, score)| score).sum::<f64>() / scores.len().max(1) as f64;
        for quality in round {
            let cumulative = self.records.get(quality.member) + score(quality).unwrap_or(mean);
            self.records.set(quality.member, cumulative);
        }
        self.recent.push_back(scores.into());
        if self.recent.len() > MOST_ROUNDS {
            self.recent.pop_front();
        }
    }

    /// The verdict on these members; `temperature` and `window` as in [`super::ExitRule::Paper`].
    pub(super) fn judge(&self, members: &[MemberIndex], temperature: f64, window: usize) -> Verdict {
        let cumulative: Vec<f64> = members.iter().map(|&member| self.records.get(member)).collect();
        let means = self.mean_scores(members, window.max(1));
        let retention = softmax(&cumulative, temperature * (0.5 + evenness(&means)));
        Verdict { cumulative, retention, condemned: vec![true; members.len()], at_most: members.len() }
    }

    /// Raises a member to the level of the best of the others and forgets its recent scores.
    pub(super) fn readmit(&mut self, member: MemberIndex) {
        self.records.level(member, |cumulative| *cumulative);
        for round in &mut self.recent {
            *round = round.iter().filter(|(other, _)| *other != member).copied().collect();
        }
    }

    /// The mean score of each member over those of the last `window` rounds in which it has one; members without a score are left
    /// out.
    fn mean_scores(&self, members: &[MemberIndex], window: usize) -> Vec<f64> {
        let mut sums = vec![(0.0, 0_u32); members.len()];
        for (of, score) in self.recent.iter().rev().take(window).flat_map(|round| round.iter()) {
            if let Some(place) = members.iter().position(|member| member == of) {
                let (sum, count) = sums[place];
                sums[place] = (sum + score, count + 1);
            }
        }
        sums.into_iter().filter(|(_, count)| *count > 0).map(|(sum, count)| sum / f64::from(count)).collect()
    }
}

/// H: the entropy of the scores normalised to sum to 1, divided by its maximum: 0 to 1.
fn evenness(scores: &[f64]) -> f64 {
    let sum: f64 = scores.iter().sum();
    let shares = if scores.iter().any(|score| *score < 0.0) {
        softmax(scores, 1.0)
    } else if sum > 0.0 {
        scores.iter().map(|score| score / sum).collect()
    } else {
        return 1.0;
    };
    if shares.len() < 2 { 1.0 } else { (entropy(&shares) / (shares.len() as f64).ln()).min(1.0) }
}
