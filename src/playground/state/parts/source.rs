//! Where the events of a run come from, and how far taking it up again is.

use crate::clean::DisplayText;
use crate::engine::round::Command;
use crate::playground::state::roster::RowId;

/// Where events come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A run under way, or none yet.
    Live,
    /// A recorded run.
    Replay(Replay),
}

/// A replay under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The file's name.
    pub file: DisplayText,
    /// Whether it plays.
    pub playing: bool,
    /// How fast: 1 is as recorded.
    pub speed: f64,
    /// Whether everything was played.
    pub over: bool,
}

/// How far taking a run up again is.
#[derive(Debug, Clone, PartialEq)]
pub enum TakingUp {
    /// No run is taken up.
    Not,
    /// Members are being connected for it.
    Awaiting {
        /// What the run is told then.
        commands: Vec<Command>,
        /// The members that are being connected.
        rows: Vec<RowId>,
    },
    /// It has started, and the run has not confirmed it yet.
    Begun,
}
