//! From token log-probabilities to a winner: scoring rules, normalisation, the outlier filter, weights, ties.
//!
//! Owns the arithmetic of one round. Who verifies and who abstained is recorded elsewhere and comes in as a matrix.
//!
//! A verifier that scores token by token gives a number that stands for itself; a judge gives shares of its preference among
//! the candidates. Where a judge takes part, the others' scores become shares too, so that the weighted mean is one of like
//! with like.

use std::sync::Arc;

/// How one verifier's token log-probabilities of a candidate become its score. Higher is better for every rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoringRule {
    /// Mean token probability: the paper's rule.
    MeanProb,
    /// `exp` of the mean token log-probability (the order of perplexity).
    Geometric,
    /// Mean token log-probability, in nats per token.
    MeanLogprob,
    /// The least probable token's probability.
    MinProb,
    /// Sum of log-probabilities divided by the number of characters: neutral between tokenizers.
    PerChar,
    /// Sum of token log-probabilities, in nats.
    SumLogprob,
}

/// How one verifier's scores of a round are made comparable with the others'.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Normalisation {
    /// As they are (the paper).
    None,
    /// Divided by their sum (the published code). Scores on a logarithmic scale are exponentiated first.
    SumToOne,
    /// `softmax(score / temperature)`.
    Softmax {
        /// Above 0; small values sharpen.
        temperature: f64,
    },
}

/// How a round is scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreSettings {
    /// The rule.
    pub rule: ScoringRule,
    /// The normalisation.
    pub normalisation: Normalisation,
    /// Drop the highest and the lowest verifier of a candidate when highest / lowest exceeds this ratio; `None` never drops.
    pub outlier_ratio: Option<f64>,
}

/// What a verifier thinks of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub enum Opinion {
    /// Natural log-probabilities of the candidate's tokens in the verifier's tokenizer, then of the end where it ends and the
    /// verifier can tell.
    Tokens(Arc<[f32]>),
    /// The share of its preference that a judge gives the candidate, 0 to 1; those of all candidates of a round sum to 1.
    Preference(f32),
}

/// What one verifier says of one candidate, as the vote counts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Token by token.
    Tokens {
        /// Natural log-probabilities of the candidate's tokens in the verifier's tokenizer (the end's included where counted).
        logprobs: &'a [f32],
        /// Number of characters of the candidate's text.
        characters: usize,
    },
    /// The share of a judge's preference, 0 to 1.
    Preference(f32),
}

/// One verifier's row: a cell per candidate, `None` where it abstained.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierRow<'a> {
    /// The verifier's weight; at least 0.
    pub weight: f64,
    /// One entry per candidate.
    pub cells: Vec<Option<Cell<'a>>>,
}

/// The outcome of scoring a round.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Each verifier's normalised score of each candidate: `[verifier][candidate]`.
    pub verifier_scores: Vec<Vec<Option<f64>>>,
    /// The fused score of each candidate; `None` when every verifier abstained.
    pub scores: Vec<Option<f64>>,
    /// The candidates from best to worst: indices into `scores`. Ties and unscored ones in their given order, unscored last.
    pub order: Vec<usize>,
    /// Best minus second best fused score; `None` with fewer than two scored candidates.
    pub margin: Option<f64>,
}

/// The score of probability 0 under a logarithmic rule, in nats: beyond any that a real segment reaches, `exp` of it is 0, and
/// unlike minus infinity it can be averaged, subtracted and written down.
pub const LOG_ZERO: f64 = -1.0e6;

impl ScoringRule {
    /// The score of token log-probabilities of a text of so many characters; `None` without tokens or with a value that is not a
    /// number.
    ///
    /// Finite, and never below [`LOG_ZERO`]. Minus infinity is the logarithm of probability 0; plus infinity is no
    /// log-probability at all and counts as not a number; other values above 0 are rounding and count as 0.
    #[must_use]
    pub fn score(self, logprobs: &[f32], characters: usize) -> Option<f64> {
        if logprobs.is_empty() || logprobs.iter().any(|value| value.is_nan() || *value == f32::INFINITY) {
            return None;
        }
        let tokens = logprobs.len() as f64;
        let logprobs = logprobs.iter().map(|&value| f64::from(value).min(0.0));
        let score = match self {
            Self::MeanProb => logprobs.map(f64::exp).sum::<f64>() / tokens,
            Self::Geometric => (logprobs.sum::<f64>() / tokens).exp(),
            Self::MeanLogprob => logprobs.sum::<f64>() / tokens,
            Self::MinProb => logprobs.fold(0.0, f64::min).exp(),
            // The end of the answer has no characters: then the divisor is 1.
            Self::PerChar => logprobs.sum::<f64>() / characters.max(1) as f64,
            Self::SumLogprob => logprobs.sum(),
        };
        Some(score.max(LOG_ZERO))
    }

    /// Whether scores under this rule are logarithms.
    #[must_use]
    pub fn is_logarithmic(self) -> bool {
        match self {
            Self::MeanLogprob | Self::PerChar | Self::SumLogprob => true,
            Self::MeanProb | Self::Geometric | Self::MinProb => false,
        }
    }
}

