//! What the user did to the text of an answer.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::MemberName;

/// An accepted segment by its number in the trace: the first that was accepted is 1, whatever became of it; 0 is the question. A
/// run's segments form a tree: going back and continuing differently adds a second child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SegmentId(pub usize);

impl SegmentId {
    /// Before the first segment.
    pub const QUESTION: Self = Self(0);
}

/// How the user intervened in the text. Each is the first event of a change, which can be undone.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Steering {
    /// Chose this member's candidate.
    Override { member: MemberName },
    /// Edited an accepted segment.
    Edit,
    /// Wrote a segment.
    Write,
    /// Had candidates of a round drawn again.
    Redraft {
        /// The member to draft again; `None` for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<MemberName>,
    },
}

impl fmt::Display for Steering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Override { member } => write!(f, "choosing {member}'s candidate"),
            Self::Edit => f.write_str("editing a segment"),
            Self::Write => f.write_str("writing a segment"),
            Self::Redraft { member: Some(member) } => write!(f, "drawing {member}'s candidate again"),
            Self::Redraft { member: None } => f.write_str("drawing the round's candidates again"),
        }
    }
}
