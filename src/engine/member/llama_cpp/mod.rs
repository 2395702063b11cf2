//! A GGUF model of any architecture that llama.cpp knows, in this process.
//!
//! Owns llama.cpp: loading, devices, the layout of its cache, and keeping crashes of llama.cpp out of this process. What a member
//! does with a model is in `in_process`, shared with the embedded engine, which remains for tiny models and for answers that are
//! reproducible to the byte.
//!
//! A file is first tried in a child process (`trial`), since a damaged one can end the process that loads it. Then the member's
//! own thread loads it (`load`) and works (`engine`, with `sequences` and `vocabulary`). Members on one device work one at a
//! time, each with all threads: concurrently, llama.cpp's threads would wait for each other by spinning. Only when small models
//! draw tokens, which more threads do not speed up, do they work side by side (`process` has the queues, `threads` the numbers).

#![allow(clippy::cast_possible_wrap, reason = "llama.cpp counts in i32, and every count here is bounded far below")]

mod engine;
mod error;
mod load;
mod process;
mod sequences;
mod threads;
pub mod trial;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

pub use self::error::LlamaCppError;
use self::load::{Loaded, load};
use super::turns::Turns;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::member::in_process::Desk;
use crate::engine::member::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Local, Member, Predicted, Progress, Reply, ScoreRequest, Scored,
};

/// A GGUF model on its own thread. Dropping it ends the thread and frees the model once the current call is answered.
pub struct LlamaCpp {
    capabilities: Capabilities,
    desk: Desk,
    turns: Turns,
    /// How much of its device's shared capacity a draft needs.
    places: u32,
}

impl LlamaCpp {
    /// Loads a file that passed [`trial::run`]; `told` receives how much of it is loaded, in per cent. Takes as long as loading
    /// does.
    ///
    /// # Errors
    /// Names the file and why it cannot be run here.
    pub async fn open(path: &Path, local: &Local, told: impl Fn(u8) + Send + 'static) -> Result<Self, LlamaCppError> {
        let Loaded { capabilities, desk, turns, places } = load(path, local, told).await?;
        Ok(Self { capabilities, desk, turns, places })
    }
}

impl Member for LlamaCpp {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.desk.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let (desk, turns, places) = (self.desk.clone(), self.turns.clone(), self.places);
        Box::pin(async move {
            let turn = turns.share(&progress, places).await;
            desk.draft(request, progress, Some(turn)).await
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let (desk, turns) = (self.desk.clone(), self.turns.clone());
        Box::pin(async move {
            let turn = turns.take(&request.progress).await;
            desk.score(request, Some(turn)).await
        })
    }

    fn extend(&self, request: ExtendRequest, progress: Progress) -> Reply<Extended> {
        let (desk, turns) = (self.desk.clone(), self.turns.clone());
        Box::pin(async move {
            let turn = turns.take(&progress).await;
            desk.extend(request, progress, Some(turn)).await
        })
    }

    fn measure(&self) -> Reply<DecodeTimes> {
        let (desk, turns) = (self.desk.clone(), self.turns.clone());
        Box::pin(async move {
            let turn = turns.take(&Progress::nowhere()).await;
            desk.measure(Some(turn)).await
        })
    }

    fn predict(&self, conversation: Arc<Conversation>) -> Reply<Predicted> {
        let (desk, turns) = (self.desk.clone(), self.turns.clone());
        Box::pin(async move {
            let turn = turns.take(&Progress::nowhere()).await;
            desk.predict(conversation, Some(turn)).await
        })
    }
}
