//! A member on a server of our own: the server lives as long as the member.

use std::sync::Arc;

use super::LlamaServer;
use super::launch::Launched;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Member, Progress, Reply, ScoreRequest, Scored,
};

/// A model on a llama.cpp server that this program started. Dropping it ends the server.
#[derive(Debug)]
pub struct OwnServer {
    member: LlamaServer,
    /// Held for its destructor.
    _server: Launched,
}

impl OwnServer {
    /// The member on a server that was started for it.
    #[must_use]
    pub fn new(member: LlamaServer, server: Launched) -> Self {
        Self { member, _server: server }
    }
}

impl Member for OwnServer {
    fn capabilities(&self) -> &Capabilities {
        self.member.capabilities()
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.member.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        self.member.draft(request, progress)
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        self.member.score(request)
    }

    fn extend(&self, request: ExtendRequest, progress: Progress) -> Reply<Extended> {
        self.member.extend(request, progress)
    }
}
