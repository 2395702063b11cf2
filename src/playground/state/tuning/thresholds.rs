//! What the exit threshold decides in the selected run, in plain English: at which values each member leaves, and by how much each
//! round was won, as it was and under the knobs that are tried.

use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::break_points::BreakPoints;
use crate::engine::fusion::run::{MemberState, Run};
use crate::engine::fusion::what_if::WhatIf;
use crate::playground::state::scene::figure;

/// Rounds whose margins are shown.
const ROUNDS: usize = 8;

/// A sentence for each member that would leave at some threshold; `in_force` is the threshold now.
#[must_use]
pub fn sentences(points: &BreakPoints, run: &Run, in_force: f64) -> Vec<DisplayText> {
    let members = run.members.iter().enumerate();
    let sentence = |(place, member): (usize, &MemberState)| {
        let spans = points.of_member(MemberIndex(place));
        if spans.iter().all(|(_, leaves)| leaves.is_none()) {
            return None;
        }
        Some(display!("{} {}", member.header.name, words(&spans, in_force)))
    };
    members.filter_map(sentence).collect()
}

/// "leaves after round 2 above .550, after round 3 above .500, stays below (in force)".
fn words(spans: &[(f64, Option<usize>)], in_force: f64) -> DisplayText {
    let now = spans.iter().position(|(above, _)| *above < in_force).unwrap_or(spans.len() - 1);
    let part = |(place, (above, leaves)): (usize, &(f64, Option<usize>))| {
        let does = match leaves {
            Some(round) if place > 0 && spans[place - 1].1.is_some() => display!("after round {round}"),
            Some(round) => display!("leaves after round {round}"),
            None => "stays".into(),
        };
        let (last, mark) = (place + 1 == spans.len(), if place == now { " (in force)" } else { "" });
        match (last, place) {
            (true, 0) => display!("{does} at any threshold{mark}"),
            (true, _) => display!("{does} below{mark}"),
            (false, _) => display!("{does} above {}{mark}", figure(*above)),
        }
    };
    DisplayText::joined(&spans.iter().enumerate().map(part).collect::<Vec<_>>(), ", ")
}

/// The margins of the last rounds, as they were and as they would have been.
#[must_use]
pub fn margins(run: &Run, what_if: Option<&WhatIf>) -> Vec<DisplayText> {
    let ranked: Vec<_> = run.rounds.iter().filter(|round| round.accepted.is_some() && round.ranked.is_some()).collect();
    let last = &ranked[ranked.len().saturating_sub(ROUNDS)..];
    let Some(first) = last.first() else { return Vec::new() };
    let cell = |margin: Option<f64>| display!("{:>5}", margin.map_or("-".into(), figure));
    let row = |cells: Vec<DisplayText>| DisplayText::joined(&cells, " ");
    let recorded = last.iter().map(|round| cell(round.ranked.as_ref().and_then(|ranked| ranked.margin)));
    let mut lines = vec![display!("margin from round {} on  {}  in force", first.number, row(recorded.collect()))];
    if let Some(what_if) = what_if {
        let tried = last.iter().map(|round| cell(what_if.round(round.number).and_then(|round| round.margin)));
        let winner = if what_if.differing.is_empty() { ", no other winner" } else { "" };
        let head = display!("margin from round {} on", first.number).chars().count();
        lines.push(display!("{:head$}  {}  tried{winner}", "", row(tried.collect())));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_described_from_the_highest_threshold_down() {
        type Leaves = &'static [(f64, Option<usize>)];
        let table: [(Leaves, f64, &str); 3] = [
            (
                &[(0.55, Some(2)), (0.5, Some(3)), (0.0, None)],
                0.5,
                "leaves after round 2 above .550, after round 3 above .500, stays below (in force)",
            ),
            (
                &[(0.6, None), (0.4, Some(1)), (0.0, None)],
                0.5,
                "stays above .600, leaves after round 1 above .400 (in force), stays below",
            ),
            (&[(0.0, Some(1))], 0.5, "leaves after round 1 at any threshold (in force)"),
        ];
        for (spans, in_force, expected) in table {
            assert_eq!(words(spans, in_force), expected);
        }
    }
}
