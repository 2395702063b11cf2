//! The method again, as plainly as possible: from the recorded log-probabilities, round by round, with none of the program's
//! arithmetic. Formulas: the paper's and `SpecEM`'s as stated in the module docs of `score`, `exit` and `feedback`.

use std::collections::HashMap;

use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::candidate::Candidate;
use specfuse::engine::fusion::event::{MemberHeader, Role, ScoreTier};
use specfuse::engine::fusion::exit::ThresholdCount;
use specfuse::engine::fusion::params::{ExitKind, NormalisationKind, Params};
use specfuse::engine::fusion::run::{Round, Run};
use specfuse::engine::fusion::score::{Opinion, ScoringRule};
use specfuse::engine::fusion::weights::WeightRule;

/// The expected result of a round.
pub struct Expected {
    pub drafters: Vec<MemberIndex>,
    /// By the candidate's key.
    pub scores: Vec<(MemberIndex, Option<f64>)>,
    pub winner: Option<MemberIndex>,
    /// Member, retention, threshold.
    pub standings: Vec<(MemberIndex, f64, f64)>,
    pub exits: Vec<MemberIndex>,
    pub weights: Vec<f64>,
    /// Whether a winner or an exit depends on rounding.
    pub is_close: bool,
}

/// One verifier's opinion of one candidate.
#[derive(Clone)]
enum Said {
    Tokens(Vec<f64>),
    Share(f64),
}

type Matrix = Vec<Vec<Option<f64>>>;

pub fn expect(run: &Run, params: &Params) -> Vec<Expected> {
    let mut weights = begin_weights(run, params);
    let drafting = run.header.members.iter().filter(|member| member.role != Role::Verify).count();
    let mut exit = Exit { initial: drafting, ..Exit::default() };
    let mut gone: Vec<MemberIndex> = Vec::new();
    let mut expected = Vec::new();
    for round in run.rounds.iter().filter(|round| round.accepted.is_some()) {
        let drafters: Vec<_> = round.drafters.iter().copied().filter(|member| !gone.contains(member)).collect();
        let listed = electors(round);
        let verifiers: Vec<_> =
            listed.iter().copied().filter(|member| params.exit_keep_verifying || !gone.contains(member)).collect();
        let candidates: Vec<&Candidate> = round
            .candidates()
            .iter()
            .filter(|candidate| candidate.authors.iter().any(|author| drafters.contains(author)))
            .collect();
        let (aside, others): (Vec<&Candidate>, Vec<&Candidate>) =
            candidates.iter().partition(|candidate| round.repeats(candidate.key).is_some());
        let (candidates, aside) = if others.is_empty() { (aside, Vec::new()) } else { (others, aside) };
        let said: Vec<Vec<Option<Said>>> =
            verifiers.iter().map(|verifier| row(run, round, *verifier, &candidates, params)).collect();
        let matrix = comparable(&said, &candidates, params);
        let of = |member: MemberIndex| {
            let present = |candidate: &&Candidate| candidate.authors.contains(&member);
            candidates.iter().position(present).filter(|_| drafters.contains(&member))
        };
        let begun = weights.clone();
        if params.feedback && candidates.len() > 1 {
            learn(&mut weights, &matrix, &verifiers, &of, round.number, params.feedback_rate);
        }
        let judged = said.iter().flatten().flatten().any(|said| matches!(said, Said::Share(_)));
        let scores: Vec<Option<f64>> =
            (0..candidates.len()).map(|column| fused(&matrix, &verifiers, &weights, column, params, judged)).collect();
        let author =
            |member: &MemberIndex, column: usize| round.drafters.contains(member) && candidates[column].authors.contains(member);
        let foreign = |(member, row): (&MemberIndex, &Vec<Option<Said>>)| {
            row.iter().enumerate().any(|(column, said)| said.is_some() && !author(member, column))
        };
        let foreign = verifiers.iter().zip(&said).any(foreign);
        // Verifiers failed to score it, and only its single author did, while others were scored by another member.
        let unconfirmed: Vec<bool> = (0..candidates.len())
            .map(|column| {
                let speaking: Vec<_> = verifiers.iter().zip(&said).filter(|(_, row)| row[column].is_some()).collect();
                // Why it failed follows from everything in the round, whichever members have left since.
                let (all, key, length) = (round.candidates(), candidates[column].key, candidates[column].characters);
                let far_longer = all.iter().all(|other| other.key == key || length > 4 * other.characters);
                // If the verifier scored no other candidate of others, only the length of this one can be the reason.
                let failed = |member: &MemberIndex| {
                    let has_said = |candidate: &Candidate| {
                        round.score(*member, candidate.key).is_some_and(|cell| cell.opinion.is_ok())
                            && !candidate.authors.contains(member)
                    };
                    round.score(*member, candidates[column].key).is_some_and(|cell| cell.opinion.is_err())
                        && (far_longer || all.iter().any(has_said))
                };
                foreign && listed.iter().any(failed) && matches!(speaking.as_slice(), [(member, _)] if author(member, column))
            })
            .collect();
        let votes: Vec<(MemberIndex, Option<usize>, f64)> =
            drafters.iter().map(|member| (*member, of(*member), weights[member.0])).collect();
        let mut winner = best(&scores, &unconfirmed, |_| true);
        let majority = if params.end_majority { beyond_half(&votes, &candidates) } else { -1.0 };
        if majority > 0.0 {
            winner = best(&scores, &unconfirmed, |column| candidates[column].ends).or(winner);
        }
        let mut close = majority.abs() < 1e-9 || winner.is_some_and(|winner| has_a_near_one(&scores, winner));
        // If each member scored only its own draft, they are not compared.
        let compared = candidates.len() < 2 || foreign;
        let of = |member: MemberIndex| of(member).filter(|_| compared);
        let own_weights: Vec<f64> = verifiers.iter().map(|member| begun[member.0]).collect();
        let quality: Qualities = drafters
            .iter()
            .map(|member| {
                (
                    *member,
                    of(*member).and_then(|column| scores[column]),
                    of(*member).and_then(|column| nats(&said, &own_weights, column)),
                )
            })
            .collect();
        let quality = with_repeats(quality, &aside);
        let (end, near) = winner.map_or((None, false), |winner| end(round, &verifiers, &weights, candidates[winner]));
        close |= near;
        close |= end.is_some_and(|end| (end - params.end_threshold).abs() < 1e-9);
        let decided = params.end_threshold > 0.0 && end.is_some_and(|end| end >= params.end_threshold);
        let last = decided || winner.is_some_and(|winner| candidates[winner].ends);
        let (standings, exits, near) = exit.round(&quality, params, last);
        close |= near;
        gone.extend(&exits);
        expected.push(Expected {
            drafters,
            scores: candidates.iter().zip(&scores).map(|(candidate, score)| (candidate.key, *score)).collect(),
            winner: winner.map(|winner| candidates[winner].key),
            standings,
            exits,
            weights: weights.clone(),
            is_close: close,
        });
    }
    expected
}

