//! A member slowed down, so that the user can watch it write.
//!
//! Owns when tokens and replies are passed on. The inner member drafts and scores, unchanged to the bit; it works at its own
//! speed, and its lead waits here. Time limits keep counting in the meantime.

mod pace;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join;
use tokio::sync::{mpsc, oneshot};

use self::pace::Beat;
pub use self::pace::{Pace, SLOWEST};
use super::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Member, Predicted, Progress, Reply, ScoreRequest, Scored,
    Usage, Working,
};
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;

/// Token times that a scoring takes, and extending a draft.
pub const SCORE_TOKENS: u32 = 4;

/// Token times before the first token of a draft that continues accepted text, so that the user can look at what was decided.
pub const REST_TOKENS: u32 = 12;

/// How many tokens the inner member may be ahead; it waits when they are not passed on.
const AHEAD: usize = 256;

/// A member that writes at a pace.
pub struct Paced {
    inner: Arc<dyn Member>,
    pace: Pace,
}

impl Paced {
    /// This member at this pace.
    #[must_use]
    pub fn new(inner: Arc<dyn Member>, pace: Pace) -> Self {
        Self { inner, pace }
    }

    /// A reply that is passed on whole, no earlier than a scoring's token times after the request.
    fn held_back<T: Send + 'static>(&self, reply: Reply<T>) -> Reply<T> {
        let mut beat = Beat::new(&self.pace);
        Box::pin(async move { tokio::join!(reply, beat.wait(SCORE_TOKENS)).0 })
    }
}

impl Member for Paced {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn probing(&self) -> Usage {
        self.inner.probing()
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.inner.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let rest = if request.context.accepted.is_empty() { 0 } else { REST_TOKENS };
        let (sender, told) = mpsc::channel(AHEAD);
        let (answered, is_answered) = oneshot::channel();
        let inner = self.inner.draft(request, progress.heard_by(0, sender));
        let reply = async move {
            let reply = inner.await;
            drop(answered);
            reply
        };
        // This order also applies to dropping them: a thread waiting to send a token is released before the inner call, which may
        // wait for that thread, is dropped.
        let mut beat = Beat::new(&self.pace);
        let told = async move {
            beat.wait(rest).await;
            relay(told, is_answered, beat, progress).await;
        };
        Box::pin(join(told, reply).map(|((), reply)| reply))
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        self.held_back(self.inner.score(request))
    }

    fn extend(&self, request: ExtendRequest, progress: Progress) -> Reply<Extended> {
        self.held_back(self.inner.extend(request, progress))
    }

    fn measure(&self) -> Reply<DecodeTimes> {
        self.inner.measure()
    }

    fn predict(&self, conversation: Arc<Conversation>) -> Reply<Predicted> {
        self.inner.predict(conversation)
    }

    /// Not watched by the user, so it is not slowed down.
    fn replica(&self, working: Working) -> Option<Arc<dyn Member>> {
        self.inner.replica(working)
    }
}

/// Passes tokens on, each at its time, until the inner member has answered and all its tokens are passed on.
async fn relay(
    mut told: mpsc::Receiver<(u64, DraftToken)>,
    mut is_answered: oneshot::Receiver<()>,
    mut beat: Beat,
    progress: Progress,
) {
    let mut answered = false;
    loop {
        let token = tokio::select! {
            biased;
            token = told.recv() => token,
            // Whatever still holds the sender after the answer has nothing more to send, and must not hold up the reply.
            _ = &mut is_answered, if !answered => {
                answered = true;
                told.close();
                continue;
            }
        };
        let Some((_, token)) = token else { return };
        beat.wait(1).await;
        progress.token(token).await;
    }
}
