//! One round as it is told: the candidates with everybody's scores, where the members stood, what went wrong.

use serde::Serialize;

use super::{Changed, Who, changes, who};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::event::{Ranked, Repeats};
use crate::engine::fusion::params::Params;
use crate::engine::fusion::run::{DraftState, Round, Run};
use crate::engine::fusion::score::{Normalisation, Ranking};
use crate::engine::fusion::vote::{Electorate, standing};

/// A round whose segment is part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundReport {
    /// Its number, from 1.
    pub number: usize,
    /// When it started, milliseconds since the start of the run.
    pub started_ms: f64,
    /// When its segment was accepted.
    pub accepted_ms: f64,
    /// The knobs that changed since the round before.
    pub changed: Vec<Changed>,
    /// The candidates, best first.
    pub candidates: Vec<CandidateReport>,
    /// Best minus second best fused score; `null` with fewer than two scored candidates.
    pub margin: Option<f64>,
    /// How many verifiers scored the accepted candidate highest; `null` where it is nobody's or nobody scored it.
    pub agreement: Option<Agreement>,
    /// Whether all drafts were one candidate, accepted without a scoring call.
    pub unanimous: bool,
    /// The weight of each verifier in the vote.
    pub weights: Vec<Weight>,
    /// Where the drafters stood after the round.
    pub standings: Vec<StandingReport>,
    /// Drafts that only repeat, and were not scored.
    pub set_aside: Vec<SetAside>,
    /// What was drafted for the verifier to continue from; `null` where the round was not drafted lazily.
    pub ahead: Option<Ahead>,
    /// The probability that the answer ends after the segment, as the verifiers see it by weight; `null` where too few know.
    pub end: Option<f64>,
    /// Whether that ended the answer, and no draft did.
    pub end_decided: bool,
    /// Drafts and scorings that failed.
    pub failures: Vec<Failure>,
}

/// What one member drafted for another to continue from, under lazy drafting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ahead {
    /// Who drafted it.
    pub drafter: Who,
    /// The text, byte for byte; empty where the drafter was not sure of any token, or failed.
    pub text: String,
    /// Bytes of it that were kept: the accepted text starts with them.
    pub kept_bytes: usize,
    /// Its tokens that were kept, by the drafter's tokenizer.
    pub kept_tokens: usize,
    /// All of them.
    pub tokens: usize,
}

/// A draft that only repeats.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetAside {
    /// Its authors, earliest member first.
    pub authors: Vec<Who>,
    /// The text, byte for byte.
    pub text: String,
    /// What it repeats.
    pub repeats: Repeats,
}

/// What a verifier's scores counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weight {
    /// The verifier.
    pub verifier: Who,
    /// Its weight, at least 0.
    pub weight: f64,
}

/// How many verifiers scored the accepted candidate highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// So many.
    pub agree: usize,
    /// Of so many that scored it.
    pub of: usize,
}

/// A candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CandidateReport {
    /// Its authors, earliest member first.
    pub authors: Vec<Who>,
    /// The text, byte for byte.
    pub text: String,
    /// Whether the answer would be complete after it.
    pub ends: bool,
    /// The fused score; `null` when nobody scored it.
    pub score: Option<f64>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// What each verifier said of it.
    pub scores: Vec<Verdict>,
}

/// What a verifier said of a candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The verifier.
    pub verifier: Who,
    /// Its score, by the scoring rule and the normalisation in force; `null` where it said nothing.
    pub score: Option<f64>,
    /// From 0 (bad) to 1 (good), for shading.
    #[serde(skip)]
    pub share: f64,
    /// Whether it was asked and failed; `failures` of the round says why.
    pub failed: bool,
}

/// Where a drafter stood after a round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StandingReport {
    /// Who.
    pub member: Who,
    /// Mean token log-probability of its draft, nats per token.
    pub quality: Option<f64>,
    /// Cumulative quality, in the unit of the exit rule.
    pub cumulative: f64,
    /// The probability to stay, 0 to 1.
    pub retention: f64,
    /// What it is compared with.
    pub threshold: f64,
}

/// A draft or a scoring that failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    /// Whose.
    pub member: Who,
    /// `draft` or `score`.
    pub doing: &'static str,
    /// Why, in words.
    pub error: String,
}

/// The accepted rounds.
pub(super) fn rounds(run: &Run) -> Vec<RoundReport> {
    let mut before: &Params = &run.header.params;
    let accepted = run.rounds.iter().filter(|round| round.accepted.is_some());
    accepted
        .map(|round| {
            let changed = changes(before, &round.params);
            before = &round.params;
            report(run, round, changed)
        })
        .collect()
}

fn report(run: &Run, round: &Round, changed: Vec<Changed>) -> RoundReport {
    let ranked = round.ranked.as_deref();
    let (verifiers, weights) = verifiers(run, round, ranked);
    let drafters = drafters(run, round, ranked);
    let electorate = Electorate { members: &run.members, drafters: &drafters, verifiers: &verifiers };
    let (candidates, ranking) = standing(round, electorate, &weights, &round.params);
    let candidates: Vec<CandidateReport> =
        ranking.order.iter().map(|place| candidate(run, round, &verifiers, &candidates, &ranking, *place)).collect();
    RoundReport {
        number: round.number,
        started_ms: round.started_ms,
        accepted_ms: round.accepted.as_ref().map_or(round.started_ms, |accepted| accepted.t_ms),
        changed,
        margin: ranking.margin,
        agreement: agreement(&candidates),
        unanimous: ranked.is_some_and(|ranked| ranked.unanimous),
        weights: verifiers.iter().map(|member| Weight { verifier: who(run, *member), weight: weights[member.0] }).collect(),
        standings: ranked.map(|ranked| standings(run, ranked)).unwrap_or_default(),
        set_aside: set_aside(run, round),
        ahead: ahead(run, round),
        end: ranked.and_then(|ranked| ranked.end),
        end_decided: round.end_was_decided(),
        failures: failures(run, round),
        candidates,
    }
}

