//! Online feedback (`SpecEM`, version 3 of the paper): multiplicative weight updates by verification wins.
//!
//! Owns the reward and the update. The caller decides whether feedback is on and for which members.

use std::cmp::Ordering;

/// No weight falls below this share, so that a member can always recover.
const LEAST_WEIGHT: f64 = 1.0e-9;

/// One verifier's scores in a round, one per member's candidate, in the order of the active members.
pub type ScoreRow = Vec<Option<f64>>;

/// Updates the weights of the active members after round `round` (from 1), before that round's vote.
///
/// `weights`: one per active member, positive; normalised to sum to 1 on return. `scores[j][i]`: member j's score of member i's
/// candidate, `None` if it abstained. `learning_rate`: lr in η = (lr / 10) · sqrt(1 / n) / round.
///
/// Each weight is multiplied by exp(η · reward); see [`rewards`]. A single member keeps its weight.
pub fn update(weights: &mut [f64], scores: &[ScoreRow], round: usize, learning_rate: f64) {
    let members = weights.len();
    if members < 2 {
        return;
    }
    let rate = if learning_rate.is_finite() { learning_rate.max(0.0) } else { 0.0 };
    let eta = rate / 10.0 * (1.0 / members as f64).sqrt() / round.max(1) as f64;
    let rewards = rewards(scores, members);
    // Relative to the largest reward, so that no exponential overflows; normalising removes the common factor.
    let best = rewards.iter().copied().fold(0.0, f64::max);
    for (weight, reward) in weights.iter_mut().zip(&rewards) {
        *weight = if weight.is_finite() { weight.max(0.0) } else { 0.0 };
        *weight *= (eta * (reward - best)).exp();
    }
    normalise(weights);
    for weight in weights.iter_mut() {
        *weight = weight.max(LEAST_WEIGHT);
    }
    normalise(weights);
}

/// The reward of each member in a round, 0 to 1.
///
/// Three or more members: the share of comparisons (verifier j ≠ i, rival k ≠ i) in which j scored i's candidate at least as high
/// as k's. The rival may be the verifier itself. With two members each judges one comparison, the other's candidate against its
/// own: counting wins would almost always (in the published code always) give both the same and teach nothing. Then the reward is
/// the probability σ(ln s - ln s') that the other gives to the member's candidate (score s) over its own (s').
///
/// Comparisons in which the verifier abstained are left out. A member without any gets the mean of the others' rewards, so that
/// its weight keeps its place among theirs.
#[must_use]
pub fn rewards(scores: &[ScoreRow], members: usize) -> Vec<f64> {
    let score = |row: &ScoreRow, of: usize| row.get(of).copied().flatten().filter(|score| !score.is_nan());
    // No probability is below 0, so a negative score is a logarithm.
    let logarithmic = scores.iter().flatten().flatten().any(|score| *score < 0.0);
    let known: Vec<Option<f64>> = (0..members)
        .map(|member| {
            let (mut sum, mut count) = (0.0, 0_u32);
            for (verifier, row) in scores.iter().take(members).enumerate().filter(|(verifier, _)| *verifier != member) {
                let Some(own) = score(row, member) else { continue };
                if members > 2 {
                    let (won, of) = wins(own, row.iter().take(members));
                    (sum, count) = (sum + f64::from(won), count + of);
                } else if let Some(rivals) = score(row, verifier) {
                    (sum, count) = (sum + soft_win(own, rivals, logarithmic), count + 1);
                }
            }
            (count > 0).then(|| sum / f64::from(count))
        })
        .collect();
    let neutral = mean(&known.iter().flatten().copied().collect::<Vec<_>>()).unwrap_or(0.0);
    known.into_iter().map(|reward| reward.unwrap_or(neutral)).collect()
}

/// How many of a verifier's scores, excluding the member's own, `own` is at least as high as, and how many there are.
fn wins<'a>(own: f64, scores: impl Iterator<Item = &'a Option<f64>>) -> (u32, u32) {
    let compared = scores.flatten().filter(|rival| !rival.is_nan());
    let (won, of) = compared.fold((0, 0), |(won, of), rival| (won + u32::from(own >= *rival), of + 1));
    // Its own is among them, and equal to itself.
    (won - 1, of - 1)
}

/// The probability that a verifier gives to one candidate over another: σ of the difference of their log-scores.
fn soft_win(own: f64, rivals: f64, logarithmic: bool) -> f64 {
    match own.partial_cmp(&rivals) {
        // Also if both are 0.
        Some(Ordering::Equal) | None => 0.5,
        Some(Ordering::Less | Ordering::Greater) if logarithmic => 1.0 / (1.0 + (rivals - own).exp()),
        // σ(ln a - ln b) = a / (a + b)
        Some(Ordering::Less | Ordering::Greater) => 1.0 / (1.0 + rivals / own),
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Divides by the sum; equal shares if the sum is 0.
fn normalise(weights: &mut [f64]) {
    // Divide by the largest first, so that the sum does not overflow.
    let greatest = weights.iter().copied().fold(0.0, f64::max);
    if greatest <= 0.0 {
        weights.fill(1.0);
    } else {
        for weight in weights.iter_mut() {
            *weight /= greatest;
        }
    }
    let sum: f64 = weights.iter().sum();
    for weight in weights.iter_mut() {
        *weight /= sum;
    }
}

#[cfg(test)]
mod tests;
