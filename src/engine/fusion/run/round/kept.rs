//! What the verifier of lazy drafting kept of a draft.

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::KeptDraft;

/// The start of a draft that its author kept of another member's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// Who drafted it.
    pub drafter: MemberIndex,
    /// Its bytes.
    pub bytes: usize,
    /// Its tokens, by the tokenizer of the member that kept them.
    pub tokens: usize,
    /// Natural logarithm of the probability of the first token that was not kept; `None` where all were.
    pub rejected: Option<f32>,
}

impl Kept {
    pub(in super::super) fn new(drafter: MemberIndex, kept: &KeptDraft) -> Self {
        Self { drafter, bytes: kept.bytes, tokens: kept.tokens, rejected: kept.rejected }
    }
}
