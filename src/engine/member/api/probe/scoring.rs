//! Whether the server scores given text: a likely and an unlikely word separate meaningful numbers from others.

use std::sync::Arc;

use super::super::super::{Bill, Context, Opinion};
use super::super::client::Client;
use super::super::dialect::Scoring;
use super::super::render::Renderer;
use super::super::score::Scorer;
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::conversation::Conversation;

const QUESTION: &str = "What is the capital of France? Reply in one sentence.";
const ACCEPTED: &str = "The capital of France is";
const LIKELY: &str = " Paris";
const UNLIKELY: &str = " xylophone";

/// The first of these ways whose numbers are in the right order.
pub(super) async fn way(client: &Client, renderer: Option<&Arc<Renderer>>, ways: &[Scoring], bill: &Bill) -> Option<Scorer> {
    for way in ways {
        let mut scorer = Scorer { way: *way, renderer: renderer.cloned(), end_token: None };
        if tells(client, &scorer, bill).await {
            if let Some(renderer) = renderer {
                scorer.end_token = renderer.end_token(client).await.ok().flatten();
            }
            return Some(scorer);
        }
    }
    None
}

async fn tells(client: &Client, scorer: &Scorer, bill: &Bill) -> bool {
    let context = Context { conversation: Arc::new(Conversation::question(QUESTION)), accepted: [ACCEPTED.into()].into() };
    let candidates = [CandidateText::new(LIKELY, false), CandidateText::new(UNLIKELY, false)];
    let Ok(reply) = scorer.score(client, &context, &candidates, bill).await else { return false };
    match reply.opinions.iter().map(mean).collect::<Vec<_>>().as_slice() {
        [Some(likely), Some(unlikely)] => likely > unlikely,
        _ => false,
    }
}

fn mean(opinion: &Opinion) -> Option<f32> {
    match opinion {
        Opinion::Tokens(logprobs) if !logprobs.is_empty() => Some(logprobs.iter().sum::<f32>() / logprobs.len() as f32),
        Opinion::Tokens(_) | Opinion::Preference(_) => None,
    }
}
