//! Opens the project's models and asks them things.

#![allow(clippy::unwrap_used)] // Helpers of tests stop a test as the tests themselves do.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::segment::{SegmentRule, SegmentUnit};
use specfuse::engine::member::embedded::EmbeddedMember;
use specfuse::engine::member::{
    Context, DraftRequest, Drafted, Hints, Member, MemberError, Progress, Sampling, ScoreRequest, Scored,
};

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

pub fn context(question: &str, accepted: &[&str]) -> Context {
    Context {
        conversation: Arc::new(Conversation::question(question)),
        accepted: accepted.iter().map(|text| Arc::from(*text)).collect(),
    }
}

/// A request for so many tokens.
pub fn request(context: Context, temperature: f32, seed: u64, tokens: usize) -> DraftRequest {
    DraftRequest {
        context,
        sampling: Sampling { temperature, top_p: 0.9, seed },
        segment: SegmentRule { unit: SegmentUnit::Tokens, length: tokens, token_cap: tokens, byte_cap: usize::MAX },
        hints: Hints::default(),
    }
}

pub fn draft(member: &EmbeddedMember, request: DraftRequest) -> Result<Drafted, MemberError> {
    wait(member.draft(request, Progress::nowhere()))
}

pub fn score(member: &EmbeddedMember, context: Context, candidates: &[(&str, bool)]) -> Result<Scored, MemberError> {
    let candidates = candidates.iter().map(|(text, ends)| (Arc::from(*text), *ends)).collect();
    wait(member.score(ScoreRequest::exact(context, candidates)))
}

/// The bits of log-probabilities, for comparisons that allow no difference at all.
pub fn bits(scored: &Scored) -> Vec<Vec<u32>> {
    scored.logprobs().iter().map(|numbers| numbers.iter().map(|number| number.to_bits()).collect()).collect()
}
