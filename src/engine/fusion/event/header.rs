//! The first event of a run: what it was given.

use serde::{Deserialize, Serialize};

use super::MemberName;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::params::Params;

/// What a run was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Always `specfuse-trace`.
    pub format: String,
    /// [`TRACE_VERSION`](super::TRACE_VERSION) of the program that wrote it.
    pub version: u32,
    /// The program's version.
    pub program: String,
    /// The members, in the order that decides ties.
    pub members: Vec<MemberHeader>,
    /// Every knob.
    pub params: Params,
    /// The seed that all sampling derives from.
    pub seed: u64,
    /// The turns; the last is the question.
    pub conversation: Conversation,
}

/// A member as the run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberHeader {
    /// Its name, unique in the ensemble.
    pub name: MemberName,
    /// What it may do.
    pub role: Role,
    /// Its weight as a verifier, at least 0.
    pub weight: f64,
    /// What it can do, as found out when it was opened.
    pub capabilities: Capabilities,
}

/// What a member can do, found out once when it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// What kind of member: `built-in`, `gguf`, `scripted`.
    pub kind: String,
    /// The model, as it names itself.
    pub model: String,
    /// The most tokens of prompt and answer together; `None` where there is no limit.
    pub context_tokens: Option<usize>,
    /// Number of parameters, where known.
    pub parameters: Option<u64>,
    /// Whether it can score foreign candidates.
    pub scores: bool,
    /// Whether it knows the probability of ending the answer.
    pub end_probability: bool,
    /// Whether equal seeds give equal drafts.
    pub seed: bool,
}

/// What a member does in the ensemble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Drafts and verifies.
    #[default]
    Both,
    /// Only drafts.
    Draft,
    /// Only verifies.
    Verify,
}
