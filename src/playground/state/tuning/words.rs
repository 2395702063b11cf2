//! What is being tried, and what it would have changed, in a sentence.

use super::Tuning;
use super::ladder::Length;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::what_if::WhatIf;
use crate::playground::state::answer::Answer;
use crate::playground::state::scene::counted;

/// How many knobs are named before the rest is counted.
const NAMED: usize = 2;

impl Tuning {
    /// The comparison in a sentence; `None` if nothing is being tried. `keys`: what the user can do with it.
    #[must_use]
    pub fn sentence(&self, what_if: Option<&WhatIf>, answer: &Answer, length: Length, keys: &str) -> Option<DisplayText> {
        let named = self.named(length)?;
        let keys = if keys.is_empty() { DisplayText::new() } else { display!(" ({keys})") };
        Some(display!("what-if: {named}: {}{keys}", effect(what_if, answer)))
    }

    /// What is being tried: "by 6 words, weights equal and 2 more". `length` is that of a segment with it.
    #[must_use]
    pub fn named(&self, length: Length) -> Option<DisplayText> {
        if !self.is_trying() {
            return None;
        }
        let (lengths, others): (Vec<_>, Vec<_>) =
            self.tried().iter().partition(|(knob, _)| length.values().iter().any(|(name, _)| knob.name == *name));
        let length = (!lengths.is_empty()).then(|| length.words());
        let others = others.iter().map(|(knob, value)| display!("{} {value}", knob.name));
        let mut named: Vec<DisplayText> = length.into_iter().chain(others).collect();
        let more = named.len().saturating_sub(NAMED);
        named.truncate(NAMED);
        let more = if more > 0 { display!(" and {more} more") } else { DisplayText::new() };
        Some(display!("{}{more}", named.join(", ")))
    }
}

/// What the knobs being tried would have changed.
#[must_use]
pub fn effect(what_if: Option<&WhatIf>, answer: &Answer) -> DisplayText {
    match what_if {
        None => "takes effect when drafting; nothing to recompute".into(),
        Some(_) if answer.run.rounds.is_empty() => "no round to compare with yet".into(),
        Some(what_if) if what_if.is_the_same() => "nothing would have been different".into(),
        Some(what_if) => effects(what_if, answer),
    }
}

fn effects(what_if: &WhatIf, answer: &Answer) -> DisplayText {
    let mut parts = Vec::new();
    if !what_if.differing.is_empty() {
        parts.push(display!("{} would have another winner", counted(what_if.differing.len(), "round")));
    }
    for (member, left, leaves) in what_if.moved_exits() {
        let letter = answer.letter(member);
        parts.push(match (left, leaves) {
            (Some(left), Some(leaves)) => display!("{letter} would leave after {leaves}, not {left}"),
            (None, Some(leaves)) => display!("{letter} would leave after {leaves}"),
            (Some(left), None) => display!("{letter} would stay (it left after {left})"),
            (None, None) => continue,
        });
    }
    DisplayText::joined(&parts, "; ")
}
