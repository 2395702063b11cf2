//! A round with the members that take part, and the figures computed from it.

use super::ballot::{Ballot, Seat};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::exit::Quality;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::score::{Cell, Cells, Ranking};

/// How much worse a draft that was set aside is than the worst scored one, in nats per token: what the exit rule treats as more
/// than noise by itself.
const ASIDE: f64 = 0.5;

/// Which members are away; those beyond the end are present.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Away<'a> {
    pub drafting: &'a [bool],
    pub verifying: &'a [bool],
}

impl Away<'_> {
    /// No member is away.
    pub const NOBODY: Self = Self { drafting: &[], verifying: &[] };
}

/// The rows and columns of a ballot that take part, and the results over them. Kept from round to round only to reuse its memory.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Rows of the ballot.
    rows: Vec<usize>,
    /// Columns of the ballot; a candidate whose authors are all away is left out.
    pub columns: Vec<usize>,
    /// The index in `columns` of each column of the ballot.
    places: Vec<Option<usize>>,
    /// The weight of each row.
    weights: Vec<f64>,
    /// For each of `columns`: whether only its author scored it although others were asked to.
    unconfirmed: Vec<bool>,
    /// For `columns`, by `rows`.
    pub ranking: Ranking,
    /// For each drafter that takes part, in member order.
    pub quality: Vec<Quality>,
    /// Weighted sum of the verifiers' opinions of a candidate, in nats per token, and the sum of their weights.
    nats: Vec<(f64, f64)>,
}

/// The opinions of the verifiers that take part about the candidates that do.
struct Seated<'a> {
    ballot: &'a Ballot<'a>,
    cells: &'a [Option<Cell>],
    rows: &'a [usize],
    columns: &'a [usize],
}

fn is(away: &[bool], member: MemberIndex) -> bool {
    away.get(member.0).copied().unwrap_or(false)
}

impl Table {
    /// Ranks the candidates, always including the one of this column. Weights are by member; a missing one counts as 1.
    pub fn rank(&mut self, ballot: &Ballot<'_>, away: Away<'_>, weights: &[f64], params: &Params, chosen: Option<usize>) {
        self.seat(ballot, away, chosen);
        self.weigh(ballot, weights);
        let Self { rows, columns, weights, unconfirmed, ranking, .. } = self;
        let seated = Seated { ballot, cells: ballot.cells(params.score_end), rows, columns };
        unconfirmed.clear();
        // If no member scored another's draft, all candidates are alike.
        let confirmed = seated.is_compared();
        unconfirmed.extend((0..columns.len()).map(|column| confirmed && seated.is_unconfirmed(column)));
        ranking.fill(&seated, weights, params.score_settings(), unconfirmed);
        self.judge_drafts(ballot, away, params);
    }

    /// Fuses again under other weights.
    pub fn rank_again(&mut self, ballot: &Ballot<'_>, weights: &[f64]) {
        self.weigh(ballot, weights);
        self.ranking.weigh(&self.weights);
        for quality in &mut self.quality {
            let seat = ballot.drafters.iter().find(|seat| seat.member == quality.member);
            if quality.score.is_none() {
                continue;
            }
            quality.score = seat.and_then(|seat| self.places[seat.column? as usize]).and_then(|place| self.ranking.scores[place]);
        }
    }

    fn seat(&mut self, ballot: &Ballot<'_>, away: Away<'_>, chosen: Option<usize>) {
        self.rows.clear();
        self.rows.extend((0..ballot.verifiers.len()).filter(|row| !is(away.verifying, ballot.verifiers[*row])));
        self.places.clear();
        self.places.resize(ballot.columns.len(), None);
        let present = || ballot.drafters.iter().filter(|seat| !is(away.drafting, seat.member)).filter_map(|seat| seat.column);
        let others = present().any(|column| !ballot.columns[column as usize].aside);
        for column in present().map(|column| column as usize) {
            if !(others && ballot.columns[column].aside) || chosen == Some(column) {
                self.places[column] = Some(0);
            }
        }
        self.columns.clear();
        for (column, place) in self.places.iter_mut().enumerate() {
            if let Some(place) = place {
                *place = self.columns.len();
                self.columns.push(column);
            }
        }
    }

    fn weigh(&mut self, ballot: &Ballot<'_>, weights: &[f64]) {
        self.weights.clear();
        let weight = |row: &usize| weights.get(ballot.verifiers[*row].0).copied().unwrap_or(1.0);
        self.weights.extend(self.rows.iter().map(weight));
    }

    /// The probability that the answer ends after the candidate of a column, as the verifiers' weighted mean; `None` if those
    /// that know it hold less than half of the weight.
    pub fn end(&self, ballot: &Ballot<'_>, column: usize) -> Option<f64> {
        let all: f64 = self.weights.iter().sum();
        let (mut known, mut sum) = (0.0, 0.0);
        for (row, weight) in self.rows.iter().zip(&self.weights) {
            if let Some(end) = ballot.end(*row, column) {
                known += weight;
                sum += weight * end;
            }
        }
        (known > 0.0 && known >= all / 2.0).then(|| sum / known)
    }

