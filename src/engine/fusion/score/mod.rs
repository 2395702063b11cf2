//! From token log-probabilities to a winner: scoring rules, normalisation, the outlier filter, weights, ties.
//!
//! Owns the arithmetic of one round. Which members verify and which abstained is recorded elsewhere and comes in as a matrix.
//!
//! A verifier that scores token by token gives absolute numbers; a judge gives shares of its preference among the candidates. If
//! a judge takes part, the others' scores become shares too, so that the weighted mean compares like with like.

mod grid;
mod rule;

use std::cmp::Ordering;
use std::sync::Arc;

pub use grid::Grid;
pub use rule::{LOG_ZERO, Pooling, ScoringRule, TokenScores};

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
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreSettings {
    /// How log-probabilities become a score.
    pub rule: ScoringRule,
    /// Makes the verifiers' scores comparable.
    pub normalisation: Normalisation,
    /// Drop the highest and the lowest verifier of a candidate when highest / lowest exceeds this ratio; `None` never drops.
    pub outlier_ratio: Option<f64>,
}

/// A verifier's opinion of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub enum Opinion {
    /// Natural log-probabilities of the candidate's tokens in the verifier's tokenizer, then of the end if the candidate ends and
    /// the verifier knows it.
    Tokens(Arc<[f32]>),
    /// The share of its preference that a judge gives the candidate, 0 to 1; the shares of all candidates of a round sum to 1.
    Preference(f32),
}

/// A verifier's opinion of one candidate, as the vote counts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// Token by token.
    Tokens(TokenScores),
    /// The share of a judge's preference, 0 to 1.
    Preference(f32),
}

/// The outcome of scoring a round.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// Each verifier's normalised score of each candidate: `[verifier][candidate]`.
    pub verifier_scores: Grid<Option<f64>>,
    /// The fused score of each candidate; `None` if every verifier abstained.
    pub scores: Vec<Option<f64>>,
    /// The candidates from best to worst, as indices into `scores`. Ties and unscored ones keep their given order; unconfirmed
    /// ones come behind the others, unscored ones last.
    pub order: Vec<usize>,
    /// Best minus second best fused score; `None` with fewer than two scored candidates, or if the second is behind for a reason
    /// other than its score.
    pub margin: Option<f64>,
    /// Whether each candidate is unconfirmed: only its author scored it although others were asked to. It ranks behind those that
    /// others scored: an author's confidence in what no other member can read means nothing.
    pub unconfirmed: Vec<bool>,
    /// How scores are fused again under other weights.
    outlier_ratio: Option<f64>,
    logarithmic: bool,
}

/// Every verifier's opinion of every candidate of a round: a row per verifier, a column per candidate, in tie order.
pub trait Cells {
    /// Number of verifiers.
    fn rows(&self) -> usize;

    /// Number of candidates.
    fn columns(&self) -> usize;

    /// A verifier's opinion of a candidate; `None` if it abstains.
    fn cell(&self, row: usize, column: usize) -> Option<Cell>;

    /// Whether a verifier's opinions are shares of a preference.
    fn judges(&self, row: usize) -> bool {
        (0..self.columns()).any(|column| matches!(self.cell(row, column), Some(Cell::Preference(_))))
    }
}

impl Cells for Grid<Option<Cell>> {
    fn rows(&self) -> usize {
        Grid::rows(self).len()
    }

    fn columns(&self) -> usize {
        Grid::columns(self)
    }

    fn cell(&self, row: usize, column: usize) -> Option<Cell> {
        self[row][column]
    }
}

/// Scores and ranks the candidates of a round; `weights` has one entry per verifier. The earlier candidate wins a tie.
///
/// The order of the verifiers does not matter: their scores of a candidate are summed in order of value.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn rank(cells: &impl Cells, weights: &[f64], settings: ScoreSettings) -> Ranking {
    let mut ranking = Ranking::default();
    ranking.fill(cells, weights, settings, &[]);
    ranking
}

impl Ranking {
    /// [`rank`], reusing existing memory. `unconfirmed` has an entry per candidate; missing ones count as false.
    pub fn fill(&mut self, cells: &impl Cells, weights: &[f64], settings: ScoreSettings, unconfirmed: &[bool]) {
        self.unconfirmed.clear();
        self.unconfirmed.extend((0..cells.columns()).map(|column| unconfirmed.get(column).copied().unwrap_or(false)));
        let judged = (0..cells.rows()).any(|row| cells.judges(row));
        let normalisation = match settings.normalisation {
            Normalisation::None if judged => Normalisation::SumToOne,
            Normalisation::None | Normalisation::SumToOne | Normalisation::Softmax { .. } => settings.normalisation,
        };
        self.verifier_scores.reset(cells.rows(), cells.columns(), None);
        let mut sorted = Vec::new();
        for row in 0..cells.rows() {
            let scores = &mut self.verifier_scores[row];
            for (column, score) in scores.iter_mut().enumerate() {
                *score = cells.cell(row, column).and_then(|cell| cell.raw(settings.rule));
            }
            if judged && cells.judges(row) {
                normalise(scores, &mut sorted, false, Normalisation::SumToOne);
            } else {
                normalise(scores, &mut sorted, settings.rule.is_logarithmic(), normalisation);
            }
        }
        self.outlier_ratio = settings.outlier_ratio;
        self.logarithmic = settings.rule.is_logarithmic() && normalisation == Normalisation::None;
        self.weigh(weights);
    }

