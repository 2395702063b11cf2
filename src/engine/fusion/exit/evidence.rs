//! The `evidence` rule: shortfalls from the round's mean, tempered by the spread that chance alone would give.
//!
//! Owns its state and arithmetic. With q a member's quality in a round (nats per token), m the mean over the k members that have
//! one, n the number of active members and t the number of rounds counted (those with k of at least 2):
//!
//! - Q += min(0, q - m): only shortfalls count, so that a temporary leader does not push out everyone else;
//! - W = max(W, m - q): the worst round;
//! - V += sum of (q - m)² / min(3, k - 1): the variance that the running total would have from noise alone;
//! - τ = caution · sqrt((floor² + V) · (H + ln(t + 1))), p = softmax(Q / τ). H starts as ln n and is then the entropy of the
//!   resulting p. ln n + ln(t + 1) corrects for the number of comparisons, members times rounds.
//!
//! A member may leave only if its shortfall without its worst round is still at least half the floor.

use super::{MemberIndex, Quality, Records, Verdict, entropy, softmax};

/// The limit on bad quality while another rule decides, in nats per token.
pub(super) const WORST_QUALITY: f64 = -10.0;

/// The lower limit of quality in nats per token, whatever the settings, so that squares and sums do not overflow.
const GREATEST: f64 = 1.0e6;

/// The rule's state over a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Evidence {
    records: Records<Record>,
    /// V, in squared nats per token.
    variance: f64,
    /// t.
    rounds: usize,
}

/// The rule's state for one member.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Record {
    /// Q, at most 0.
    cumulative: f64,
    /// W, at least 0.
    worst: f64,
}

impl Evidence {
    /// Observes one round. Quality below `worst_quality` is raised to it; a member without quality gains and loses nothing.
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
        // The sample variance; from the fifth member on each only adds to it.
        self.variance += squares / (known.len() - 1).min(3) as f64;
        self.rounds += 1;
        for (member, value) in known {
            let mut record = self.records.get(member);
            record.cumulative += (value - mean).min(0.0);
            record.worst = record.worst.max(mean - value);
            self.records.set(member, record);
        }
    }

    /// The verdict on these members; `caution` and `floor` as in [`super::ExitRule::Evidence`].
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

    /// Raises a member to the level of the best of the others.
    pub(super) fn readmit(&mut self, member: MemberIndex) {
        self.records.level(member, |record| record.cumulative);
    }
}
