//! How a member drafts and how it scores, on the ladder of what model servers and APIs offer.

use serde::{Deserialize, Serialize};

use crate::engine::fusion::choice::choice;

choice! {
    /// How a member continues a text, best first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Drafting {
        /// It completes a raw prompt: the text continues exactly where it stops.
        #[default]
        Raw = "raw",
        /// Its chat interface continues a started answer.
        Prefill = "prefill",
        /// Instructions in words ask it to continue; what it repeats is stripped.
        Instruction = "instruction",
        /// It cannot draft.
        None = "none",
    }
}

choice! {
    /// How a member scores other members' candidates, best first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum ScoreTier {
        /// T0: in this process, exactly.
        #[default]
        InProcess = "in-process",
        /// T1: the server returns log-probabilities of prompt tokens.
        Prompt = "prompt",
        /// T2: decoding is forced along the candidate; exact, one decoding step per token.
        Forced = "forced",
        /// T3: the model names the best candidate by a label, and its log-probabilities of the labels count.
        Labels = "labels",
        /// T4: the model ranks the candidates in words.
        Ranking = "ranking",
        /// T5: it cannot score.
        None = "none",
    }
}

impl Drafting {
    /// The name for the user.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Raw => "continues the raw text",
            Self::Prefill => "continues an answer begun (prefill)",
            Self::Instruction => "is told to continue",
            Self::None => "cannot draft",
        }
    }
}

impl ScoreTier {
    /// The tier's number, `T0` to `T5`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InProcess => "T0",
            Self::Prompt => "T1",
            Self::Forced => "T2",
            Self::Labels => "T3",
            Self::Ranking => "T4",
            Self::None => "T5",
        }
    }

    /// The name for the user.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::InProcess => "exact, in this process",
            Self::Prompt => "exact, prompt log-probabilities",
            Self::Forced => "exact, forced decoding",
            Self::Labels => "judges by label probabilities",
            Self::Ranking => "judges by ranking in words",
            Self::None => "cannot score",
        }
    }

    /// Whether it scores at all.
    #[must_use]
    pub fn scores(self) -> bool {
        self != Self::None
    }

    /// Whether it compares all candidates of a round instead of scoring each on its own.
    #[must_use]
    pub fn judges(self) -> bool {
        match self {
            Self::Labels | Self::Ranking => true,
            Self::InProcess | Self::Prompt | Self::Forced | Self::None => false,
        }
    }

    /// The weight of such a verifier if the user sets none: a judgement carries less information than a score. A guess, to be
    /// tuned by hand.
    #[must_use]
    pub fn default_weight(self) -> f64 {
        match self {
            Self::InProcess | Self::Prompt | Self::Forced | Self::None => 1.0,
            Self::Labels => 0.7,
            Self::Ranking => 0.4,
        }
    }
}