    /// Fuses the verifiers' scores again under these weights, one per verifier. An invalid weight (negative, not finite) counts
    /// as 0.
    pub fn weigh(&mut self, weights: &[f64]) {
        let mut votes = Vec::with_capacity(weights.len());
        let usable = |weight: f64| if weight.is_finite() { weight.max(0.0) } else { 0.0 };
        self.scores.clear();
        for candidate in 0..self.verifier_scores.columns() {
            votes.clear();
            for (row, weight) in self.verifier_scores.rows().zip(weights) {
                if let Some(score) = row[candidate] {
                    insert(&mut votes, Vote { score, weight: usable(*weight) }, Vote::cmp);
                }
            }
            self.scores.push(fuse(&mut votes, self.outlier_ratio, self.logarithmic));
        }
        self.sort();
        self.margin = match self.order.as_slice() {
            [first, second, ..] if self.unconfirmed[*first] != self.unconfirmed[*second] => None,
            [first, second, ..] => self.scores[*first].zip(self.scores[*second]).map(|(best, next)| best - next),
            [_] | [] => None,
        };
    }

    /// Sorts the candidates from best to worst, unconfirmed ones behind the others; exact ties and unscored ones keep their given
    /// order.
    fn sort(&mut self) {
        let Self { order, scores, unconfirmed, .. } = self;
        order.clear();
        order.extend(0..scores.len());
        let class = |at: usize| (scores[at].is_none(), unconfirmed[at]);
        order
            .sort_by(|&a, &b| class(a).cmp(&class(b)).then_with(|| scores[b].partial_cmp(&scores[a]).unwrap_or(Ordering::Equal)));
    }
}

impl Cell {
    fn raw(self, rule: ScoringRule) -> Option<f64> {
        match self {
            Self::Tokens(scores) => scores.under(rule),
            Self::Preference(share) => share.is_finite().then(|| f64::from(share).clamp(0.0, 1.0)),
        }
    }
}

/// One verifier's contribution to the fused score of a candidate.
#[derive(Clone, Copy)]
struct Vote {
    score: f64,
    weight: f64,
}

impl Vote {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then_with(|| self.weight.total_cmp(&other.weight))
    }
}

/// Makes one verifier's scores comparable with the others', over the candidates it scored. `sorted` is working memory.
///
/// If all of them have probability 0, `SumToOne` gives equal shares: the verifier has no preference.
fn normalise(scores: &mut [Option<f64>], sorted: &mut Vec<f64>, logarithmic: bool, normalisation: Normalisation) {
    let best = scores.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    match normalisation {
        Normalisation::None => {}
        Normalisation::SumToOne if logarithmic => shares(scores, sorted, |score| (score - best).exp()),
        Normalisation::SumToOne if best <= 0.0 => shares(scores, sorted, |_| 1.0),
        Normalisation::SumToOne => shares(scores, sorted, |score| score),
        Normalisation::Softmax { temperature } => {
            // A temperature that is not above 0 becomes sharper than any difference of scores.
            let temperature = temperature.max(f64::MIN_POSITIVE);
            shares(scores, sorted, |score| ((score - best) / temperature).exp());
        }
    }
}

/// Each score's part, divided by the sum of all parts.
fn shares(scores: &mut [Option<f64>], sorted: &mut Vec<f64>, part: impl Fn(f64) -> f64) {
    for score in scores.iter_mut().flatten() {
        *score = part(*score);
    }
    // In order of value, so that the order of the candidates does not change the sum.
    sorted.clear();
    for score in scores.iter().flatten() {
        insert(sorted, *score, f64::total_cmp);
    }
    let sum: f64 = sorted.iter().sum();
    for score in scores.iter_mut().flatten() {
        *score /= sum;
    }
}

/// Inserts a value into a sorted list. There is one per verifier: too few for any other sort to pay off.
fn insert<T: Copy>(sorted: &mut Vec<T>, value: T, compare: impl Fn(&T, &T) -> Ordering) {
    let mut place = sorted.len();
    while place > 0 && compare(&sorted[place - 1], &value) == Ordering::Greater {
        place -= 1;
    }
    sorted.insert(place, value);
}

/// The weighted mean of a candidate's votes (sorted), without the outliers; `None` without votes.
///
/// A verifier of weight 0 has no say, not even on what an outlier is. If all voters have weight 0, they count equally.
fn fuse(votes: &mut Vec<Vote>, outlier_ratio: Option<f64>, logarithmic: bool) -> Option<f64> {
    let heaviest = votes.iter().map(|vote| vote.weight).fold(0.0, f64::max);
    if heaviest > 0.0 {
        votes.retain(|vote| vote.weight > 0.0);
    }
    for vote in votes.iter_mut() {
        // Scaled so that no sum of weights overflows.
        vote.weight = if heaviest > 0.0 { vote.weight / heaviest } else { 1.0 };
    }
    let counted = outlier_ratio.map_or(votes.as_slice(), |ratio| without_outliers(votes, ratio, logarithmic));
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

#[cfg(test)]
mod tests;
