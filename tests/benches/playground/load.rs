//! What all parts measure with: a screen, a state, keys.

use specfuse::engine::Seat;
use specfuse::engine::fusion::params::Params;
use specfuse::playground::state::keymap::Keymap;
use specfuse::playground::state::scene::draft::Shading;
use specfuse::playground::state::{Options, Settings};
use specfuse::playground::view::theme::{ColourLevel, Theme};

/// Columns and rows of the screen.
pub const SIZE: (u16, u16) = (200, 60);

/// A playground with these members.
pub fn options(seats: &[Seat], params: Params) -> Options {
    Options {
        members: seats.iter().map(Seat::header).collect(),
        params,
        system: None,
        seed: 1,
        keymap: Keymap::default(),
        settings: Settings {
            theme: "default".to_owned(),
            themes: vec!["default".to_owned()],
            shading: Shading::default(),
            authors: true,
            mouse: false,
            ascii: false,
            pace: None,
            can_pace: false,
        },
        history: Vec::new(),
        warnings: Vec::new(),
    }
}

/// The theme whose styles take the most bytes.
pub fn theme() -> Theme {
    Theme::default_theme(ColourLevel::True)
}
