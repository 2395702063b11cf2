//! How close each member is to leaving: its retention in the last rounds, beside the threshold it is compared with.

use super::super::answer::Answer;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::ExitReason;
use crate::engine::fusion::params::ExitKind;
use crate::engine::fusion::rescore::RescoredRound;
use crate::engine::fusion::run::{Departure, Round};
use crate::engine::fusion::what_if::WhatIf;
use crate::playground::state::scene::figure;

/// Rounds of a curve.
pub const ROUNDS: usize = 8;

/// What the exit rule makes of a member in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    Stays,
    /// It leaves after this round.
    Leaves,
    /// It left after an earlier one.
    Left,
}

/// How close a member is to leaving.
#[derive(Debug, Clone, PartialEq)]
pub struct Stays {
    /// Its last rounds, the newest at the end, as levels from 0 (at the threshold, or below) to 3.
    pub levels: Vec<Option<u8>>,
    /// Its retention after the last of them, 0 to 1.
    pub value: f64,
    /// The threshold that it was compared with.
    pub threshold: f64,
    /// Whether it leaves.
    pub fate: Fate,
    /// How far above the threshold it would be under the knobs that are tried, where that is another distance.
    pub tried: Option<f64>,
}

impl Stays {
    /// How far it is above the threshold; negative below.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.value - self.threshold
    }
}

/// The threshold that members are compared with in a round, or, where it is open, in the one before; `None` where no exit rule is
/// in force.
#[must_use]
pub fn threshold(answer: &Answer, round: Option<&Round>) -> Option<f64> {
    let last = round.filter(|round| round.params.exit != ExitKind::Off)?;
    let upto = answer.run.rounds.partition_point(|round| round.number <= last.number);
    let ranked = answer.run.rounds[..upto].iter().rev().find_map(|round| round.ranked.as_ref())?;
    ranked.standings.first().map(|standing| standing.threshold)
}

/// The same threshold under the knobs that are tried, where that is another one.
#[must_use]
pub fn tried_threshold(answer: &Answer, round: Option<&Round>, what_if: Option<&WhatIf>) -> Option<f64> {
    let now = threshold(answer, round)?;
    let tried = again(answer, round?, what_if?)?.standings.first()?.threshold;
    (figure(tried) != figure(now)).then_some(tried)
}

/// A round, or, where it is open, the one before, as it would have been.
fn again<'a>(answer: &Answer, round: &Round, what_if: &'a WhatIf) -> Option<&'a RescoredRound> {
    let upto = answer.run.rounds.partition_point(|known| known.number <= round.number);
    let last = answer.run.rounds[..upto].iter().rev().find(|round| round.ranked.is_some())?;
    what_if.round(last.number)
}

/// How close each member was to leaving after a round, or, where it is open, after the one before; by place. Of none where no exit
/// rule is in force.
#[must_use]
pub fn stays(answer: &Answer, round: Option<&Round>, members: usize, what_if: Option<&WhatIf>) -> Vec<Option<Stays>> {
    let Some(last) = round.filter(|round| round.params.exit != ExitKind::Off) else { return vec![None; members] };
    let upto = answer.run.rounds.partition_point(|round| round.number <= last.number);
    let rounds = &answer.run.rounds[upto.saturating_sub(ROUNDS + 1)..upto];
    let again = what_if.and_then(|what_if| again(answer, last, what_if));
    let stays = |member: MemberIndex| {
        let stays = of_member(answer, rounds.iter().map(AsRef::as_ref), member)?;
        let standing = again.and_then(|again| again.standings.iter().find(|standing| standing.member == member));
        let tried = standing.map(|standing| standing.retention - standing.threshold);
        let tried = tried.filter(|tried| figure(*tried) != figure(stays.distance()));
        Some(Stays { fate: fate(answer, last, member), tried, ..stays })
    };
    (0..members).map(MemberIndex).map(stays).collect()
}

fn fate(answer: &Answer, round: &Round, member: MemberIndex) -> Fate {
    let by_rule = |departure: &&Departure| matches!(departure.reason, ExitReason::Retention { .. });
    let leaves = |departure: &&Departure| departure.member == member && departure.round == round.number;
    match answer.absence(member, round.number).filter(by_rule) {
        Some(_) => Fate::Left,
        None if answer.run.departures().iter().filter(leaves).any(|departure| by_rule(&departure)) => Fate::Leaves,
        None => Fate::Stays,
    }
}

fn of_member<'a>(answer: &Answer, rounds: impl Iterator<Item = &'a Round>, member: MemberIndex) -> Option<Stays> {
    let name = &answer.run.member(member).header.name;
    let standing = |round: &Round| {
        let standings = &round.ranked.as_ref()?.standings;
        standings.iter().find(|standing| standing.member == *name).map(|standing| (standing.retention, standing.threshold))
    };
    let values: Vec<(f64, f64)> = rounds.filter_map(standing).collect();
    of_values(&values[values.len().saturating_sub(ROUNDS)..])
}

/// The curve of retentions, each with its threshold, the newest at the end.
fn of_values(values: &[(f64, f64)]) -> Option<Stays> {
    let (value, threshold) = *values.last()?;
    let highest = values.iter().map(|(value, threshold)| value - threshold).fold(0.0_f64, f64::max);
    let level = |(value, threshold): &(f64, f64)| {
        let share = if highest > 0.0 { ((value - threshold) / highest).clamp(0.0, 1.0) } else { 0.0 };
        Some((share * 3.0).round() as u8)
    };
    let missing = std::iter::repeat_n(None, ROUNDS.saturating_sub(values.len()));
    Some(Stays { levels: missing.chain(values.iter().map(level)).collect(), value, threshold, fate: Fate::Stays, tried: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_with_the_distance_and_rest_at_the_threshold() {
        let stays = of_values(&[(0.25, 0.1), (0.2, 0.1), (0.1, 0.1), (0.09, 0.1)]).unwrap();
        assert_eq!(stays.levels, [None, None, None, None, Some(3), Some(2), Some(0), Some(0)]);
        assert!(stays.distance() < 0.0 && (stays.distance() + 0.01).abs() < 1e-9);
        assert_eq!(of_values(&[]), None);
    }
}