/// The initial weights of a run: the user's, otherwise by the square root of the size, by the perplexity of the question (with
/// four bytes per token), or equal, with less for judges.
fn begin_weights(run: &Run, params: &Params) -> Vec<f64> {
    let members = &run.header.members;
    let own: Vec<Option<f64>> = run
        .members
        .iter()
        .map(|member| match params.weights {
            WeightRule::Auto | WeightRule::Prior => member.header.capabilities.parameters.map(|count| (count as f64).sqrt()),
            WeightRule::Prompt => member.predicted.map(|nats| 1.0 / (-4.0 * nats).exp()),
            WeightRule::Equal => None,
        })
        .collect();
    let known: Vec<f64> = own.iter().flatten().copied().collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let counts = !known.is_empty() && (params.weights != WeightRule::Auto || known.len() == members.len());
    let weight = |(member, own): (&MemberHeader, &Option<f64>)| {
        let way = if member.capabilities.tier == ScoreTier::Labels { 0.7 } else { 1.0 };
        member.weight.unwrap_or_else(|| way * own.filter(|_| counts).map_or(1.0, |own| own / mean))
    };
    members.iter().zip(&own).map(weight).collect()
}

/// The weighted mean probability of the end after a candidate, if at least half of the weight knows it; and whether that half
/// depends on rounding.
fn end(round: &Round, verifiers: &[MemberIndex], weights: &[f64], candidate: &Candidate) -> (Option<f64>, bool) {
    let (mut all, mut known, mut sum) = (0.0, 0.0, 0.0);
    for member in verifiers {
        let weight = weights[member.0];
        all += weight;
        let author = round.drafters.contains(member) && candidate.authors.contains(member);
        let own = round.own_score(*member).filter(|_| author).and_then(|own| own.end_logprob);
        if let Some(end) = own.or_else(|| round.score(*member, candidate.key)?.end_logprob) {
            known += weight;
            sum += weight * f64::from(end).exp();
        }
    }
    ((known > 0.0 && known >= all / 2.0).then(|| sum / known), (known - all / 2.0).abs() < 1e-9)
}

