//! The scores of a round, by verifier and candidate: what the table, the votes and the view of reasons are made from.

use super::super::answer::Answer;
use crate::clean::{DisplayText, clean_line};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::event::ExitReason;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::run::Round;
use crate::engine::fusion::score::{Normalisation, Ranking};
use crate::engine::fusion::vote::{Electorate, standing};

/// What one verifier says of one candidate.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// It does not say anything of this one.
    None,
    /// It has yet to say.
    Open,
    /// It failed, for this reason.
    Failed(DisplayText),
    /// Its score.
    Score {
        /// As the scoring rule and the normalisation give it.
        score: f64,
        /// From 0 (bad) to 1 (good), for bars and shades.
        share: f64,
        /// Whether it is the verifier's own draft.
        own: bool,
    },
}

/// A round's matrix of scores: what the table and the view of reasons are made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Who verified.
    pub verifiers: Vec<MemberIndex>,
    /// The candidates, ordered by their earliest author.
    pub candidates: Vec<Candidate>,
    /// Their ranking; rows are the verifiers.
    pub ranking: Ranking,
}

/// A round's scores under these knobs: of a closed round those that the vote counted, of an open one those that are in.
#[must_use]
pub fn matrix(answer: &Answer, round: &Round, params: &Params) -> Matrix {
    weighted(answer, round, params, &weights(answer, round))
}

/// The verifiers' weights in a round, by place in the ensemble.
#[must_use]
pub fn weights(answer: &Answer, round: &Round) -> Vec<f64> {
    let run = &answer.run;
    let mut weights = run.weights().now().to_vec();
    // Their numbers go up, and this is asked several times a frame: not a search from the end.
    let place = run.rounds.partition_point(|before| before.number < round.number);
    let before = run.rounds[..place].last().and_then(|before| before.ranked.as_ref());
    for (name, weight) in round.ranked.as_ref().or(before).into_iter().flat_map(|ranked| &ranked.weights) {
        if let Some(member) = run.index(name) {
            weights[member.0] = *weight;
        }
    }
    weights
}

/// A round's scores under these knobs and weights.
#[must_use]
pub fn weighted(answer: &Answer, round: &Round, params: &Params, weights: &[f64]) -> Matrix {
    let run = &answer.run;
    let excluded = |member: &MemberIndex| {
        let departure = answer.absence(*member, round.number);
        departure.is_some_and(|departure| departure.reason == ExitReason::Excluded)
    };
    let (drafters, verifiers): (Vec<_>, Vec<_>) = match &round.ranked {
        Some(ranked) => (
            ranked.standings.iter().filter_map(|standing| run.index(&standing.member)).collect(),
            ranked.weights.iter().filter_map(|(name, _)| run.index(name)).collect(),
        ),
        None => (round.drafters.iter().copied().filter(|member| !excluded(member)).collect(), round.listed_verifiers()),
    };
    let who = Electorate { members: &run.members, drafters: &drafters, verifiers: &verifiers };
    let (candidates, ranking) = standing(round, who, weights, params);
    let mut matrix = Matrix { verifiers, candidates, ranking };
    if round.accepted.is_none() {
        matrix.count_complete_votes(round, weights);
    }
    matrix
}

impl Matrix {
    /// Ranks by the verifiers that have scored every draft: means over different verifiers cannot be compared.
    fn count_complete_votes(&mut self, round: &Round, weights: &[f64]) {
        let mut counted = self.ranking.clone();
        for row in (0..self.verifiers.len()).filter(|row| !round.all_drafted() || !has_voted(round, self, *row)) {
            counted.verifier_scores[row].fill(None);
        }
        let of_verifiers: Vec<f64> =
            self.verifiers.iter().map(|verifier| weights.get(verifier.0).copied().unwrap_or(1.0)).collect();
        counted.weigh(&of_verifiers);
        std::mem::swap(&mut counted.verifier_scores, &mut self.ranking.verifier_scores);
        self.ranking = counted;
    }
}

/// Whether a verifier, by its place in the matrix, has said all it has to say of the candidates there are.
pub(super) fn has_voted(round: &Round, matrix: &Matrix, row: usize) -> bool {
    !(0..matrix.candidates.len()).any(|column| cell(round, matrix, row, column) == Cell::Open)
}

/// A score of a round from 0 to 1: probabilities and shares as they are, logarithms as the probability they are the logarithm of.
#[must_use]
pub fn share(score: f64, round: &Round) -> f64 {
    let rule = round.params.scoring;
    let plain = round.params.score_settings().normalisation == Normalisation::None;
    let logarithmic = rule.is_logarithmic() && plain && !round.is_judged();
    let share = if logarithmic { rule.share(score) } else { score };
    share.clamp(0.0, 1.0)
}

/// What a verifier says of a candidate, both by their places in the matrix.
pub(super) fn cell(round: &Round, matrix: &Matrix, verifier: usize, column: usize) -> Cell {
    let (who, candidate) = (matrix.verifiers[verifier], &matrix.candidates[column]);
    let own = candidate.authors.contains(&who);
    if let Some(score) = matrix.ranking.verifier_scores[verifier][column] {
        return Cell::Score { score, share: share(score, round), own };
    }
    match round.score(who, candidate.key).map(|cell| &cell.opinion) {
        Some(Err(error)) => Cell::Failed(clean_line(error)),
        Some(Ok(_)) => Cell::None,
        None if round.accepted.is_some() || own => Cell::None,
        None => Cell::Open,
    }
}
