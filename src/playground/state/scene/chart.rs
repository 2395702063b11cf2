//! The exit chart: each member's retention over the rounds, and the threshold it is held against.

use super::super::play::Play;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::Round;

/// The rounds that a chart shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// Oldest first; only rounds that were ranked.
    pub columns: Vec<Column>,
    /// The highest value shown, above 0.
    pub top: f64,
}

/// One round of the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The round.
    pub number: usize,
    /// Each member that took part with its retention, in member order.
    pub points: Vec<(MemberIndex, f64)>,
    /// δ / n.
    pub threshold: f64,
    /// Whether it is the round looked at.
    pub selected: bool,
}

/// The last `width` ranked rounds up to `last` (a place among the run's rounds).
#[must_use]
pub fn chart(play: &Play, last: Option<usize>, width: usize) -> Chart {
    let Some(last) = last else { return Chart::default() };
    let rounds = play.run.rounds.get(..=last).unwrap_or_default();
    let mut columns: Vec<Column> = rounds.iter().rev().filter_map(|round| column(play, round)).take(width).collect();
    columns.reverse();
    if let (Some(column), Some(round)) = (columns.last_mut(), rounds.last()) {
        column.selected = column.number == round.number;
    }
    let values = columns.iter().flat_map(|column| column.points.iter().map(|(_, value)| *value).chain([column.threshold]));
    let top = values.fold(0.0, f64::max);
    Chart { columns, top: if top > 0.0 { top } else { 1.0 } }
}

fn column(play: &Play, round: &Round) -> Option<Column> {
    let ranked = round.ranked.as_ref()?;
    let point = |standing: &crate::engine::fusion::event::RankedStanding| {
        play.run.index(&standing.member).map(|member| (member, standing.retention))
    };
    Some(Column {
        number: round.number,
        points: ranked.standings.iter().filter_map(point).collect(),
        threshold: ranked.standings.first()?.threshold,
        selected: false,
    })
}