/// Whether another candidate's score differs from the winner's by less than rounding.
fn has_a_near_one(scores: &[Option<f64>], winner: usize) -> bool {
    let near = |(column, score): (usize, &Option<f64>)| {
        column != winner && score.zip(scores[winner]).is_some_and(|(a, b)| (a - b).abs() <= 1e-8 * b.abs().max(1.0))
    };
    scores.iter().enumerate().any(near)
}

/// The best candidate of these: scored before unscored, confirmed before unconfirmed; the earlier on ties.
fn best(scores: &[Option<f64>], unconfirmed: &[bool], counts: impl Fn(usize) -> bool) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (column, score) in scores.iter().enumerate().filter(|(column, _)| counts(*column)) {
        let class = |column: usize| (scores[column].is_none(), unconfirmed[column]);
        let better = |best: usize| {
            class(column) < class(best)
                || (class(column) == class(best) && score.zip(scores[best]).is_some_and(|(score, best)| score > best))
        };
        if best.is_none_or(better) {
            best = Some(column);
        }
    }
    best
}

/// The weight of members with a candidate that ends the answer, beyond half of the weight of those with any candidate.
fn beyond_half(votes: &[(MemberIndex, Option<usize>, f64)], candidates: &[&Candidate]) -> f64 {
    let weight = |ending: bool| -> f64 {
        let counts =
            |(_, column, _): &&(MemberIndex, Option<usize>, f64)| column.is_some_and(|column| !ending || candidates[column].ends);
        votes.iter().filter(counts).map(|(_, _, weight)| weight).sum()
    };
    weight(true) - weight(false) / 2.0
}

type Qualities = Vec<(MemberIndex, Option<f64>, Option<f64>)>;

/// Drafts that were set aside are half a nat worse than the worst of the others.
fn with_repeats(quality: Qualities, aside: &[&Candidate]) -> Qualities {
    let worst = quality.iter().filter_map(|(_, _, nats)| *nats).min_by(f64::total_cmp);
    let of = |(member, score, nats): (MemberIndex, Option<f64>, Option<f64>)| {
        let repeats = aside.iter().any(|candidate| candidate.authors.contains(&member));
        (member, score, if repeats { worst.map(|worst| worst - 0.5) } else { nats })
    };
    quality.into_iter().map(of).collect()
}

/// The members whose scores count: the verifiers, or if none of them scored anything each author for its own draft.
fn electors(round: &Round) -> Vec<MemberIndex> {
    let said = |verifier: &MemberIndex| round.scores().iter().any(|cell| cell.verifier == *verifier && cell.opinion.is_ok());
    if round.taking_part().count() < 2 || round.verifiers.iter().any(said) {
        round.verifiers.clone()
    } else {
        round.drafters.clone()
    }
}

fn row(run: &Run, round: &Round, verifier: MemberIndex, candidates: &[&Candidate], params: &Params) -> Vec<Option<Said>> {
    let opinion = |candidate: &Candidate| round.score(verifier, candidate.key).and_then(|cell| cell.opinion.as_ref().ok());
    let judges = round.candidates().iter().any(|candidate| matches!(opinion(candidate), Some(Opinion::Preference(_))));
    let tokens = |logprobs: &[f32], with_end: bool| {
        let counted = if with_end && !params.score_end { &logprobs[..logprobs.len().saturating_sub(1)] } else { logprobs };
        (!counted.is_empty()).then(|| Said::Tokens(counted.iter().map(|logprob| f64::from(*logprob)).collect()))
    };
    candidates
        .iter()
        .map(|candidate| {
            let own = round.own_score(verifier).filter(|own| candidate.authors.contains(&verifier) && !own.logprobs.is_empty());
            match (judges, own, opinion(candidate)) {
                (true, _, Some(Opinion::Preference(share))) => Some(Said::Share(f64::from(*share))),
                (true, _, _) => None,
                (false, Some(own), _) => tokens(&own.logprobs, own.with_end),
                (false, None, Some(Opinion::Tokens(logprobs))) => {
                    tokens(logprobs, candidate.ends && run.member(verifier).header.capabilities.end_probability)
                }
                (false, None, _) => None,
            }
        })
        .collect()
}

