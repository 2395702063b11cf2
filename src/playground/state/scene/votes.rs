//! The votes of a round as they arrive: what stands under each draft, and a ranking that does not jump while they do.
//!
//! Verifiers answer at different times. A ranking of the scores that happen to be in compares different verifiers, and turns over
//! several times a second; so the order is that of the round before until everybody has voted.

use super::super::answer::Answer;
use super::matrix::{Cell, matrix};
use super::pane::Activity;
use super::table::{Table, table};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::Round;

/// The votes on one member's candidate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Votes {
    /// What each verifier says of it.
    pub cells: Vec<(MemberIndex, Cell)>,
    /// The fused score of those that are in.
    pub score: Option<f64>,
    /// What that would be under the knobs that are tried.
    pub tried: Option<f64>,
    /// Whether it is accepted, or the best with all votes in.
    pub best: bool,
    /// The candidate's place with all votes in, from 1.
    pub rank: Option<usize>,
}

/// The votes on every member's candidate, by place.
#[must_use]
pub fn votes(table: &Table, members: usize) -> Vec<Votes> {
    let mut all = vec![Votes::default(); members];
    let complete = table.has_all_votes();
    for row in &table.rows {
        if let Some(votes) = all.get_mut(row.member.0) {
            *votes = Votes {
                cells: table.verifiers.iter().copied().zip(row.cells.iter().cloned()).collect(),
                score: row.score,
                tried: row.tried.map(|(score, _)| score),
                best: row.accepted || (complete && row.rank == Some(1)),
                rank: row.rank.filter(|_| complete),
            };
        }
    }
    all
}

/// The ranking to show instead of an open round's own: that of the last decided round while no vote is in, else its own in the
/// order of that.
#[must_use]
pub fn calm(answer: &Answer, round: Option<&Round>, own: Table, activities: &[Activity]) -> Table {
    let Some(round) = round.filter(|round| round.accepted.is_none() && !own.has_all_votes()) else { return own };
    let decided = |before: &&std::sync::Arc<Round>| before.number < round.number && before.ranked.is_some();
    let last = answer.run.rounds.iter().rev().find(decided).map(AsRef::as_ref);
    let before = table(answer, last.map(|last| (last, matrix(answer, last, &last.params))), activities);
    let is_vote = |cell: &Cell| matches!(cell, Cell::Score { own: false, .. } | Cell::Failed(_));
    if last.is_some() && !own.rows.iter().any(|row| row.cells.iter().any(is_vote)) {
        return Table { is_of_the_round_before: true, ..before };
    }
    let place = |member: MemberIndex| before.rows.iter().position(|row| row.member == member);
    let mut own = own;
    own.rows.sort_by_key(|row| place(row.member));
    for row in &mut own.rows {
        row.rank = None;
        row.margin = None;
    }
    own
}
