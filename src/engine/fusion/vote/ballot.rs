//! What a vote needs to know of a round: scores side by side in memory instead of scattered tokens.
//!
//! Owns the verifiers' opinions of candidates as the vote counts them: for its own draft what a verifier reported while drafting,
//! if anything, for the others its reply. If a verifier judged, only the judgement counts: shares and log-probabilities cannot be
//! compared. None of it depends on a knob, so each round is stored here once, and a run is decided again by reading them from end
//! to end.

use std::ops::Range;

use super::Electorate;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::run::Round;
use crate::engine::fusion::score::{Cell, Opinion, TokenScores};

/// A candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Column {
    /// Its name in events.
    pub key: MemberIndex,
    /// Its index among the round's candidates.
    pub place: u32,
    pub ends: bool,
    /// Whether it was set aside: it takes part only if no other candidate does, or if the user chose it.
    pub aside: bool,
    /// Whether a verifier failed to score it because of the candidate itself: the verifier scored another one, or this one is far
    /// longer than the others. A verifier that scores nothing says nothing about what it did not score.
    pub failed: bool,
}

/// A drafter, and the column of its candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seat {
    pub member: MemberIndex,
    pub column: Option<u32>,
}

/// One round, as rows of verifiers and columns of candidates in tie order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ballot<'a> {
    pub number: usize,
    pub drafters: &'a [Seat],
    pub verifiers: &'a [MemberIndex],
    pub columns: &'a [Column],
    /// Whether a verifier judged.
    pub judged: bool,
    with_end: &'a [Option<Cell>],
    without_end: &'a [Option<Cell>],
    /// Natural logarithms of the probability of ending after each candidate, row by row; NaN if not known.
    ends: &'a [f32],
}

/// Rounds, one after another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ballots {
    heads: Vec<Head>,
    drafters: Vec<Seat>,
    verifiers: Vec<MemberIndex>,
    columns: Vec<Column>,
    cells: Vec<Option<Cell>>,
    ends: Vec<f32>,
}

#[derive(Debug, Clone)]
struct Head {
    number: usize,
    drafters: Range<usize>,
    verifiers: Range<usize>,
    columns: Range<usize>,
    with_end: Range<usize>,
    ends: Range<usize>,
    /// The same range for the case that no candidate ends the answer.
    without_end: Range<usize>,
    judged: bool,
}

impl<'a> Ballot<'a> {
    /// The verifiers' opinions, row by row, with or without the end of the answer; `None` for an abstention.
    pub fn cells(&self, with_end: bool) -> &'a [Option<Cell>] {
        if with_end { self.with_end } else { self.without_end }
    }

    /// The probability that the answer ends after a candidate, as a verifier sees it.
    pub fn end(&self, row: usize, column: usize) -> Option<f64> {
        let logprob = *self.ends.get(row * self.columns.len() + column)?;
        (!logprob.is_nan()).then(|| f64::from(logprob).exp())
    }
}

impl Ballots {
    /// The round at an index. Indices come from the code that stores the rounds, so they always exist.
    pub fn ballot(&self, place: usize) -> Ballot<'_> {
        let head = &self.heads[place];
        Ballot {
            number: head.number,
            drafters: &self.drafters[head.drafters.clone()],
            verifiers: &self.verifiers[head.verifiers.clone()],
            columns: &self.columns[head.columns.clone()],
            judged: head.judged,
            with_end: &self.cells[head.with_end.clone()],
            without_end: &self.cells[head.without_end.clone()],
            ends: &self.ends[head.ends.clone()],
        }
    }

    /// Drops the rounds from this index on.
    pub fn truncate(&mut self, rounds: usize) {
        let Some(first) = self.heads.get(rounds) else { return };
        self.drafters.truncate(first.drafters.start);
        self.verifiers.truncate(first.verifiers.start);
        self.columns.truncate(first.columns.start);
        self.cells.truncate(first.with_end.start);
        self.ends.truncate(first.ends.start);
        self.heads.truncate(rounds);
    }

    /// Appends a round, with the drafts and scores of these members only.
    pub fn push(&mut self, round: &Round, who: Electorate<'_>) {
        let counts = |candidate: &Candidate| candidate.authors.iter().any(|author| who.drafters.contains(author));
        let candidates = round.candidates().iter().enumerate().filter(|(_, candidate)| counts(candidate));
        let candidates: Vec<(usize, &Candidate)> = candidates.collect();
        let rows: Vec<Row<'_>> = who.verifiers.iter().map(|member| Row::new(round, who, &candidates, *member)).collect();
        let (drafters, verifiers) = (self.drafters.len(), self.verifiers.len());
        let (columns, first) = (self.columns.len(), self.cells.len());
        let column = |member: &MemberIndex| candidates.iter().position(|(_, candidate)| candidate.authors.contains(member));
        let seat = |member: &MemberIndex| Seat { member: *member, column: column(member).map(|place| place as u32) };
        self.drafters.extend(who.drafters.iter().map(seat));
        self.verifiers.extend(who.verifiers);
        self.columns.extend(candidates.iter().map(|(place, candidate)| Column {
            key: candidate.key,
            place: *place as u32,
            ends: candidate.ends,
            aside: round.repeats(candidate.key).is_some(),
            failed:
                rows.iter().any(|row| row.failed(candidate) && (row.scores_another() || is_far_longer(candidate, &candidates))),
        }));
        let cells = |with_end: bool| rows.iter().flat_map(move |row| row.cells(with_end));
        self.cells.extend(cells(true));
        let with_end = first..self.cells.len();
        let mut without_end = with_end.clone();
        if candidates.iter().any(|(_, candidate)| candidate.ends) {
            self.cells.extend(cells(false));
            without_end = with_end.end..self.cells.len();
        }
        let ends = self.ends.len();
        self.ends.extend(rows.iter().flat_map(Row::ends));
        self.heads.push(Head {
            number: round.number,
            drafters: drafters..self.drafters.len(),
            verifiers: verifiers..self.verifiers.len(),
            columns: columns..self.columns.len(),
            judged: rows.iter().any(|row| row.judges),
            with_end,
            ends: ends..self.ends.len(),
            without_end,
        });
    }
}

