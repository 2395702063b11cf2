//! A draft that is complete, as a trace holds it.

use serde::{Deserialize, Serialize};

use super::{MemberName, Usage};

/// A finished draft. Its tokens are those of the `token` events before it, cut where the text is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftFinished {
    /// Who.
    pub member: MemberName,
    /// The draft's text after the cut.
    pub text: String,
    /// Whether the answer is complete after it.
    pub ends: bool,
    /// Natural log-probability of ending there, whether it does or not, where the member knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_logprob: Option<f32>,
    /// What was drawn beyond the cut.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub beyond: String,
    /// What of it another member drafted, under lazy drafting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptDraft>,
    /// Tokens drawn, with those beyond the cut, without those kept of another's draft.
    pub drawn: usize,
    /// Token positions evaluated for it.
    pub forwards: u64,
    /// Tokens that it used, where a server counts them.
    #[serde(default, skip_serializing_if = "Usage::is_zero")]
    pub usage: Usage,
    /// Milliseconds from the request to the first token.
    pub first_token_ms: f64,
    /// Milliseconds from the request to the end.
    pub elapsed_ms: f64,
}

/// The beginning of a draft that its author kept of another member's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptDraft {
    /// Who drafted it.
    pub drafter: MemberName,
    /// Its bytes; 0 where none of it was kept.
    pub bytes: usize,
    /// Its tokens, by the tokenizer of the member that kept them.
    pub tokens: usize,
    /// Natural logarithm of the probability of the first token that was not kept; absent where all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<f32>,
}
