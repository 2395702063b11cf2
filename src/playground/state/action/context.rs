//! Where a key has its meaning: the same key may do another thing in another place.

/// Where a key has its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Everywhere, including while text is typed.
    Anywhere,
    /// Where keys are commands.
    Keys,
    /// While a question is written.
    Prompt,
    /// In a list to choose from, and where a file name is typed.
    List,
    /// In the roster.
    Roster,
    /// On the heat map of a sweep.
    HeatMap,
    /// Where the question is played at three lengths of segments.
    Lengths,
    /// In the tuning panel.
    Tuning,
    /// At a question that takes yes or no.
    Question,
}

impl Context {
    /// The context as named in a sentence.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Anywhere => "everywhere",
            Self::Keys => "outside the prompt",
            Self::Prompt => "in the prompt",
            Self::List => "in lists",
            Self::Roster => "in the roster",
            Self::HeatMap => "on the heat map",
            Self::Lengths => "at three lengths",
            Self::Tuning => "in the tuning panel",
            Self::Question => "at a question",
        }
    }

    /// Whether one key with different meanings here and there would be ambiguous.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self == other || self == Self::Anywhere || other == Self::Anywhere
    }
}
