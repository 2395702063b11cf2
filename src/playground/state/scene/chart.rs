//! The chart: each member's retention over the rounds with the threshold it is compared with, or each verifier's weight; as it
//! was, or as it would have been under knobs that are tried.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::super::answer::Answer;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{MemberName, RankedStanding};
use crate::engine::fusion::run::Round;
use crate::engine::fusion::what_if::WhatIf;
use crate::playground::state::action::{Action, Context, Page};
use crate::playground::state::laid::LaidRound;
use crate::playground::state::pages::view::{Body, Curve, View};

/// The keys of both pages.
const HINTS: &[Action] = &[Action::Back, Action::Open(Page::Retention), Action::PreviousRound, Action::NextRound, Action::Tune];

/// The page of retentions.
pub const RETENTION: View = View {
    title: "exit chart",
    width: 140,
    height: |body| body.min(34),
    context: Context::Keys,
    hints: |_| HINTS,
    body: Body::Chart(Curve::Retention),
    next: Some(Page::Weights),
};

/// The page of weights.
pub const WEIGHTS: View = View {
    title: "weights of the verifiers",
    width: 140,
    height: |body| body.min(34),
    context: Context::Keys,
    hints: |_| HINTS,
    body: Body::Chart(Curve::Weights),
    next: None,
};

/// Columns of the scale, before the first round.
pub const SCALE: u16 = 6;
/// Columns of the labels behind the last round.
const LABELS: u16 = 14;

/// Space above and below the values of a scale, as a share of what they span.
const SPACE: f64 = 0.08;
/// The least such space.
const LEAST_SPACE: f64 = 0.005;

/// Columns of a round at most: few rounds fill a chart, and still look like steps of one curve.
const MOST_SPACING: u16 = 24;

/// Columns of a round in a chart of this width.
#[must_use]
pub fn spacing(width: u16, rounds: usize) -> u16 {
    let rounds = u16::try_from(rounds).unwrap_or(u16::MAX).max(1);
    (width.saturating_sub(SCALE + LABELS) / rounds).clamp(1, MOST_SPACING)
}

/// Where the rounds of a chart are on the screen: the columns of each, and its place among the run's rounds.
#[must_use]
pub fn places(answer: &Answer, chart: &Chart, area: Rect) -> Vec<LaidRound> {
    let spacing = spacing(area.width, chart.columns.len());
    let first = area.x + SCALE.min(area.width);
    let place = |(at, column): (usize, &Column)| {
        let round = answer.run.rounds.binary_search_by_key(&column.number, |round| round.number).ok()?;
        let x = first + (at as u16).saturating_mul(spacing);
        Some(LaidRound { columns: x..x + spacing, round })
    };
    chart.columns.iter().enumerate().filter_map(place).collect()
}

/// The rounds that a chart shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// Oldest first; only rounds that were ranked.
    pub columns: Vec<Column>,
    /// The lower end of the scale, not below 0.
    pub bottom: f64,
    /// The upper end of the scale, above the lower end.
    pub top: f64,
}

/// One round of the chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// The round.
    pub number: usize,
    /// Each member that took part with its value, in member order: recorded, or under the knobs that are tried.
    pub points: Vec<(MemberIndex, f64)>,
    /// The recorded values where those above are others.
    pub was: Vec<(MemberIndex, f64)>,
    /// δ / n: recorded, or under the knobs that are tried.
    pub threshold: Option<f64>,
    /// The recorded δ / n where the one above is another.
    pub recorded: Option<f64>,
    /// Who left after it.
    pub left: Vec<MemberIndex>,
    /// Who would have left after it under the knobs that are tried.
    pub leaves: Vec<MemberIndex>,
    /// Whether it is the selected round.
    pub selected: bool,
}

/// The last `width` ranked rounds up to `last` (a place among the run's rounds), as they were, or as they would have been.
#[must_use]
pub fn chart(answer: &Answer, curve: Curve, last: Option<usize>, width: usize, what_if: Option<&WhatIf>) -> Chart {
    let Some(last) = last else { return Chart::default() };
    let rounds = answer.run.rounds.get(..=last).unwrap_or_default();
    let column = |round: &Arc<Round>| match curve {
        Curve::Retention => column(answer, round).map(|column| tried(column, what_if)),
        Curve::Weights => weights(answer, round, what_if),
    };
    let mut columns: Vec<Column> = rounds.iter().rev().filter_map(column).take(width).collect();
    columns.reverse();
    if let (Some(column), Some(round)) = (columns.last_mut(), rounds.last()) {
        column.selected = column.number == round.number;
    }
    let values = columns.iter().flat_map(|column| {
        let lines = column.threshold.into_iter().chain(column.recorded);
        column.points.iter().chain(&column.was).map(|(_, value)| *value).chain(lines)
    });
    let (bottom, top) = scale(values, curve);
    Chart { columns, bottom, top }
}

/// The ends of the scale for these values, with some space: small distances to the threshold would not be seen from 0 on.
fn scale(values: impl Iterator<Item = f64>, curve: Curve) -> (f64, f64) {
    let finite = values.filter(|value| value.is_finite());
    let (lowest, highest) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    match curve {
        Curve::Retention if lowest <= highest => {
            let space = ((highest - lowest) * SPACE).max(LEAST_SPACE);
            ((lowest - space).max(0.0), highest + space)
        }
        // Weights are shares of the vote: they are compared with 0.
        Curve::Retention | Curve::Weights => (0.0, if highest > 0.0 { highest } else { 1.0 }),
    }
}

