//! Which events are a moment in the course of a run, and what they make of its round.
//!
//! Owns the sorting: code that shows, paces or times a run asks for the moment instead of listing every other event.

use super::{Event, Ranked};

/// What moves a run on. Everything else happens within a round, or changes nothing about the rounds.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment<'a> {
    RunStarted,
    RoundStarted,
    /// The round of an accepted segment is open again.
    Reopened,
    Ranked(&'a Ranked),
    Accepted {
        text: &'a str,
    },
    /// The accepted text ends elsewhere: at an earlier round, or on another branch.
    Moved,
    /// A run that had ended or was cut off was resumed.
    Continued,
    RunFinished,
}

impl Event {
    /// The moment this event is, if it is one.
    #[must_use]
    pub fn moment(&self) -> Option<Moment<'_>> {
        match self {
            Self::RunStarted(_) => Some(Moment::RunStarted),
            Self::RoundStarted { .. } => Some(Moment::RoundStarted),
            Self::Reopened { .. } => Some(Moment::Reopened),
            Self::Ranked(ranked) => Some(Moment::Ranked(ranked)),
            Self::Accepted { text, .. } => Some(Moment::Accepted { text }),
            Self::Rewound { .. } | Self::Returned { .. } => Some(Moment::Moved),
            Self::Continued => Some(Moment::Continued),
            Self::RunFinished(_) => Some(Moment::RunFinished),
            Self::Token { .. }
            | Self::DraftFinished(_)
            | Self::DraftFailed { .. }
            | Self::Score { .. }
            | Self::TierLowered { .. }
            | Self::ScoreFailed { .. }
            | Self::Late { .. }
            | Self::SetAside { .. }
            | Self::Exited { .. }
            | Self::Joined { .. }
            | Self::Measured { .. }
            | Self::Predicted { .. }
            | Self::Readmitted { .. }
            | Self::Steered { .. }
            | Self::Redrafted { .. }
            | Self::Cancelled { .. }
            | Self::Used { .. }
            | Self::ParamsChanged { .. }
            | Self::WeightSet { .. }
            | Self::Paused
            | Self::Resumed
            | Self::Undone
            | Self::Redone
            | Self::Warning { .. } => None,
        }
    }

    /// Whether a round is open behind this event; `None` if the event changes nothing about that.
    #[must_use]
    pub fn leaves_round_open(&self) -> Option<bool> {
        match self.moment()? {
            Moment::RoundStarted | Moment::Reopened => Some(true),
            Moment::Accepted { .. } | Moment::Moved | Moment::Continued | Moment::RunFinished => Some(false),
            Moment::RunStarted | Moment::Ranked(_) => None,
        }
    }
}
