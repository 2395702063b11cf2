//! What the tests of this folder share.

use std::path::Path;
use std::sync::Arc;

use specfuse::engine::member::llama_cpp::LlamaCpp;
use specfuse::engine::member::{Context, Drafted, Local, Member, Progress, ScoreRequest, Scored};

pub use crate::requests::{context, request};

/// One thread: on a busy machine, threads that wait for each other are slower than one.
pub fn local() -> Local {
    Local { threads: Some(1), context: Some(1024), ..Local::default() }
}

pub async fn open(path: &Path) -> LlamaCpp {
    LlamaCpp::open(path, &local(), |_| ()).await.unwrap()
}

pub async fn draft(member: &dyn Member, context: Context, temperature: f32, seed: u64, tokens: usize) -> Drafted {
    member.draft(request(context, temperature, seed, tokens), Progress::nowhere()).await.unwrap()
}

pub async fn score(member: &dyn Member, context: Context, candidates: &[(&str, bool)]) -> Scored {
    let candidates = candidates.iter().map(|(text, ends)| (Arc::from(*text), *ends)).collect();
    member.score(ScoreRequest::exact(context, candidates)).await.unwrap()
}

pub fn mean(numbers: &[f32]) -> f64 {
    numbers.iter().map(|number| f64::from(*number)).sum::<f64>() / numbers.len().max(1) as f64
}

/// The largest difference between two scorings of the same candidates.
pub fn apart(one: &Scored, other: &Scored) -> f64 {
    let pairs = one.logprobs().into_iter().flatten().zip(other.logprobs().into_iter().flatten());
    pairs.map(|(one, other)| f64::from((one - other).abs())).fold(0.0, f64::max)
}
