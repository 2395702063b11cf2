//! What is shown over the screen: a page to read, or a dialogue with its own keys.

use super::action::Page;
use super::answer::Answer;
use super::entry::Purpose;
use super::picker::{Picker, PickerKind};
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
    /// A segment being edited or written.
    Entry(Purpose),
    /// Confirm leaving, although this would be lost.
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
    /// The run built from its events.
    pub answer: Answer,
}

/// The scroll position in a long overlay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The first visible line.
    pub top: usize,
    /// The greatest possible first line.
    pub last: usize,
    /// Visible lines.
    pub height: usize,
}

impl Scroll {
    /// Scrolls by lines, within the text.
    pub fn by(&mut self, lines: isize) {
        self.top = self.top.saturating_add_signed(lines).min(self.last);
    }

    /// Adjusts to the length of the text and the visible height.
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

    /// Whether it changes what lies behind it, which then is seen as it is and covered as little as can be.
    #[must_use]
    pub fn previews(&self) -> bool {
        match self {
            Self::Tuning(_) => true,
            Self::List(picker) => picker.kind == PickerKind::Themes,
            Self::Page(..) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => false,
        }
    }

    /// The page, if it is one.
    #[must_use]
    pub fn as_page(&self) -> Option<Page> {
        match self {
            Self::Page(page, _) => Some(*page),
            Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }

    /// The scroll position, in overlays that scroll.
    #[must_use]
    pub fn scroll(&self) -> Option<&Scroll> {
        match self {
            Self::Page(_, scroll) => Some(scroll),
            Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }

    /// The same, mutable.
    pub fn scroll_mut(&mut self) -> Option<&mut Scroll> {
        match self {
            Self::Page(_, scroll) => Some(scroll),
            Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }
}
