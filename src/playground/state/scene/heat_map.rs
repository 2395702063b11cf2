//! The heat map of a sweep as words: a cell a setting, its number shaded, the marked one in brackets.

use super::super::heat_map::{HeatMap, Progress, usual_grid};
use super::super::prose::{Line, Prose, Tone, blanks, wrap};
use super::{counted, duration, figure, heat};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::event::about;
use crate::engine::fusion::params::Value;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Context};
use crate::playground::state::handlers::heat_map::to_sweep;
use crate::playground::state::pages::view::{Body, View};
use crate::sweep::{Axis, Figures, best, report};

/// The page.
pub const VIEW: View = View {
    title: "heat map of a sweep",
    width: 96,
    height: |body| (body + 1).min(24),
    context: Context::HeatMap,
    hints: |state| hints(state.heat_map.as_ref()),
    body: Body::Lines(|of| prose(&map_facts(of.shown.state), of.width)),
    next: None,
};

fn hints(map: Option<&HeatMap>) -> &'static [Action] {
    match map.map(|map| &map.progress) {
        None => &[Action::Sweep, Action::MapClose],
        Some(Progress::Going) => &[Action::MapOpen, Action::MapDown, Action::MapRight, Action::MapClose, Action::SweepStop],
        Some(Progress::Done | Progress::Stopped | Progress::Failed(_)) => {
            &[Action::MapOpen, Action::MapDown, Action::MapRight, Action::MapClose, Action::Sweep]
        }
    }
}

fn map_facts(state: &State) -> MapFacts<'_> {
    let question =
        to_sweep(&state.answers, &state.writing, &state.knobs).map(|(prompt, _)| prompt.conversation.prompt().to_owned());
    let key = |action| state.keymap.key(action);
    MapFacts {
        map: state.heat_map.as_ref(),
        question,
        sweep: key(Action::Sweep),
        stop: key(Action::SweepStop),
        close: key(Action::MapClose),
    }
}

/// The heat of the highest number.
const HOTTEST: u8 = 4;
/// Columns between two cells.
const GAP: usize = 1;

/// What the map is made of.
#[derive(Debug)]
pub struct MapFacts<'a> {
    /// The last sweep.
    pub map: Option<&'a HeatMap>,
    /// What would be swept now, if anything was asked.
    pub question: Option<String>,
    /// The key that starts a sweep.
    pub sweep: String,
    /// The key that stops one.
    pub stop: String,
    /// The key that closes the map.
    pub close: String,
}

/// The map for a popup of this many columns, or what a sweep would be.
#[must_use]
pub fn prose(facts: &MapFacts<'_>, width: u16) -> Prose {
    match facts.map {
        Some(map) => swept(map, facts, width),
        None => offer(facts, width),
    }
}

/// What a sweep would be, before there was one.
fn offer(facts: &MapFacts<'_>, width: u16) -> Prose {
    let mut prose = Prose::new();
    let mut say = |tone, text: DisplayText| wrap(&mut prose, Vec::new(), tone, &text, width, 0);
    say(
        Tone::Plain,
        "A sweep plays one question under every combination of some knobs' values, and shows what becomes of it.".into(),
    );
    say(Tone::Plain, DisplayText::new());
    match (&facts.question, usual_grid()) {
        (Some(question), Ok(grid)) => {
            say(Tone::Strong, clean_line(question));
            let values = |axis: &Axis| display!("{} {}", axis.knob.name, list(axis));
            let axes = DisplayText::joined(&grid.axes().iter().map(values).collect::<Vec<_>>(), " × ");
            let answers = counted(grid.settings(), "answer");
            say(
                Tone::Plain,
                display!("{axes}: {answers}, counted in tokens, by the models that take part; servers are asked too."),
            );
            say(Tone::Plain, DisplayText::new());
            let (sweep, close) = (&facts.sweep, &facts.close);
            say(Tone::Key, display!("`{sweep}` begins it, beside whatever goes on; `{close}` closes this and leaves it going."));
        }
        (None, _) | (_, Err(_)) => say(Tone::Dim, "Nothing was asked yet: ask something first, then sweep it.".into()),
    }
    prose
}

