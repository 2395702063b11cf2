//! The kinds of time that a bar is made of.

/// What a stretch of a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// From the request of a draft to its first token.
    FirstToken,
    /// Drafting.
    Drafting,
    /// Scoring.
    Scoring,
    /// A call that failed.
    Failed,
    /// A call that was dropped.
    Cancelled,
    /// Nothing asked.
    Waiting,
}

impl Stretch {
    /// In words, for the legend.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::FirstToken => "to the first token",
            Self::Drafting => "drafting",
            Self::Scoring => "scoring",
            Self::Failed => "failed",
            Self::Cancelled => "dropped",
            Self::Waiting => "waiting",
        }
    }
}
