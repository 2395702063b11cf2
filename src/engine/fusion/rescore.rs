//! What other parameters would have changed in a recorded run, without calling any model.
//!
//! Each round is decided again from its recorded drafts and scores. The text that a round continues is the recorded one, even
//! after a round that another candidate would have won: what the members would have drafted there is unknown. Knobs that shape
//! drafting (segment length, sampling, alignment) therefore change nothing here.

use std::sync::Arc;

use super::MemberIndex;
use super::exit::Standing;
use super::params::Params;
use super::run::{Opening, Round, Run};
use super::vote::ballot::{Ballot, Ballots};
use super::vote::table::{Away, Table};
use super::vote::{Electorate, Tally};

/// A recorded round under other parameters.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct RescoredRound {
    pub number: usize,
    /// The members that would have drafted: those recorded, less those that would have left before.
    pub drafters: Vec<MemberIndex>,
    /// The candidates that would have taken part, by key, best first, with their fused scores.
    pub ranking: Vec<(MemberIndex, Option<f64>)>,
    /// Best minus second best.
    pub margin: Option<f64>,
    /// The key of the candidate that would have won; `None` if none would have been left.
    pub winner: Option<MemberIndex>,
    /// The credited author: the earliest of its authors that would still have drafted.
    pub author: Option<MemberIndex>,
    /// Whether that is a different text from the accepted one.
    pub differs: bool,
    /// The standing of each drafter.
    pub standings: Vec<Standing>,
    /// The members that would have left after this round.
    pub exits: Vec<MemberIndex>,
    /// Each member's weight in the vote, by index. Shared by consecutive rounds with the same weights.
    pub weights: Arc<[f64]>,
}

/// The accepted rounds of a run, ready to be decided again. It can follow a growing run.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// The tally at the start of the run.
    tally: Option<Tally>,
    members: usize,
    ballots: Ballots,
    rounds: Vec<Source>,
}

/// What decided a recorded round, and the round it comes from.
#[derive(Debug, Clone)]
struct Source {
    /// The round as recorded.
    round: Arc<Round>,
    opening: Option<Box<Opening>>,
    accepted: Option<usize>,
    word: Word,
}

/// Who decided a round.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Word {
    /// The verifiers.
    Vote,
    /// The user, who chose this column or edited its text.
    Chosen(usize),
    /// The user, who wrote the segment: scores decided nothing.
    Written,
}

impl Recorded {
    /// The accepted rounds of a run.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let mut recorded = Self::default();
        recorded.follow(run);
        recorded
    }

    /// Number of rounds.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn len(&self) -> usize {
        self.rounds.len()
    }

    /// Whether no round was accepted.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty()
    }

    /// Catches up with the changes of the run, or switches to another run; returns whether anything changed. Costs next to
    /// nothing otherwise.
    pub fn follow(&mut self, run: &Run) -> bool {
        let accepted = || run.rounds.iter().filter(|round| round.accepted.is_some());
        let known = self.rounds.iter().zip(accepted());
        let known = known.take_while(|(source, round)| is_same(&source.round, round)).count();
        let before = self.rounds.len();
        self.ballots.truncate(known);
        self.rounds.truncate(known);
        if known == 0 {
            (self.tally, self.members) = (Some(Tally::new(&run.header.members)), run.header.members.len());
        }
        for round in accepted().skip(known) {
            self.push(run, round);
        }
        known < before || known < self.rounds.len()
    }

    fn push(&mut self, run: &Run, round: &Arc<Round>) {
        let (drafters, verifiers) = (round.counting(&round.drafters), round.electors());
        self.ballots.push(round, Electorate { members: &run.members, drafters: &drafters, verifiers: &verifiers });
        let columns = self.ballots.ballot(self.rounds.len()).columns;
        let column = |is: &dyn Fn(MemberIndex) -> bool| columns.iter().position(|column| is(column.key));
        let mut source = Source { round: Arc::clone(round), opening: None, accepted: None, word: Word::Vote };
        if round.opening != Opening::default() {
            source.opening = Some(Box::new(round.opening.clone()));
        }
        if let Some(accepted) = &round.accepted {
            let chosen = round.accepted_candidate().map(|candidate| candidate.key);
            source.accepted = column(&|key| Some(key) == chosen);
            // The user's decision stands whatever the knobs are.
            source.word = match round.chosen_by_hand().and_then(|chosen| column(&|key| key == chosen)) {
                _ if accepted.is_written() => Word::Written,
                Some(column) => Word::Chosen(column),
                None => Word::Vote,
            };
        }
        self.rounds.push(source);
    }

    /// Decides every round again under `params`.
    #[must_use]
    pub fn rescore(&self, params: &Params) -> Vec<RescoredRound> {
        let Some(mut tally) = self.tally.clone() else { return Vec::new() };
        let mut again = Again {
            gone: vec![false; self.members],
            weights: tally.weights.under(params.weights).into(),
            tally,
            table: Table::default(),
            params,
        };
        self.rounds.iter().enumerate().map(|(place, source)| again.round(&self.ballots.ballot(place), source)).collect()
    }
}

