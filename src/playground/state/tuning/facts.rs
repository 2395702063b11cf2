//! What the lines of the tuning panel are made from.

use super::Tuning;
use super::panel::Panel;
use crate::clean::DisplayText;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::params::{Params, Presets};
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::prose::Prose;

/// What the panel shows.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Clone, Copy)]
pub struct PanelFacts<'a> {
    pub panel: &'a Panel,
    pub tuning: &'a Tuning,
    /// The current knobs.
    pub in_force: &'a Params,
    /// The same with the values that are tried.
    pub over: &'a Params,
    pub presets: &'a Presets,
    pub keys: Keys<'a>,
    /// Where members start or cease to leave, on the track of the exit threshold.
    pub ticks: &'a [(f64, MemberIndex)],
    /// What is tried, and what it would have changed.
    pub tried: Option<(&'a DisplayText, &'a DisplayText)>,
    /// By how much the selected round was won, and would have been.
    pub margin: Option<&'a DisplayText>,
    /// Who leaves at which threshold.
    pub leaves: &'a [DisplayText],
    /// The margins of the last rounds.
    pub margins: &'a Prose,
    pub glyphs: Glyphs,
}

/// The keys that the panel names.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    pub fold: &'a str,
    pub find: &'a str,
    pub apply: &'a str,
    pub forget: &'a str,
    /// The keys that change what is marked.
    pub change: &'a str,
}
