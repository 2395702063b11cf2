//! The matrix: what each verifier says of each candidate, as the vote counts it and before it was normalised.

use super::super::matrix::{Cell, Matrix, cell};
use super::Subject;
use crate::clean::{DisplayText, clean_line};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::reading::reading;
use crate::engine::fusion::run::Round;
use crate::engine::fusion::score::Normalisation;

/// The longest start of a candidate that is kept for the screen, in characters.
const LONGEST: usize = 400;

/// One candidate of the round.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateRow {
    /// Its authors, earliest first.
    pub authors: Vec<MemberIndex>,
    /// Its text, cleaned, on one line.
    pub text: DisplayText,
    /// Whether it ends the answer.
    pub ends: bool,
    /// The fused score.
    pub score: Option<f64>,
    /// Whether it was accepted.
    pub accepted: bool,
}

/// What one verifier says.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierScores {
    /// Who.
    pub member: MemberIndex,
    /// Its weight in the vote.
    pub weight: f64,
    /// A cell for each candidate, best first.
    pub cells: Vec<Cell>,
    /// The scores before normalisation, where that changed them.
    pub raw: Option<Vec<Option<f64>>>,
}

/// The place of what was accepted, where that is still a candidate.
pub(super) fn accepted(round: &Round, matrix: &Matrix) -> Option<usize> {
    let accepted = round.accepted_candidate()?;
    matrix.candidates.iter().position(|candidate| candidate.key == accepted.key)
}

pub(super) fn candidates(subject: &Subject<'_>, accepted: Option<usize>) -> Vec<CandidateRow> {
    let matrix = &subject.matrix;
    let row = |column: &usize| CandidateRow {
        authors: matrix.candidates[*column].authors.clone(),
        text: clean_line(&matrix.candidates[*column].text.chars().take(LONGEST).collect::<String>()),
        ends: matrix.candidates[*column].ends,
        score: matrix.ranking.scores[*column],
        accepted: accepted == Some(*column),
    };
    subject.order().iter().map(row).collect()
}

pub(super) fn verifiers(subject: &Subject<'_>) -> Vec<VerifierScores> {
    let Subject { answer, round, matrix, .. } = subject;
    let weights = super::super::matrix::weights(answer, round);
    let normalised = round.params.score_settings().normalisation != Normalisation::None || round.is_judged();
    let row = |(place, member): (usize, &MemberIndex)| {
        let raw = |column: &usize| {
            let candidate = &matrix.candidates[*column];
            let reading = reading(&answer.run.members, round, *member, candidate)?;
            reading.score(round.params.scoring, candidate.characters)
        };
        let raw: Vec<Option<f64>> = if normalised { subject.order().iter().map(raw).collect() } else { Vec::new() };
        VerifierScores {
            member: *member,
            weight: weights.get(member.0).copied().unwrap_or(1.0),
            cells: subject.order().iter().map(|column| cell(round, matrix, place, *column)).collect(),
            raw: raw.iter().any(Option::is_some).then_some(raw),
        }
    };
    matrix.verifiers.iter().enumerate().map(row).collect()
}
