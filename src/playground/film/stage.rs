//! The screen on which a recorded run is played for a picture or a film: a playground that only displays.

use crate::engine::fusion::params::{Params, Presets};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::presenting::Presenting;
use crate::playground::state::roster::Roster;
use crate::playground::state::scene::draft::Shading;
use crate::playground::state::{Linger, Message, Options, Screen, Settings};
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
        Options {
            roster: Roster::new(Vec::new(), Vec::new(), Vec::new()),
            params: Params::default(),
            presets: Presets::default(),
            system: None,
            seed: 0,
            keymap: Keymap::default(),
            settings: Settings {
                theme: self.theme.name().to_owned(),
                themes: Vec::new(),
                shading: Shading::default(),
                authors: true,
                mouse: false,
                ascii: false,
                pace: None,
                toys_pace: false,
                linger: Linger::default(),
                scan: false,
                presents: false,
            },
            history: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
