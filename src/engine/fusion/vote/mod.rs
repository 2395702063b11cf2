//! The vote of a round, and what accumulates from vote to vote: learned weights and the exit rule's evidence.
//!
//! The live engine and rescoring both decide rounds through [`Tally::vote`], over what [`ballot`] stores of a round, so they
//! cannot disagree.

pub(crate) mod ballot;
pub(crate) mod table;

use super::MemberIndex;
use super::candidate::Candidate;
use super::event::{self, MemberHeader};
use super::exit::{ExitState, Quality, Standing};
use super::feedback;
use super::params::Params;
use super::run::{MemberState, Opening, Round};
use super::score::Ranking;
use super::weights::Weights;
use ballot::{Ballot, Ballots};
use table::{Away, Table};

/// What carries over from round to round.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Each member's weight as a verifier.
    pub weights: Weights,
    /// The exit rule's state.
    pub exit: ExitState,
}

/// The members that take part in a round.
#[derive(Debug, Clone, Copy)]
pub struct Electorate<'a> {
    /// All members of the ensemble.
    pub members: &'a [MemberState],
    /// The members whose drafts count, in member order.
    pub drafters: &'a [MemberIndex],
    /// The members whose scores count, in member order.
    pub verifiers: &'a [MemberIndex],
}

/// A decided round.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The candidates that took part, ordered by their earliest author.
    pub candidates: Vec<Candidate>,
    /// Their ranking; indices point into `candidates`, rows are the verifiers in order.
    pub ranking: Ranking,
    /// The index in `candidates` of the accepted one; `None` if there is no candidate.
    pub chosen: Option<usize>,
    /// The probability that the answer ends after it, by the verifiers' weighted view; see [`Table::end`].
    pub end: Option<f64>,
    /// Whether the answer is complete after it.
    pub ends: bool,
    /// The verifiers' view of each drafter's draft.
    pub quality: Vec<Quality>,
    /// The standing of each drafter, and which ones leave.
    pub standings: Vec<Standing>,
}

/// How a vote went: the winner's index among the columns that took part, the end after it, and the standing of each drafter.
pub(crate) struct Vote {
    pub chosen: Option<usize>,
    pub end: Option<f64>,
    pub ends: bool,
    pub standings: Vec<Standing>,
}

impl Tally {
    /// Before the first round.
    #[must_use]
    pub fn new(members: &[MemberHeader]) -> Self {
        Self { weights: Weights::of(members), exit: ExitState::new(event::drafters(members)) }
    }

    /// Adopts what the user changed before a round.
    pub fn open(&mut self, opening: &Opening) {
        for member in &opening.readmitted {
            self.exit.readmit(*member);
        }
        for (member, weight) in &opening.weights {
            self.weights.set(*member, *weight);
        }
        for (member, capabilities) in &opening.joined {
            self.weights.joined(*member, capabilities);
        }
        for (member, nats_per_byte) in &opening.predicted {
            self.weights.predicted(*member, *nats_per_byte);
        }
    }

    /// Decides a round. `chosen` is the key of the candidate that the user chose over the ranking.
    pub fn decide(&mut self, round: &Round, who: Electorate<'_>, params: &Params, chosen: Option<MemberIndex>) -> Decision {
        self.open(&round.opening);
        let mut ballots = Ballots::default();
        ballots.push(round, who);
        let ballot = ballots.ballot(0);
        let mut table = Table::default();
        let chosen = chosen.and_then(|key| ballot.columns.iter().position(|column| column.key == key));
        let Vote { chosen, end, ends, standings } = self.vote(&ballot, Away::NOBODY, params, chosen, &mut table);
        Decision {
            candidates: candidates_of(round, &ballot, &table.columns, who.drafters),
            ranking: table.ranking,
            chosen,
            end,
            ends,
            quality: table.quality,
            standings,
        }
    }

    /// Decides a round among the members that are not away. `chosen` is the column that the user chose over the ranking.
    pub(crate) fn vote(
        &mut self,
        ballot: &Ballot<'_>,
        away: Away<'_>,
        params: &Params,
        chosen: Option<usize>,
        table: &mut Table,
    ) -> Vote {
        table.rank(ballot, away, self.weights.under(params.weights), params, chosen);
        if params.feedback && table.columns.len() > 1 && self.learn(ballot, away, params, table) {
            table.rank_again(ballot, self.weights.now());
        }
        let by_hand = chosen.and_then(|column| table.place(column));
        let majority = if params.end_majority { table.majority_to_end(ballot, away, self.weights.now()) } else { None };
        let chosen = by_hand.or(majority).or_else(|| table.ranking.order.first().copied());
        let column = chosen.map(|place| table.columns[place]);
        let end = column.and_then(|column| table.end(ballot, column));
        // A user who chooses a candidate that continues wants the answer to continue.
        let decided = by_hand.is_none() && params.end_threshold > 0.0 && end.is_some_and(|end| end >= params.end_threshold);
        let ends = decided || column.is_some_and(|column| ballot.columns[column].ends);
        Vote { chosen, end, ends, standings: self.exit.observe(&params.exit_settings(), &table.quality, ends) }
    }

    /// Online feedback among the members that both draft and verify; the others keep their weight. Returns whether there was any.
    fn learn(&mut self, ballot: &Ballot<'_>, away: Away<'_>, params: &Params, table: &Table) -> bool {
        let learners = table.learners(ballot, away);
        let said = &table.ranking.verifier_scores;
        let row = |row: usize| learners.iter().map(|(_, _, place)| said[row][*place]).collect();
        let scores: Vec<Vec<Option<f64>>> = learners.iter().map(|(of, _, _)| row(*of)).collect();
        let mut weights: Vec<f64> = learners.iter().map(|(_, member, _)| self.weights.now()[member.0]).collect();
        let before: f64 = weights.iter().sum();
        // A single member has no other to compare with, and its weight is not a share.
        if learners.len() < 2 || before <= 0.0 {
            return false;
        }
        feedback::update(&mut weights, &scores, ballot.number, params.feedback_rate);
        for ((_, member, _), weight) in learners.iter().zip(weights) {
            self.weights.learn(*member, weight * before);
        }
        true
    }
}

/// The standing of a round under these weights (by member), with the scores that have arrived so far: the candidates, ordered by
/// their earliest author, and their ranking. Decides nothing and learns nothing: it is for showing an open round, and the whole
/// score matrix of a closed one.
#[must_use]
pub fn standing(round: &Round, who: Electorate<'_>, weights: &[f64], params: &Params) -> (Vec<Candidate>, Ranking) {
    let mut ballots = Ballots::default();
    ballots.push(round, who);
    let ballot = ballots.ballot(0);
    let mut table = Table::default();
    table.rank(&ballot, Away::NOBODY, weights, params, None);
    (candidates_of(round, &ballot, &table.columns, who.drafters), table.ranking)
}

/// The candidates of these columns of a ballot, each with those of its authors that drafted.
fn candidates_of(round: &Round, ballot: &Ballot<'_>, columns: &[usize], drafters: &[MemberIndex]) -> Vec<Candidate> {
    let candidate = |place: usize| {
        let candidate = &round.candidates()[place];
        let authors = candidate.authors.iter().copied().filter(|author| drafters.contains(author));
        Candidate { authors: authors.collect(), ..candidate.clone() }
    };
    columns.iter().map(|column| candidate(ballot.columns[*column].place as usize)).collect()
}
