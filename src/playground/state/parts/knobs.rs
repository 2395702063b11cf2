//! The knobs: those that the next answer starts with, and those being tried.

use crate::engine::fusion::params::{Knob, Params, Presets, Value};
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::tuning::Tuning;

/// The knobs of the next answer.
#[derive(Debug, Clone)]
pub struct Knobs {
    /// The knobs that the next run starts with.
    pub params: Params,
    /// Every preset.
    pub presets: Presets,
    /// The seed that the next run starts with.
    pub seed: u64,
    /// Knobs being tried.
    pub tuning: Tuning,
    /// Knobs that were set while no answer was being written: they apply to one that is resumed.
    pub tuned: Vec<(&'static Knob, Value)>,
}

impl Knobs {
    /// Nothing is tried yet.
    #[must_use]
    pub fn new(params: Params, presets: Presets, seed: u64) -> Self {
        Self { params, presets, seed, tuning: Tuning::default(), tuned: Vec::new() }
    }

    /// Ends a comparison with what is in force by now, if no recorded score says anything of it.
    pub fn settle(&mut self, answers: &Answers) {
        if self.tuning.is_trying() && !self.tuning.is_pending() {
            let in_force = self.in_force(answers);
            self.tuning.settle(&in_force);
        }
    }

    /// The knobs for the next round of the answer if it is being written or recorded, otherwise for the next answer.
    #[must_use]
    pub fn in_force(&self, answers: &Answers) -> Params {
        let run = answers.session.newest().filter(|answer| answers.is_replay() || answer.is_going()).map(|answer| &answer.run);
        let mut params = run.map_or_else(|| self.params.clone(), |run| Params::clone(&run.params));
        for (knob, value) in &self.tuned {
            // Only values in the knob's own range get there.
            let _ = params.set(knob.name, value);
        }
        params
    }
}
