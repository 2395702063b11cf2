//! What the tests of this folder share.

use std::path::Path;

use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::member::llama_cpp::LlamaCpp;
use specfuse::engine::member::{
    Context, DraftRequest, Drafted, ExtendRequest, Extended, Keep, Local, Member, Progress, Sampling, ScoreRequest, Scored,
};

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
    let candidates = candidates.iter().map(|(text, ends)| CandidateText::new(*text, *ends)).collect();
    member.score(ScoreRequest::exact(context, candidates)).await.unwrap()
}

/// Drafts until the member is less sure of a token than this, at most 16 tokens, at temperature 0.
pub async fn draft_while_sure(member: &dyn Member, context: Context, confidence: f32) -> Drafted {
    let request = DraftRequest { confidence: Some(confidence), ..request(context, 0.0, 0, 16) };
    member.draft(request, Progress::nowhere()).await.unwrap()
}

/// Extends a draft at temperature 0.
pub async fn extend(member: &dyn Member, context: Context, draft: (&str, bool), keep: Keep) -> Extended {
    let sampling = Sampling { temperature: 0.0, top_p: 0.9, seed: 0 };
    let request = ExtendRequest { context, draft: draft.0.into(), ends: draft.1, keep, own: 1, sampling };
    member.extend(request, Progress::nowhere()).await.unwrap()
}

/// An answer of about this many tokens that one member drafts while it is sure and another extends: the text, and whether it
/// ends.
pub async fn driven(small: &dyn Member, large: &dyn Member, question: &str, keep: Keep, tokens: usize) -> (String, bool) {
    let (mut accepted, mut written): (Vec<String>, usize) = (Vec::new(), 0);
    loop {
        let texts: Vec<&str> = accepted.iter().map(String::as_str).collect();
        let drafted = draft_while_sure(small, context(question, &texts), 0.6).await.draft;
        let text = drafted.text();
        let taken = extend(large, context(question, &texts), (&text, drafted.ends), keep).await;
        written += taken.logprobs.len() + 1;
        accepted.push(taken.text());
        if taken.ends || written >= tokens {
            return (accepted.concat(), taken.ends);
        }
    }
}

pub fn mean(numbers: &[f32]) -> f64 {
    numbers.iter().map(|number| f64::from(*number)).sum::<f64>() / numbers.len().max(1) as f64
}

/// The largest difference between two scorings of the same candidates.
pub fn apart(one: &Scored, other: &Scored) -> f64 {
    let pairs = one.logprobs().into_iter().flatten().zip(other.logprobs().into_iter().flatten());
    pairs.map(|(one, other)| f64::from((one - other).abs())).fold(0.0, f64::max)
}
