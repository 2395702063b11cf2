//! The pages: what can be shown over the screen to be read.
//!
//! A page is a row here and a separate file, which defines its title, size, keys and lines; a row of the table of actions opens
//! it ([`Action::Open`]). A file that only a page needs is in this folder.

pub mod help;
mod log;
pub mod view;

pub use super::action::Page;
use super::overlay::Overlay;
use super::scene::{chart, compare, heat_map, lengths, single, waterfall, why};
use view::View;

macro_rules! pages {
    ($($name:ident: $view:path,)*) => {
        impl Page {
            /// Every page.
            #[cfg(any(test, feature = "testing"))]
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
    Help: help::VIEW,
    Why: why::VIEW,
    Retention: chart::RETENTION,
    Weights: chart::WEIGHTS,
    Single: single::VIEW,
    RoundTime: waterfall::ROUND,
    RunTime: waterfall::RUN,
    Log: log::VIEW,
    HeatMap: heat_map::VIEW,
    Lengths: lengths::VIEW,
    Compare: compare::VIEW,
}

impl Page {
    /// Whether pressing the key of this page repeatedly reaches the other page, or it is that one.
    #[must_use]
    pub fn leads_to(self, other: Self) -> bool {
        self == other || self.view().next.is_some_and(|next| next.leads_to(other))
    }
}

impl Overlay {
    /// The heading.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Page(page, _) => page.view().title,
            Self::Tuning(_) => "tuning",
            Self::List(picker) => picker.title(),
            Self::Roster(_) => "who takes part",
            Self::Entry(purpose) => purpose.title(),
            Self::Leave(_) => "leave?",
        }
    }

    /// Whether it shows the chart.
    #[must_use]
    pub fn is_chart(&self) -> bool {
        self.as_page().is_some_and(|page| !page.view().body.scrolls())
    }
}
