//! What is being tried, and what it would have changed, in a sentence.

use super::Tuning;
use super::ladder::Length;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::Ranked;
use crate::engine::fusion::what_if::{Moves, WhatIf};
use crate::playground::state::answer::Answer;
use crate::playground::state::scene::{counted, figure};

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
        Some(what_if) if what_if.is_the_same() => moved(what_if, answer),
        Some(what_if) => effects(what_if, answer),
    }
}

/// Which numbers would have been others although every segment and exit would have been the same.
fn moved(what_if: &WhatIf, answer: &Answer) -> DisplayText {
    let closest = closest(what_if, answer);
    let head = match (what_if.moves, &closest) {
        (Moves { margins: true, .. }, _) => "the same winners, by other margins",
        (Moves { scores: true, .. }, _) => "the same winners, by other scores",
        (_, Some(_)) => "the same segments and exits",
        (_, None) => return "nothing would have been different".into(),
    };
    DisplayText::joined(&std::iter::once(head.into()).chain(closest).collect::<Vec<_>>(), "; ")
}

/// The member that would be the closest to leaving after the last round, if any is at another distance than it was.
fn closest(what_if: &WhatIf, answer: &Answer) -> Option<DisplayText> {
    let mut last = what_if.rounds.iter().rev();
    let (ranked, again) =
        last.find_map(|again| Some((ranked(answer, again.number).filter(|_| !again.standings.is_empty())?, again)))?;
    let distances: Vec<(MemberIndex, f64, f64)> = again
        .standings
        .iter()
        .filter_map(|tried| {
            let now = ranked.standings.iter().find(|now| answer.run.index(&now.member) == Some(tried.member))?;
            Some((tried.member, tried.retention - tried.threshold, now.retention - now.threshold))
        })
        .collect();
    if distances.iter().all(|(_, tried, now)| figure(*tried) == figure(*now)) {
        return None;
    }
    let staying = distances.into_iter().filter(|(member, ..)| what_if.leaves.get(member.0).is_none_or(Option::is_none));
    let (member, tried, now) = staying.min_by(|one, other| one.1.total_cmp(&other.1))?;
    Some(display!("the closest to leaving: {} by {} (was {})", answer.letter(member), figure(tried), figure(now)))
}

fn ranked(answer: &Answer, number: usize) -> Option<&Ranked> {
    let rounds = &answer.run.rounds;
    let place = rounds.binary_search_by_key(&number, |round| round.number).ok()?;
    rounds[place].ranked.as_deref()
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
