//! How things look, and what the playground starts with.

use serde::{Deserialize, Serialize};

use crate::engine::fusion::params::{Params, Presets};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::roster::Roster;
use crate::playground::state::scene::draft::Shading;

/// What the playground starts with.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Options {
    /// Every known model, and which of them take part.
    pub roster: Roster,
    pub params: Params,
    pub presets: Presets,
    /// Instructions before every conversation.
    pub system: Option<String>,
    /// The seed of the first run.
    pub seed: u64,
    /// What a key does.
    pub keymap: Keymap,
    /// Initial appearance.
    pub settings: Settings,
    /// Earlier questions, oldest first.
    pub history: Vec<String>,
    /// Problems during the setup that do not prevent starting.
    pub warnings: Vec<String>,
}

/// How long a decision stays before the next round starts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Linger {
    /// In milliseconds, when it is on.
    pub ms: f64,
    /// Whether it is on.
    pub on: bool,
    /// Whether that is only for the built-in models, since the user has not said so.
    #[serde(rename = "toys_only")]
    pub built_in_only: bool,
}

impl Linger {
    /// How long a decision stays, in milliseconds, where the user says nothing else.
    pub const USUAL_MS: f64 = 2500.0;

    /// How long a decision stays, in milliseconds.
    #[must_use]
    pub fn in_force(self, built_in: bool) -> f64 {
        if self.on && (built_in || !self.built_in_only) { self.ms } else { 0.0 }
    }
}

/// How the user wants things to look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is one switch of the screen")]
pub struct Settings {
    /// The current theme.
    pub theme: String,
    /// All themes.
    pub themes: Vec<String>,
    /// What shades the tokens of drafts.
    pub shading: Shading,
    /// Whether the transcript shows the author of each segment.
    pub authors: bool,
    /// Whether the mouse is captured.
    pub mouse: bool,
    /// Only ASCII for marks and bars.
    pub ascii: bool,
    /// The pace in tokens per second that in-process models are slowed down to.
    pub pace: Option<u32>,
    /// Whether that is only for the built-in models, since the user has not set a pace.
    #[serde(rename = "toys_pace")]
    pub built_in_pace: bool,
    /// How long a decision stays before the next round starts.
    #[serde(default)]
    pub linger: Linger,
    /// Whether to search for model servers on this machine when the playground opens.
    pub scan: bool,
    /// Whether presenter mode is on when the playground opens.
    #[serde(default)]
    pub presents: bool,
    /// Whether it is only watched, as a film is: then there is no prompt, and no key is named.
    #[serde(default)]
    pub watched: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "default".to_owned(),
            themes: Vec::new(),
            shading: Shading::default(),
            authors: true,
            mouse: false,
            ascii: false,
            pace: None,
            built_in_pace: false,
            linger: Linger::default(),
            scan: false,
            presents: false,
            watched: false,
        }
    }
}