/// The column as it would have been.
fn tried(mut column: Column, what_if: Option<&WhatIf>) -> Column {
    let Some(again) = what_if.and_then(|what_if| what_if.round(column.number)) else { return column };
    column.leaves.clone_from(&again.exits);
    if let Some(first) = again.standings.first() {
        column.recorded = column.threshold;
        column.threshold = Some(first.threshold);
        let points = again.standings.iter().map(|standing| (standing.member, standing.retention)).collect();
        column.was = std::mem::replace(&mut column.points, points);
    }
    column
}

fn weights(answer: &Answer, round: &Round, what_if: Option<&WhatIf>) -> Option<Column> {
    let Some(ranked) = &round.ranked else { return written(round) };
    let again = what_if.and_then(|what_if| what_if.weights(round.number));
    let point = |(name, weight): &(MemberName, f64)| {
        let member = answer.run.index(name)?;
        Some((member, again.and_then(|again| again.get(member.0)).copied().unwrap_or(*weight)))
    };
    Some(Column { number: round.number, points: ranked.weights.iter().filter_map(point).collect(), ..Column::default() })
}

/// A round that was decided without a vote: it has a place, and no values.
fn written(round: &Round) -> Option<Column> {
    round.accepted.is_some().then(|| Column { number: round.number, ..Column::default() })
}

fn column(answer: &Answer, round: &Round) -> Option<Column> {
    let Some(ranked) = &round.ranked else { return written(round) };
    let members = &answer.run.members;
    let mut next = 0;
    // Standings are in member order: the next is nearly always the member after the last, and nobody has to be searched.
    let mut point = |standing: &RankedStanding| {
        let expected = (next..members.len()).find(|place| members[*place].header.name == standing.member).map(MemberIndex);
        let member = expected.or_else(|| answer.run.index(&standing.member))?;
        next = member.0 + 1;
        Some((member, standing.retention))
    };
    let left = answer.run.departures().iter().filter(|departure| departure.round == round.number);
    Some(Column {
        number: round.number,
        points: ranked.standings.iter().filter_map(&mut point).collect(),
        threshold: Some(ranked.standings.first()?.threshold),
        left: left.map(|departure| departure.member).collect(),
        ..Column::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::{Event, Ranked, Record};
    use crate::engine::{Seat, member::scripted::ScriptedMember};
    use crate::playground::state::session::Session;

    /// An answer of four members in which one round was ranked with these standings.
    fn answer(standings: &[&str]) -> Answer {
        let seat = |name: &str| Seat::new(name, std::sync::Arc::new(ScriptedMember::new(Vec::new())));
        let members: Vec<_> = ["a", "b", "c", "d"].map(|name| seat(name).header()).into();
        let mut session = Session::new(&crate::engine::fusion::params::Params::default(), None);
        session.set_members(&members, Vec::new());
        let mut answer = session.answer(0).clone();
        let standing = |(place, name): (usize, &&str)| RankedStanding {
            member: (*name).into(),
            quality: None,
            cumulative: 0.0,
            retention: place as f64,
            threshold: 0.5,
        };
        let ranked = Ranked {
            candidates: Vec::new(),
            margin: None,
            unanimous: false,
            end: None,
            weights: Vec::new(),
            standings: standings.iter().enumerate().map(standing).collect(),
        };
        for event in
            [Event::RoundStarted { drafters: Vec::new(), verifiers: Vec::new(), ahead: None }, Event::Ranked(Box::new(ranked))]
        {
            answer.apply(&Record { t_ms: 0.0, round: 1, event });
        }
        answer
    }

    #[test]
    fn a_scale_holds_all_values_with_some_space_and_never_less_than_nothing() {
        for values in [&[0.2, 0.25, 0.1][..], &[0.0, 1.0], &[0.3], &[0.001, 0.002]] {
            let (bottom, top) = scale(values.iter().copied(), Curve::Retention);
            assert!(bottom >= 0.0 && values.iter().all(|value| (bottom == 0.0 || bottom < *value) && *value < top), "{values:?}");
        }
        assert!(scale([0.2, 0.25].into_iter(), Curve::Retention).0 > 0.19, "it does not start at 0");
        assert_eq!(scale(std::iter::empty(), Curve::Retention), (0.0, 1.0));
        assert_eq!(scale([0.2, 0.5].into_iter(), Curve::Weights), (0.0, 0.5));
    }

    #[test]
    fn each_standing_is_its_members_in_whatever_order_they_come() {
        let table: [(&[&str], &[usize]); 5] = [
            (&["a", "b", "c", "d"], &[0, 1, 2, 3]),
            (&["b", "d"], &[1, 3]),
            (&["d", "a", "c"], &[3, 0, 2]),
            (&["c", "c"], &[2, 2]),
            (&["b", "nobody", "c"], &[1, 2]),
        ];
        for (standings, expected) in table {
            let chart = chart(&answer(standings), Curve::Retention, Some(0), 10, None);
            let places: Vec<usize> = chart.columns[0].points.iter().map(|(member, _)| member.0).collect();
            assert_eq!(places, expected, "{standings:?}");
        }
    }
}
