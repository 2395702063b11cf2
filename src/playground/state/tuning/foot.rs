//! What the tuning panel says below its rows: what the marked one means, and what the values that are tried would have changed.

use super::panel::Row;
use super::shown::Shown;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::needs;
use crate::playground::state::prose::{Line, Prose, Tone, wrap};

/// What is said below the list.
pub(super) fn foot(shown: Shown<'_>, width: u16) -> Prose {
    let mut prose = vec![Line::new()];
    wrap(&mut prose, Vec::new(), Tone::Dim, &meaning(shown), width, 0);
    prose.push(Line::new());
    if let Some((named, effect)) = shown.tried {
        wrap(&mut prose, vec![(Tone::Dim, "tried: ".into())], Tone::Warning, named, width.saturating_sub(7), 2);
        wrap(&mut prose, Vec::new(), Tone::Warning, effect, width, 0);
        prose.push(vec![
            (Tone::Key, display!("{}", shown.keys.apply)),
            (Tone::Dim, " applies, ".into()),
            (Tone::Key, display!("{}", shown.keys.forget)),
            (Tone::Dim, " forgets".into()),
        ]);
    } else if shown.panel.place().is_some() {
        let keys = shown.keys.change;
        let nothing = display!("{keys} change what is marked: see here what it would have changed in the rounds so far");
        wrap(&mut prose, Vec::new(), Tone::Dim, &nothing, width, 0);
    }
    if let Some(margin) = shown.margin {
        prose.push(Line::new());
        wrap(&mut prose, Vec::new(), Tone::Plain, margin, width, 2);
    }
    prose.extend(shown.margins.iter().cloned());
    if !shown.leaves.is_empty() {
        prose.push(Line::new());
    }
    for text in shown.leaves {
        wrap(&mut prose, Vec::new(), Tone::Plain, text, width, 2);
    }
    prose
}

/// The same where there are few lines: what the marked row decides before what it means.
pub(super) fn short_foot(shown: Shown<'_>, width: u16) -> Prose {
    let mut prose = Prose::new();
    let margin = shown.margin.map(|margin| (Tone::Plain, margin.clone()));
    let leaves = shown.leaves.iter().map(|leaves| (Tone::Plain, leaves.clone()));
    let meaning = std::iter::once((Tone::Dim, meaning(shown)));
    let (before, behind) = if shown.tried.is_some() { (margin, None) } else { (None, margin) };
    for (tone, text) in before.into_iter().chain(leaves).chain(meaning).chain(behind) {
        wrap(&mut prose, Vec::new(), tone, &text, width, 2);
    }
    prose
}

/// The marked row, explained in a sentence.
fn meaning(shown: Shown<'_>) -> DisplayText {
    match shown.panel.marked() {
        None => "nothing is marked while the search finds nothing".into(),
        Some(Row::Preset) => match shown.presets.matching(shown.over) {
            Some(name) => display!("{name}: {}", shown.presets.meaning(name)),
            None => display!("presets: named sets of values; {} go through them", shown.keys.change),
        },
        Some(Row::Length) => "how much every model drafts before the others judge it: from a sentence down to 3 tokens".into(),
        Some(Row::Knob(knob)) => {
            let unit = if knob.unit.is_empty() { DisplayText::new() } else { display!(" {}", knob.unit) };
            let in_force = (knob.get)(shown.in_force);
            let idle = needs::idle(shown.over, knob.name);
            let idle = idle.map_or_else(DisplayText::new, |idle| display!("no effect: {} is {}; ", idle.governor, idle.value));
            display!("{idle}{} (in force: {in_force}{unit}; {}; default {})", knob.meaning, knob.kind, knob.default_value())
        }
    }
}
