//! Opens the project's models and calls them.

#![allow(clippy::unwrap_used)] // Test helpers stop a test as the tests themselves do.

use std::future::Future;
use std::path::PathBuf;

use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::member::embedded::EmbeddedMember;
use specfuse::engine::member::{Context, DraftRequest, Drafted, Hints, Member, MemberError, Progress, ScoreRequest, Scored};

pub use crate::requests::{context, request};

/// The file of one of the project's models.
pub fn model(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/models").join(format!("{name}.gguf"))
}

pub fn member(name: &str) -> EmbeddedMember {
    EmbeddedMember::open_file(&model(name)).unwrap()
}

/// Waits for a reply.
pub fn wait<T>(reply: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(reply)
}

pub fn draft(member: &EmbeddedMember, request: DraftRequest) -> Result<Drafted, MemberError> {
    wait(member.draft(request, Progress::nowhere()))
}

pub fn draft_beside(member: &EmbeddedMember, request: DraftRequest, hints: Hints) -> Result<Drafted, MemberError> {
    wait(member.draft(request, Progress::nowhere().beside(hints)))
}

pub fn score(member: &EmbeddedMember, context: Context, candidates: &[(&str, bool)]) -> Result<Scored, MemberError> {
    let candidates = candidates.iter().map(|(text, ends)| CandidateText::new(*text, *ends)).collect();
    wait(member.score(ScoreRequest::exact(context, candidates)))
}

/// The bits of log-probabilities, for comparisons that allow no difference at all.
pub fn bits(scored: &Scored) -> Vec<Vec<u32>> {
    scored.logprobs().iter().map(|numbers| numbers.iter().map(|number| number.to_bits()).collect()).collect()
}
