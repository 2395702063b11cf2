//! The timeline: one mark a round, of the rounds that fit.

use std::sync::Arc;

use super::super::answer::Answer;
use super::matrix::share;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::params::{Knob, Value};
use crate::engine::fusion::run::Round;
use crate::engine::fusion::what_if::WhatIf;

/// What is special about a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing: the margin is shown.
    Margin,
    /// All drafts were one candidate.
    Unanimous,
    /// The user chose the winner.
    Overridden,
    /// The user changed the winner's text.
    Edited,
    /// The user wrote the segment.
    Written,
    /// The user had drafts drawn again.
    Redrafted,
    /// A draft or a scoring failed.
    Failed,
    /// It is still open.
    Open,
}

/// One round.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Its place among the run's rounds.
    pub place: usize,
    /// Its number.
    pub number: usize,
    /// Who won it.
    pub winner: Option<MemberIndex>,
    /// What is special about it.
    pub mark: Mark,
    /// The margin from 0 to 1.
    pub margin: f64,
    /// Whether it is the selected round.
    pub selected: bool,
    /// Whether a member left after it.
    pub exit: bool,
    /// Whether the user changed a knob, a weight or a member's presence before it.
    pub tuned: bool,
    /// Whose another winner it would have had under the knobs that are tried.
    pub other: Option<MemberIndex>,
}

impl Tick {
    /// Whether its mark is that of something that the user did in the round.
    #[must_use]
    pub fn is_by_user(&self) -> bool {
        match self.mark {
            Mark::Overridden | Mark::Edited | Mark::Written | Mark::Redrafted => true,
            Mark::Margin | Mark::Unanimous | Mark::Failed | Mark::Open => false,
        }
    }
}

/// The rounds that fit into `width` columns, around the one looked at; the rest are counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timeline {
    /// Oldest first.
    pub ticks: Vec<Tick>,
    /// Rounds before the first shown.
    pub before: usize,
    /// Rounds after the last shown.
    pub after: usize,
}

/// The timeline with the round at `shown` in sight.
#[must_use]
pub fn timeline(answer: &Answer, shown: Option<usize>, width: usize, what_if: Option<&WhatIf>) -> Timeline {
    let rounds = &answer.run.rounds[..answer.rounds()];
    let width = width.max(1);
    let shown = shown.unwrap_or(0).min(rounds.len().saturating_sub(1));
    // The newest rounds, unless the one looked at is older: then it is in the middle.
    let last_start = rounds.len().saturating_sub(width);
    let start = if shown >= last_start { last_start } else { shown.saturating_sub(width / 2).min(last_start) };
    let end = (start + width).min(rounds.len());
    let ticks = rounds[start..end].iter().enumerate().map(|(offset, round)| Tick {
        other: what_if.and_then(|what_if| what_if.other_winner(round.number)),
        ..tick(answer, round, start + offset, shown)
    });
    Timeline { ticks: ticks.collect(), before: start, after: rounds.len() - end }
}

fn tick(answer: &Answer, round: &Round, place: usize, shown: usize) -> Tick {
    let ranked = round.ranked.as_ref();
    let mark = match &round.accepted {
        None => Mark::Open,
        Some(accepted) if accepted.is_written() => Mark::Written,
        Some(accepted) if accepted.edited => Mark::Edited,
        Some(accepted) if accepted.overridden => Mark::Overridden,
        Some(_) if !round.redrafted.is_empty() => Mark::Redrafted,
        Some(_) if round.has_failure() => Mark::Failed,
        Some(_) if ranked.is_some_and(|ranked| ranked.unanimous) => Mark::Unanimous,
        Some(_) => Mark::Margin,
    };
    let best = ranked.and_then(|ranked| ranked.candidates.first()?.score);
    let second = ranked.and_then(|ranked| ranked.candidates.get(1)?.score);
    let height = |score: f64| share(score, round);
    Tick {
        place,
        number: round.number,
        winner: round.accepted.as_ref().and_then(|accepted| accepted.author),
        mark,
        margin: best.zip(second).map_or(0.0, |(best, second)| (height(best) - height(second)).clamp(0.0, 1.0)),
        selected: place == shown,
        exit: answer.run.departures().iter().any(|departure| departure.round == round.number),
        tuned: !changed_before(answer, place).is_empty()
            || round.opening.weights.iter().any(|(_, weight)| weight.is_some())
            || !round.opening.readmitted.is_empty(),
        other: None,
    }
}

/// The knobs that were changed before the round at a place, with their new values.
#[must_use]
pub fn changed_before(answer: &Answer, place: usize) -> Vec<(&'static Knob, Value)> {
    let Some(round) = answer.run.rounds.get(place) else { return Vec::new() };
    match place.checked_sub(1).and_then(|before| answer.run.rounds.get(before)) {
        Some(before) if Arc::ptr_eq(&before.params, &round.params) => Vec::new(),
        Some(before) => before.params.changes(&round.params),
        None => answer.run.header.params.changes(&round.params),
    }
}
