//! One cell: a prompt under a setting, and what came of it.

use serde::{Deserialize, Serialize};

/// A prompt under a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The place of the setting in its grid.
    pub setting: usize,
    /// The place of the prompt in its file, from 0.
    pub prompt: usize,
}

/// What came of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// Which.
    pub cell: Cell,
    /// Its figures.
    pub answer: Answer,
}

/// The figures of one answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Whether it holds the known answers; absent where none is known, and where there is no whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<bool>,
    /// Mean fused score of the accepted candidates, in the unit of the scoring rule; absent where none was scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Rounds whose candidate is part of the answer.
    pub rounds: usize,
    /// Accepted tokens.
    pub tokens: usize,
    /// Drafts asked for.
    pub draft_calls: usize,
    /// Candidates scored.
    pub score_calls: usize,
    /// Mean number of drafters a round.
    pub mean_active: f64,
    /// Milliseconds from the start to the end.
    pub elapsed_ms: f64,
    /// What it cost in US dollars, where prices were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Whether any of that was guessed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cost_is_guessed: bool,
    /// Why there is no whole answer, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The file of its trace, in the folder of traces, where one was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}