/// Scores and ranks the candidates of a round. Candidates are in tie order: the earlier wins a tie.
///
/// The order of the verifiers does not matter: what they say of a candidate is summed in the order of its values.
#[must_use]
pub fn rank(rows: &[VerifierRow<'_>], candidates: usize, settings: ScoreSettings) -> Ranking {
    let judged = rows.iter().any(VerifierRow::judges);
    let normalisation = match settings.normalisation {
        Normalisation::None if judged => Normalisation::SumToOne,
        Normalisation::None | Normalisation::SumToOne | Normalisation::Softmax { .. } => settings.normalisation,
    };
    let verifier_scores: Vec<Vec<Option<f64>>> = rows
        .iter()
        .map(|row| {
            let cell = |candidate: usize| row.cells.get(candidate).copied().flatten();
            let raw: Vec<_> = (0..candidates).map(|candidate| cell(candidate)?.raw(settings.rule)).collect();
            if row.judges() {
                normalise(&raw, false, Normalisation::SumToOne)
            } else {
                normalise(&raw, settings.rule.is_logarithmic(), normalisation)
            }
        })
        .collect();
    let logarithmic = settings.rule.is_logarithmic() && normalisation == Normalisation::None;
    let scores: Vec<Option<f64>> = (0..candidates)
        .map(|candidate| {
            let votes = rows.iter().zip(&verifier_scores);
            let votes = votes.filter_map(|(row, scores)| Some(Vote { score: scores[candidate]?, weight: row.weight }));
            fuse(votes.collect(), settings.outlier_ratio, logarithmic)
        })
        .collect();
    let order = order(&scores);
    let margin = match order.as_slice() {
        [first, second, ..] => scores[*first].zip(scores[*second]).map(|(best, next)| best - next),
        [_] | [] => None,
    };
    Ranking { verifier_scores, scores, order, margin }
}

impl Cell<'_> {
    fn raw(self, rule: ScoringRule) -> Option<f64> {
        match self {
            Self::Tokens { logprobs, characters } => rule.score(logprobs, characters),
            Self::Preference(share) => share.is_finite().then(|| f64::from(share).clamp(0.0, 1.0)),
        }
    }
}

impl VerifierRow<'_> {
    /// Whether what it says are shares of a preference.
    fn judges(&self) -> bool {
        self.cells.iter().flatten().any(|cell| matches!(cell, Cell::Preference(_)))
    }
}

/// What one verifier adds to the fused score of a candidate.
#[derive(Clone, Copy)]
struct Vote {
    score: f64,
    weight: f64,
}

/// One verifier's scores made comparable with the others', over the candidates that it did score.
///
/// Where all of them have probability 0, `SumToOne` gives equal shares: the verifier prefers none.
fn normalise(raw: &[Option<f64>], logarithmic: bool, normalisation: Normalisation) -> Vec<Option<f64>> {
    let best = raw.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares = |share: &dyn Fn(f64) -> f64| {
        let shares: Vec<Option<f64>> = raw.iter().map(|score| score.map(share)).collect();
        // In the order of their values, so that the order of the candidates does not change the sum.
        let mut sorted: Vec<f64> = shares.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let sum: f64 = sorted.iter().sum();
        shares.into_iter().map(|share| share.map(|share| share / sum)).collect()
    };
    match normalisation {
        Normalisation::None => raw.to_vec(),
        Normalisation::SumToOne if logarithmic => shares(&|score| (score - best).exp()),
        Normalisation::SumToOne if best <= 0.0 => shares(&|_| 1.0),
        Normalisation::SumToOne => shares(&|score| score),
        Normalisation::Softmax { temperature } => {
            // Sharper than any difference of scores if the temperature is not above 0.
            let temperature = temperature.max(f64::MIN_POSITIVE);
            shares(&|score| ((score - best) / temperature).exp())
        }
    }
}

/// The weighted mean of a candidate's votes, less the outliers; `None` without votes.
///
/// A verifier of weight 0 (or of one that is no weight: negative, not finite) has no say, not even on what an outlier is. If
/// all who voted are such, they count alike.
fn fuse(mut votes: Vec<Vote>, outlier_ratio: Option<f64>, logarithmic: bool) -> Option<f64> {
    for vote in &mut votes {
        vote.weight = if vote.weight.is_finite() { vote.weight.max(0.0) } else { 0.0 };
    }
    let heaviest = votes.iter().map(|vote| vote.weight).fold(0.0, f64::max);
    if heaviest > 0.0 {
        votes.retain(|vote| vote.weight > 0.0);
    }
    for vote in &mut votes {
        // Scaled, so that no sum of weights overflows.
        vote.weight = if heaviest > 0.0 { vote.weight / heaviest } else { 1.0 };
    }
    votes.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.weight.total_cmp(&b.weight)));
    let counted = outlier_ratio.map_or(votes.as_slice(), |ratio| without_outliers(&votes, ratio, logarithmic));
    let weights: f64 = counted.iter().map(|vote| vote.weight).sum();
    let sum: f64 = counted.iter().map(|vote| vote.weight * vote.score).sum();
    (weights > 0.0).then(|| sum / weights)
}

/// The votes (sorted) without the lowest and the highest when highest / lowest exceeds `ratio` (`SweetSpan`). Needs 3 votes.
fn without_outliers(votes: &[Vote], ratio: f64, logarithmic: bool) -> &[Vote] {
    let [lowest, inner @ .., highest] = votes else { return votes };
    let (low, high) = (lowest.score, highest.score);
    let exceeds = if logarithmic { (high - low).exp() > ratio } else { high > 0.0 && (low <= 0.0 || high / low > ratio) };
    if exceeds && !inner.is_empty() { inner } else { votes }
}

/// The candidates from best to worst; exact ties and unscored ones in their given order.
fn order(scores: &[Option<f64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    // `None` is less than any score, so unscored ones come last.
    order.sort_by(|&a, &b| scores[b].partial_cmp(&scores[a]).unwrap_or(std::cmp::Ordering::Equal));
    order
}

#[cfg(test)]
mod tests;
