//! The milestones of a run: the events that start and end it and its rounds.
//!
//! Owns the sorting: code that shows, paces or times a run asks for the milestone instead of listing every other event.

use super::{Event, Ranked};

/// What moves a run on. Everything else happens within a round, or changes nothing about the rounds.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Milestone<'a> {
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
    /// The milestone that this event is, if it is one.
    #[must_use]
    pub fn milestone(&self) -> Option<Milestone<'_>> {
        match self {
            Self::RunStarted(_) => Some(Milestone::RunStarted),
            Self::RoundStarted { .. } => Some(Milestone::RoundStarted),
            Self::Reopened { .. } => Some(Milestone::Reopened),
            Self::Ranked(ranked) => Some(Milestone::Ranked(ranked)),
            Self::Accepted { text, .. } => Some(Milestone::Accepted { text }),
            Self::Rewound { .. } | Self::Returned { .. } => Some(Milestone::Moved),
            Self::Continued => Some(Milestone::Continued),
            Self::RunFinished(_) => Some(Milestone::RunFinished),
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

    /// Whether a round is open after this event; `None` if the event changes nothing about that.
    #[must_use]
    pub fn leaves_round_open(&self) -> Option<bool> {
        match self.milestone()? {
            Milestone::RoundStarted | Milestone::Reopened => Some(true),
            Milestone::Accepted { .. } | Milestone::Moved | Milestone::Continued | Milestone::RunFinished => Some(false),
            Milestone::RunStarted | Milestone::Ranked(_) => None,
        }
    }
}
