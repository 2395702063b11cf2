//! Drafting: a streamed completion, heard token by token and dropped as soon as the segment is complete.
//!
//! Owns what a draft's events mean: text that is held back, characters of several tokens (which come as one event that tells the
//! last token's log-probability alone), the end of a turn, and thoughts, which never become part of a draft.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use super::Inner;
use super::force::{FIELDS, in_slot};
use super::plain::OtherTurns;
use super::template::Prompt;
use super::tokens::{fields, ids};
use super::wire::{Event, Stop, Work};
use crate::engine::fusion::candidate::Draft;
use crate::engine::member::conversation_text::THOUGHT;
use crate::engine::member::drawing::Drawing;
use crate::engine::member::{DraftRequest, Drafted, MemberError, Progress, Sampling};

/// The seed by which the server means a random one.
const RANDOM_SEED: u32 = u32::MAX;

/// What came of an attempt.
enum Outcome {
    Drafted(Draft),
    /// The model thinks before it answers.
    Thought,
}

/// What to do after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    More,
    Complete,
    /// Another turn begins.
    Ended,
    Thought,
}

/// Drafts a segment. A model that begins to think is asked again with its thought closed, once and for the rest of its life.
pub(super) async fn draft(inner: Arc<Inner>, request: DraftRequest, progress: Progress) -> Result<Drafted, MemberError> {
    let mut work = Work::default();
    for _ in 0..2 {
        match attempt(&inner, &request, progress.clone(), &mut work).await? {
            Outcome::Drafted(draft) => {
                return Ok(Drafted { draft, ends: Vec::new(), forwards: work.forwards, usage: work.usage });
            }
            Outcome::Thought => inner.silence.store(true, Ordering::Relaxed),
        }
    }
    let reason = "it thinks before it answers, although it was told not to: start the server with --reasoning-budget 0";
    Err(MemberError::Failed(format!("{}: {reason}", inner.server.name())))
}

async fn attempt(inner: &Inner, request: &DraftRequest, progress: Progress, work: &mut Work) -> Result<Outcome, MemberError> {
    let prompt = inner.prompt(&request.context.conversation).await?;
    let accepted = request.context.accepted.concat();
    let known = inner.tokenizer.remembered(&inner.server, &accepted).await?;
    let before: Vec<u32> = prompt.ids.iter().copied().chain(ids(&known)).collect();
    inner.room_for(before.len() + 1)?;
    let most = Drawing::limit(request.segment);
    let (beginning, plain) = (accepted.trim().is_empty(), !prompt.stops.is_empty());
    let others = plain.then(|| OtherTurns::new(accepted));
    let mut hearing = Hearing::new(Drawing::new(request.segment, progress), beginning, others);
    let place = inner.slots.for_draft(&before);
    let body = in_slot(body(&before, &prompt, request.sampling, most), place.id());
    let mut completion = inner.server.complete(body).await?;
    let mut left = before;
    loop {
        let event = completion.next().await?;
        left.extend(event.completion_probabilities.iter().filter_map(|entry| entry.id));
        if event.stop {
            place.leaves(left);
            *work += event.work();
            let draft = hearing.ended(inner, &event).await?;
            return Ok(Outcome::Drafted(draft));
        }
        let cost = event.work();
        if event.content.is_empty() {
            hearing.drawing.alive();
        }
        match hearing.take(inner, &event).await? {
            Heard::More => {}
            // The server stops by itself here, and its last event is on its way.
            Heard::Complete if event.tokens_predicted >= most as u64 => {
                let last = completion.next().await.map_or(cost, |event| event.work());
                *work += last;
                place.leaves(left);
                return Ok(Outcome::Drafted(hearing.drawing.finish(false, None)));
            }
            Heard::Complete => {
                *work += cost;
                place.leaves(left);
                return Ok(Outcome::Drafted(hearing.drawing.finish(false, None)));
            }
            Heard::Ended => {
                *work += cost;
                place.leaves(left);
                return Ok(Outcome::Drafted(hearing.drawing.finish(true, None)));
            }
            Heard::Thought => {
                *work += cost;
                return Ok(Outcome::Thought);
            }
        }
    }
}

/// The request. Temperature comes before the nucleus, as in the built-in engine.
fn body(before: &[u32], prompt: &Prompt, sampling: Sampling, most: usize) -> Map<String, Value> {
    fields(json!({
        "prompt": before, "n_predict": most, "n_probs": 1, "samplers": ["temperature", "top_p"],
        "temperature": sampling.temperature, "top_p": sampling.top_p, "seed": seed(sampling.seed), "stop": prompt.stops,
        "cache_prompt": true, "timings_per_token": true, "response_fields": FIELDS,
    }))
}