fn is_log(rule: ScoringRule) -> bool {
    match rule {
        ScoringRule::MeanLogprob | ScoringRule::PerChar | ScoringRule::SumLogprob => true,
        ScoringRule::MeanProb | ScoringRule::Geometric | ScoringRule::MinProb => false,
    }
}

fn score(rule: ScoringRule, logprobs: &[f64], characters: usize) -> f64 {
    let n = logprobs.len() as f64;
    let sum: f64 = logprobs.iter().sum();
    let score = match rule {
        ScoringRule::MeanProb => logprobs.iter().map(|logprob| logprob.exp()).sum::<f64>() / n,
        ScoringRule::Geometric => (sum / n).exp(),
        ScoringRule::MeanLogprob => sum / n,
        ScoringRule::MinProb => logprobs.iter().map(|logprob| logprob.exp()).fold(1.0, f64::min),
        ScoringRule::PerChar => sum / characters.max(1) as f64,
        ScoringRule::SumLogprob => sum,
    };
    score.max(-1e6)
}

/// Every verifier's scores, normalised.
fn comparable(said: &[Vec<Option<Said>>], candidates: &[&Candidate], params: &Params) -> Matrix {
    let judged = said.iter().flatten().flatten().any(|said| matches!(said, Said::Share(_)));
    said.iter()
        .map(|row| {
            let judge = row.iter().flatten().any(|said| matches!(said, Said::Share(_)));
            let raw: Vec<Option<f64>> = row
                .iter()
                .zip(candidates)
                .map(|(said, candidate)| match said.as_ref()? {
                    Said::Tokens(logprobs) => Some(score(params.scoring, logprobs, candidate.text.chars().count())),
                    Said::Share(share) => Some(*share),
                })
                .collect();
            let best = raw.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
            let log = is_log(params.scoring) && !judge;
            let part = |score: f64| match params.normalisation {
                _ if judge => score,
                NormalisationKind::None if !judged => score,
                NormalisationKind::None | NormalisationKind::SumToOne if log => (score - best).exp(),
                NormalisationKind::None | NormalisationKind::SumToOne if best <= 0.0 => 1.0,
                NormalisationKind::None | NormalisationKind::SumToOne => score,
                NormalisationKind::Softmax => ((score - best) / params.softmax_temperature).exp(),
            };
            let parts: Vec<Option<f64>> = raw.iter().map(|score| score.map(part)).collect();
            if params.normalisation == NormalisationKind::None && !judged {
                return parts;
            }
            let sum: f64 = parts.iter().flatten().sum();
            parts.iter().map(|part| part.map(|part| part / sum)).collect()
        })
        .collect()
}

fn fused(
    matrix: &Matrix,
    verifiers: &[MemberIndex],
    weights: &[f64],
    column: usize,
    params: &Params,
    judged: bool,
) -> Option<f64> {
    let votes = matrix.iter().zip(verifiers).filter_map(|(row, verifier)| Some((row[column]?, weights[verifier.0])));
    let mut votes: Vec<(f64, f64)> = votes.collect();
    if votes.iter().any(|(_, weight)| *weight > 0.0) {
        votes.retain(|(_, weight)| *weight > 0.0);
    } else {
        for vote in &mut votes {
            vote.1 = 1.0;
        }
    }
    votes.sort_by(|a, b| a.partial_cmp(b).unwrap());
    if params.outlier_filter && votes.len() > 2 {
        let (low, high) = (votes[0].0, votes[votes.len() - 1].0);
        let log = is_log(params.scoring) && params.normalisation == NormalisationKind::None && !judged;
        let far = if log { (high - low).exp() > params.outlier_ratio } else { high > 0.0 && high > low * params.outlier_ratio };
        if far {
            votes = votes[1..votes.len() - 1].to_vec();
        }
    }
    let total: f64 = votes.iter().map(|(_, weight)| weight).sum();
    (total > 0.0).then(|| votes.iter().map(|(score, weight)| score * weight).sum::<f64>() / total)
}

/// Weighted mean over the verifiers of the mean token log-probability.
fn nats(said: &[Vec<Option<Said>>], weights: &[f64], column: usize) -> Option<f64> {
    let weighed = weights.iter().any(|weight| *weight > 0.0);
    let tokens = said.iter().flatten().flatten().any(|said| matches!(said, Said::Tokens(_)));
    let means: Vec<(f64, f64)> = said
        .iter()
        .zip(weights)
        .filter_map(|(row, weight)| {
            let mean = match row[column].as_ref()? {
                Said::Tokens(logprobs) => Some(logprobs.iter().sum::<f64>() / logprobs.len() as f64),
                Said::Share(share) => (!tokens).then(|| share.ln()),
            };
            Some((mean?, if weighed { *weight } else { 1.0 }))
        })
        .collect();
    let total: f64 = means.iter().map(|(_, weight)| weight).sum();
    (total > 0.0).then(|| means.iter().map(|(mean, weight)| mean * weight).sum::<f64>() / total)
}