/// Whether a round is unchanged. An unchanged one is usually the same in memory, and then nothing is compared.
fn is_same(known: &Arc<Round>, now: &Arc<Round>) -> bool {
    Arc::ptr_eq(known, now) || known == now
}

/// Decides every accepted round of a run again under `params`. To do so more than once, keep a [`Recorded`].
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn rescore(run: &Run, params: &Params) -> Vec<RescoredRound> {
    Recorded::of(run).rescore(params)
}

/// A run being decided again.
struct Again<'a> {
    tally: Tally,
    /// Which members have left, by index.
    gone: Vec<bool>,
    /// The weights of the last round.
    weights: Arc<[f64]>,
    table: Table,
    params: &'a Params,
}

impl Again<'_> {
    fn round(&mut self, ballot: &Ballot<'_>, source: &Source) -> RescoredRound {
        if let Some(opening) = &source.opening {
            self.tally.open(opening);
            for member in &opening.readmitted {
                self.gone[member.0] = false;
            }
        }
        let chosen = match source.word {
            Word::Vote => None,
            Word::Chosen(column) => Some(column),
            Word::Written => return self.written(ballot),
        };
        let verifying: &[bool] = if self.params.exit_keep_verifying { &[] } else { &self.gone };
        let away = Away { drafting: &self.gone, verifying };
        let vote = self.tally.vote(ballot, away, self.params, chosen, &mut self.table);
        let table = &self.table;
        let winner = vote.chosen.map(|place| table.columns[place]);
        let exits: Vec<_> = vote.standings.iter().filter(|standing| standing.exits).map(|standing| standing.member).collect();
        let (ranking, key) = (&table.ranking, |place: usize| ballot.columns[table.columns[place]].key);
        let mut present = ballot.drafters.iter().filter(|seat| !self.gone[seat.member.0]);
        let author = winner.and_then(|winner| present.find(|seat| seat.column == Some(winner as u32)));
        let rescored = RescoredRound {
            number: ballot.number,
            drafters: table.quality.iter().map(|quality| quality.member).collect(),
            ranking: ranking.order.iter().map(|place| (key(*place), ranking.scores[*place])).collect(),
            margin: ranking.margin,
            winner: winner.map(|column| ballot.columns[column].key),
            author: author.map(|seat| seat.member),
            differs: chosen.is_none() && (winner.is_none() || winner != source.accepted),
            standings: vote.standings,
            exits,
            weights: self.shared_weights(),
        };
        for member in &rescored.exits {
            self.gone[member.0] = true;
        }
        rescored
    }

    fn written(&mut self, ballot: &Ballot<'_>) -> RescoredRound {
        let present = ballot.drafters.iter().map(|seat| seat.member).filter(|member| !self.gone[member.0]);
        RescoredRound {
            number: ballot.number,
            drafters: present.collect(),
            ranking: Vec::new(),
            margin: None,
            winner: None,
            author: None,
            differs: false,
            standings: Vec::new(),
            exits: Vec::new(),
            weights: self.shared_weights(),
        }
    }

    fn shared_weights(&mut self) -> Arc<[f64]> {
        let now = self.tally.weights.under(self.params.weights);
        if *self.weights != *now {
            self.weights = now.into();
        }
        Arc::clone(&self.weights)
    }
}
