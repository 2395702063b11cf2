//! How things look, and what the playground starts with.

use serde::{Deserialize, Serialize};

use crate::engine::fusion::params::{Params, Presets};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::roster::Roster;
use crate::playground::state::scene::draft::Shading;

/// What the playground starts with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Options {
    /// Every known model, and which of them take part.
    pub roster: Roster,
    /// The knobs.
    pub params: Params,
    /// Every preset.
    pub presets: Presets,
    /// Instructions that stand before every conversation.
    pub system: Option<String>,
    /// The seed of the first run.
    pub seed: u64,
    /// What a key does.
    pub keymap: Keymap,
    /// How things look at first.
    pub settings: Settings,
    /// What was asked before, oldest first.
    pub history: Vec<String>,
    /// What went wrong while this was put together, but stops nothing.
    pub warnings: Vec<String>,
}

/// How the user wants things to look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is one switch of the screen")]
pub struct Settings {
    /// The theme in force.
    pub theme: String,
    /// All themes.
    pub themes: Vec<String>,
    /// What shades the tokens of drafts.
    pub shading: Shading,
    /// Whether the transcript shows who wrote what.
    pub authors: bool,
    /// Whether the mouse reports.
    pub mouse: bool,
    /// Only ASCII for marks and bars.
    pub ascii: bool,
    /// Tokens a second that in-process models are slowed down to.
    pub pace: Option<u32>,
    /// Whether that is only for the built-in models, since the user has said nothing.
    pub toys_pace: bool,
    /// Whether model servers are looked for on this machine when the playground opens.
    pub scan: bool,
}