/// Multiplicative weights by verification wins.
fn learn(
    weights: &mut [f64],
    matrix: &Matrix,
    verifiers: &[MemberIndex],
    of: &dyn Fn(MemberIndex) -> Option<usize>,
    round: usize,
    rate: f64,
) {
    let learners: Vec<(usize, usize, MemberIndex)> =
        verifiers.iter().enumerate().filter_map(|(row, member)| Some((row, of(*member)?, *member))).collect();
    let n = learners.len();
    let before: f64 = learners.iter().map(|(_, _, member)| weights[member.0]).sum();
    if n < 2 || before <= 0.0 {
        return;
    }
    let said = |judge: usize, of: usize| matrix[learners[judge].0][learners[of].1];
    let log = (0..n).any(|j| (0..n).any(|i| said(j, i).is_some_and(|score| score < 0.0)));
    let rewards: Vec<Option<f64>> = (0..n)
        .map(|i| {
            let mut won = Vec::new();
            for j in (0..n).filter(|j| *j != i) {
                for k in (0..n).filter(|k| *k != i) {
                    let Some((own, rival)) = said(j, i).zip(said(j, k)) else { continue };
                    won.push(match n {
                        2 if own == rival => 0.5,
                        2 if log => 1.0 / (1.0 + (rival - own).exp()),
                        2 => own / (own + rival),
                        _ => f64::from(u8::from(own >= rival)),
                    });
                }
            }
            (!won.is_empty()).then(|| won.iter().sum::<f64>() / won.len() as f64)
        })
        .collect();
    let known: Vec<f64> = rewards.iter().flatten().copied().collect();
    let neutral = if known.is_empty() { 0.0 } else { known.iter().sum::<f64>() / known.len() as f64 };
    let eta = rate / 10.0 * (1.0 / n as f64).sqrt() / round as f64;
    let mut moved: Vec<f64> = learners
        .iter()
        .zip(&rewards)
        .map(|((_, _, member), reward)| weights[member.0] * (eta * reward.unwrap_or(neutral)).exp())
        .collect();
    let sum: f64 = moved.iter().sum();
    // No share falls to zero, so that every member can recover.
    for weight in &mut moved {
        *weight = (*weight / sum).max(1e-9);
    }
    let sum: f64 = moved.iter().sum();
    for ((_, _, member), weight) in learners.iter().zip(moved) {
        weights[member.0] = weight / sum * before;
    }
}

#[derive(Default)]
struct Exit {
    initial: usize,
    rounds: usize,
    /// Evidence: Q, W by member; V; t.
    short: HashMap<usize, f64>,
    worst: HashMap<usize, f64>,
    variance: f64,
    counted: usize,
    /// Paper: Q by member, and the scores of every round.
    total: HashMap<usize, f64>,
    scores: Vec<HashMap<usize, f64>>,
}

type Standings = Vec<(MemberIndex, f64, f64)>;

