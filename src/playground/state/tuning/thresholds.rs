//! What the exit threshold decides in the selected run, in plain English: at which values each member leaves, and by how much each
//! round was won, as it was and under the knobs that are tried.

use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::break_points::BreakPoints;
use crate::engine::fusion::run::{MemberState, Round, Run};
use crate::engine::fusion::what_if::WhatIf;
use crate::playground::state::answer::Answer;
use crate::playground::state::prose::{Line, Prose, Tone};
use crate::playground::state::scene::figure;

/// The most rounds whose margins are shown.
const ROUNDS: usize = 10;
/// Columns before the margins, and of one.
const HEAD: usize = 8;
const CELL: usize = 6;

/// A sentence for each member that would leave at some threshold, with what it does at that of the run, which a later one need not
/// have.
#[must_use]
pub fn sentences(points: &BreakPoints, run: &Run) -> Vec<DisplayText> {
    let members = run.members.iter().enumerate();
    let sentence = |(place, member): (usize, &MemberState)| {
        let spans = points.of_member(MemberIndex(place));
        if spans.iter().all(|(_, leaves)| leaves.is_none()) {
            return None;
        }
        Some(display!("{} {}", member.header.name, words(&spans, run.params.exit_threshold)))
    };
    members.filter_map(sentence).collect()
}

/// "leaves after round 2 above .550, after round 3 above .500, stays below (at this run's .500)".
fn words(spans: &[(f64, Option<usize>)], of_run: f64) -> DisplayText {
    let now = spans.iter().position(|(above, _)| *above < of_run).unwrap_or(spans.len() - 1);
    let part = |(place, (above, leaves)): (usize, &(f64, Option<usize>))| {
        let does = match leaves {
            Some(round) if place > 0 && spans[place - 1].1.is_some() => display!("after round {round}"),
            Some(round) => display!("leaves after round {round}"),
            None => "stays".into(),
        };
        // Other knobs may be tried, so this is not what it did in the run.
        let mark = if place == now { display!(" (at this run's {})", figure(of_run)) } else { DisplayText::new() };
        let last = place + 1 == spans.len();
        match (last, place) {
            (true, 0) => display!("{does} at any threshold{mark}"),
            (true, _) => display!("{does} below{mark}"),
            (false, _) => display!("{does} above {}{mark}", figure(*above)),
        }
    };
    DisplayText::joined(&spans.iter().enumerate().map(part).collect::<Vec<_>>(), ", ")
}

/// The margins of the last rounds that fit into this many columns, as they were and as they would have been.
#[must_use]
pub fn margins(run: &Run, what_if: Option<&WhatIf>, columns: u16) -> Prose {
    let fitting = usize::from(columns).saturating_sub(HEAD) / CELL;
    let ranked = run.rounds.iter().rev().filter(|round| round.accepted.is_some() && round.ranked.is_some());
    let mut last: Vec<_> = ranked.take(fitting.min(ROUNDS)).collect();
    last.reverse();
    if last.is_empty() {
        return Prose::new();
    }
    let row = |tone: Tone, head: &'static str, cell: &dyn Fn(&Round) -> (Tone, DisplayText)| {
        let cells = last.iter().map(|round| cell(round)).map(|(tone, text)| (tone, display!("{text:>CELL$}")));
        std::iter::once((tone, display!("{head:<HEAD$}"))).chain(cells).collect::<Line>()
    };
    let figures = |margin: Option<f64>| margin.map_or("-".into(), figure);
    let in_force = |round: &Round| (Tone::Plain, figures(round.ranked.as_ref().and_then(|ranked| ranked.margin)));
    let mut lines =
        vec![row(Tone::Dim, "round", &|round| (Tone::Dim, display!("{}", round.number))), row(Tone::Dim, "margin", &in_force)];
    if let Some(what_if) = what_if {
        let tried = |round: &Round| {
            let again = what_if.round(round.number);
            let tone = if again.is_some_and(|again| again.differs) { Tone::Warning } else { Tone::Strong };
            (tone, figures(again.and_then(|again| again.margin)))
        };
        lines.push(row(Tone::Warning, "tried", &tried));
    }
    lines
}

/// By how much a round was won, and would have been won under the knobs that are tried; `None` where it was not decided by scores.
#[must_use]
pub fn margin(answer: &Answer, round: &Round, what_if: Option<&WhatIf>) -> Option<DisplayText> {
    let author = round.accepted.as_ref()?.author?;
    let by = |margin: Option<f64>| margin.map_or_else(DisplayText::new, |margin| display!(" by {}", figure(margin)));
    let now = by(round.ranked.as_ref()?.margin);
    let (number, winner) = (round.number, answer.letter(author));
    Some(match what_if.and_then(|what_if| what_if.round(number)) {
        None => display!("round {number}: {winner} won{now}"),
        Some(again) => match again.author.filter(|_| again.differs) {
            Some(other) => {
                display!("round {number}: {} would win{} ({winner} won{now})", answer.letter(other), by(again.margin))
            }
            None if again.differs => display!("round {number}: no draft would be left ({winner} won{now})"),
            None => display!("round {number}: {winner} would still win{} ({winner} won{now})", by(again.margin)),
        },
    })
}

/// Where on the track of the threshold a member starts or ceases to leave.
#[must_use]
pub fn ticks(points: &BreakPoints, members: usize) -> Vec<(f64, MemberIndex)> {
    let of_member = |member: MemberIndex| {
        let spans = points.of_member(member);
        let turns = spans.windows(2).filter(|pair| pair[0].1.is_some() != pair[1].1.is_some());
        turns.map(|pair| (pair[0].0, member)).collect::<Vec<_>>()
    };
    (0..members).map(MemberIndex).flat_map(of_member).collect()
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
                "leaves after round 2 above .550, after round 3 above .500, stays below (at this run's .500)",
            ),
            (
                &[(0.6, None), (0.4, Some(1)), (0.0, None)],
                0.5,
                "stays above .600, leaves after round 1 above .400 (at this run's .500), stays below",
            ),
            (&[(0.0, Some(1))], 0.5, "leaves after round 1 at any threshold (at this run's .500)"),
        ];
        for (spans, of_run, expected) in table {
            assert_eq!(words(spans, of_run), expected);
        }
    }
}
