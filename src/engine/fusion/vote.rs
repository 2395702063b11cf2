//! The vote of a round, and what accumulates from vote to vote: learned weights and the exit rule's evidence.
//!
//! The live engine and the re-scoring both decide rounds through [`Tally::decide`], so they cannot disagree.

use super::MemberIndex;
use super::candidate::Candidate;
use super::exit::{ExitState, Quality, Standing};
use super::feedback;
use super::params::Params;
use super::run::{MemberState, OwnScore, Round, ScoreCell};
use super::score::{Cell, Opinion, Ranking, VerifierRow, rank};

/// What carries over from round to round.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Each member's weight as a verifier, by place.
    pub weights: Vec<f64>,
    /// The exit rule's state.
    pub exit: ExitState,
}

/// Who takes part in a round.
#[derive(Debug, Clone, Copy)]
pub struct Electorate<'a> {
    /// All members of the ensemble, by place.
    pub members: &'a [MemberState],
    /// Whose drafts count, in member order.
    pub drafters: &'a [MemberIndex],
    /// Whose scores count, in member order.
    pub verifiers: &'a [MemberIndex],
}

/// A decided round.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The candidates that took part, ordered by their earliest author.
    pub candidates: Vec<Candidate>,
    /// Their ranking; indices point into `candidates`, rows are the verifiers in order.
    pub ranking: Ranking,
    /// The place in `candidates` of what is accepted; `None` when there is no candidate.
    pub chosen: Option<usize>,
    /// What the verifiers thought of each drafter's draft.
    pub quality: Vec<Quality>,
    /// Where each drafter stands, and who leaves.
    pub standings: Vec<Standing>,
}

impl Tally {
    /// Before the first round.
    #[must_use]
    pub fn new(members: &[MemberState]) -> Self {
        Self { weights: members.iter().map(|member| member.header.weight).collect(), exit: ExitState::new(members.len()) }
    }

    /// Takes over what a person changed before a round.
    pub fn open(&mut self, round: &Round) {
        for member in &round.opening.readmitted {
            self.exit.readmit(*member);
        }
        for (member, weight) in &round.opening.weights {
            self.weights[member.0] = *weight;
        }
    }

    /// Decides a round. `chosen` names the candidate that a person chose over the ranking.
    pub fn decide(&mut self, round: &Round, who: Electorate<'_>, params: &Params, chosen: Option<MemberIndex>) -> Decision {
        self.open(round);
        let candidates = candidates_of(round, who.drafters);
        let cells = cells(round, who, &candidates, params);
        let settings = params.score_settings();
        let mut ranking = rank(&rows(who, &cells, &self.weights), candidates.len(), settings);
        if params.feedback && candidates.len() > 1 {
            self.learn(round.number, who, &candidates, &ranking, params);
            ranking = rank(&rows(who, &cells, &self.weights), candidates.len(), settings);
        }
        let by_hand = chosen.and_then(|key| candidates.iter().position(|candidate| candidate.key == key));
        let chosen = by_hand.or_else(|| ranking.order.first().copied());
        let quality = quality(who, &candidates, &ranking, &cells);
        let last = chosen.is_some_and(|place| candidates[place].ends);
        let standings = self.exit.observe(&params.exit_settings(), &quality, last);
        Decision { candidates, ranking, chosen, quality, standings }
    }

    /// Online feedback among the members that both draft and verify; the others keep their weight.
    fn learn(&mut self, round: usize, who: Electorate<'_>, candidates: &[Candidate], ranking: &Ranking, params: &Params) {
        let learners: Vec<(usize, MemberIndex, usize)> = who
            .verifiers
            .iter()
            .enumerate()
            .filter(|(_, member)| who.drafters.contains(member))
            .filter_map(|(row, member)| {
                let column = candidates.iter().position(|candidate| candidate.authors.contains(member))?;
                Some((row, *member, column))
            })
            .collect();
        let scores: Vec<Vec<Option<f64>>> = learners
            .iter()
            .map(|(row, _, _)| learners.iter().map(|(_, _, column)| ranking.verifier_scores[*row][*column]).collect())
            .collect();
        let mut weights: Vec<f64> = learners.iter().map(|(_, member, _)| self.weights[member.0]).collect();
        let before: f64 = weights.iter().sum();
        if before <= 0.0 {
            return;
        }
        feedback::update(&mut weights, &scores, round, params.feedback_rate);
        for ((_, member, _), weight) in learners.iter().zip(weights) {
            self.weights[member.0] = weight * before;
        }
    }
}

