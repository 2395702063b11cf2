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
mod tests {
    use super::*;

    fn row(scores: &[f64]) -> ScoreRow {
        scores.iter().copied().map(Some).collect()
    }

    fn assert_near(actual: &[f64], expected: &[f64]) {
        assert_eq!(actual.len(), expected.len());
        for (a, b) in actual.iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{actual:?} instead of {expected:?}");
        }
    }

    /// Verifier 1 gives member 0's candidate .4 and its own .2: reward of 0 is .4 / .6 = 2/3. Verifier 0 gives member 1's .3 and
    /// its own .6: 1/3. η = 10/10 · sqrt(1/2) / 1 = .707107; w0 / w1 = e^(.707107 / 3) = 1.265797; w0 = 1.265797 / 2.265797.
    #[test]
    fn of_two_members_the_better_gains() {
        let scores = [row(&[0.6, 0.3]), row(&[0.4, 0.2])];
        assert_near(&rewards(&scores, 2), &[2.0 / 3.0, 1.0 / 3.0]);
        let mut weights = [0.5, 0.5];
        update(&mut weights, &scores, 1, 10.0);
        assert_near(&weights, &[0.558_654, 0.441_346]);
        // The same as logarithms.
        let logarithms = scores.map(|row| row.into_iter().map(|score| score.map(f64::ln)).collect());
        assert_near(&rewards(&logarithms, 2), &[2.0 / 3.0, 1.0 / 3.0]);
    }

    #[test]
    fn of_two_members_who_mirror_each_other_neither_gains() {
        for scores in [[row(&[0.6, 0.3]), row(&[0.3, 0.6])], [row(&[0.0, 0.0]), row(&[0.0, 0.0])]] {
            let mut weights = [0.5, 0.5];
            update(&mut weights, &scores, 1, 10.0);
            assert_near(&weights, &[0.5, 0.5]);
        }
        // One member abstained from all: nothing is learned.
        let mut weights = [0.3, 0.7];
        update(&mut weights, &[row(&[0.6, 0.1]), vec![None, None]], 1, 10.0);
        assert_near(&weights, &[0.3, 0.7]);
    }

    /// Of 4 comparisons each: 0 wins all; 1 wins only one (verifier 0, against 2); 2 wins none. η = sqrt(1/3) / 2 = .288675;
    /// e^.288675 = 1.334658, e^(.288675 / 4) = 1.074837, e^0 = 1; their sum is 3.409495.
    #[test]
    fn of_three_members_wins_are_counted() {
        let scores = [row(&[0.9, 0.5, 0.1]), row(&[0.8, 0.6, 0.1]), row(&[0.7, 0.2, 0.3])];
        assert_near(&rewards(&scores, 3), &[1.0, 0.25, 0.0]);
        let mut weights = [1.0 / 3.0; 3];
        update(&mut weights, &scores, 2, 10.0);
        assert_near(&weights, &[0.391_453, 0.315_248, 0.293_299]);
        // A tie is a win for both.
        assert_near(&rewards(&[row(&[0.5; 3]), row(&[0.5; 3]), row(&[0.5; 3])], 3), &[1.0; 3]);
    }

    /// Without verifier 2: 0 wins 2 of 2 according to verifier 1, 1 wins 1 of 2 according to verifier 0, 2 wins none of 4.
    #[test]
    fn abstentions_are_left_out() {
        let scores = [row(&[0.9, 0.5, 0.1]), row(&[0.8, 0.6, 0.1]), vec![None, Some(f64::NAN), None]];
        assert_near(&rewards(&scores, 3), &[1.0, 0.5, 0.0]);
        // No verifier scored member 2: it gets the mean of the others.
        let scores = [vec![Some(0.9), Some(0.5), None], vec![Some(0.8), Some(0.6), None], row(&[0.7, 0.2, 0.3])];
        assert_near(&rewards(&scores, 3), &[1.0, 0.0, 0.5]);
        assert_near(&rewards(&[], 3), &[0.0; 3]);
    }

    #[test]
    fn odd_numbers_do_no_harm() {
        let mut alone = [0.4];
        update(&mut alone, &[row(&[0.1])], 1, 10.0);
        assert_near(&alone, &[0.4]);
        let scores = [row(&[0.9, 0.1]), row(&[0.9, 0.1])];
        let mut weights = [0.0, f64::NAN];
        update(&mut weights, &scores, 0, f64::NAN);
        assert_near(&weights, &[0.5, 0.5]);
        let mut weights = [0.5, 0.5];
        update(&mut weights, &scores, 1, 1e300);
        assert_near(&weights, &[1.0, 0.0]);
        assert!(weights[1] > 0.0, "it can come back");
    }
}
