//! The heat map of a sweep as words: a cell a setting, its number shaded, the marked one in brackets.

mod cells;
mod swept;
#[cfg(test)]
mod tests;

use super::super::glyphs::Glyphs;
use super::super::heat_map::{HeatMap, Progress, usual_grid};
use super::super::prose::{Prose, Tone, wrap};
use super::counted;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::params::Value;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Context};
use crate::playground::state::handlers::heat_map::to_sweep;
use crate::playground::state::pages::view::{Body, View};
use crate::sweep::Axis;
use swept::swept;

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

/// The setting whose cell is at a line and column of the words of a popup of this many columns.
#[must_use]
pub fn setting_at(state: &State, width: u16, place: (usize, usize)) -> Option<usize> {
    let facts = map_facts(state);
    swept::setting_at(facts.map?, &facts, width, place)
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
