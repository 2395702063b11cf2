//! The first event of a run: what it was given.

use serde::{Deserialize, Serialize};

use super::MemberName;
use super::tier::{Drafting, ScoreTier};
use super::usage::Price;
use crate::engine::fusion::choice::choice;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::params::Params;

/// What a run was given.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Always `specfuse-trace`.
    pub format: String,
    /// [`TRACE_VERSION`](super::TRACE_VERSION) of the program that wrote it.
    pub version: u32,
    pub program: String,
    /// The members, in the order that decides ties.
    pub members: Vec<MemberHeader>,
    pub params: Params,
    /// The seed that all sampling derives from.
    pub seed: u64,
    /// The turns; the last is the question.
    pub conversation: Conversation,
    /// What a right answer contains, in order and as whole words, if known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
}

/// A member as the run started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberHeader {
    /// Its name, unique in the ensemble.
    pub name: MemberName,
    /// What it may do.
    pub role: Role,
    /// The weight as a verifier that the user gave it, at least 0; `None` if [`super::super::weights`] decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// What it can do, as found when it was opened.
    pub capabilities: Capabilities,
    /// Where its sampling differs from the knobs.
    #[serde(default, skip_serializing_if = "OwnSampling::is_empty")]
    pub sampling: OwnSampling,
    /// What its tokens cost, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

impl MemberHeader {
    /// Whether it drafts. `beside_chat`: whether a chat model drafts too.
    #[must_use]
    pub fn drafts(&self, beside_chat: bool) -> bool {
        match self.role {
            Role::Auto => self.capabilities.chat || !beside_chat,
            Role::Both | Role::Draft => true,
            Role::Verify => false,
        }
    }

    /// Whether it is a chat model that drafts.
    #[must_use]
    pub fn is_chat_drafter(&self) -> bool {
        self.capabilities.chat && self.drafts(true)
    }
}

/// How many of these members draft.
#[must_use]
pub fn drafters(members: &[MemberHeader]) -> usize {
    let beside_chat = members.iter().any(MemberHeader::is_chat_drafter);
    members.iter().filter(|member| member.drafts(beside_chat)).count()
}

/// One member's own sampling, which overrides the knobs of the run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct OwnSampling {
    /// Temperature, 0 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus, above 0 and at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
}

impl OwnSampling {
    /// Whether it overrides nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a member can do, found once when it is opened: a capability counts only if a reply showed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is one thing that a member can do or not")]
pub struct Capabilities {
    /// The kind of member: `built-in`, `gguf`, `llama-server`, `vllm`, `openai`, `scripted`, …
    pub kind: String,
    /// The model's name for itself.
    pub model: String,
    /// The most tokens of prompt and answer together; `None` if there is no limit or it is unknown.
    pub context_tokens: Option<usize>,
    /// Number of parameters, if known.
    pub parameters: Option<u64>,
    /// How it continues a text.
    #[serde(default)]
    pub drafting: Drafting,
    /// Whether its drafts come with the log-probabilities of their tokens.
    #[serde(default = "yes")]
    pub draft_logprobs: bool,
    /// How it scores other members' candidates when a run starts.
    #[serde(default)]
    pub tier: ScoreTier,
    /// Whether its scores of candidates that end the answer include the probability of ending.
    pub end_probability: bool,
    /// Whether equal seeds give equal drafts.
    pub seed: bool,
    /// Whether its model is a chat model. A base model has no chat template and is asked in a plain form.
    #[serde(default = "yes")]
    pub chat: bool,
    /// How many calls it answers at the same time, at least 1.
    #[serde(default = "one")]
    pub concurrency: usize,
    /// What is missing and how to get it, one sentence each, for the user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<String>,
}

fn yes() -> bool {
    true
}

fn one() -> usize {
    1
}

impl Capabilities {
    /// What a model in this process can do: everything, one call at a time, with no context limit.
    #[must_use]
    pub fn in_process(kind: &str, model: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            model: model.to_owned(),
            context_tokens: None,
            parameters: None,
            drafting: Drafting::Raw,
            draft_logprobs: true,
            tier: ScoreTier::InProcess,
            end_probability: true,
            seed: true,
            chat: true,
            concurrency: 1,
            advice: Vec::new(),
        }
    }
}

choice! {
    /// What a member does in the ensemble.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Role {
        /// Verifies, and drafts unless its model is a base model and a chat model drafts.
        #[default]
        Auto = "auto",
        /// Drafts and verifies.
        Both = "both",
        /// Only drafts.
        Draft = "draft",
        /// Only verifies.
        Verify = "verify",
    }
}
