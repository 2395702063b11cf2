//! The headings under which the help screen and the manual list the actions.

/// The heading of the help screen for an action.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Writing and sending questions.
    Asking,
    Running,
    /// Changes to the answer.
    Steering,
    /// What is shown, and how.
    Looking,
    /// Copies and files.
    Keeping,
    Program,
    Tuning,
    /// Composing an ensemble.
    Roster,
    /// The heat map of a sweep.
    HeatMap,
    /// The question at three lengths of segments.
    Lengths,
    /// Lists and dialogues.
    Lists,
}

impl Group {
    /// Every group in the order in which help shows them.
    pub const ALL: &'static [Self] = &[
        Self::Asking,
        Self::Running,
        Self::Steering,
        Self::Tuning,
        Self::Looking,
        Self::Keeping,
        Self::Program,
        Self::Roster,
        Self::HeatMap,
        Self::Lengths,
        Self::Lists,
    ];

    /// The group's heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Asking => "Asking",
            Self::Running => "The run",
            Self::Steering => "Steering",
            Self::Looking => "Looking",
            Self::Keeping => "Copies and files",
            Self::Program => "The program",
            Self::Tuning => "Tuning",
            Self::Roster => "The roster",
            Self::HeatMap => "The heat map of a sweep",
            Self::Lengths => "Three lengths of segments",
            Self::Lists => "Lists and dialogues",
        }
    }
}
