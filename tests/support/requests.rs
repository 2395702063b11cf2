//! What tests of members request, whichever engine answers.

use std::sync::Arc;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::{Context, DraftRequest, Sampling};

pub fn context(question: &str, accepted: &[&str]) -> Context {
    Context {
        conversation: Arc::new(Conversation::question(question)),
        accepted: accepted.iter().map(|text| Arc::from(*text)).collect(),
    }
}

/// A request for this many tokens.
pub fn request(context: Context, temperature: f32, seed: u64, tokens: usize) -> DraftRequest {
    DraftRequest {
        context,
        sampling: Sampling { temperature, top_p: 0.9, seed },
        segment: SegmentRule::tokens(tokens),
        asks_end: false,
        confidence: None,
    }
}
