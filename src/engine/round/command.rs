//! The commands of the user, and why one cannot be carried out.

use crate::engine::fusion::event::SegmentId;
use crate::engine::fusion::params::{ParamError, Value};

/// A command of the user. Members go by their names in the ensemble.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Start no further round; the open one is played to its end.
    Pause,
    Resume,
    /// Play one round, then pause.
    Step,
    /// From now on let this many milliseconds pass after a contested decision, so that it can be read; 0 lets none pass.
    Linger {
        ms: f64,
    },
    /// Accept this member's candidate, whatever the ranking.
    Override {
        member: String,
        /// The segment whose round it is, and which it replaces; `None` for the open round.
        segment: Option<SegmentId>,
    },
    /// Edit an accepted segment; what followed it stays on its own branch.
    Edit {
        segment: SegmentId,
        text: String,
    },
    /// Accept a text that no member drafted.
    Write {
        /// The segment it replaces; `None` for the next one.
        segment: Option<SegmentId>,
        text: String,
    },
    /// Have candidates of a round drafted again.
    Redraft {
        /// The member to draft again; `None` for all.
        member: Option<String>,
        /// The segment whose round it is; `None` for the open round.
        segment: Option<SegmentId>,
    },
    /// Force a member out.
    Exclude {
        member: String,
    },
    /// Bring a member back from the next round on.
    Readmit {
        member: String,
    },
    /// Change knobs from the next round on; if one is refused, none changes.
    SetParameters {
        values: Vec<(String, Value)>,
    },
    /// Set a verifier's weight from the next round on.
    SetWeight {
        member: String,
        weight: f64,
    },
    /// Go back to the end of a round and continue differently from there.
    Rewind {
        /// The last round to keep; 0 goes back to the question.
        to_round: usize,
    },
    /// Go to a segment on any branch and continue from there.
    GoTo {
        segment: SegmentId,
    },
    /// Undo the last change.
    Undo,
    /// Redo the change undone last.
    Redo,
    /// End the run now; the accepted text stays.
    Stop,
}

/// Why a command cannot be carried out.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    #[error("the run is over")]
    Finished,
    #[error("there is no member `{name}`")]
    UnknownMember { name: String },
    /// The member has no candidate in that round.
    #[error("`{member}` has no candidate in this round")]
    NoCandidate { member: String },
    /// The member's candidate is the accepted one.
    #[error("`{member}`'s candidate is the accepted one")]
    AlreadyAccepted { member: String },
    #[error("no round is open now: name the segment that is meant, or go on first")]
    NoOpenRound,
    #[error("there is no segment {segment}; the run has {segments}")]
    NoSuchSegment { segment: usize, segments: usize },
    #[error("a segment cannot be empty: go back to the round before it instead")]
    EmptyText,
    #[error("the text is as it was")]
    Unchanged,
    #[error("a weight is a number from 0 on, and {weight} is not")]
    BadWeight { weight: String },
    #[error("nothing was changed yet")]
    NothingToUndo,
    #[error("nothing was taken back")]
    NothingToRedo,
    /// No drafter would be left.
    #[error("`{member}` is the last member that drafts")]
    LastDrafter { member: String },
    /// The member takes part already, or has left already.
    #[error("`{member}` {state} already")]
    Already {
        member: String,
        /// `takes part` or `has left`.
        state: &'static str,
    },
    #[error("`{member}` is not ready yet: it joins when it is")]
    NotReady { member: String },
    #[error("there is no round {to_round} to go back to; the answer has {rounds}")]
    NoSuchRound {
        to_round: usize,
        /// The number of accepted rounds.
        rounds: usize,
    },
    #[error(transparent)]
    Parameter(#[from] ParamError),
}
