//! What the marks in sight mean, in few words, at the right of the timeline while there is room. Only marks that are drawn are
//! explained; the help page has all of them.

use unicode_width::UnicodeWidthStr;

use super::draft::Shading;
use super::timeline::{Mark, Tick, Timeline};
use super::votes::Votes;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::layout::{Class, Layout, TIMELINE_HEAD};

/// Columns between the last round and the legend.
const GAP: usize = 3;
/// A margin that is drawn in the legend, from 0 to 1.
const SOME_MARGIN: f64 = 0.3;

/// What the marks in sight are made from.
pub(super) struct Marks<'a> {
    pub timeline: &'a Timeline,
    pub votes: &'a [Votes],
    /// Whether a vote decided the round.
    pub decided: bool,
    /// Whether the exits are in sight.
    pub exits: bool,
    pub shading: Shading,
    pub glyphs: Glyphs,
}

/// A line of explanations for each line of the timeline: the most important that fit behind the rounds.
pub(super) fn legend(layout: &Layout, marks: &Marks<'_>) -> Vec<DisplayText> {
    let taken = usize::from(TIMELINE_HEAD) + 2 * marks.timeline.ticks.len() + GAP;
    let room = usize::from(layout.timeline.width).saturating_sub(taken);
    let mut rounds = of_rounds(&marks.timeline.ticks, marks.glyphs);
    if marks.exits {
        rounds.push("above exit: how far above the threshold for staying".into());
    }
    let lines = [of_drafts(layout, marks), rounds];
    lines.iter().take(usize::from(layout.timeline.height)).map(|parts| fitting(parts, room)).collect()
}

fn fitting(parts: &[DisplayText], room: usize) -> DisplayText {
    let joined = |count: usize| DisplayText::joined(&parts[..count], " · ");
    (0..=parts.len()).rev().map(joined).find(|line| line.width() <= room).unwrap_or_default()
}

/// The votes on the drafts, and the tints of their words.
fn of_drafts(layout: &Layout, marks: &Marks<'_>) -> Vec<DisplayText> {
    if layout.panes.is_empty() || marks.votes.iter().all(|votes| votes.cells.is_empty()) {
        return Vec::new();
    }
    let mut parts: Vec<DisplayText> = match layout.class {
        Class::Rows if layout.tail.ballots == 0 => Vec::new(),
        Class::Rows => vec!["bars: how likely each finds it".into()],
        Class::Columns => vec![display!("A{}: how likely A finds it", marks.glyphs.ballot(0.5))],
    };
    match marks.shading {
        Shading::Off => {}
        Shading::Probability => parts.push("tinted, underlined: unlikely".into()),
        Shading::Disagreement => parts.push("tinted, underlined: members disagree".into()),
    }
    if marks.decided && layout.class == Class::Columns {
        parts.insert(1, "[ ]: mattered most".into());
    }
    parts
}

/// The marks below the rounds.
fn of_rounds(ticks: &[Tick], glyphs: Glyphs) -> Vec<DisplayText> {
    let marks = [
        (Mark::Margin, "how far ahead"),
        (Mark::Unanimous, "accepted without a vote"),
        (Mark::Overridden, "chosen by hand"),
        (Mark::Edited, "edited by hand"),
        (Mark::Written, "written by hand"),
        (Mark::Redrafted, "drafted again"),
        (Mark::Failed, "something failed"),
    ];
    let beside = [
        (ticks.iter().any(|tick| tick.exit && !tick.tuned), "x: a member left"),
        (ticks.iter().any(|tick| tick.tuned && !tick.exit), "~: settings changed"),
        (ticks.iter().any(|tick| tick.tuned && tick.exit), "X: both a member left and settings changed"),
        (ticks.iter().any(|tick| tick.other.is_some()), "small letter: would have won"),
    ];
    let marks = marks.into_iter().filter(|(mark, _)| ticks.iter().any(|tick| tick.mark == *mark));
    let marks = marks.map(|(mark, meaning)| display!("{}: {meaning}", glyphs.mark(mark, SOME_MARGIN)));
    marks.chain(beside.into_iter().filter(|(drawn, _)| *drawn).map(|(_, meaning)| meaning.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(mark: Mark, exit: bool) -> Tick {
        Tick { place: 0, number: 1, winner: None, mark, margin: 0.0, selected: false, exit, tuned: false, other: None }
    }

    #[test]
    fn only_marks_that_are_drawn_are_explained() {
        let told = |ticks: &[Tick]| DisplayText::joined(&of_rounds(ticks, Glyphs::new(false)), " · ").into_string();
        assert_eq!(told(&[]), "");
        assert_eq!(told(&[tick(Mark::Margin, false), tick(Mark::Open, false)]), "▃: how far ahead");
        assert_eq!(
            told(&[tick(Mark::Unanimous, false), tick(Mark::Margin, true)]),
            "▃: how far ahead · =: accepted without a vote · x: a member left"
        );
    }

    #[test]
    fn what_does_not_fit_is_left_out_from_the_end() {
        let parts = ["one".into(), "three".into(), "two".into()];
        assert_eq!([17, 16, 10, 3, 2].map(|room| fitting(&parts, room)), ["one · three · two", "one · three", "one", "one", ""]);
    }
}
