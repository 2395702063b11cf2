//! The heat map of a sweep as words: a cell a setting, its number shaded, the marked one in brackets.

use super::super::glyphs::Glyphs;
use super::super::heat_map::{HeatMap, Metric, Progress, usual_grid};
use super::super::prose::{Line, Prose, Tone, blanks, wrap};
use super::{counted, duration, figure, heat, listed};
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
        Some(Progress::Going) => &[
            Action::MapOpen,
            Action::MapApply,
            Action::MapMetric,
            Action::MapClose,
            Action::SweepStop,
            Action::MapDown,
            Action::MapRight,
        ],
        Some(Progress::Done | Progress::Stopped | Progress::Failed(_)) => &[
            Action::MapOpen,
            Action::MapApply,
            Action::MapMetric,
            Action::MapClose,
            Action::Sweep,
            Action::MapDown,
            Action::MapRight,
        ],
    }
}

fn map_facts(state: &State) -> MapFacts<'_> {
    let question =
        to_sweep(&state.answers, &state.writing, &state.knobs).map(|(prompt, _)| prompt.conversation.prompt().to_owned());
    let key = |action| state.keymap.key(action);
    let map = state.heat_map.as_ref();
    MapFacts {
        map,
        question,
        in_force: map.and_then(|map| map.setting_of(&state.knobs.in_force(&state.answers))),
        in_force_mark: Glyphs::new(state.settings.ascii).in_force(),
        sweep: key(Action::Sweep),
        stop: key(Action::SweepStop),
        close: key(Action::MapClose),
        metric: key(Action::MapMetric),
    }
}

/// The heat of the highest number.
const HOTTEST: u8 = 4;

/// What the map is made of.
#[derive(Debug)]
pub struct MapFacts<'a> {
    /// The last sweep.
    pub map: Option<&'a HeatMap>,
    /// What would be swept now, if anything was asked.
    pub question: Option<String>,
    /// The setting in force, if it is on the map.
    pub in_force: Option<usize>,
    /// Its mark.
    pub in_force_mark: &'static str,
    /// The key that starts a sweep.
    pub sweep: String,
    /// The key that stops one.
    pub stop: String,
    /// The key that closes the map.
    pub close: String,
    /// The key that shows another figure.
    pub metric: String,
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
    prose.push(metrics(map, facts));
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
    let in_force = if facts.in_force.is_some() { display!("; {} in force", facts.in_force_mark) } else { DisplayText::new() };
    let best = if best_known(map).is_some() { "; * best" } else { "" };
    let mut prose = Prose::new();
    let indent = head.iter().map(|(_, text)| text.chars().count() as u16).sum();
    wrap(&mut prose, head, Tone::Dim, &display!("{}{in_force}{best}", metric.meaning()), width, indent);
    prose
}

/// The best setting, where right answers are known: a mean score cannot tell, since it rises by itself with shorter segments.
fn best_known(map: &HeatMap) -> Option<usize> {
    let over = map.progress != Progress::Going;
    let graded = map.figures().iter().any(|figures| figures.graded > 0);
    (over && graded).then(|| best(&map.grid, map.figures()).ok()).flatten()
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

/// The map itself: a row for every combination of the knobs but the last, whose values are the columns.
fn cells(map: &HeatMap, facts: &MapFacts<'_>) -> Prose {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::{Answer, Cell, Finished};

    fn facts(map: Option<&HeatMap>) -> MapFacts<'_> {
        let key = str::to_owned;
        MapFacts {
            map,
            question: None,
            in_force: None,
            in_force_mark: "●",
            sweep: key("s"),
            stop: key("x"),
            close: key("esc"),
            metric: key("tab"),
        }
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
        assert_eq!((tone(".200"), tone(".800"), tone("...")), (Tone::Ground(0), Tone::Ground(4), Tone::Dim));
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
    fn without_a_known_answer_no_setting_is_best_and_it_is_said_why() {
        let mut map = HeatMap::new(usual_grid().unwrap(), "Why?");
        for setting in 0..16 {
            answered(&mut map, setting, Answer { score: Some(0.5 + setting as f64 / 100.0), ..Answer::default() });
        }
        map.progress = Progress::Done;
        let shown = text(&prose(&facts(Some(&map)), 76));
        assert!(!shown.contains('*') && shown.contains("rises by itself with shorter segments"), "{shown}");
    }

    #[test]
    fn every_metric_has_its_numbers_and_its_ends_and_the_setting_in_force_is_marked() {
        let mut map = HeatMap::new(usual_grid().unwrap(), "Why?");
        for setting in 0..16 {
            let left = if setting == 3 { vec!["babble".to_owned()] } else { Vec::new() };
            let score = Some(0.25 + setting as f64 / 100.0);
            let elapsed_ms = 100.0 * (setting + 1) as f64;
            let (rounds, tokens, draft_calls) = (setting + 1, 31 + setting, 100 + setting);
            let answer = Answer { score, rounds, tokens, draft_calls, left, elapsed_ms, ..Answer::default() };
            answered(&mut map, setting, answer);
        }
        map.marked = 3;
        let shown = |map: &HeatMap| text(&prose(&MapFacts { in_force: Some(6), ..facts(Some(map)) }, 76));
        let first = shown(&map);
        assert!(first.contains("[score]") && first.contains("●  .310") && first.contains("babble left early"), "{first}");
        let ends = [("tokens", "31", "46"), ("rounds", "1", "16"), ("calls", "100", "115"), ("who left", "0", "1")];
        for (name, low, high) in ends {
            map.next_metric();
            let shown = shown(&map);
            assert!(shown.contains(&format!("[{name}]")), "{name}: {shown}");
            assert!(shown.contains(&format!("{low}            {high} ")), "{name}: {shown}");
        }
        map.next_metric();
        let shown = shown(&map);
        assert!(shown.contains("100 ms") && shown.contains("1.6 s"), "{shown}");
    }

    #[test]
    fn before_a_sweep_it_is_said_what_one_would_be() {
        assert!(text(&prose(&facts(None), 76)).contains("ask something first"));
        let asked = MapFacts { question: Some("Why?".to_owned()), ..facts(None) };
        let shown = text(&prose(&asked, 76));
        assert!(shown.contains("Why?") && shown.contains("16 answers") && shown.contains("`s` begins it"), "{shown}");
    }
}
