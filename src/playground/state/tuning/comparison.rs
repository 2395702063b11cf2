//! What the knobs that are tried would have changed in the selected run.

use super::Tuning;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::rescore::Recorded;
use crate::engine::fusion::run::Run;
use crate::engine::fusion::what_if::WhatIf;

/// A run re-scored under the knobs that are tried, kept until either changes.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    recorded: Recorded,
    /// The answer and the knobs that `what_if` was worked out for.
    known: Option<(usize, Params)>,
    what_if: WhatIf,
}

impl Comparison {
    /// Brings the comparison up to date with the answer at this place. Rounds are taken down as they close, also while nothing is
    /// tried: otherwise the first key would have to wait for all of them.
    pub fn refresh(&mut self, tuning: &Tuning, at: usize, run: &Run) {
        if self.recorded.follow(run) {
            self.known = None;
        }
        if !tuning.is_trying() {
            return;
        }
        let params = tuning.over(&run.params);
        if self.known.as_ref().is_some_and(|(place, known)| *place == at && *known == params) {
            return;
        }
        self.what_if = WhatIf::of(run, &self.recorded, &params);
        self.known = Some((at, params));
    }

    /// What would have been different; `None` unless something is tried that recorded scores can tell.
    #[must_use]
    pub fn what_if(&self, tuning: &Tuning) -> Option<&WhatIf> {
        (tuning.is_trying() && tuning.can_be_rescored()).then_some(&self.what_if)
    }
}
