//! The waterfall: where the time of a round and of the whole run went.
//!
//! What was measured and what was waited for is `engine::fusion::timing`'s; here it becomes bars and words. Bars need no colour:
//! each kind of work has a mark of its own, and capital letters stand for what the round waited for.

mod bars;
mod round;
mod run;
mod stretch;

pub use round::round_page;
pub use run::run_page;
pub use stretch::Stretch;

use super::super::answer::Answer;
use super::super::glyphs::Glyphs;
use super::super::prose::{Prose, Tone};
use super::{duration, percent};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::timing::run_timing;
use crate::playground::state::action::{Action, Context, Page};
use crate::playground::state::pages::view::{self, Body, View};

/// The keys of both pages.
const HINTS: &[Action] = &[
    Action::Back,
    Action::Open(Page::RoundTime),
    Action::PreviousRound,
    Action::NextRound,
    Action::ScrollDown,
    Action::ScrollUp,
];

/// The page of the selected round.
pub const ROUND: View = View {
    title: "where the time of this round went",
    width: 140,
    height: view::whole,
    context: Context::Keys,
    hints: |_| HINTS,
    body: Body::Lines(|of| round_page(of.shown.answer, of.shown.round, Glyphs::new(of.shown.state.settings.ascii), of.width)),
    next: Some(Page::RunTime),
};

/// The page of the whole run.
pub const RUN: View = View {
    title: "where the time of the run went",
    width: 140,
    height: view::whole,
    context: Context::Keys,
    hints: |_| HINTS,
    body: Body::Lines(|of| {
        let (state, answer, round) = (of.shown.state, of.shown.answer, of.shown.round);
        let timing = of.memo.timing.of(&answer.run, run_timing);
        run_page(&timing, answer, round.map(|round| round.number), Glyphs::new(state.settings.ascii), of.width)
    }),
    next: None,
};

/// Columns before a bar.
const HEAD: usize = 12;
/// Columns behind it.
const TAIL: usize = 8;

/// Columns of a bar in lines of so many.
fn bar_columns(width: u16) -> usize {
    usize::from(width).saturating_sub(HEAD + TAIL).max(8)
}

fn label(answer: &Answer, member: MemberIndex) -> (Tone, DisplayText) {
    (Tone::Member(member.0), super::super::prose::fitted(&display!("{} {}", answer.letter(member), answer.name(member)), HEAD))
}

/// A length with its share of the whole.
fn share(part_ms: f64, whole_ms: f64) -> DisplayText {
    display!("{} ({})", duration(part_ms), percent(part_ms, whole_ms))
}

/// What the marks of these kinds mean.
fn legend(prose: &mut Prose, kinds: &[Stretch], critical: &'static str, glyphs: Glyphs, width: u16) {
    let mut words: Vec<DisplayText> =
        kinds.iter().map(|kind| display!("{} {}", glyphs.stretch(*kind, false), kind.in_words())).collect();
    if !critical.is_empty() {
        words.push(critical.into());
    }
    let mut text = DisplayText::new();
    for word in words {
        let begun = !text.is_empty();
        if begun && text.chars().count() + word.chars().count() + 3 > usize::from(width) {
            prose.push(vec![(Tone::Dim, std::mem::take(&mut text))]);
        } else if begun {
            text.push("   ");
        }
        text.push(&word);
    }
    prose.push(vec![(Tone::Dim, text)]);
}