    /// The best candidate that ends the answer, if more than half of the drafters' weight wrote such candidates.
    pub fn majority_to_end(&self, ballot: &Ballot<'_>, away: Away<'_>, weights: &[f64]) -> Option<usize> {
        let ends = |place: usize| ballot.columns[self.columns[place]].ends;
        let weight = |ending: bool| -> f64 {
            let voted = |seat: &&Seat| {
                seat.column.and_then(|column| self.place(column as usize)).is_some_and(|place| !ending || ends(place))
            };
            let present = ballot.drafters.iter().filter(|seat| !is(away.drafting, seat.member));
            present.filter(voted).map(|seat| weights.get(seat.member.0).copied().unwrap_or(1.0)).sum()
        };
        let majority = weight(true) > weight(false) / 2.0;
        self.ranking.order.iter().copied().find(|place| majority && ends(*place))
    }

    /// The index of a candidate of the ballot among those that take part.
    pub fn place(&self, column: usize) -> Option<usize> {
        self.places.get(column).copied().flatten()
    }

    /// The quality of each drafter's draft: its fused score, and the verifiers' weighted mean of mean token log-probabilities
    /// (nats per token). A draft that was set aside is [`ASIDE`] worse than the worst of the others. If no verifier scored token
    /// by token, the logarithms of the judges' shares take their place: also nats, of a choice. If members scored only their own
    /// drafts, nothing is known of how they compare: a member's confidence in itself is no reason to remove another.
    fn judge_drafts(&mut self, ballot: &Ballot<'_>, away: Away<'_>, params: &Params) {
        let Self { rows, columns, weights, ranking, quality, nats, .. } = self;
        let weighed = weights.iter().any(|weight| *weight > 0.0);
        let seated = Seated { ballot, cells: ballot.cells(params.score_end), rows, columns };
        let all = || (0..rows.len()).flat_map(|row| (0..columns.len()).map(move |column| (row, column)));
        let tokens = |(row, column)| matches!(seated.cell(row, column), Some(Cell::Tokens(_)));
        let token_by_token = !ballot.judged || all().any(tokens);
        nats.clear();
        nats.resize(columns.len(), (0.0, 0.0));
        for (row, weight) in weights.iter().enumerate() {
            let weight = if weighed { *weight } else { 1.0 };
            for (column, (sum, count)) in nats.iter_mut().enumerate() {
                let told = match seated.cell(row, column) {
                    Some(Cell::Tokens(scores)) => scores.mean_logprob(),
                    Some(Cell::Preference(share)) if !token_by_token => Some(f64::from(share).ln()).filter(|nats| !nats.is_nan()),
                    Some(Cell::Preference(_)) | None => None,
                };
                if let Some(told) = told {
                    (*sum, *count) = (*sum + weight * told, *count + weight);
                }
            }
        }
        let compared = columns.len() < 2 || seated.is_compared();
        quality.clear();
        for seat in ballot.drafters.iter().filter(|seat| !is(away.drafting, seat.member)) {
            let place = seat.column.and_then(|column| self.places[column as usize]).filter(|_| compared);
            let mean = |place: usize| Some(nats[place]).filter(|(_, weights)| *weights > 0.0).map(|(sum, weights)| sum / weights);
            quality.push(Quality {
                member: seat.member,
                score: place.and_then(|place| ranking.scores[place]),
                mean_logprob: place.and_then(mean),
            });
        }
        let known = quality.iter().filter_map(|quality| quality.mean_logprob);
        let Some(worst) = known.min_by(f64::total_cmp) else { return };
        let aside = |seat: &&Seat| {
            seat.column.is_some_and(|column| ballot.columns[column as usize].aside && self.places[column as usize].is_none())
        };
        for seat in ballot.drafters.iter().filter(aside) {
            if let Some(quality) = quality.iter_mut().find(|quality| quality.member == seat.member) {
                quality.mean_logprob = Some(worst - ASIDE);
            }
        }
    }

    /// The members that both draft and verify and have a candidate: row, member, index of the candidate.
    pub fn learners(&self, ballot: &Ballot<'_>, away: Away<'_>) -> Vec<(usize, MemberIndex, usize)> {
        let learner = |(row, of): (usize, &usize)| {
            let member = ballot.verifiers[*of];
            let seat = ballot.drafters.iter().find(|seat| seat.member == member && !is(away.drafting, member))?;
            Some((row, member, self.place(seat.column? as usize)?))
        };
        self.rows.iter().enumerate().filter_map(learner).collect()
    }
}

impl Seated<'_> {
    fn is_author(&self, row: usize, column: usize) -> bool {
        let (member, column) = (self.ballot.verifiers[self.rows[row]], self.columns[column] as u32);
        self.ballot.drafters.iter().any(|seat| seat.member == member && seat.column == Some(column))
    }

    /// Whether a member scored another's draft.
    fn is_compared(&self) -> bool {
        let foreign = |row, column| self.cell(row, column).is_some() && !self.is_author(row, column);
        (0..self.rows.len()).any(|row| (0..self.columns.len()).any(|column| foreign(row, column)))
    }

    /// Whether verifiers failed to score a candidate and only its single author did score it.
    fn is_unconfirmed(&self, column: usize) -> bool {
        let scored = || (0..self.rows.len()).filter(|row| self.cell(*row, column).is_some());
        self.ballot.columns[self.columns[column]].failed
            && scored().count() == 1
            && scored().all(|row| self.is_author(row, column))
    }
}

impl Cells for Seated<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn cell(&self, row: usize, column: usize) -> Option<Cell> {
        let (row, column) = (self.rows[row], self.columns[column]);
        self.cells[row * self.ballot.columns.len() + column]
    }

    fn judges(&self, row: usize) -> bool {
        let cell = |column| matches!(self.cell(row, column), Some(Cell::Preference(_)));
        self.ballot.judged && (0..self.columns.len()).any(cell)
    }
}
