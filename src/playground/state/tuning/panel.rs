//! The tuning panel: every knob with its value, range and default, and the presets, as lines.

use super::Tuning;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::{KNOBS, Kind, Knob, KnobGroup, Params, Presets, Value, needs};
use crate::playground::state::prose::{Line, Prose, Tone, line, wrap};

/// Lines below the list: what the marked knob means, and what would have been different.
const FOOT: usize = 5;
/// Rows of the list that stay beside what the marked knob decides.
const LEAST_ROWS: usize = 6;

/// The user's position in the panel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Panel {
    /// The marked row: 0 is the preset, then every knob in the order of the table.
    pub row: usize,
    /// The value being typed.
    pub typed: String,
}

/// What the panel shows.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub panel: &'a Panel,
    pub tuning: &'a Tuning,
    /// The current knobs.
    pub in_force: &'a Params,
    pub presets: &'a Presets,
    /// The keys that switch presets.
    pub keys: &'a str,
    /// What would have been different, in one sentence.
    pub sentence: Option<&'a DisplayText>,
    /// What the marked knob decides in the selected run.
    pub decides: &'a [DisplayText],
}

impl Panel {
    /// The number of rows.
    pub const ROWS: usize = KNOBS.len() + 1;

    /// Moves the mark, wrapping around the ends. What was being typed is dropped.
    pub fn move_by(&mut self, step: isize) {
        self.typed.clear();
        self.row = (self.row.cast_signed() + step).rem_euclid(Self::ROWS.cast_signed()).cast_unsigned();
    }

    /// The marked knob; `None` on the preset.
    #[must_use]
    pub fn knob(&self) -> Option<&'static Knob> {
        KNOBS.get(self.row.checked_sub(1)?)
    }

    /// Whether the value of the marked knob can be typed.
    #[must_use]
    pub fn takes_numbers(&self) -> bool {
        matches!(self.knob().map(|knob| knob.kind), Some(Kind::Integer { .. } | Kind::Real { .. }))
    }

    /// Accepts a typed character if it can belong to a number.
    pub fn type_character(&mut self, character: char) {
        if self.takes_numbers() && (character.is_ascii_digit() || "-.".contains(character)) && self.typed.len() < 12 {
            self.typed.push(character);
        }
    }
}

/// The panel in this many columns and lines.
#[must_use]
pub fn prose(shown: Shown<'_>, width: u16, height: usize) -> Prose {
    let (rows, marked) = rows(shown);
    let mut decides = Prose::new();
    for text in shown.decides {
        // The columns of a line that fits stay as they are.
        if text.chars().count() <= usize::from(width) {
            decides.push(line(Tone::Plain, text.clone()));
        } else {
            wrap(&mut decides, Vec::new(), Tone::Plain, text, width, 2);
        }
    }
    decides.truncate(height.saturating_sub(FOOT + 1 + LEAST_ROWS));
    let room = height.saturating_sub(FOOT + 1 + decides.len()).max(1);
    // The marked row stays visible, with what precedes and follows it.
    let top = marked.saturating_sub(room / 2).min(rows.len().saturating_sub(room));
    let mut prose = vec![columns()];
    prose.extend(rows.into_iter().skip(top).take(room));
    prose.resize(room + 1, Vec::new());
    prose.push(Vec::new());
    let mut foot = Prose::new();
    wrap(&mut foot, Vec::new(), Tone::Plain, &meaning(shown), width, 0);
    foot.resize(2, Vec::new());
    prose.append(&mut foot);
    let nothing = "change a knob to see what it would have changed in the rounds so far";
    let sentence = shown.sentence.map_or(nothing.into(), DisplayText::as_display);
    let tone = if shown.tuning.is_trying() { Tone::Warning } else { Tone::Dim };
    wrap(&mut foot, Vec::new(), tone, sentence, width, 0);
    foot.truncate(2);
    prose.append(&mut foot);
    prose.append(&mut decides);
    prose
}

