//! The cells: a number each, shaded from the lowest on the map to the highest.

use super::super::super::heat_map::{HeatMap, Metric, Progress};
use super::super::super::prose::{Line, Prose, Tone, blanks};
use super::super::heat;
use super::{MapFacts, listed_values};
use crate::clean::DisplayText;
use crate::display;
use crate::sweep::{Figures, best};

/// The heat of the highest number.
pub(super) const HOTTEST: u8 = 4;

/// The map itself: a row for every combination of the knobs but the last, whose values are the columns.
pub(super) fn cells(map: &HeatMap, facts: &MapFacts<'_>) -> Prose {
    let axes = map.grid.axes();
    let Some((across, down)) = axes.split_last() else { return Prose::new() };
    let names: Vec<DisplayText> = (0..map.figures().len() / map.columns()).map(|row| row_name(map, row)).collect();
    let corner = down.iter().map(|axis| axis.knob.name).collect::<Vec<_>>().join(", ");
    let head = names.iter().map(|name| name.len()).chain([corner.len()]).max().unwrap_or_default();
    let heads: Vec<String> = across.values.iter().map(ToString::to_string).collect();
    let best = best_known(map);
    // Room for a number of six columns and brackets; before each the mark of the setting in force.
    let width = heads.iter().map(String::len).max().unwrap_or_default().max(8);
    let mut prose = vec![
        vec![(Tone::Dim, display!("{:head$}  {}", "", across.knob.name))],
        vec![(
            Tone::Dim,
            display!("{corner:>head$}  {}", heads.iter().map(|text| display!("{text:^width$}")).collect::<Vec<_>>().join(" ")),
        )],
    ];
    for (row, name) in names.iter().enumerate() {
        let mut line: Line = vec![(Tone::Dim, display!("{name:>head$} "))];
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