fn ahead(run: &Run, round: &Round) -> Option<Ahead> {
    let ahead = round.ahead.as_ref()?;
    let draft = round.finished(ahead.member).map(|finished| finished.draft.text()).unwrap_or_default();
    let (kept_tokens, tokens) = round.kept_ahead().unwrap_or_default();
    let parts = round.accepted_parts();
    let kept = parts.first().filter(|(author, _)| *author == Some(ahead.member)).map_or(0, |(_, text)| text.len());
    Some(Ahead { drafter: who(run, ahead.member), text: draft, kept_bytes: kept, kept_tokens, tokens })
}

fn set_aside(run: &Run, round: &Round) -> Vec<SetAside> {
    let aside = round.candidates().iter().filter_map(|candidate| Some((candidate, round.repeats(candidate.key)?)));
    aside
        .map(|(candidate, repeats)| SetAside {
            authors: candidate.authors.iter().map(|author| who(run, *author)).collect(),
            text: candidate.text.to_string(),
            repeats,
        })
        .collect()
}

/// Whose scores counted, and the weight of every member of the ensemble by place.
fn verifiers(run: &Run, round: &Round, ranked: Option<&Ranked>) -> (Vec<MemberIndex>, Vec<f64>) {
    let mut weights = run.weights().now().to_vec();
    let Some(ranked) = ranked else { return (round.listed_verifiers(), weights) };
    let counted: Vec<(MemberIndex, f64)> =
        ranked.weights.iter().filter_map(|(name, weight)| Some((run.index(name)?, *weight))).collect();
    for (member, weight) in &counted {
        weights[member.0] = *weight;
    }
    (counted.into_iter().map(|(member, _)| member).collect(), weights)
}

/// Whose drafts took part: those that the user excluded while the round was open did not.
fn drafters(run: &Run, round: &Round, ranked: Option<&Ranked>) -> Vec<MemberIndex> {
    ranked.map_or_else(
        || round.counting(&round.drafters),
        |ranked| ranked.standings.iter().filter_map(|standing| run.index(&standing.member)).collect(),
    )
}

fn candidate(
    run: &Run,
    round: &Round,
    verifiers: &[MemberIndex],
    candidates: &[Candidate],
    ranking: &Ranking,
    place: usize,
) -> CandidateReport {
    let candidate = &candidates[place];
    let verdict = |(row, verifier): (usize, &MemberIndex)| {
        let score = ranking.verifier_scores[row][place];
        let failed = round.score(*verifier, candidate.key).is_some_and(|cell| cell.opinion.is_err());
        Verdict { verifier: who(run, *verifier), score, share: score.map_or(0.0, |score| share(score, round)), failed }
    };
    CandidateReport {
        authors: candidate.authors.iter().map(|author| who(run, *author)).collect(),
        text: candidate.text.to_string(),
        ends: candidate.ends,
        score: ranking.scores[place],
        accepted: round.accepted_candidate().is_some_and(|accepted| accepted.key == candidate.key),
        scores: verifiers.iter().enumerate().map(verdict).collect(),
    }
}

/// Probabilities and shares as they are, logarithms as what they are the logarithm of.
fn share(score: f64, round: &Round) -> f64 {
    let plain = round.params.score_settings().normalisation == Normalisation::None;
    let logarithm = round.params.scoring.is_logarithmic() && plain && !round.is_judged();
    let share = if logarithm { score.exp() } else { score };
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

fn agreement(candidates: &[CandidateReport]) -> Option<Agreement> {
    let accepted = candidates.iter().find(|candidate| candidate.accepted).filter(|_| candidates.len() > 1)?;
    let best = |row: usize| candidates.iter().filter_map(|candidate| candidate.scores[row].score).fold(f64::MIN, f64::max);
    let scored = accepted.scores.iter().enumerate().filter_map(|(row, verdict)| Some((row, verdict.score?)));
    let agrees: Vec<bool> = scored.map(|(row, score)| score >= best(row)).collect();
    (!agrees.is_empty()).then(|| Agreement { agree: agrees.iter().filter(|agrees| **agrees).count(), of: agrees.len() })
}

fn standings(run: &Run, ranked: &Ranked) -> Vec<StandingReport> {
    let known = ranked.standings.iter().filter_map(|standing| Some((run.index(&standing.member)?, standing)));
    known
        .map(|(member, standing)| StandingReport {
            member: who(run, member),
            quality: standing.quality,
            cumulative: standing.cumulative,
            retention: standing.retention,
            threshold: standing.threshold,
        })
        .collect()
}

fn failures(run: &Run, round: &Round) -> Vec<Failure> {
    let ahead = round.ahead.iter().map(|ahead| &ahead.member);
    let drafts = round.drafters.iter().chain(ahead).filter_map(|member| match round.draft(*member)? {
        DraftState::Failed(error) => Some(Failure { member: who(run, *member), doing: "draft", error: error.to_string() }),
        DraftState::Open(_) | DraftState::Finished(_) => None,
    });
    let mut failures: Vec<Failure> = drafts.collect();
    for cell in round.scores() {
        if let Err(error) = &cell.opinion {
            let failure = Failure { member: who(run, cell.verifier), doing: "score", error: error.to_string() };
            // One call about several candidates fails for all of them.
            if !failures.contains(&failure) {
                failures.push(failure);
            }
        }
    }
    failures
}
