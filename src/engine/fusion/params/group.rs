//! The headings under which the user finds the knobs.

/// A heading of the table of knobs.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnobGroup {
    Drafting,
    Scoring,
    /// Which members leave.
    Exit,
    /// How verifiers' weights learn.
    Feedback,
    /// Whether one member drafts for the largest to check.
    Lazy,
    /// When an answer ends, and how long to wait for members.
    Limits,
}

impl KnobGroup {
    /// Every group, in the order of the table.
    pub const ALL: &'static [Self] = &[Self::Drafting, Self::Scoring, Self::Exit, Self::Feedback, Self::Lazy, Self::Limits];

    /// The heading as the user reads it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Drafting => "drafting",
            Self::Scoring => "scoring",
            Self::Exit => "exit",
            Self::Feedback => "feedback",
            Self::Lazy => "lazy drafting",
            Self::Limits => "limits",
        }
    }

    /// Whether a recorded run shows what another value would have changed: votes and exits are functions of recorded scores,
    /// drafts are not.
    #[must_use]
    pub fn can_be_rescored(self) -> bool {
        match self {
            Self::Scoring | Self::Exit | Self::Feedback => true,
            Self::Drafting | Self::Lazy | Self::Limits => false,
        }
    }
}
