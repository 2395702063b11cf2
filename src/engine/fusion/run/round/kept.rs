//! What the verifier of lazy drafting kept of a draft.

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::KeptDraft;

/// The start of a draft that its author kept from another member's.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    pub drafter: MemberIndex,
    pub bytes: usize,
    /// Its tokens, by the tokenizer of the member that kept them.
    pub tokens: usize,
    /// Natural logarithm of the probability of the first token that was rejected; `None` if none was.
    pub rejected: Option<f32>,
}

impl Kept {
    pub(in super::super) fn new(drafter: MemberIndex, kept: &KeptDraft) -> Self {
        Self { drafter, bytes: kept.bytes, tokens: kept.tokens, rejected: kept.rejected }
    }
}
