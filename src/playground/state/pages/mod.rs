//! The pages: what can be shown over the screen to be read.
//!
//! A page is a row here and a separate file, which defines its title, size, keys and lines; a row of the table of actions opens
//! it ([`Action::Open`]). A file that only a page needs is in this folder.

pub mod help;
mod log;

use super::State;
use super::action::{Action, Context};
use super::prose::Prose;
use super::scene::chart::{self, Curve};
use super::scene::memo::Memo;
use super::scene::whole::Shown;
use super::scene::{compare, heat_map, single, waterfall, why};

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

/// What the lines of a page are made from.
pub struct Reading<'a> {
    pub(super) shown: Shown<'a>,
    pub(super) memo: &'a mut Memo,
    /// Columns of a line.
    pub(super) width: u16,
}

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident: $view:path,)*) => {
        /// Something to read over the screen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Page {
            $($(#[$doc])* $name,)*
        }

        impl Page {
            /// Every page.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its definition.
            #[must_use]
            pub fn view(self) -> View {
                match self {
                    $(Self::$name => $view,)*
                }
            }
        }
    };
}

pages! {
    /// Every key.
    Help: help::VIEW,
    /// Why a round was won.
    Why: why::VIEW,
    /// The chart of retention.
    Retention: chart::RETENTION,
    /// The chart of the verifiers' weights.
    Weights: chart::WEIGHTS,
    /// The run compared with its strongest member.
    Single: single::VIEW,
    /// Where the time of the selected round went.
    RoundTime: waterfall::ROUND,
    /// Where the time of the run went.
    RunTime: waterfall::RUN,
    /// Warnings and messages.
    Log: log::VIEW,
    /// The heat map of a sweep.
    HeatMap: heat_map::VIEW,
    /// Two branches, or two runs, side by side.
    Compare: compare::VIEW,
}

impl Page {
    /// Whether pressing the key of this page repeatedly reaches the other page, or it is that one.
    #[must_use]
    pub fn leads_to(self, other: Self) -> bool {
        self == other || self.view().next.is_some_and(|next| next.leads_to(other))
    }
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
    body + 1
}

/// The keys of a page that is only read.
pub const READING: &[Action] = &[Action::Back, Action::ScrollDown, Action::ScrollUp, Action::PageDown, Action::End];

/// The keys of a page about the selected round.
pub const BY_ROUND: &[Action] = &[Action::Back, Action::PreviousRound, Action::NextRound, Action::ScrollDown, Action::ScrollUp];
