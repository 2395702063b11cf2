//! What the knobs being tried would have changed in the selected run.

use std::sync::Arc;

use super::Tuning;
use crate::engine::fusion::break_points::BreakPoints;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::rescore::Recorded;
use crate::engine::fusion::run::Run;
use crate::engine::fusion::what_if::WhatIf;

/// A run rescored under the knobs being tried, kept until either changes.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    recorded: Recorded,
    /// The answer and the knobs that `what_if` was computed for.
    known: Option<(usize, Params)>,
    /// Shared, because every frame keeps it beside this.
    what_if: Arc<WhatIf>,
    /// The knobs, with no exit threshold, and what each threshold would have changed under them.
    break_points: Option<(Params, BreakPoints)>,
}

impl Comparison {
    /// Brings the comparison up to date with the answer at this index. Rounds are recorded as they close, even while nothing is
    /// being tried: otherwise the first key press would have to wait for all of them.
    pub fn refresh(&mut self, tuning: &Tuning, at: usize, run: &Run) {
        if self.recorded.follow(run) {
            (self.known, self.break_points) = (None, None);
        }
        if !tuning.is_trying() {
            return;
        }
        let params = tuning.over(&run.params);
        if self.known.as_ref().is_some_and(|(place, known)| *place == at && *known == params) {
            return;
        }
        self.what_if = Arc::new(WhatIf::of(run, &self.recorded, &params));
        self.known = Some((at, params));
    }

    /// What would have been different; `None` unless something is being tried that the recorded scores can tell.
    #[must_use]
    pub fn what_if(&self, tuning: &Tuning) -> Option<&Arc<WhatIf>> {
        (tuning.is_trying() && tuning.can_be_rescored()).then_some(&self.what_if)
    }

    /// At which exit thresholds who would have left, under the knobs being tried in the run of the last refresh.
    pub fn break_points(&mut self, tuning: &Tuning, run: &Run) -> &BreakPoints {
        let params = Params { exit_threshold: 0.0, ..tuning.over(&run.params) };
        let known = self.break_points.take().filter(|(known, _)| *known == params);
        let make = || (params.clone(), BreakPoints::of(&self.recorded, run.members.len(), &params));
        &self.break_points.insert(known.unwrap_or_else(make)).1
    }
}
