//! Knobs being tried: what differs from those in force, and what it would have changed in the selected run.
//!
//! Owns the values, and the [`comparison`], which is worked out once for each change of values or run; what keys do to them is the
//! [`handlers`](super::handlers)', and how they are shown is the scene's.

pub mod comparison;
pub mod panel;
mod words;

use crate::engine::fusion::params::{Knob, Params, Value};

/// What is being tried.
#[derive(Debug, Clone, Default)]
pub struct Tuning {
    tried: Vec<(&'static Knob, Value)>,
    /// The knobs that the user chose one by one: none of them is set for the sake of another.
    chosen: Vec<&'static str>,
    /// Whether it is in force already, and only the comparison stands.
    applied: bool,
}

impl Tuning {
    /// The knobs that are tried, with their values, in the order of the table.
    #[must_use]
    pub fn tried(&self) -> &[(&'static Knob, Value)] {
        &self.tried
    }

    /// The value that is tried for a knob.
    #[must_use]
    pub fn value(&self, knob: &Knob) -> Option<&Value> {
        self.tried.iter().find(|(tried, _)| tried.name == knob.name).map(|(_, value)| value)
    }

    /// Whether a comparison stands.
    #[must_use]
    pub fn is_trying(&self) -> bool {
        !self.tried.is_empty()
    }

    /// Whether something is tried that is not in force.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.is_trying() && !self.applied
    }

    /// Whether the recorded scores say what would have been different.
    #[must_use]
    pub fn can_be_rescored(&self) -> bool {
        self.tried.iter().any(|(knob, _)| knob.group.can_be_rescored())
    }

    /// These knobs with what is tried in their place.
    #[must_use]
    pub fn over(&self, params: &Params) -> Params {
        let mut params = params.clone();
        for (knob, value) in &self.tried {
            // Only values of the knobs' own ranges are ever tried.
            let _ = params.set(knob.name, value);
        }
        params
    }

    /// Tries these knobs in the place of those in force.
    pub fn try_out(&mut self, in_force: &Params, params: &Params) {
        (self.tried, self.applied) = (in_force.changes(params), false);
    }

    /// The user chose this knob's value.
    pub fn choose(&mut self, knob: &'static Knob) {
        self.chosen.push(knob.name);
    }

    /// Whether the user chose the value of the knob of that name.
    #[must_use]
    pub fn chose(&self, name: &str) -> bool {
        self.chosen.contains(&name)
    }

    /// Compares with a knob that has just been set, beside those set since the comparison started.
    pub fn compare_with(&mut self, knob: &'static Knob, value: Value) {
        if !self.applied {
            self.forget();
        }
        self.applied = true;
        self.tried.retain(|(tried, _)| tried.name != knob.name);
        self.tried.push((knob, value));
    }

    /// What was tried is forgotten.
    pub fn forget(&mut self) {
        (self.tried, self.chosen, self.applied) = (Vec::new(), Vec::new(), false);
    }

    /// Forgets a comparison with what is in force already.
    pub fn forget_applied(&mut self) {
        if self.applied {
            self.forget();
        }
    }
}
