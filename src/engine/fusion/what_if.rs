//! What other knobs would have changed in a recorded run, compared with what happened: who won each round, who left when.
//!
//! Owns the comparison; [`rescore`](super::rescore) decides the rounds again. Knobs that shape drafting change nothing here: what
//! members would have drafted is unknown.

use std::sync::Arc;

use super::MemberIndex;
use super::event::{ExitReason, Ranked};
use super::params::Params;
use super::rescore::{Recorded, RescoredRound};
use super::run::Run;

/// A run under other knobs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WhatIf {
    /// Every accepted round, in order.
    pub rounds: Vec<RescoredRound>,
    /// By member: the round after which it would have left, if it would.
    pub leaves: Vec<Option<usize>>,
    /// By member: the round after which it left by the exit rule, if it did.
    pub left: Vec<Option<usize>>,
    /// Numbers of the rounds with another winner, in order.
    pub differing: Vec<usize>,
    /// Which numbers would have been others.
    pub moves: Moves,
}

/// Which numbers of any round would have been others, by as much as can be seen.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moves {
    pub margins: bool,
    pub scores: bool,
}

/// The least difference that is seen in three digits.
const SEEN: f64 = 0.0005;

impl WhatIf {
    /// What these knobs would have changed, had they applied from the first round on.
    #[must_use]
    pub fn of(run: &Run, recorded: &Recorded, params: &Params) -> Self {
        let rounds = recorded.rescore(params);
        let mut leaves = vec![None; run.members.len()];
        for round in &rounds {
            for member in &round.exits {
                if let Some(known) = leaves.get_mut(member.0) {
                    known.get_or_insert(round.number);
                }
            }
        }
        let differing = rounds.iter().filter(|round| round.differs).map(|round| round.number).collect();
        Self { leaves, left: left(run), differing, moves: moves(run, &rounds), rounds }
    }

    /// The round of that number.
    #[must_use]
    pub fn round(&self, number: usize) -> Option<&RescoredRound> {
        // Numbers go up by one from the first; a trace edited by hand is searched.
        let guess = self.rounds.first().and_then(|first| number.checked_sub(first.number));
        let there = guess.and_then(|place| self.rounds.get(place)).filter(|round| round.number == number);
        there.or_else(|| self.rounds.iter().find(|round| round.number == number))
    }

    /// The other winner that a round would have had; `None` if the winner would have been the same, or there is none.
    #[must_use]
    pub fn other_winner(&self, number: usize) -> Option<MemberIndex> {
        self.round(number).filter(|round| round.differs)?.author
    }

    /// The weights in the vote of a round, by member.
    #[must_use]
    pub fn weights(&self, number: usize) -> Option<&Arc<[f64]>> {
        self.round(number).map(|round| &round.weights)
    }

    /// Members that would have left at another time than they did, or not at all: member, when it left, when it would have.
    pub fn moved_exits(&self) -> impl Iterator<Item = (MemberIndex, Option<usize>, Option<usize>)> {
        let all = self.left.iter().zip(&self.leaves).enumerate();
        all.filter(|(_, (left, leaves))| left != leaves).map(|(place, (left, leaves))| (MemberIndex(place), *left, *leaves))
    }

    /// Whether nothing would have been different.
    #[must_use]
    pub fn is_the_same(&self) -> bool {
        self.differing.is_empty() && self.moved_exits().next().is_none()
    }
}

/// Compares the numbers of the rounds with those recorded.
fn moves(run: &Run, rounds: &[RescoredRound]) -> Moves {
    let moved = |now: Option<f64>, then: Option<f64>| match (now, then) {
        (Some(now), Some(then)) => (now - then).abs() >= SEEN,
        (None, None) => false,
        (Some(_), None) | (None, Some(_)) => true,
    };
    let pairs = || {
        rounds.iter().filter_map(|again| {
            let place = run.rounds.binary_search_by_key(&again.number, |round| round.number).ok()?;
            Some((run.rounds[place].ranked.as_ref()?, again))
        })
    };
    let scores = |(ranked, again): (&Arc<Ranked>, &RescoredRound)| {
        let now = ranked.candidates.iter().map(|candidate| candidate.score);
        ranked.candidates.len() != again.ranking.len() || now.zip(&again.ranking).any(|(now, (_, then))| moved(now, *then))
    };
    Moves { margins: pairs().any(|(ranked, again)| moved(ranked.margin, again.margin)), scores: pairs().any(scores) }
}

/// By member: the round after which it first left by the exit rule.
fn left(run: &Run) -> Vec<Option<usize>> {
    let mut left = vec![None; run.members.len()];
    for departure in run.departures() {
        if let (ExitReason::Retention { .. }, Some(known)) = (&departure.reason, left.get_mut(departure.member.0)) {
            known.get_or_insert(departure.round);
        }
    }
    left
}
