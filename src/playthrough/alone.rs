//! A member that answers alone, in one long draft, under the limits of a run.

use std::sync::Arc;
use std::time::Instant;

use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Role;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::member::{Context, DraftRequest, Drafted, MemberError, Progress, Sampling, ScoreTier};
use crate::engine::{Seat, guarded};

/// The result of asking one member alone.
#[derive(Debug)]
pub(crate) enum Alone {
    Answered(Answer),
    /// Its call failed, which says nothing about what it knows.
    Failed(MemberError),
    /// It only verifies.
    NotAsked,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    /// Whether the member ended it; otherwise a limit did.
    pub(crate) ended: bool,
    pub(crate) tokens: usize,
    pub(crate) elapsed_ms: f64,
}

/// Asks a member alone: at most `max-tokens` tokens within `draft-seconds`, drawn as in a run.
pub(crate) async fn alone(seat: &Seat, params: &Params, conversation: &Conversation, seed: u64) -> Alone {
    if seat.role == Role::Verify {
        return Alone::NotAsked;
    }
    start_afresh(seat, params).await;
    let own = seat.sampling;
    let (temperature, top_p) = (own.temperature.unwrap_or(params.temperature), own.top_p.unwrap_or(params.top_p));
    let sampling = Sampling { temperature: temperature as f32, top_p: top_p as f32, seed };
    let start = Instant::now();
    match draft(seat, params, conversation.clone(), sampling, params.max_tokens).await {
        Ok(Drafted { draft, .. }) => Alone::Answered(Answer {
            text: draft.text(),
            ended: draft.ends,
            tokens: draft.tokens.len(),
            elapsed_ms: start.elapsed().as_secs_f64() * 1000.0,
        }),
        Err(error) => Alone::Failed(error),
    }
}

/// Makes a model in this process read another question: it may just have worked on this one with others, and would find its
/// prompt already evaluated, unlike the fused answer. On servers that would cost money, and their caches are not ours.
async fn start_afresh(seat: &Seat, params: &Params) {
    if seat.member.capabilities().tier == ScoreTier::InProcess {
        let greedy = Sampling { temperature: 0.0, top_p: 1.0, seed: 0 };
        // A failure is reported by the call that is measured.
        let _ = draft(seat, params, Conversation::question("-"), greedy, 1).await;
    }
}

/// A draft of at most `length` tokens.
async fn draft(
    seat: &Seat,
    params: &Params,
    conversation: Conversation,
    sampling: Sampling,
    length: usize,
) -> Result<Drafted, MemberError> {
    let request = DraftRequest {
        context: Context { conversation: Arc::new(conversation), accepted: Arc::from([]) },
        sampling,
        segment: SegmentRule::tokens(length),
        asks_end: false,
        confidence: None,
    };
    let member = Arc::clone(&seat.member);
    // Called inside the guard: a member may panic before it returns its reply.
    let progress = Progress::nowhere();
    let waits = progress.waits().clone();
    let reply = Box::pin(async move { member.draft(request, progress).await });
    guarded(reply, params.draft_seconds as u64, &waits).await
}

#[cfg(test)]
mod tests;
