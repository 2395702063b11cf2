//! Where the events of a run come from, and the progress of resuming it.

use crate::clean::DisplayText;
use crate::engine::round::Command;
use crate::playground::state::roster::RowId;

/// Where events come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A live run, or none yet.
    Live,
    /// A recorded run.
    Replay(Replay),
}

/// A replay in progress.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    pub file: DisplayText,
    /// Whether it is playing.
    pub playing: bool,
    /// The speed: 1 is as recorded.
    pub speed: f64,
    /// Whether everything was played.
    pub over: bool,
}

/// The progress of resuming a run.
#[derive(Debug, Clone, PartialEq)]
pub enum TakingUp {
    /// No run is being resumed.
    Not,
    /// Members are connecting for it.
    Awaiting {
        /// The commands that the run gets then.
        commands: Vec<Command>,
        /// The members that are connecting.
        rows: Vec<RowId>,
    },
    /// It has started, and the run has not confirmed it yet.
    Begun,
}
