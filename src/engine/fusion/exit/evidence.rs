//! The `evidence` rule: shortfalls against the round's mean, tempered by the spread that chance alone would have given.
//!
//! Owns its state and arithmetic. With q the quality of a member in a round (nats per token), m the mean of the k members that
//! have one, n the members active and t the rounds counted (those with k of at least 2):
//!
//! - Q += min(0, q - m): only shortfalls count, so that one who leads for a while does not throw out everyone else;
//! - W = max(W, m - q): the worst round;
//! - V += sum of (q - m)² / min(3, k - 1): the variance that the running total would have by noise alone;
//! - τ = caution · sqrt((floor² + V) · (H + ln(t + 1))), p = softmax(Q / τ). H starts as ln n and is then the entropy of the p
//!   it gives. ln n + ln(t + 1) allows for the number of comparisons, members times rounds.
//!
//! A member may leave when it falls short by half the floor or more even without its worst round.

use super::{MemberIndex, Quality, Records, Verdict, entropy, softmax};

/// The worst quality while another rule decides, in nats per token.
pub(super) const WORST_QUALITY: f64 = -10.0;

/// No quality is worse than this, in nats per token, whatever the settings: squares and sums of it do not overflow.
const GREATEST: f64 = 1.0e6;

/// What the rule knows of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Evidence {
    records: Records<Record>,
    /// V, in squared nats per token.
    variance: f64,
    /// t.
    rounds: usize,
}

/// What the rule knows of a member.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Record {
    /// Q, at most 0.
    cumulative: f64,
    /// W, at least 0.
    worst: f64,
}

impl Evidence {
    /// Takes in one round. Quality below `worst_quality` counts as this; who has none gains and loses nothing.
    pub(super) fn observe(&mut self, round: &[Quality], worst_quality: f64) {
        self.records.begin_round(round.iter().map(|quality| quality.member), |record| record.cumulative);
        let worst_quality = if worst_quality.is_finite() { worst_quality.clamp(-GREATEST, 0.0) } else { WORST_QUALITY };
        let known: Vec<(MemberIndex, f64)> = round
            .iter()
            .filter_map(|quality| {
                // No logarithm of a probability is above 0.
                let value = quality.mean_logprob.filter(|value| !value.is_nan() && *value != f64::INFINITY)?;
                Some((quality.member, value.min(0.0).max(worst_quality)))
            })
            .collect();
        if known.len() < 2 {
            return;
        }
        let mean = known.iter().map(|(_, value)| value).sum::<f64>() / known.len() as f64;
        let squares: f64 = known.iter().map(|(_, value)| (value - mean).powi(2)).sum();
        // The sample variance; members from the fifth on only add to it.
        self.variance += squares / (known.len() - 1).min(3) as f64;
        self.rounds += 1;
        for (member, value) in known {
            let mut record = self.records.get(member);
            record.cumulative += (value - mean).min(0.0);
            record.worst = record.worst.max(mean - value);
            self.records.set(member, record);
        }
    }

    /// Where these members stand; `caution` and `floor` as in [`super::ExitRule::Evidence`].
    pub(super) fn judge(&self, members: &[MemberIndex], caution: f64, floor: f64) -> Verdict {
        let records: Vec<Record> = members.iter().map(|&member| self.records.get(member)).collect();
        let cumulative: Vec<f64> = records.iter().map(|record| record.cumulative).collect();
        let retention = |entropy: f64| {
            let comparisons = entropy + ((self.rounds + 1) as f64).ln();
            softmax(&cumulative, caution * ((floor.powi(2) + self.variance) * comparisons).sqrt())
        };
        let retention = retention(entropy(&retention((members.len().max(1) as f64).ln())));
        let condemned = records.iter().map(|record| -record.cumulative - record.worst >= floor / 2.0).collect();
        Verdict { cumulative, retention, condemned, at_most: 1 }
    }

    /// Makes a member level with the best of the others.
    pub(super) fn readmit(&mut self, member: MemberIndex) {
        self.records.level(member, |record| record.cumulative);
    }
}
