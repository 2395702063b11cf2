//! Online feedback (`SpecEM`, version 3 of the paper): multiplicative weight updates by verification wins.
//!
//! Owns the reward and the update; whether it is on, and for whom, comes in.

/// One verifier's scores in a round: of each member's candidate, in the order of the active members.
pub type ScoreRow = Vec<Option<f64>>;

/// Updates the weights of the active members after round `round` (from 1), before that round's vote.
///
/// `weights`: one per active member, positive; normalised to sum 1 on return. `scores[j][i]`: member j's score of member i's
/// candidate, `None` where it abstained. `learning_rate`: lr of η = (lr / 10) · sqrt(1 / n) / round.
pub fn update(weights: &mut [f64], scores: &[ScoreRow], round: usize, learning_rate: f64) {
    let _ = (weights, scores, round, learning_rate);
    todo!()
}