fn list(axis: &Axis) -> DisplayText {
    listed_values(&axis.values)
}

fn listed_values<'a>(values: impl IntoIterator<Item = &'a Value>) -> DisplayText {
    DisplayText::joined(&values.into_iter().map(|value| display!("{value}")).collect::<Vec<_>>(), ", ")
}

fn swept(map: &HeatMap, facts: &MapFacts<'_>, width: u16) -> Prose {
    let mut prose = Prose::new();
    wrap(&mut prose, Vec::new(), Tone::Strong, &clean_line(&map.question), width, 0);
    wrap(&mut prose, Vec::new(), Tone::Dim, &progress(map, facts), width, 0);
    prose.push(Vec::new());
    let graded = map.figures().iter().any(|figures| figures.graded > 0);
    prose.extend(cells(map, graded));
    prose.push(Vec::new());
    let meaning = if graded {
        "numbers: the share of right answers"
    } else {
        "numbers: the mean fused score of what was accepted, shaded from the lowest to the highest"
    };
    wrap(&mut prose, Vec::new(), Tone::Dim, meaning, width, 0);
    prose.push(Vec::new());
    wrap(&mut prose, Vec::new(), Tone::Key, &display!("[{}]", map.grid.name(map.marked)), width, 0);
    let marked = map.figures().get(map.marked).map(in_words).unwrap_or_default();
    wrap(&mut prose, Vec::new(), Tone::Plain, &marked, width, 0);
    if map.progress != Progress::Going {
        let verdict = clean_line(&report::verdict(&map.grid, map.figures()));
        wrap(&mut prose, vec![(Tone::Good, "* ".into())], Tone::Plain, &verdict, width, 2);
    }
    prose
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

/// The map itself: a row for every combination of the knobs but the last, whose values are the columns.
fn cells(map: &HeatMap, graded: bool) -> Prose {
    let axes = map.grid.axes();
    let Some((across, down)) = axes.split_last() else { return Prose::new() };
    let names: Vec<DisplayText> = (0..map.figures().len() / map.columns()).map(|row| row_name(map, row)).collect();
    let corner = down.iter().map(|axis| axis.knob.name).collect::<Vec<_>>().join(", ");
    let head = names.iter().map(|name| name.len()).chain([corner.len()]).max().unwrap_or_default();
    let heads: Vec<String> = across.values.iter().map(ToString::to_string).collect();
    let best = if map.progress == Progress::Going { None } else { best(&map.grid, map.figures()).ok() };
    let shades = shades(map.figures(), graded);
    // Room for a number of five characters, brackets and the mark of the best.
    let width = heads.iter().map(String::len).max().unwrap_or_default().max(8);
    let mut prose = vec![
        vec![(Tone::Dim, display!("{:head$}  {}", "", across.knob.name))],
        vec![(
            Tone::Dim,
            display!("{corner:>head$}  {}", heads.iter().map(|text| display!("{text:^width$}")).collect::<Vec<_>>().join(" ")),
        )],
    ];
    for (row, name) in names.iter().enumerate() {
        let mut line: Line = vec![(Tone::Dim, display!("{name:>head$}  "))];
        for column in 0..map.columns() {
            let setting = row * map.columns() + column;
            let Some(figures) = map.figures().get(setting) else { continue };
            let number = display!("{}{}", if best == Some(setting) { "*" } else { "" }, number(figures, graded));
            let tone = shades.get(setting).copied().flatten().map_or(Tone::Dim, Tone::Heat);
            let (open, close) = if setting == map.marked { ("[", "]") } else { (" ", " ") };
            let inside = width - 2;
            line.push((Tone::Key, open.into()));
            line.push((tone, display!("{number:^inside$}")));
            line.push((Tone::Key, close.into()));
            line.push((Tone::Plain, blanks(GAP)));
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
fn number(figures: &Figures, graded: bool) -> DisplayText {
    match (figures.answers, figures.failures) {
        (0, _) => "...".into(),
        (answers, failures) if answers == failures => "failed".into(),
        _ if graded => figures.accuracy().map_or_else(|| "-".into(), |share| display!("{:.0}%", share * 100.0)),
        _ => figures.score.map_or_else(|| "-".into(), figure),
    }
}

/// How each cell is shaded; `None` where there is not a number. Scores have no scale that holds for every rule, so theirs goes from
/// the lowest on the map to the highest.
fn shades(figures: &[Figures], graded: bool) -> Vec<Option<u8>> {
    if graded {
        return figures.iter().map(|figures| figures.accuracy().map(heat)).collect();
    }
    let scores = || figures.iter().filter_map(|figures| figures.score);
    let (lowest, highest) = (scores().fold(f64::INFINITY, f64::min), scores().fold(f64::NEG_INFINITY, f64::max));
    let shade = |score: f64| if highest > lowest { heat((score - lowest) / (highest - lowest)) } else { HOTTEST };
    figures.iter().map(|figures| figures.score.map(shade)).collect()
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
    parts.push(display!("{:.0} rounds", figures.rounds));
    parts.push(display!("{:.0} tokens", figures.tokens));
    parts.push(counted(figures.calls(), "call"));
    parts.push(display!("{:.1} members active", figures.mean_active));
    parts.push(duration(figures.elapsed_ms));
    parts.extend(figures.cost.map(|cost| display!("{}${cost:.4}", about(figures.cost_is_guessed))));
    if figures.failures > 0 {
        parts.push(display!("{} failed", figures.failures));
    }
    DisplayText::joined(&parts, " · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::{Answer, Cell, Finished};

    fn facts(map: Option<&HeatMap>) -> MapFacts<'_> {
        let key = str::to_owned;
        MapFacts { map, question: None, sweep: key("s"), stop: key("x"), close: key("esc") }
    }

    fn text(prose: &Prose) -> String {
        let line = |line: &Line| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
        prose.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn answered(map: &mut HeatMap, setting: usize, answer: Answer) {
        map.finished(Finished { cell: Cell { setting, prompt: 0 }, answer }, None);
    }

    #[test]
    fn a_cell_is_told_by_its_number_and_its_shade() {
        let mut map = HeatMap::new(usual_grid().unwrap(), "Why?\u{1b}[2J");
        answered(&mut map, 0, Answer { score: Some(0.2), ..Answer::default() });
        answered(&mut map, 1, Answer { score: Some(0.8), ..Answer::default() });
        answered(&mut map, 2, Answer { error: Some("gone".to_owned()), ..Answer::default() });
        map.marked = 1;
        let prose = prose(&facts(Some(&map)), 76);
        let shown = text(&prose);
        assert!(shown.contains("3 of 16 settings are played") && !shown.contains('\u{1b}'), "{shown}");
        assert!(
            shown.contains(" .200 ") && shown.contains("[ .800 ]") && shown.contains("failed") && shown.contains("..."),
            "{shown}"
        );
        let tone = |number: &str| prose.iter().flatten().find(|(_, text)| text.trim() == number).unwrap().0;
        assert_eq!((tone(".200"), tone(".800"), tone("...")), (Tone::Heat(0), Tone::Heat(4), Tone::Dim));
        assert!(!shown.contains("best"), "while it goes on nobody is best");
    }

    #[test]
    fn known_answers_are_told_as_shares_and_the_best_is_marked() {
        let mut map = HeatMap::new(usual_grid().unwrap(), "Why?");
        for setting in 0..16 {
            answered(&mut map, setting, Answer { right: Some(setting == 5), ..Answer::default() });
        }
        map.progress = Progress::Done;
        let shown = text(&prose(&facts(Some(&map)), 76));
        assert!(
            shown.contains("*100%") && shown.contains("0%") && shown.contains("best: segment-tokens 5, exit-threshold 0.3"),
            "{shown}"
        );
    }

    #[test]
    fn before_a_sweep_it_is_said_what_one_would_be() {
        assert!(text(&prose(&facts(None), 76)).contains("ask something first"));
        let asked = MapFacts { question: Some("Why?".to_owned()), ..facts(None) };
        let shown = text(&prose(&asked, 76));
        assert!(shown.contains("Why?") && shown.contains("16 answers") && shown.contains("`s` begins it"), "{shown}");
    }
}
