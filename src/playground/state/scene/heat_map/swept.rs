//! What is around the cells: the question, how far the sweep is, the figures, the legend, the marked setting and the verdict.

use super::super::super::heat_map::{HeatMap, Metric, Progress};
use super::super::super::prose::{Line, Prose, Tone, wrap};
use super::super::{counted, duration, figure, listed};
use super::MapFacts;
use super::cells::{self, HOTTEST, best_known, cells};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::event::about;
use crate::sweep::{Figures, report};

pub(super) fn swept(map: &HeatMap, facts: &MapFacts<'_>, width: u16) -> Prose {
    let mut prose = above(map, facts, width);
    prose.extend(cells(map, facts));
    prose.extend(legend(map, facts, width));
    prose.push(Vec::new());
    let mut name = vec![(Tone::Key, display!("[{}]", map.grid.name(map.marked)))];
    if facts.in_force == Some(map.marked) {
        name.push((Tone::Dim, display!("  {} in force", facts.in_force_mark)));
    }
    prose.push(name);
    let marked = map.figures().get(map.marked).map(in_words).unwrap_or_default();
    wrap(&mut prose, Vec::new(), Tone::Plain, &marked, width, 0);
    if map.progress != Progress::Going {
        let (mark, verdict) = verdict(map);
        wrap(&mut prose, vec![(Tone::Good, mark.into())], Tone::Plain, &verdict, width, 2);
    }
    prose
}

/// What is above the cells.
fn above(map: &HeatMap, facts: &MapFacts<'_>, width: u16) -> Prose {
    let mut prose = Prose::new();
    wrap(&mut prose, Vec::new(), Tone::Strong, &clean_line(&map.question), width, 0);
    wrap(&mut prose, Vec::new(), Tone::Dim, &progress(map, facts), width, 0);
    prose.push(metrics(map, facts));
    prose
}

/// The setting whose cell is at a place of these words.
pub(super) fn setting_at(map: &HeatMap, facts: &MapFacts<'_>, width: u16, (line, column): (usize, usize)) -> Option<usize> {
    cells::setting_at(map, line.checked_sub(above(map, facts, width).len())?, column)
}

/// The figures that can be shown, the one in sight in brackets.
fn metrics(map: &HeatMap, facts: &MapFacts<'_>) -> Line {
    let mut line: Line = vec![(Tone::Dim, display!("`{}` shows:", facts.metric))];
    for metric in map.metrics() {
        let (tone, open, close) = if metric == map.metric() { (Tone::Strong, "[", "]") } else { (Tone::Dim, " ", " ") };
        line.push((tone, display!("{open}{}{close}", metric.name())));
    }
    line
}

/// The ramp with the numbers at its ends, what they mean, and the marks.
fn legend(map: &HeatMap, facts: &MapFacts<'_>, width: u16) -> Prose {
    let metric = map.metric();
    let Some((lowest, highest)) = metric.range(map.figures()) else { return Prose::new() };
    let at_end = |end: f64| {
        let there = map.figures().iter().find(|figures| metric.of(figures) == Some(end));
        there.and_then(|figures| metric.shown(figures))
    };
    let (low, high) = match metric {
        Metric::Accuracy => ("0%".into(), "100%".into()),
        Metric::Score | Metric::Tokens | Metric::Rounds | Metric::Calls | Metric::Left | Metric::Time | Metric::Cost => {
            (at_end(lowest).unwrap_or_default(), at_end(highest).unwrap_or_default())
        }
    };
    let mut head: Line = vec![(Tone::Dim, display!("{low} "))];
    head.extend((0..=HOTTEST).map(|step| (Tone::Ground(step), "  ".into())));
    head.push((Tone::Dim, display!(" {high} ")));
    let in_force = match facts.in_force {
        Some(_) => display!("; {} in force", facts.in_force_mark),
        None => "; the setting in force is none of these".into(),
    };
    // Of other figures the highest or lowest is another one.
    let best = match (best_known(map), metric) {
        (None, _) => "",
        (Some(_), Metric::Accuracy) => "; * best",
        (Some(_), _) => "; * best by accuracy",
    };
    let mut prose = Prose::new();
    let indent = head.iter().map(|(_, text)| text.chars().count() as u16).sum();
    wrap(&mut prose, head, Tone::Dim, &display!("{}{in_force}{best}", metric.meaning()), width, indent);
    prose
}

/// Which setting is best, or why none is, behind a mark.
fn verdict(map: &HeatMap) -> (&'static str, DisplayText) {
    if map.figures().iter().any(|figures| figures.graded > 0) || map.figures().iter().all(|figures| figures.whole() == 0) {
        return ("* ", clean_line(&report::verdict(&map.grid, map.figures())));
    }
    let why = if map.grid.axes().iter().any(|axis| axis.knob.name.starts_with("segment")) {
        "no right answer is known to this question, and a mean score rises by itself with shorter segments"
    } else {
        "no right answer is known to this question, and a score is not the same as being right"
    };
    ("  ", display!("none is marked as best: {why}"))
}

fn progress(map: &HeatMap, facts: &MapFacts<'_>) -> DisplayText {
    let counts = display!("{} of {} settings are played", map.played(), map.figures().len());
    match &map.progress {
        Progress::Going => display!("{counts}; `{}` leaves it going, `{}` stops it", facts.close, facts.stop),
        Progress::Done => display!("{counts}; `{}` sweeps the question that is asked now", facts.sweep),
        Progress::Stopped => display!("{counts}; it was stopped, `{}` goes on", facts.sweep),
        Progress::Failed(error) => display!("{counts}; it could not go on: {}", clean_line(error)),
    }
}

/// The figures of a setting, in words.
fn in_words(figures: &Figures) -> DisplayText {
    if figures.answers == 0 {
        return "not played yet".into();
    }
    let mut parts = Vec::new();
    if figures.graded > 0 {
        parts.push(display!("{} of {} right", figures.right, figures.graded));
    }
    parts.extend(figures.score.map(|score| display!("score {}", figure(score))));
    parts.push(counted(figures.rounds.round() as usize, "round"));
    parts.push(counted(figures.tokens.round() as usize, "token"));
    parts.push(counted(figures.calls(), "call"));
    parts.push(match figures.left.as_slice() {
        [] => "no member left early".into(),
        left => display!("{} left early", listed(left)),
    });
    parts.push(duration(figures.elapsed_ms));
    parts.extend(figures.cost.map(|cost| display!("{}${cost:.4}", about(figures.cost_is_guessed))));
    if figures.failures > 0 {
        parts.push(display!("{} failed", figures.failures));
    }
    DisplayText::joined(&parts, " · ")
}
