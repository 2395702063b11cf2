//! What a scene is made of.

use crate::engine::fusion::run::Round;
use crate::engine::fusion::single::Single;
use crate::engine::fusion::what_if::WhatIf;
use crate::playground::state::State;
use crate::playground::state::answer::Answer;

/// What a scene is made of: the answer and the round that it shows, and what was made of all their rounds.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    pub(in crate::playground::state) state: &'a State,
    pub(in crate::playground::state) answer: &'a Answer,
    pub(in crate::playground::state) round: Option<&'a Round>,
    /// The answer compared with its strongest member.
    pub(in crate::playground::state) single: Option<&'a Single>,
    /// What would have been different under the knobs that are tried.
    pub(in crate::playground::state) what_if: Option<&'a WhatIf>,
}
