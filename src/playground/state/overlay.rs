//! What lies over the screen: a page to read, or a dialogue with keys of its own.

use super::entry::Purpose;
use super::pages::Page;
use super::picker::Picker;
use super::play::Play;
use super::roster::compose::Compose;
use super::tuning::panel::Panel;
use crate::clean::DisplayText;
use crate::engine::fusion::event::SegmentId;

/// Something over the screen; one at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// A page to read.
    Page(Page, Scroll),
    /// Every knob.
    Tuning(Panel),
    /// A list to choose from.
    List(Picker),
    /// Which models take part.
    Roster(Compose),
    /// A segment being changed or written.
    Entry(Purpose),
    /// Leave, although this would be lost?
    Leave(DisplayText),
}

/// What the answer is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Against {
    /// The branch that ends with this segment.
    Branch(SegmentId),
    /// A recorded run.
    Recorded(Box<Recorded>),
}

/// A recorded run.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its file's name, cleaned.
    pub file: DisplayText,
    /// What its events add up to.
    pub play: Play,
}

/// Where a reader is in a long overlay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The first visible line.
    pub top: usize,
    /// The last line that can be the first.
    pub last: usize,
    /// Visible lines.
    pub height: usize,
}

impl Scroll {
    /// Moves by lines, within what there is.
    pub fn by(&mut self, lines: isize) {
        self.top = self.top.saturating_add_signed(lines).min(self.last);
    }

    /// Learns how much there is and how much fits.
    pub fn fit(&mut self, lines: usize, height: usize) {
        self.height = height;
        self.last = lines.saturating_sub(height);
        self.top = self.top.min(self.last);
    }
}

impl Overlay {
    /// A page, at its top.
    #[must_use]
    pub fn page(page: Page) -> Self {
        Self::Page(page, Scroll::default())
    }

    /// The page, if it is one.
    #[must_use]
    pub fn as_page(&self) -> Option<Page> {
        match self {
            Self::Page(page, _) => Some(*page),
            Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }

    /// Whether it shows the chart.
    #[must_use]
    pub fn is_chart(&self) -> bool {
        self.as_page().is_some_and(|page| !page.view().body.scrolls())
    }

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

    /// Where the reader is, in overlays that scroll.
    #[must_use]
    pub fn scroll(&self) -> Option<&Scroll> {
        match self {
            Self::Page(page, scroll) => page.view().body.scrolls().then_some(scroll),
            Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }

    /// The same, to be moved.
    pub fn scroll_mut(&mut self) -> Option<&mut Scroll> {
        match self {
            Self::Page(page, scroll) => page.view().body.scrolls().then_some(scroll),
            Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }
}
