//! What is swept (the grid, the prompts, the seed), and why a sweep cannot continue.

use std::path::PathBuf;

use super::asked::{Asked, Seeding};
use super::cell::Cell;
use super::grid::Grid;
use crate::engine::fusion::params::Params;
use crate::engine::trace::TraceError;
use crate::prompts::Prompt;

/// What is swept.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The knobs that vary.
    pub grid: Grid,
    /// The knobs that do not.
    pub params: Params,
    /// The base of the prompts' seeds.
    pub seed: u64,
    pub seeding: Seeding,
    pub prompts: Vec<Prompt>,
    /// The existing folder for one trace per cell; `None` keeps none.
    pub traces: Option<PathBuf>,
}

/// Why a sweep cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A cell's trace cannot be written.
    #[error("the sweep stopped, since a trace could not be kept: {0}")]
    Trace(#[from] TraceError),
    /// The system gives no thread or no event loop.
    #[error("this system gives no thread to play answers on: {0}")]
    Thread(std::io::Error),
    /// A job ended because of a bug in it.
    #[error("the sweep stopped by a fault in its own code")]
    Lost,
}

impl Sweep {
    /// Every cell, in the order in which they are played: all settings of the first prompt, then those of the next. So after an
    /// interruption the settings can be compared, each with the same prompts.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        let settings = self.grid.settings();
        (0..self.prompts.len()).flat_map(move |prompt| (0..settings).map(move |setting| Cell { setting, prompt }))
    }

    /// Number of answers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grid.settings().saturating_mul(self.prompts.len())
    }

    /// Whether there is nothing to play.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of a cell's trace: the values, then the prompt by its contents, so that it does not depend on the prompt's
    /// position.
    #[must_use]
    pub fn trace_name(&self, setting: usize, asked: &Asked) -> String {
        let values: Vec<String> = self.grid.values(setting).iter().map(ToString::to_string).collect();
        format!("{}-{asked}.jsonl", values.join("_"))
    }

    /// The seed that a prompt is played with.
    #[must_use]
    pub fn seed_of(&self, asked: &Asked) -> u64 {
        asked.seed(self.seeding, self.seed)
    }
}