impl Exit {
    fn round(
        &mut self,
        quality: &[(MemberIndex, Option<f64>, Option<f64>)],
        params: &Params,
        last: bool,
    ) -> (Standings, Vec<MemberIndex>, bool) {
        self.rounds += 1;
        self.observe(quality, if params.exit == ExitKind::Evidence { params.exit_worst_quality } else { -10.0 });
        let n = quality.len();
        let members: Vec<usize> = quality.iter().map(|(member, _, _)| member.0).collect();
        let retention = match params.exit {
            ExitKind::Off => vec![1.0 / n as f64; n],
            ExitKind::Evidence => {
                let short: Vec<f64> = members.iter().map(|member| self.short[member]).collect();
                let with = |h: f64| {
                    let small_team = [0.45, 0.45, 0.45, 0.64].get(self.initial).copied().unwrap_or(1.0);
                    let tau = small_team
                        * params.exit_caution
                        * ((params.exit_floor.powi(2) + self.variance) * (h + ((self.counted + 1) as f64).ln())).sqrt();
                    softmax(&short, tau)
                };
                with(entropy(&with((n as f64).ln())))
            }
            ExitKind::Paper => {
                let total: Vec<f64> = members.iter().map(|member| self.total[member]).collect();
                softmax(&total, params.exit_temperature * (0.5 + self.evenness(&members, params.exit_window)))
            }
        };
        let count = if params.exit_count == ThresholdCount::Initial { self.initial } else { n };
        let threshold = params.exit_threshold / count as f64;
        let near = retention.iter().any(|p| (p - threshold).abs() < 1e-7);
        let condemned = |place: &usize| {
            let member = members[*place];
            let short =
                params.exit != ExitKind::Evidence || -self.short[&member] - self.worst[&member] >= params.exit_floor / 2.0;
            retention[*place] < threshold && short
        };
        let mut leaving: Vec<usize> = (0..n).filter(condemned).collect();
        leaving.sort_by(|a, b| retention[*a].partial_cmp(&retention[*b]).unwrap().then(b.cmp(a)));
        let most = match params.exit {
            ExitKind::Off => 0,
            ExitKind::Evidence => 1,
            ExitKind::Paper => n,
        };
        let staying = match (params.exit_min_members, self.initial) {
            (0, ..=2) => 1,
            (0, 3) => 2,
            (0, _) => 3,
            (wanted, _) => wanted,
        };
        let may = if last || self.rounds <= params.exit_warm_up { 0 } else { n.saturating_sub(staying) };
        let by_rounding = leaving.windows(2).any(|pair| (retention[pair[0]] - retention[pair[1]]).abs() < 1e-9);
        leaving.truncate(most.min(may));
        leaving.sort_unstable();
        let standings = quality.iter().zip(&retention).map(|((member, _, _), p)| (*member, *p, threshold)).collect();
        (standings, leaving.iter().map(|place| MemberIndex(members[*place])).collect(), near || by_rounding)
    }

    fn observe(&mut self, quality: &[(MemberIndex, Option<f64>, Option<f64>)], worst: f64) {
        for (member, _, _) in quality {
            self.short.entry(member.0).or_default();
            self.worst.entry(member.0).or_default();
        }
        let known: Vec<(usize, f64)> =
            quality.iter().filter_map(|(member, _, nats)| Some((member.0, nats.as_ref()?.clamp(worst, 0.0)))).collect();
        if known.len() >= 2 {
            let mean = known.iter().map(|(_, q)| q).sum::<f64>() / known.len() as f64;
            self.variance += known.iter().map(|(_, q)| (q - mean).powi(2)).sum::<f64>() / 3.0_f64.min(known.len() as f64 - 1.0);
            self.counted += 1;
            for (member, q) in known {
                *self.short.entry(member).or_default() += (q - mean).min(0.0);
                let worst = self.worst.entry(member).or_default();
                *worst = worst.max(mean - q);
            }
        }
        let scores: HashMap<usize, f64> = quality.iter().filter_map(|(member, score, _)| Some((member.0, (*score)?))).collect();
        let ordered: Vec<f64> = quality.iter().filter_map(|(_, score, _)| *score).collect();
        let mean = if ordered.is_empty() { 0.0 } else { ordered.iter().sum::<f64>() / ordered.len() as f64 };
        for (member, score, _) in quality {
            *self.total.entry(member.0).or_default() += score.unwrap_or(mean);
        }
        self.scores.push(scores);
    }

    /// H of the mean scores of the last rounds, from 0 to 1.
    fn evenness(&self, members: &[usize], window: usize) -> f64 {
        let means: Vec<f64> = members
            .iter()
            .filter_map(|member| {
                let own: Vec<f64> =
                    self.scores.iter().rev().take(window).filter_map(|round| round.get(member).copied()).collect();
                (!own.is_empty()).then(|| own.iter().sum::<f64>() / own.len() as f64)
            })
            .collect();
        let sum: f64 = means.iter().sum();
        let shares = match means.iter().any(|mean| *mean < 0.0) {
            true => softmax(&means, 1.0),
            false if sum <= 0.0 => return 1.0,
            false => means.iter().map(|mean| mean / sum).collect(),
        };
        if shares.len() < 2 { 1.0 } else { entropy(&shares) / (shares.len() as f64).ln() }
    }
}

fn softmax(values: &[f64], temperature: f64) -> Vec<f64> {
    let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let temperature = temperature.max(f64::MIN_POSITIVE);
    let powers: Vec<f64> = values.iter().map(|value| ((value - best) / temperature).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

fn entropy(shares: &[f64]) -> f64 {
    -shares.iter().filter(|p| **p > 0.0).map(|p| p * p.ln()).sum::<f64>()
}
