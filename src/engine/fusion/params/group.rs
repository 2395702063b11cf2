//! What knobs have to do with: the headings under which the user finds them.

/// A heading of the table of knobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnobGroup {
    /// What is drafted.
    Drafting,
    /// How candidates are scored.
    Scoring,
    /// Who leaves.
    Exit,
    /// What verifiers' weights learn.
    Feedback,
    /// Whether one member drafts for the largest to check.
    Lazy,
    /// When it ends, and what is waited for.
    Limits,
}

impl KnobGroup {
    /// Every group, in the order of the table.
    pub const ALL: &'static [Self] = &[Self::Drafting, Self::Scoring, Self::Exit, Self::Feedback, Self::Lazy, Self::Limits];

    /// The heading.
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

    /// Whether what was recorded says what another value would have changed: votes and exits are functions of recorded scores,
    /// drafts are not.
    #[must_use]
    pub fn can_be_rescored(self) -> bool {
        match self {
            Self::Scoring | Self::Exit | Self::Feedback => true,
            Self::Drafting | Self::Lazy | Self::Limits => false,
        }
    }
}
