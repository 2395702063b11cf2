//! The figures of one branch of an answer, or of a whole run, by which two of them are compared.

use std::sync::Arc;

use super::run::{Round, Run};
use super::score::ScoringRule;

/// The figures of the rounds of a branch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Accepted segments.
    pub rounds: usize,
    /// Accepted segments of rounds in which all drafts were one candidate.
    pub unanimous: usize,
    /// Accepted segments that the user chose, edited or wrote.
    pub steered: usize,
    /// Accepted tokens, counted by their authors' tokenizers.
    pub tokens: usize,
    /// Mean fused score of the accepted segments that were scored; absent if none was.
    pub mean_score: Option<f64>,
    /// The rule of those scores; absent if several rules made them, since their scores cannot be compared.
    pub rule: Option<ScoringRule>,
    /// Segments by author, indexed by member.
    pub segments: Vec<usize>,
    /// Drafts asked for.
    pub drafts: usize,
    /// Candidates scored.
    pub scores: usize,
    /// Milliseconds during which any member worked.
    pub worked_ms: f64,
    /// The cost in US dollars; absent if no member has a price.
    pub cost: Option<f64>,
    /// Whether part of the cost is a guess.
    pub cost_is_guessed: bool,
    /// Whether the answer is complete.
    pub ended: bool,
}

impl Figures {
    /// The figures of these rounds of a run.
    #[must_use]
    pub fn of(run: &Run, rounds: &[Arc<Round>]) -> Self {
        let mut figures = Self { segments: vec![0; run.members.len()], ..Self::default() };
        let (mut scored, mut sum) = (0_usize, 0.0);
        let mut rules: Vec<ScoringRule> = Vec::new();
        for round in rounds {
            figures.drafts += round.drafting();
            figures.scores += round.scores().len();
            figures.worked_ms += worked_ms(round);
            let Some(accepted) = &round.accepted else { continue };
            figures.rounds += 1;
            figures.tokens = figures.tokens.saturating_add(accepted.tokens);
            figures.steered += usize::from(accepted.overridden);
            figures.ended = accepted.ends;
            if let Some(count) = accepted.author.and_then(|author| figures.segments.get_mut(author.0)) {
                *count += 1;
            }
            figures.unanimous += usize::from(round.ranked.as_ref().is_some_and(|ranked| ranked.unanimous));
            if let Some(score) = accepted_score(run, round) {
                (scored, sum) = (scored + 1, sum + score);
                if !rules.contains(&round.params.scoring) {
                    rules.push(round.params.scoring);
                }
            }
        }
        figures.mean_score = (scored > 0).then(|| sum / scored as f64);
        figures.rule = if let [rule] = rules[..] { Some(rule) } else { None };
        (figures.cost, figures.cost_is_guessed) =
            cost(run, rounds).map_or((None, false), |(cost, guessed)| (Some(cost), guessed));
        figures
    }
}

/// The fused score of the accepted candidate, if it was scored.
#[must_use]
pub fn accepted_score(run: &Run, round: &Round) -> Option<f64> {
    let accepted = round.accepted.as_ref().filter(|accepted| !accepted.edited)?;
    let author = &run.members.get(accepted.author?.0)?.header.name;
    round.ranked.as_ref()?.candidates.iter().find(|candidate| candidate.authors.contains(author))?.score
}

/// Milliseconds during which any call of a round was running. The time the user spends thinking in between does not count.
fn worked_ms(round: &Round) -> f64 {
    let mut calls: Vec<(f64, f64)> = round.calls.iter().map(|call| (call.begun_ms, call.ended_ms)).collect();
    calls.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut worked, mut reached) = (0.0, f64::NEG_INFINITY);
    for (begun, ended) in calls {
        worked += (ended - begun.max(reached)).max(0.0);
        reached = reached.max(ended);
    }
    worked
}

/// The cost of these rounds in US dollars, and whether part of it is a guess; `None` if no member has a price.
fn cost(run: &Run, rounds: &[Arc<Round>]) -> Option<(f64, bool)> {
    if run.members.iter().all(|member| member.header.price.is_none()) {
        return None;
    }
    let spent = rounds.iter().flat_map(|round| &round.usage);
    let paid =
        spent.filter_map(|(member, usage)| Some((run.members.get(member.0)?.header.price?.of(*usage), usage.is_guessed())));
    Some(paid.fold((0.0, false), |(sum, any), (cost, guessed)| (sum + cost, any || guessed)))
}
