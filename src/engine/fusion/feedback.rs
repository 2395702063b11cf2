//! Online feedback (`SpecEM`, version 3 of the paper): multiplicative weight updates by verification wins.
//!
//! Owns the reward and the update; whether it is on, and for whom, comes in.

use std::cmp::Ordering;

/// No weight falls below this share, so that a member can always come back.
const LEAST_WEIGHT: f64 = 1.0e-9;

/// One verifier's scores in a round: of each member's candidate, in the order of the active members.
pub type ScoreRow = Vec<Option<f64>>;

/// Updates the weights of the active members after round `round` (from 1), before that round's vote.
///
/// `weights`: one per active member, positive; normalised to sum 1 on return. `scores[j][i]`: member j's score of member i's
/// candidate, `None` where it abstained. `learning_rate`: lr of η = (lr / 10) · sqrt(1 / n) / round.
///
/// Each weight is multiplied by exp(η · reward); see [`rewards`]. One member alone is left as it is.
pub fn update(weights: &mut [f64], scores: &[ScoreRow], round: usize, learning_rate: f64) {
    let members = weights.len();
    if members < 2 {
        return;
    }
    let rate = if learning_rate.is_finite() { learning_rate.max(0.0) } else { 0.0 };
    let eta = rate / 10.0 * (1.0 / members as f64).sqrt() / round.max(1) as f64;
    let rewards = rewards(scores, members);
    // Against the greatest reward, so that no exponential overflows; normalising takes the common factor away again.
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
/// Three or more members: the share of comparisons (verifier j ≠ i, rival k ≠ i) in which j scored i's candidate at least as
/// high as k's. The rival may be the verifier itself. Two members judge one comparison each, the other's candidate against
/// their own: a count of wins is the same for both almost always (in the published code always), and nothing would be learned.
/// There the reward is the probability σ(ln s - ln s') that the other gives to the member's candidate (score s) against its
/// own (s').
///
/// Comparisons in which the verifier abstained are left out. A member without any gets the mean of the others' rewards, so that
/// its weight stays where it is among theirs.
#[must_use]
pub fn rewards(scores: &[ScoreRow], members: usize) -> Vec<f64> {
    let score = |verifier: usize, of: usize| scores.get(verifier)?.get(of).copied().flatten().filter(|score| !score.is_nan());
    // No probability is below 0: that is how logarithms are told.
    let logarithmic = scores.iter().flatten().flatten().any(|score| *score < 0.0);
    let compare = |own: f64, rivals: f64| {
        if members > 2 { f64::from(u8::from(own >= rivals)) } else { soft_win(own, rivals, logarithmic) }
    };
    let known: Vec<Option<f64>> = (0..members)
        .map(|member| {
            let others = || (0..members).filter(|&other| other != member);
            let pairs = others().flat_map(|verifier| others().map(move |rival| (verifier, rival)));
            let wins: Vec<f64> =
                pairs.filter_map(|(verifier, rival)| Some(compare(score(verifier, member)?, score(verifier, rival)?))).collect();
            mean(&wins)
        })
        .collect();
    let neutral = mean(&known.iter().flatten().copied().collect::<Vec<_>>()).unwrap_or(0.0);
    known.into_iter().map(|reward| reward.unwrap_or(neutral)).collect()
}

/// The probability that a verifier gives to one candidate against another: σ of the difference of their log-scores.
fn soft_win(own: f64, rivals: f64, logarithmic: bool) -> f64 {
    match own.partial_cmp(&rivals) {
        // Where both are 0, too.
        Some(Ordering::Equal) | None => 0.5,
        Some(Ordering::Less | Ordering::Greater) if logarithmic => 1.0 / (1.0 + (rivals - own).exp()),
        // σ(ln a - ln b) = a / (a + b)
        Some(Ordering::Less | Ordering::Greater) => 1.0 / (1.0 + rivals / own),
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Divides by the sum; equal shares where that is 0.
fn normalise(weights: &mut [f64]) {
    // By the greatest first, so that the sum does not overflow.
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
