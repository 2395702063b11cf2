//! One cell: a prompt under a setting, and its result.

use serde::{Deserialize, Serialize};

/// A prompt under a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The number of the setting in its grid.
    pub setting: usize,
    /// The index of the prompt in its file, from 0.
    pub prompt: usize,
}

/// The result of a cell.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    pub cell: Cell,
    pub answer: Answer,
}

/// The figures of one answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Whether it contains the known answers; `None` if none is known, or there is no whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<bool>,
    /// Mean fused score of the accepted candidates, in the unit of the scoring rule; `None` if none was scored.
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
    /// Mean number of drafters per round.
    pub mean_active: f64,
    /// The members that left by the exit rule, in the order in which they left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Milliseconds from the start to the end.
    pub elapsed_ms: f64,
    /// The cost in US dollars, if prices were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Whether part of the cost is a guess.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cost_is_guessed: bool,
    /// Why there is no whole answer, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The file of its trace, in the folder of traces, if one was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}
