//! The cells: a number each, shaded from the lowest on the map to the highest.

use super::super::super::heat_map::{HeatMap, Metric, Progress};
use super::super::super::prose::{Line, Prose, Tone, blanks};
use super::super::heat;
use super::{MapFacts, listed_values};
use crate::clean::DisplayText;
use crate::display;
use crate::sweep::{Axis, Figures, best};

/// The heat of the highest number.
pub(super) const HOTTEST: u8 = 4;

/// Lines of the heads above the first row.
const HEADS: usize = 2;

/// Columns before the first cell, and of each cell with its brackets.
fn sizes(map: &HeatMap) -> (usize, usize) {
    let Some((across, down)) = map.grid.axes().split_last() else { return (0, 0) };
    let rows = map.figures().len() / map.columns();
    let names = (0..rows).map(|row| row_name(map, row).len());
    // Room for a number of six columns and brackets; before each the mark of the setting in force.
    let width = across.values.iter().map(|value| value.to_string().len()).max().unwrap_or_default().max(8);
    (names.chain([corner(down).len()]).max().unwrap_or_default(), width)
}

/// What the rows are.
fn corner(down: &[Axis]) -> String {
    down.iter().map(|axis| axis.knob.name).collect::<Vec<_>>().join(", ")
}

/// The setting whose cell is at a place of the map's words.
pub(super) fn setting_at(map: &HeatMap, line: usize, column: usize) -> Option<usize> {
    let (head, width) = sizes(map);
    let (row, across) = (line.checked_sub(HEADS)?, column.checked_sub(head + 1)? / (width + 1));
    let setting = row * map.columns() + across;
    (across < map.columns() && setting < map.figures().len()).then_some(setting)
}

/// The map itself: a row for every combination of the knobs but the last, whose values are the columns.
pub(super) fn cells(map: &HeatMap, facts: &MapFacts<'_>) -> Prose {
    let axes = map.grid.axes();
    let Some((across, down)) = axes.split_last() else { return Prose::new() };
    let (corner, (head, width)) = (corner(down), sizes(map));
    let heads: Vec<String> = across.values.iter().map(ToString::to_string).collect();
    let best = best_known(map);
    let mut prose = vec![
        vec![(Tone::Dim, display!("{:head$}  {}", "", across.knob.name))],
        vec![(
            Tone::Dim,
            display!("{corner:>head$}  {}", heads.iter().map(|text| display!("{text:^width$}")).collect::<Vec<_>>().join(" ")),
        )],
    ];
    for row in 0..map.figures().len() / map.columns() {
        let mut line: Line = vec![(Tone::Dim, display!("{:>head$} ", row_name(map, row)))];
        for column in 0..map.columns() {
            let setting = row * map.columns() + column;
            let Some(figures) = map.figures().get(setting) else { continue };
            let number = display!("{}{}", if best == Some(setting) { "*" } else { "" }, number(figures, map.metric()));
            let tone = shade(map, figures).map_or(Tone::Dim, Tone::Ground);
            let (open, close) = if setting == map.marked { ("[", "]") } else { (" ", " ") };
            let inside = width - 2;
            line.push((Tone::Strong, if facts.in_force == Some(setting) { facts.in_force_mark.into() } else { blanks(1) }));
            line.push((Tone::Key, open.into()));
            line.push((tone, display!("{number:^inside$}")));
            line.push((Tone::Key, close.into()));
        }
        prose.push(line);
    }
    prose
}

fn row_name(map: &HeatMap, row: usize) -> DisplayText {
    let mut values = map.grid.values(row * map.columns());
    values.pop();
    listed_values(values)
}

/// What stands in a cell.
fn number(figures: &Figures, metric: Metric) -> DisplayText {
    match (figures.answers, figures.failures) {
        (0, _) => "...".into(),
        (answers, failures) if answers == failures => "failed".into(),
        _ => metric.shown(figures).unwrap_or_else(|| "-".into()),
    }
}

/// How a cell is shaded: from the lowest number on the map to the highest; `None` where there is no number.
fn shade(map: &HeatMap, figures: &Figures) -> Option<u8> {
    let (lowest, highest) = map.metric().range(map.figures())?;
    let number = map.metric().of(figures)?;
    Some(if highest > lowest { heat((number - lowest) / (highest - lowest)) } else { HOTTEST })
}

/// The best setting, where right answers are known: a mean score cannot tell, since it rises by itself with shorter segments.
pub(super) fn best_known(map: &HeatMap) -> Option<usize> {
    let over = map.progress != Progress::Going;
    let graded = map.figures().iter().any(|figures| figures.graded > 0);
    (over && graded).then(|| best(&map.grid, map.figures()).ok()).flatten()
}
