//! The first event of a run: what it was given.

use serde::{Deserialize, Serialize};

use super::MemberName;
use super::tier::{Drafting, ScoreTier};
use super::usage::Price;
use crate::engine::fusion::choice::choice;
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
    /// What a right answer holds, in order and as whole words, where that is known.
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
    /// The weight as a verifier that the user gave it, at least 0; `None` where [`super::super::weights`] decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// What it can do, as found out when it was opened.
    pub capabilities: Capabilities,
    /// Where its drafts are drawn otherwise than the knobs say.
    #[serde(default, skip_serializing_if = "OwnSampling::is_empty")]
    pub sampling: OwnSampling,
    /// What its tokens cost, where that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

impl MemberHeader {
    /// Whether it drafts, beside a model made for conversation that does or without one.
    #[must_use]
    pub fn drafts(&self, beside_chat: bool) -> bool {
        match self.role {
            Role::Auto => self.capabilities.chat || !beside_chat,
            Role::Both | Role::Draft => true,
            Role::Verify => false,
        }
    }

    /// Whether it is a model made for conversation that drafts.
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

/// Sampling of one member, over the knobs of the run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct OwnSampling {
    /// Temperature, 0 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus, above 0 up to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
}

impl OwnSampling {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a member can do, found out once when it is opened: a capability counts only where a reply showed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is one thing that a member can do or not")]
pub struct Capabilities {
    /// What kind of member: `built-in`, `gguf`, `llama-server`, `vllm`, `openai`, `scripted`, …
    pub kind: String,
    /// The model, as it names itself.
    pub model: String,
    /// The most tokens of prompt and answer together; `None` where there is no limit or none is known.
    pub context_tokens: Option<usize>,
    /// Number of parameters, where known.
    pub parameters: Option<u64>,
    /// How it continues a text.
    #[serde(default)]
    pub drafting: Drafting,
    /// Whether its drafts come with the log-probabilities of their tokens.
    #[serde(default = "yes")]
    pub draft_logprobs: bool,
    /// How it scores foreign candidates when a run starts.
    #[serde(default)]
    pub tier: ScoreTier,
    /// Whether its scores of candidates that end the answer hold the probability of ending.
    pub end_probability: bool,
    /// Whether equal seeds give equal drafts.
    pub seed: bool,
    /// Whether its model is made for conversation: a base model has no chat template, and is asked in a plain form.
    #[serde(default = "yes")]
    pub chat: bool,
    /// How many calls it answers at once, at least 1.
    #[serde(default = "one")]
    pub concurrency: usize,
    /// What is missing and how to get it, each a sentence for the user.
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
    /// What a model in this process can do: everything, one call at a time, without a limit of context.
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
        /// Verifies, and drafts unless its model is a base model and one made for conversation drafts.
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