/// How a round stands under these weights (by place in the ensemble), with the scores that have come in so far: the candidates,
/// ordered by their earliest author, and their ranking. Decides nothing and learns nothing: what a person watches while a round
/// is open, and the whole matrix of scores of a round that is closed.
#[must_use]
pub fn standing(round: &Round, who: Electorate<'_>, weights: &[f64], params: &Params) -> (Vec<Candidate>, Ranking) {
    let candidates = candidates_of(round, who.drafters);
    let cells = cells(round, who, &candidates, params);
    let ranking = rank(&rows(who, &cells, weights), candidates.len(), params.score_settings());
    (candidates, ranking)
}

/// A weight that is not given counts as 1.
fn rows<'a>(who: Electorate<'_>, cells: &[Vec<Option<Cell<'a>>>], weights: &[f64]) -> Vec<VerifierRow<'a>> {
    let weight = |verifier: &MemberIndex| weights.get(verifier.0).copied().unwrap_or(1.0);
    let rows = who.verifiers.iter().zip(cells);
    rows.map(|(verifier, cells)| VerifierRow { weight: weight(verifier), cells: cells.clone() }).collect()
}

/// The round's candidates of these drafters; a candidate whose authors are all absent is left out.
fn candidates_of(round: &Round, drafters: &[MemberIndex]) -> Vec<Candidate> {
    round
        .candidates()
        .iter()
        .filter_map(|candidate| {
            let authors: Vec<_> = candidate.authors.iter().copied().filter(|author| drafters.contains(author)).collect();
            (!authors.is_empty()).then(|| Candidate { authors, ..candidate.clone() })
        })
        .collect()
}

/// What each verifier said of each candidate: its own draft's log-probabilities where it drafted it and told them, its reply
/// otherwise. Of a verifier that judged only the judgement counts: shares and log-probabilities cannot be held together.
fn cells<'a>(round: &'a Round, who: Electorate<'_>, candidates: &[Candidate], params: &Params) -> Vec<Vec<Option<Cell<'a>>>> {
    who.verifiers
        .iter()
        .map(|verifier| {
            let replies = |candidate: &Candidate| round.score(*verifier, candidate.key);
            let judged = candidates.iter().filter_map(replies).any(ScoreCell::is_judgement);
            let knows_end = who.members[verifier.0].header.capabilities.end_probability;
            let tokens = |logprobs: &'a [f32], with_end: bool, candidate: &Candidate| {
                let counted = logprobs.len() - usize::from(with_end && !params.score_end && !logprobs.is_empty());
                Cell::Tokens { logprobs: &logprobs[..counted], characters: candidate.characters }
            };
            let cell = |candidate: &Candidate| {
                let told = |own: &&OwnScore| !judged && candidate.authors.contains(verifier) && !own.logprobs.is_empty();
                if let Some(own) = round.own_score(*verifier).filter(told) {
                    return Some(tokens(&own.logprobs, own.with_end, candidate));
                }
                match &replies(candidate)?.opinion {
                    Ok(Opinion::Preference(share)) => Some(Cell::Preference(*share)),
                    Ok(Opinion::Tokens(logprobs)) if !judged => Some(tokens(logprobs, candidate.ends && knows_end, candidate)),
                    Ok(Opinion::Tokens(_)) | Err(_) => None,
                }
            };
            candidates.iter().map(cell).collect()
        })
        .collect()
}

/// Quality of each drafter's draft: its fused score, and the verifiers' mean of mean token log-probabilities (nats a token).
/// Where nobody scored token by token, the logarithms of the judges' shares take their place: also nats, of a choice.
fn quality(who: Electorate<'_>, candidates: &[Candidate], ranking: &Ranking, cells: &[Vec<Option<Cell<'_>>>]) -> Vec<Quality> {
    let said = || cells.iter().flatten().flatten();
    let token_by_token = said().any(|cell| matches!(cell, Cell::Tokens { logprobs, .. } if !logprobs.is_empty()));
    let in_nats = |cell: Cell<'_>| match cell {
        Cell::Tokens { logprobs: [], .. } => None,
        Cell::Tokens { logprobs, .. } => {
            Some(logprobs.iter().map(|logprob| f64::from(*logprob)).sum::<f64>() / logprobs.len() as f64)
        }
        Cell::Preference(_) if token_by_token => None,
        Cell::Preference(share) => Some(f64::from(share).ln()),
    };
    let mean_logprob = |place: usize| {
        let means: Vec<f64> = cells.iter().filter_map(|row| in_nats(row[place]?)).filter(|mean| !mean.is_nan()).collect();
        (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64)
    };
    let means: Vec<Option<f64>> = (0..candidates.len()).map(mean_logprob).collect();
    who.drafters
        .iter()
        .map(|member| {
            let place = candidates.iter().position(|candidate| candidate.authors.contains(member));
            Quality {
                member: *member,
                score: place.and_then(|place| ranking.scores[place]),
                mean_logprob: place.and_then(|place| means[place]),
            }
        })
        .collect()
}
