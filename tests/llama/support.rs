//! Connects to servers and calls members.

use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::member::Overrides;
use specfuse::engine::member::http::{Endpoint, Limits};
use specfuse::engine::member::llama_server::{LlamaServer, Settings, Shared};
use specfuse::engine::member::{Context, DraftRequest, Drafted, Member, MemberError, Progress, ScoreRequest, ScoreTier, Scored};

use crate::llama::Served;

pub use crate::requests::{context, request};

/// The average difference in nats per token allowed between the scores of many candidates: a fault in the arithmetic moves every
/// score.
pub const AVERAGE_LIMIT: f64 = 0.005;
/// The difference in nats per token allowed for the score of one candidate. How tokens fall into batches, and in which order a
/// processor sums, moves single scores: by 0.009 to 0.012 on the processors seen.
pub const WORST_LIMIT: f64 = 0.05;
/// The difference in nats allowed for one token, for the same reason.
pub const TOKEN_LIMIT: f32 = 0.15;

pub const QUESTION: &str = "What is the capital of France?";

pub fn settings(url: &str) -> Settings {
    let limits = Limits { attempts: 1, ..Limits::default() };
    Settings {
        endpoint: Endpoint::new("server", url).unwrap(),
        limits,
        model: None,
        overrides: Overrides::default(),
        shared: Shared::default(),
    }
}

pub async fn connect(served: &Served) -> LlamaServer {
    LlamaServer::connect(settings(&served.url)).await.unwrap()
}

pub async fn draft(member: &dyn Member, request: DraftRequest) -> Result<Drafted, MemberError> {
    member.draft(request, Progress::nowhere()).await
}

pub async fn score(member: &dyn Member, context: Context, candidates: &[(&str, bool)]) -> Result<Scored, MemberError> {
    let candidates = candidates.iter().map(|(text, ends)| CandidateText::new(*text, *ends)).collect();
    member
        .score(ScoreRequest {
            context,
            candidates,
            tier: ScoreTier::Forced,
            seed: 0,
            asks_end: false,
            progress: Progress::nowhere(),
        })
        .await
}

pub fn mean(logprobs: &[f32]) -> f64 {
    logprobs.iter().map(|logprob| f64::from(*logprob)).sum::<f64>() / logprobs.len() as f64
}
