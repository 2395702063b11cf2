//! What a page is: a row of facts, and the lines that it makes of the state.

use crate::playground::state::State;
use crate::playground::state::action::{Action, Context, Page};
use crate::playground::state::prose::Prose;
use crate::playground::state::scene::memo::Memo;
use crate::playground::state::scene::shown::Shown;

/// What a page is.
#[derive(Clone, Copy)]
pub struct View {
    /// The heading.
    pub title: &'static str,
    /// Columns, if the screen has them.
    pub width: u16,
    /// Rows, given those between the status line and the timeline.
    pub height: fn(u16) -> u16,
    /// Which keys apply.
    pub context: Context,
    /// The actions on the hint line, the likeliest first.
    pub hints: fn(&State) -> &'static [Action],
    /// What it shows.
    pub body: Body,
    /// The page that the same key opens next; without one the key closes it.
    pub next: Option<Page>,
}

/// What a page shows.
#[derive(Clone, Copy)]
pub enum Body {
    /// Lines, which scroll.
    Lines(fn(Reading<'_>) -> Prose),
    /// The chart.
    Chart(Curve),
}

/// Which curves a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Curve {
    /// Each member's retention, and the threshold it is compared with.
    #[default]
    Retention,
    /// Each verifier's weight in the vote.
    Weights,
}

/// What the lines of a page are made from.
pub struct Reading<'a> {
    pub(in crate::playground::state) shown: Shown<'a>,
    pub(in crate::playground::state) memo: &'a mut Memo,
    /// Columns of a line.
    pub(in crate::playground::state) width: u16,
}

impl Body {
    /// Whether it scrolls.
    #[must_use]
    pub fn scrolls(&self) -> bool {
        match self {
            Self::Lines(_) => true,
            Self::Chart(_) => false,
        }
    }
}

/// The height of a page that fills the space.
#[must_use]
pub fn whole(body: u16) -> u16 {
    body
}

/// The keys of a page that is only read.
pub const READING: &[Action] = &[Action::Back, Action::ScrollDown, Action::ScrollUp, Action::PageDown, Action::End];

/// The keys of a page about the selected round.
pub const BY_ROUND: &[Action] = &[Action::Back, Action::PreviousRound, Action::NextRound, Action::ScrollDown, Action::ScrollUp];
