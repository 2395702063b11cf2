//! Why a draft or a member no longer takes part.

use serde::{Deserialize, Serialize};

/// What a draft repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeats {
    /// The question.
    Question,
    /// The end of the accepted text.
    Answer,
}

impl Repeats {
    /// The name for the user.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Question => "the question",
            Self::Answer => "what was accepted before it",
        }
    }
}

/// Why a member left.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ExitReason {
    /// Its retention fell below the threshold.
    Retention {
        /// p.
        retention: f64,
        /// δ / n.
        threshold: f64,
    },
    /// It failed too many times in a row.
    Failures { count: usize, error: String },
    /// It cannot continue at all.
    Unusable { error: String },
    /// It was late in this many rounds in a row: it rests for this answer.
    Late { rounds: usize },
    /// It was not ready when the others were; it joins once it is.
    NotReady,
    /// The user excluded it.
    Excluded,
}
