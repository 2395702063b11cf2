//! What the tuning panel says below its rows: what the marked one means, and what the values that are tried would have changed.

use super::facts::PanelFacts;
use super::panel::Row;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::needs;
use crate::playground::state::prose::{Line, Prose, Tone, wrap};

/// What is said below the list.
pub(super) fn foot(facts: PanelFacts<'_>, width: u16) -> Prose {
    let mut prose = vec![Line::new()];
    wrap(&mut prose, Vec::new(), Tone::Dim, &meaning(facts), width, 0);
    prose.push(Line::new());
    if let Some((named, effect)) = facts.tried {
        wrap(&mut prose, vec![(Tone::Dim, "tried: ".into())], Tone::Warning, named, width.saturating_sub(7), 2);
        wrap(&mut prose, Vec::new(), Tone::Warning, effect, width, 0);
        prose.push(vec![
            (Tone::Key, display!("{}", facts.keys.apply)),
            (Tone::Dim, " applies, ".into()),
            (Tone::Key, display!("{}", facts.keys.forget)),
            (Tone::Dim, " forgets".into()),
        ]);
    } else if facts.panel.place().is_some() {
        let keys = facts.keys.change;
        let nothing = display!("{keys} change what is marked: see here what it would have changed in the rounds so far");
        wrap(&mut prose, Vec::new(), Tone::Dim, &nothing, width, 0);
    }
    if let Some(margin) = facts.margin {
        prose.push(Line::new());
        wrap(&mut prose, Vec::new(), Tone::Plain, margin, width, 2);
    }
    prose.extend(facts.margins.iter().cloned());
    if !facts.leaves.is_empty() {
        prose.push(Line::new());
    }
    for text in facts.leaves {
        wrap(&mut prose, Vec::new(), Tone::Plain, text, width, 2);
    }
    prose
}

/// The same where there are few lines: what the marked row decides before what it means.
pub(super) fn short_foot(facts: PanelFacts<'_>, width: u16) -> Prose {
    let mut prose = Prose::new();
    let margin = facts.margin.map(|margin| (Tone::Plain, margin.clone()));
    let leaves = facts.leaves.iter().map(|leaves| (Tone::Plain, leaves.clone()));
    let meaning = std::iter::once((Tone::Dim, meaning(facts)));
    let (before, behind) = if facts.tried.is_some() { (margin, None) } else { (None, margin) };
    for (tone, text) in before.into_iter().chain(leaves).chain(meaning).chain(behind) {
        wrap(&mut prose, Vec::new(), tone, &text, width, 2);
    }
    prose
}

/// The marked row, explained in a sentence.
fn meaning(facts: PanelFacts<'_>) -> DisplayText {
    match facts.panel.marked() {
        None => "nothing is marked while the search finds nothing".into(),
        Some(Row::Preset) => match facts.presets.matching(facts.over) {
            Some(name) => display!("{name}: {}", facts.presets.meaning(name)),
            None => display!("presets: named sets of values; {} go through them", facts.keys.change),
        },
        Some(Row::Length) => "how much every model drafts before the others judge it: from a sentence down to 3 tokens".into(),
        Some(Row::Knob(knob)) => {
            let unit = if knob.unit.is_empty() { DisplayText::new() } else { display!(" {}", knob.unit) };
            let in_force = (knob.get)(facts.in_force);
            let idle = needs::idle(facts.over, knob.name);
            let idle = idle.map_or_else(DisplayText::new, |idle| display!("no effect: {} is {}; ", idle.governor, idle.value));
            display!("{idle}{} (in force: {in_force}{unit}; {}; default {})", knob.meaning, knob.kind, knob.default_value())
        }
    }
}
