//! The screen on which a recorded run is played for a picture or a film: a playground that only displays.

use crate::playground::state::presenting::Presenting;
use crate::playground::state::{Message, Options, Screen, Settings};
use crate::playground::view;
use crate::playground::view::theme::Theme;

/// How large the screen is, and how it looks.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Stage {
    /// Columns and rows.
    pub size: (u16, u16),
    pub theme: Theme,
    /// Whether it shows only what an audience needs.
    pub presents: bool,
}

impl Stage {
    /// The screen before anything is played.
    #[must_use]
    pub fn screen(&self) -> Screen {
        let mut screen = Screen::new(self.options(), self.size.0, self.size.1);
        screen.update(Message::Dressed(view::dress(&self.theme)));
        screen.state.presenting = self.presents.then(Presenting::without_waiting);
        screen
    }

    fn options(&self) -> Options {
        let settings = Settings { theme: self.theme.name().to_owned(), watched: true, ..Settings::default() };
        Options { settings, ..Options::default() }
    }
}
