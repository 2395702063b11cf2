//! The tuning panel as lines: the sliders, the folded knobs, and what the values that are tried would have changed.
//!
//! Owns the words and where each row and track is among them; [`panel`](super::panel) owns which rows are in sight.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::facts::PanelFacts;
use super::foot::{foot, short_foot};
use super::ladder::{Length, RUNGS};
use super::panel::{Panel, Row};
use super::slider::Slider;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::{Kind, Knob, KnobGroup, Params, needs};
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::prose::{Line, Prose, Tone, fitted};

/// Columns before a name: the mark, and whether the knob is tried.
const MARK: u16 = 4;
/// Columns of the names of sliders, and of their values where the track follows on the same line.
const SLIDER_NAME: usize = 15;
const SLIDER_VALUE: usize = 22;
/// The fewest columns of a panel in which a track is beside its value, and the fewest lines in which it is below.
const WIDE: u16 = 56;
const TALL: usize = 18;
/// Lines from which blank ones part the sliders.
const AIRY: usize = 34;
/// The longest track.
const TRACK: u16 = 51;
/// The shortest track that has words at its ends.
const SHORT: usize = 17;
/// Columns of the names and the values of the other knobs.
const NAME: usize = 19;
const VALUE: usize = 12;
/// Lines of the list that stay beside what is said below it.
const LEAST_ROWS: usize = 4;

/// What a click on a line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Marks this row.
    Row(usize),
    /// Unfolds or folds the knobs without a slider.
    Fold,
}

/// Where something is that can be clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The line.
    pub line: usize,
    /// What a click there means.
    pub target: Target,
    /// The columns of the track, where there is one.
    pub track: Option<Range<u16>>,
}

/// The panel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lines {
    /// The words.
    pub prose: Prose,
    /// Where its rows are.
    pub hits: Vec<Hit>,
    /// Line and column of the caret of what is typed.
    pub caret: Option<(usize, usize)>,
}

/// One line of the list.
#[derive(Default)]
struct Entry {
    line: Line,
    target: Option<Target>,
    track: Option<Range<u16>>,
    caret: Option<usize>,
}

/// A row in sight.
#[derive(Clone, Copy)]
struct Seen {
    row: Row,
    /// Its place among all.
    place: usize,
    marked: bool,
}

/// The panel in this many columns and lines.
#[must_use]
pub fn lines(facts: PanelFacts<'_>, width: u16, height: usize) -> Lines {
    let found = facts.panel.in_sight();
    // What is searched for is above what scrolls.
    let search = facts.panel.search.as_ref().map(|search| searched(facts, &search.text, found.len()));
    let above = usize::from(search.is_some());
    let (list, marked) = list(facts, &found, width, height);
    let foot = if height < TALL { short_foot(facts, width) } else { foot(facts, width) };
    // What is said gives way to the list, but keeps its place while the list is longer than the panel.
    let least = (above + list.len()).min(if height < TALL { Panel::FIRST + 1 } else { height / 2 }).max(LEAST_ROWS);
    let spoken = foot.len().min(height.saturating_sub(least));
    let room = height.saturating_sub(above + spoken).max(1);
    let top = marked.saturating_sub(room / 2).min(list.len().saturating_sub(room));
    let mut lines = Lines::default();
    for (number, entry) in search.into_iter().chain(list.into_iter().skip(top).take(room)).enumerate() {
        lines.prose.push(entry.line);
        lines.hits.extend(entry.target.map(|target| Hit { line: number, target, track: entry.track }));
        lines.caret = lines.caret.or(entry.caret.map(|column| (number, column)));
    }
    lines.prose.extend(foot.into_iter().take(spoken));
    lines
}

/// Every line of the list that scrolls, and which one is marked; `found` are the rows in sight.
fn list(facts: PanelFacts<'_>, found: &[usize], width: u16, height: usize) -> (Vec<Entry>, usize) {
    let rows = Row::all();
    let panel = facts.panel;
    let below = width < WIDE && height >= TALL;
    let (mut list, mut at_marked, mut group) = (Vec::new(), 0, None);
    let marked = panel.place();
    let folds = panel.search.is_none();
    for place in found.iter().copied() {
        let row = rows[place];
        if folds && place == Panel::FIRST {
            list.push(fold_line(facts, &rows));
        }
        if let Row::Knob(knob) = row
            && place >= Panel::FIRST
            && group != Some(knob.group)
        {
            group = Some(knob.group);
            list.push(Entry { line: heading(knob.group), ..Entry::default() });
        }
        let seen = Seen { row, place, marked: marked == Some(place) };
        if seen.marked {
            at_marked = list.len();
        }
        let target = Some(Target::Row(place));
        let slider = if place < Panel::FIRST { Slider::of(row, facts.in_force, facts.over) } else { None };
        match slider {
            Some(slider) => {
                list.extend(slide(facts, seen, slider, width, below));
                if below && height >= AIRY && folds && !panel.unfolded {
                    list.push(Entry::default());
                }
            }
            None => list.push(Entry { target, ..plain(facts, seen, width) }),
        }
    }
    if folds && !panel.unfolded {
        list.push(fold_line(facts, &rows));
    }
    (list, at_marked)
}

