//! A member whose model could not be reached: it keeps its seat, so that the user sees that it is away and why.

use std::sync::Arc;

use super::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Member, MemberError, Progress, Reply, ScoreRequest, Scored,
    Working,
};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Drafting, ScoreTier};

/// A member that only reports why it is away.
#[derive(Debug, Clone)]
pub struct AbsentMember {
    capabilities: Capabilities,
    reason: String,
}

impl AbsentMember {
    /// A member of this kind, away for this reason.
    #[must_use]
    pub fn new(kind: &str, model: &str, reason: String) -> Self {
        let capabilities = Capabilities {
            drafting: Drafting::None,
            draft_logprobs: false,
            tier: ScoreTier::None,
            end_probability: false,
            seed: false,
            ..Capabilities::in_process(kind, model)
        };
        Self { capabilities, reason }
    }

    fn refuse<T: Send + 'static>(&self) -> Reply<T> {
        Box::pin(std::future::ready(Err(MemberError::Refused(self.reason.clone()))))
    }
}

impl Member for AbsentMember {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn prepare(&self, _conversation: Arc<Conversation>) -> Reply<usize> {
        self.refuse()
    }

    fn draft(&self, _request: DraftRequest, _progress: Progress) -> Reply<Drafted> {
        self.refuse()
    }

    fn score(&self, _request: ScoreRequest) -> Reply<Scored> {
        self.refuse()
    }

    fn extend(&self, _request: ExtendRequest, _progress: Progress) -> Reply<Extended> {
        self.refuse()
    }

    /// It is just as absent elsewhere, and takes no computing time from other members.
    fn replica(&self, _working: Working) -> Option<Arc<dyn Member>> {
        Some(Arc::new(self.clone()))
    }
}
