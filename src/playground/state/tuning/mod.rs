//! Knobs being tried: what differs from the current ones, and what it would have changed in the selected run.
//!
//! Owns the values, and the [`comparison`], which is computed once for each change of values or run; the
//! [`handlers`](super::handlers) own what keys do to them, and the scene how they are shown.

pub mod comparison;
pub mod facts;
mod foot;
pub mod ladder;
pub mod lines;
pub mod panel;
pub mod slider;
pub mod thresholds;
pub mod words;

use crate::engine::fusion::params::{Knob, Params, Value};

/// What is being tried.
#[derive(Debug, Clone, Default)]
pub struct Tuning {
    tried: Vec<(&'static Knob, Value)>,
    /// The knobs that the user chose individually: none of them is set because of another.
    chosen: Vec<&'static str>,
    /// Whether the changes are already applied, and only the comparison remains.
    applied: bool,
}

impl Tuning {
    /// The knobs being tried, with their values, in the order of the table.
    #[must_use]
    pub fn tried(&self) -> &[(&'static Knob, Value)] {
        &self.tried
    }

    /// The value being tried for a knob.
    #[must_use]
    pub fn value(&self, knob: &Knob) -> Option<&Value> {
        self.tried.iter().find(|(tried, _)| tried.name == knob.name).map(|(_, value)| value)
    }

    /// Whether there is a comparison.
    #[must_use]
    pub fn is_trying(&self) -> bool {
        !self.tried.is_empty()
    }

    /// Whether something is being tried that is not applied.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.is_trying() && !self.applied
    }

    /// Whether the recorded scores show what would have been different.
    #[must_use]
    pub fn can_be_rescored(&self) -> bool {
        self.tried.iter().any(|(knob, _)| knob.group.can_be_rescored())
    }

    /// These knobs with the values being tried.
    #[must_use]
    pub fn over(&self, params: &Params) -> Params {
        let mut params = params.clone();
        for (knob, value) in &self.tried {
            // Only values in the knobs' own ranges are ever tried.
            let _ = params.set(knob.name, value);
        }
        params
    }

    /// Tries these knobs in place of the current ones.
    pub fn try_out(&mut self, in_force: &Params, params: &Params) {
        (self.tried, self.applied) = (in_force.changes(params), false);
    }

    /// Records that the user chose this knob's value.
    pub fn choose(&mut self, knob: &'static Knob) {
        self.chosen.push(knob.name);
    }

    /// Whether the user chose the value of the knob with that name.
    #[must_use]
    pub fn chose(&self, name: &str) -> bool {
        self.chosen.contains(&name)
    }

    /// Compares with a knob that was just set, in addition to those set since the comparison started.
    pub fn compare_with(&mut self, knob: &'static Knob, value: Value) {
        if !self.applied {
            self.forget();
        }
        self.applied = true;
        self.tried.retain(|(tried, _)| tried.name != knob.name);
        self.tried.push((knob, value));
    }

    /// Discards what was tried.
    pub fn forget(&mut self) {
        (self.tried, self.chosen, self.applied) = (Vec::new(), Vec::new(), false);
    }

    /// Discards a comparison with what is in force by now, if no recorded score says anything of it.
    pub fn settle(&mut self, in_force: &Params) {
        if self.applied && !self.can_be_rescored() && self.over(in_force) == *in_force {
            self.forget();
        }
    }

    /// Discards a comparison with what is already applied.
    pub fn forget_applied(&mut self) {
        if self.applied {
            self.forget();
        }
    }
}
