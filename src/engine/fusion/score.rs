//! From token log-probabilities to a winner: scoring rules, normalisation, the outlier filter, weights, ties.
//!
//! Owns the arithmetic of one round. Who verifies and who abstained is recorded elsewhere and comes in as a matrix.

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

/// What one verifier says of one candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell<'a> {
    /// Natural log-probabilities of the candidate's tokens in the verifier's tokenizer (the end's included where counted).
    pub logprobs: &'a [f32],
    /// Number of characters of the candidate's text.
    pub characters: usize,
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

impl ScoringRule {
    /// The score of one cell; `None` for a cell without tokens or with a value that is not a number.
    #[must_use]
    pub fn score(self, cell: Cell<'_>) -> Option<f64> {
        let _ = cell;
        todo!()
    }

    /// Whether scores under this rule are logarithms.
    #[must_use]
    pub fn is_logarithmic(self) -> bool {
        todo!()
    }
}

/// Scores and ranks the candidates of a round. Candidates are in tie order: the earlier wins a tie.
#[must_use]
pub fn rank(rows: &[VerifierRow<'_>], candidates: usize, settings: ScoreSettings) -> Ranking {
    let _ = (rows, candidates, settings);
    todo!()
}
