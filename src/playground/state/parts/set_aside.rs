//! The conversation that a recording was opened over: it is set aside as it was, and comes back when the recording is left.

use super::answers::Answers;
use super::looking::Look;
use crate::engine::fusion::params::{Knob, Value};
use crate::playground::state::action::Page;

/// A conversation that waits below a recording.
#[derive(Debug, Clone)]
pub struct SetAside {
    /// Its answers.
    pub answers: Answers,
    /// The round that was looked at.
    pub round: Option<Look>,
    /// The knobs that apply when its answer continues.
    pub tuned: Vec<(&'static Knob, Value)>,
    /// The page that the recording was opened from.
    pub page: Option<Page>,
}