/// How many times longer than every other candidate one must be for its length to be the reason why it was not scored.
const FAR_LONGER: usize = 4;

fn is_far_longer(candidate: &Candidate, all: &[(usize, &Candidate)]) -> bool {
    let mut others = all.iter().filter(|(_, other)| other.key != candidate.key);
    others.all(|(_, other)| candidate.characters > FAR_LONGER * other.characters)
}

/// One verifier of a round.
struct Row<'a> {
    round: &'a Round,
    candidates: &'a [(usize, &'a Candidate)],
    member: MemberIndex,
    /// Whether its replies include the probability of ending if a candidate ends.
    knows_end: bool,
    judges: bool,
    drafts: bool,
}

impl<'a> Row<'a> {
    fn new(round: &'a Round, who: Electorate<'_>, candidates: &'a [(usize, &'a Candidate)], member: MemberIndex) -> Self {
        let judged = |(_, candidate): &(usize, &Candidate)| {
            matches!(round.score(member, candidate.key).map(|cell| &cell.opinion), Some(Ok(Opinion::Preference(_))))
        };
        Self {
            round,
            candidates,
            member,
            knows_end: who.members[member.0].header.capabilities.end_probability,
            judges: candidates.iter().any(judged),
            drafts: who.drafters.contains(&member),
        }
    }

    fn failed(&self, candidate: &Candidate) -> bool {
        matches!(self.round.score(self.member, candidate.key).map(|cell| &cell.opinion), Some(Err(_)))
    }

    fn scores_another(&self) -> bool {
        let scored =
            |candidate: &Candidate| self.round.score(self.member, candidate.key).is_some_and(|cell| cell.opinion.is_ok());
        self.candidates.iter().any(|(_, candidate)| scored(candidate) && !candidate.authors.contains(&self.member))
    }

    fn ends(&self) -> impl Iterator<Item = f32> {
        self.candidates.iter().map(|(_, candidate)| self.end(candidate).unwrap_or(f32::NAN))
    }

    /// Its log-probability of ending after a candidate, from drafting or from scoring.
    fn end(&self, candidate: &Candidate) -> Option<f32> {
        let own = self.drafts && candidate.authors.contains(&self.member);
        let told = self.round.own_score(self.member).filter(|_| own).and_then(|own| own.end_logprob);
        told.or_else(|| self.round.score(self.member, candidate.key)?.end_logprob)
    }

    fn cells(&self, with_end: bool) -> impl Iterator<Item = Option<Cell>> {
        self.candidates.iter().map(move |(_, candidate)| self.cell(candidate, with_end))
    }

    fn cell(&self, candidate: &Candidate, with_end: bool) -> Option<Cell> {
        let tokens = |logprobs: &[f32]| TokenScores::of(logprobs, candidate.characters).map(Cell::Tokens);
        let own = self.drafts && !self.judges && candidate.authors.contains(&self.member);
        if let Some(told) = self.round.own_score(self.member).filter(|told| own && !told.logprobs.is_empty()) {
            return tokens(counted(&told.logprobs, told.with_end && !with_end));
        }
        match self.round.score(self.member, candidate.key).map(|cell| &cell.opinion) {
            Some(Ok(Opinion::Preference(share))) => Some(Cell::Preference(*share)),
            Some(Ok(Opinion::Tokens(logprobs))) if !self.judges => {
                tokens(counted(logprobs, candidate.ends && self.knows_end && !with_end))
            }
            Some(Ok(Opinion::Tokens(_)) | Err(_)) | None => None,
        }
    }
}

/// The log-probabilities, or all but the last of them.
fn counted(logprobs: &[f32], but_last: bool) -> &[f32] {
    match logprobs {
        [before @ .., _] if but_last => before,
        all => all,
    }
}