/// A seed as the server takes it: 32 bits, of which one value would mean a random one.
fn seed(seed: u64) -> u32 {
    let folded = (seed ^ (seed >> 32)) as u32;
    if folded == RANDOM_SEED { 0 } else { folded }
}

/// A draft as it is heard.
struct Hearing {
    drawing: Drawing,
    /// Whether the answer has not begun yet: a thought may come.
    beginning: bool,
    /// Pieces that may be the beginning of a thought.
    held: Vec<(String, Option<f32>)>,
    /// In the plain form: what may be another turn.
    others: Option<OtherTurns>,
    /// Log-probabilities of tokens that had no text so far: held back by the server, or the end of the turn.
    silent: Vec<Option<f32>>,
}

impl Hearing {
    fn new(drawing: Drawing, beginning: bool, others: Option<OtherTurns>) -> Self {
        Self { drawing, beginning, held: Vec::new(), others, silent: Vec::new() }
    }

    /// Takes an event that is not the last.
    async fn take(&mut self, inner: &Inner, event: &Event) -> Result<Heard, MemberError> {
        let logprob = told(inner, event)?;
        if event.content.is_empty() {
            self.silent.push(logprob);
            return Ok(Heard::More);
        }
        let silent = std::mem::take(&mut self.silent).into_iter().map(|logprob| (String::new(), logprob));
        let pieces: Vec<_> = silent.chain([(event.content.clone(), logprob)]).collect();
        if !self.beginning {
            return Ok(self.add(pieces).await);
        }
        self.held.extend(pieces);
        let text: String = self.held.iter().map(|(text, _)| text.as_str()).collect();
        let text = text.trim_start();
        if text.starts_with(THOUGHT) {
            return Ok(Heard::Thought);
        }
        if THOUGHT.starts_with(text) {
            return Ok(Heard::More);
        }
        self.beginning = false;
        let held = std::mem::take(&mut self.held);
        Ok(self.add(held).await)
    }

    /// Takes the last event: the draft.
    async fn ended(mut self, inner: &Inner, event: &Event) -> Result<Draft, MemberError> {
        let stop = event.stopped();
        let end = if stop == Stop::Turn { self.silent.pop().flatten() } else { None };
        let mut pieces = std::mem::take(&mut self.held);
        pieces.extend(std::mem::take(&mut self.silent).into_iter().map(|logprob| (String::new(), logprob)));
        if !event.content.is_empty() {
            pieces.push((event.content.clone(), told(inner, event)?));
        }
        let mut ends = stop != Stop::Limit;
        if let Some(others) = &mut self.others {
            let (mut free, another) = others.take(pieces);
            free.extend(if another { Vec::new() } else { others.rest() });
            (pieces, ends) = (free, ends || another);
        }
        // What was held is the draft's, however the segment counts: the turn is over, and the rule cuts what is too much.
        for (text, logprob) in pieces {
            self.drawing.add(&text, logprob).await;
        }
        Ok(self.drawing.finish(ends, end))
    }

    async fn add(&mut self, pieces: Vec<(String, Option<f32>)>) -> Heard {
        let (pieces, ends) = match &mut self.others {
            Some(others) => others.take(pieces),
            None => (pieces, false),
        };
        for (text, logprob) in pieces {
            if self.drawing.add(&text, logprob).await {
                return Heard::Complete;
            }
        }
        if ends { Heard::Ended } else { Heard::More }
    }
}

/// The log-probability that an event tells; `None` where the server's numbers are not what they seem.
fn told(inner: &Inner, event: &Event) -> Result<Option<f32>, MemberError> {
    let entry = event.completion_probabilities.last();
    match entry.filter(|_| inner.capabilities.draft_logprobs && !event.is_speculative()) {
        None => Ok(None),
        Some(entry) => Ok(Some(entry.logprob().map_err(|bad| inner.server.bad(bad))?)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The server would draw a random seed for one value; it is never sent.
        #[test]
        fn no_seed_is_random(any: u64) {
            prop_assert_ne!(seed(any), RANDOM_SEED);
        }
    }

    #[test]
    fn both_halves_of_a_seed_count() {
        assert_eq!(seed(7), 7);
        assert_ne!(seed(7), seed(7 | 1 << 40));
        assert_eq!(seed(u64::from(u32::MAX)), 0);
    }
}