/// What is searched for, and how many rows it finds.
fn searched(facts: PanelFacts<'_>, text: &DisplayText, found: usize) -> Entry {
    let count = if found == 0 { "no knob has it".into() } else { display!("{found} of {}", Panel::ROWS) };
    let caret = facts.panel.searches().then(|| 2 + text.width());
    let cursor = if facts.panel.searches() { "_" } else { "" };
    let line = vec![
        (Tone::Key, display!("{} ", facts.keys.find)),
        (Tone::Strong, display!("{text}{cursor}")),
        (Tone::Dim, display!("  {count}; {} drops the search", facts.keys.forget)),
    ];
    Entry { line, caret, ..Entry::default() }
}

/// How many knobs are folded, and how to get at them.
fn fold_line(facts: PanelFacts<'_>, rows: &[Row]) -> Entry {
    let folded = &rows[Panel::FIRST..];
    let keys = display!("{:<3}", facts.keys.fold);
    let line = if facts.panel.unfolded {
        vec![(Tone::Key, keys), (Tone::Dim, display!("folds these; {} finds one", facts.keys.find))]
    } else {
        let names: Vec<&str> = folded.iter().map(|row| row.name()).collect();
        vec![
            (Tone::Key, keys),
            (Tone::Plain, display!("{} more", folded.len())),
            (Tone::Dim, ", ".into()),
            (Tone::Key, display!("{}", facts.keys.find)),
            (Tone::Dim, display!(" finds: {}", names.join(", "))),
        ]
    };
    Entry { line, target: Some(Target::Fold), ..Entry::default() }
}

fn heading(group: KnobGroup) -> Line {
    let late = matches!(group, KnobGroup::Drafting | KnobGroup::Lazy);
    let note = if late { "  takes effect when drafting; nothing to recompute" } else { "" };
    vec![(Tone::Heading, group.title().into()), (Tone::Dim, note.into())]
}

/// A slider: the value in force and the one that is tried, and the track beside or below.
fn slide(facts: PanelFacts<'_>, seen: Seen, slider: Slider, width: u16, below: bool) -> Vec<Entry> {
    let Seen { row, place, marked } = seen;
    let target = Some(Target::Row(place));
    let tried = slider.tried.is_some() && facts.tuning.is_pending();
    let mut line = head(marked, tried, display!("{:<SLIDER_NAME$}", row.name()));
    let before = columns(&line);
    let typed = Some(&facts.panel.typed).filter(|typed| marked && !typed.is_empty());
    let caret = (marked && facts.panel.takes_numbers()).then(|| before + typed.map_or(0, String::len));
    let mut value = values(facts, row, marked, tried, typed);
    if below && before + columns(&value) > usize::from(width) {
        // The track marks the value in force.
        value.remove(0);
    }
    let used = columns(&value);
    line.extend(value);
    if let Row::Knob(knob) = row
        && let Some(idle) = needs::idle(facts.over, knob.name)
    {
        line.push((Tone::Dim, display!("  no effect: {} is {}", idle.governor, idle.value)));
        return vec![Entry { line, target, caret, track: None }];
    }
    let ticks = if row.name() == "exit-threshold" { facts.ticks.to_vec() } else { Vec::new() };
    let slider = Slider { ticks, ..slider };
    let entry = Entry { line, target, caret, track: None };
    if below {
        let blanks = vec![(Tone::Plain, fitted("", usize::from(MARK)))];
        let track = Entry { line: blanks, target, ..Entry::default() };
        return vec![entry, with_track(track, row, &slider, width, facts.glyphs)];
    }
    let mut entry = entry;
    entry.line.push((Tone::Plain, fitted("", SLIDER_VALUE.saturating_sub(used).max(1))));
    vec![with_track(entry, row, &slider, width, facts.glyphs)]
}

/// The track behind what is on a line, between the values at its ends where there is room to say them.
fn with_track(mut entry: Entry, row: Row, slider: &Slider, width: u16, glyphs: Glyphs) -> Entry {
    let used = columns(&entry.line);
    let room = usize::from(width).saturating_sub(used);
    let (low, high) = ends(row).unwrap_or_default();
    let words = low.width() + high.width() + 2;
    let ends = room >= words + SHORT && words > 2;
    if ends {
        entry.line.push((Tone::Dim, display!("{low} ")));
    }
    let start = (used + if ends { low.width() + 1 } else { 0 }) as u16;
    let length = ((room - if ends { words } else { 0 }) as u16).min(TRACK);
    entry.line.extend(slider.line(length, glyphs));
    if ends {
        entry.line.push((Tone::Dim, display!(" {high}")));
    }
    Entry { track: Some(start..start + length), ..entry }
}