/// Every line of the list, and which one is marked.
fn rows(shown: Shown<'_>) -> (Prose, usize) {
    let mut prose = vec![preset(shown)];
    let mut marked = 0;
    for group in KnobGroup::ALL {
        let note = if group.can_be_rescored() { "" } else { "  takes effect when drafting; nothing to recompute" };
        let note = if matches!(group, KnobGroup::Drafting | KnobGroup::Lazy) { note } else { "" };
        prose.push(vec![(Tone::Heading, group.title().into()), (Tone::Dim, note.into())]);
        for (place, knob) in KNOBS.iter().enumerate().filter(|(_, knob)| knob.group == *group) {
            if shown.panel.row == place + 1 {
                marked = prose.len();
            }
            prose.push(row(shown, knob, shown.panel.row == place + 1));
        }
    }
    (prose, marked)
}

fn preset(shown: Shown<'_>) -> Line {
    let name = shown.presets.matching(&shown.tuning.over(shown.in_force)).unwrap_or("-");
    let names: Vec<&str> = shown.presets.names().collect();
    let marked = shown.panel.row == 0;
    let mut line = head(marked, false, "preset");
    line.push((if marked { Tone::Key } else { Tone::Strong }, display!("{name:<12}")));
    line.push((Tone::Dim, display!(" {}", names.join(" "))));
    line
}

fn head(marked: bool, differs: bool, name: &str) -> Line {
    vec![
        (Tone::Key, if marked { "> " } else { "  " }.into()),
        (Tone::Warning, if differs { "*" } else { " " }.into()),
        (if marked { Tone::Strong } else { Tone::Plain }, display!(" {name:<19} ")),
    ]
}

fn row(shown: Shown<'_>, knob: &'static Knob, marked: bool) -> Line {
    let tried = shown.tuning.value(knob).filter(|_| shown.tuning.is_pending());
    let value = tried.cloned().unwrap_or_else(|| (knob.get)(shown.in_force));
    let typing = marked && !shown.panel.typed.is_empty();
    let text = if typing { display!("{}_", shown.panel.typed) } else { display!("{value}") };
    let mut line = head(marked, tried.is_some(), knob.name);
    let tone = match (marked, tried) {
        (true, _) => Tone::Key,
        (false, Some(_)) => Tone::Warning,
        (false, None) => Tone::Strong,
    };
    line.push((tone, display!("{text:<12}")));
    line.push((
        Tone::Dim,
        match needs::idle(&shown.tuning.over(shown.in_force), knob.name) {
            Some(idle) => display!(" no effect: {} is {}", idle.governor, idle.value),
            None => display!(" {:<24} {}", takes(knob), default(knob)),
        },
    ));
    line
}

/// Range, step and unit.
fn takes(knob: &Knob) -> DisplayText {
    let text = match knob.kind {
        Kind::Switch => "on, off".into(),
        Kind::Integer { min, max, step } => display!("{min} to {max} by {step} {}", knob.unit),
        Kind::Real { min, max, step } => display!("{min} to {max} by {step} {}", knob.unit),
        Kind::Choice(names) => DisplayText::joined(names, ", "),
    };
    if text.chars().count() <= 24 { text } else { display!("{}~", text.as_display().first_chars(23)) }
}

fn default(knob: &Knob) -> Value {
    (knob.get)(&Params::default())
}

/// The marked row, explained in a sentence.
fn meaning(shown: Shown<'_>) -> DisplayText {
    let Some(knob) = shown.panel.knob() else {
        return match shown.presets.matching(&shown.tuning.over(shown.in_force)) {
            Some(name) => display!("{name}: {}", shown.presets.meaning(name)),
            None => display!("presets: named sets of values; {} go through them", shown.keys),
        };
    };
    let in_force = (knob.get)(shown.in_force);
    let unit = if knob.unit.is_empty() { DisplayText::new() } else { display!(" {}", knob.unit) };
    display!("{} (in force: {in_force}{unit}; {}; default {})", knob.meaning, knob.kind, default(knob))
}

/// The column headings.
fn columns() -> Line {
    line(Tone::Dim, display!("    {:<19} {:<12} {:<24} default", "knob", "value", "takes"))
}
