//! Scores given text exactly, by the log-probabilities that servers return for a prompt's tokens (tier T1).
//!
//! Owns choosing the way and checking its result. There are two families: servers that take tokens and return a number for each
//! (`ids`), and servers that repeat the prompt in their own tokens, where the candidate's are found by their text (`text`,
//! `locate`). A token that straddles the border between answer and candidate counts in full.

mod ids;
mod locate;
mod text;

use crate::engine::fusion::candidate::CandidateText;
use std::sync::Arc;

use super::super::{Bill, Context, MemberError, Opinion, Scored, Usage};
use super::client::Client;
use super::dialect::Scoring;
use super::render::Renderer;

/// Scores given text.
#[derive(Debug, Clone)]
pub(super) struct Scorer {
    pub(super) way: Scoring,
    /// Not needed if the server takes turns.
    pub(super) renderer: Option<Arc<Renderer>>,
    /// The token that ends an answer, if known.
    pub(super) end_token: Option<u32>,
}

/// Why there are no scores.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// A call failed.
    Call(MemberError),
    /// The reply has no scores, or not those of the candidates.
    Shape(String),
}

impl From<MemberError> for Fault {
    fn from(error: MemberError) -> Self {
        Self::Call(error)
    }
}

/// Scores of the candidates in order, each valid or not, and the usage.
struct Counted {
    logprobs: Vec<Result<Vec<f32>, String>>,
    usage: Usage,
}

impl Scorer {
    /// The log-probabilities of each candidate's tokens, then of the end if the candidate ends and the end's token is known. A
    /// candidate whose tokens cannot be found has none, which is an abstention.
    pub(super) async fn score(
        &self,
        client: &Client,
        context: &Context,
        candidates: &[CandidateText],
        bill: &Bill,
    ) -> Result<Scored, Fault> {
        let counted = match self.way {
            Scoring::PromptLogprobs | Scoring::InputLogprobs => ids::score(self, client, context, candidates, bill).await?,
            Scoring::Echo | Scoring::EchoLast | Scoring::ChatEcho | Scoring::InputDetails => {
                text::score(self, client, context, candidates, bill).await?
            }
        };
        let first_fault = counted.logprobs.iter().find_map(|logprobs| logprobs.as_ref().err().cloned());
        if let Some(fault) = first_fault.filter(|_| counted.logprobs.iter().all(|one| one.as_ref().map_or(true, Vec::is_empty))) {
            return Err(Fault::Shape(fault));
        }
        let usage = counted.usage;
        let forwards = usage.evaluated();
        let opinions = counted.logprobs.into_iter().map(|logprobs| Opinion::Tokens(logprobs.unwrap_or_default().into()));
        Ok(Scored { opinions: opinions.collect(), ends: Vec::new(), forwards, usage })
    }

    fn renderer(&self) -> Result<&Renderer, Fault> {
        self.renderer.as_deref().ok_or_else(|| Fault::Shape("no chat template is known to render the conversation by".to_owned()))
    }
}