/// The values at the ends of a row's track.
fn ends(row: Row) -> Option<(DisplayText, DisplayText)> {
    match row {
        Row::Length => Some((RUNGS.first()?.short(), RUNGS.last()?.short())),
        Row::Knob(knob) => match knob.kind {
            Kind::Real { min, max, .. } => Some((display!("{min}"), display!("{max}"))),
            Kind::Integer { min, max, .. } => Some((display!("{min}"), display!("{max}"))),
            Kind::Choice(_) | Kind::Switch => None,
        },
        Row::Preset => None,
    }
}

fn columns(line: &[(Tone, DisplayText)]) -> usize {
    line.iter().map(|(_, text)| text.width()).sum()
}

/// The value in force, and behind an arrow the one that is tried.
fn values(facts: PanelFacts<'_>, row: Row, marked: bool, tried: bool, typed: Option<&String>) -> Line {
    let value = |params: &Params| match row {
        Row::Preset => DisplayText::new(),
        Row::Length => Length::of(params).short(),
        Row::Knob(knob) => display!("{}", (knob.get)(params)),
    };
    let tone = if marked { Tone::Key } else { Tone::Strong };
    match typed {
        Some(typed) => vec![(tone, display!("{typed}_"))],
        None if tried => {
            vec![(Tone::Strong, value(facts.in_force)), (Tone::Dim, " → ".into()), (Tone::Warning, value(facts.over))]
        }
        None => vec![(tone, value(facts.over))],
    }
}

fn head(marked: bool, differs: bool, name: DisplayText) -> Line {
    vec![
        (Tone::Key, if marked { "> " } else { "  " }.into()),
        (Tone::Warning, if differs { "* " } else { "  " }.into()),
        (if marked { Tone::Strong } else { Tone::Plain }, name),
    ]
}

/// A row without a track.
fn plain(facts: PanelFacts<'_>, Seen { row, marked, .. }: Seen, width: u16) -> Entry {
    match row {
        Row::Knob(knob) => knob_line(facts, knob, marked, width),
        Row::Preset | Row::Length => {
            let name = facts.presets.matching(facts.over).unwrap_or("your own");
            let names: Vec<&str> = facts.presets.names().filter(|known| *known != name).collect();
            let mut line = head(marked, false, display!("{:<SLIDER_NAME$}", row.name()));
            line.push((if marked { Tone::Key } else { Tone::Strong }, display!("{name:<11}")));
            line.push((Tone::Dim, display!(" or {}", names.join(", "))));
            Entry { line, ..Entry::default() }
        }
    }
}

fn knob_line(facts: PanelFacts<'_>, knob: &'static Knob, marked: bool, width: u16) -> Entry {
    let tried = facts.tuning.value(knob).filter(|_| facts.tuning.is_pending());
    let typing = marked && !facts.panel.typed.is_empty();
    let value = tried.cloned().unwrap_or_else(|| (knob.get)(facts.in_force));
    if let Some(idle) = needs::idle(facts.over, knob.name).filter(|_| !typing) {
        let note = display!("no effect: {} is {}", idle.governor, idle.value);
        let whole = usize::from(MARK) + NAME + 1 + VALUE + 1 + note.width() <= usize::from(width);
        let mut line = head(marked, tried.is_some(), if whole { display!("{:<NAME$} ", knob.name) } else { knob.name.into() });
        let caret = columns(&line);
        let value = display!("{value}");
        let text = if whole { display!("{value:<VALUE$} {note}") } else { display!("  {note}") };
        line.push((Tone::Dim, text));
        return Entry { line, caret: (marked && whole && facts.panel.takes_numbers()).then_some(caret), ..Entry::default() };
    }
    let mut line = head(marked, tried.is_some(), display!("{:<NAME$} ", knob.name));
    let before = columns(&line);
    let text = if typing { display!("{}_", facts.panel.typed) } else { display!("{value}") };
    let tone = match (marked, tried) {
        (true, _) => Tone::Key,
        (false, Some(_)) => Tone::Warning,
        (false, None) => Tone::Strong,
    };
    line.push((tone, display!("{text:<VALUE$}")));
    let default = knob.default_value();
    if width >= WIDE {
        line.push((Tone::Dim, display!(" {:<24} default {default}", takes(knob))));
    } else if default != value {
        line.push((Tone::Dim, display!(" not {default}")));
    }
    let caret = (marked && facts.panel.takes_numbers()).then(|| before + facts.panel.typed.len());
    Entry { line, caret, ..Entry::default() }
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
