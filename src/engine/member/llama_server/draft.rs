//! Drafting: a streamed completion, read token by token and dropped as soon as the segment is complete.
//!
//! Owns the meaning of a draft's events: text that is held back, characters of several tokens (which come as one event with only
//! the last token's log-probability), the end of a turn, and removing thoughts, which are never part of a draft.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use super::Inner;
use super::force::{FIELDS, in_slot};
use super::template::Prompt;
use super::tokens::{fields, ids};
use super::wire::{Event, Stop, Work};
use crate::engine::fusion::candidate::Draft;
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::member::drawing::Drawing;
use crate::engine::member::other_turns::OtherTurns;
use crate::engine::member::thought::{Divided, Piece, Thoughts};
use crate::engine::member::{DraftRequest, Drafted, MemberError, Progress, Sampling, Thought};

/// The seed that the server treats as a random one.
const RANDOM_SEED: u32 = u32::MAX;

/// The outcome of an attempt.
enum Outcome {
    Drafted(Draft, Thought),
    /// The model thinks before it answers, and its thought was not closed.
    Thinks,
}

/// What to do after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    More,
    Complete,
    /// Another turn starts.
    Ended,
    Thinks,
}

/// Why a draft has no text, and what helps.
const ONLY_A_THOUGHT: &str = "its reply is only a thought, although it was told not to think: start the server with --reasoning-budget 0, \
                              or let it only verify";

/// Drafts a segment. A model that starts to think is asked once more with its thought closed, and from then on always; if that
/// does not help, its thoughts are removed.
pub(super) async fn draft(inner: Arc<Inner>, request: DraftRequest, progress: Progress) -> Result<Drafted, MemberError> {
    let mut work = Work::default();
    loop {
        match attempt(&inner, &request, progress.clone(), &mut work).await? {
            Outcome::Drafted(draft, thought) => {
                return Ok(Drafted { draft, thought, ends: Vec::new(), forwards: work.forwards, usage: work.usage });
            }
            Outcome::Thinks => inner.silence.store(true, Ordering::Relaxed),
        }
    }
}

async fn attempt(inner: &Inner, request: &DraftRequest, progress: Progress, work: &mut Work) -> Result<Outcome, MemberError> {
    let prompt = inner.prompt(&request.context.conversation).await?;
    let accepted = request.context.accepted.concat();
    let known = inner.tokenizer.remembered(&inner.server, &accepted).await?;
    let before: Vec<u32> = prompt.ids.iter().copied().chain(ids(&known)).collect();
    inner.room_for(before.len() + 1)?;
    let most = Drawing::limit(request.segment);
    let silenced = inner.silence.load(Ordering::Relaxed);
    let bill = progress.bill().clone();
    let mut hearing = Hearing::new(request.segment, progress, &accepted, !prompt.stops.is_empty());
    let place = inner.slots.for_draft(&before);
    let body = in_slot(body(&before, &prompt, request.sampling, most), place.id());
    let mut completion = inner.server.complete(body, &bill).await?;
    let mut left = before;
    loop {
        let event = completion.next().await?;
        left.extend(event.completion_probabilities.iter().filter_map(|entry| entry.id));
        if event.stop {
            place.leaves(left);
            *work += event.work();
            return hearing.ended(inner, &event).await;
        }
        let cost = event.work();
        hearing.drawing.alive();
        match hearing.take(inner, &event).await? {
            Heard::Thinks if !silenced => {
                *work += cost;
                return Ok(Outcome::Thinks);
            }
            Heard::More | Heard::Thinks => {}
            // The server stops here on its own, and its last event is on its way.
            Heard::Complete if event.tokens_predicted >= most as u64 => {
                let last = completion.next().await.map_or(cost, |event| event.work());
                *work += last;
                place.leaves(left);
                return Ok(hearing.finish(false));
            }
            Heard::Complete => {
                *work += cost;
                place.leaves(left);
                return Ok(hearing.finish(false));
            }
            Heard::Ended => {
                *work += cost;
                place.leaves(left);
                return Ok(hearing.finish(true));
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

/// A seed in the server's form: 32 bits, one value of which would mean a random one.
fn seed(seed: u64) -> u32 {
    let folded = (seed ^ (seed >> 32)) as u32;
    if folded == RANDOM_SEED { 0 } else { folded }
}

/// A draft in progress.
struct Hearing {
    rule: SegmentRule,
    progress: Progress,
    drawing: Drawing,
    thoughts: Thoughts,
    /// In the plain form: what may be another turn, now and at the start.
    others: Option<OtherTurns>,
    beginning: Option<OtherTurns>,
    /// Log-probabilities of tokens that had no text so far: held back by the server, or the end of the turn.
    silent: Vec<Option<f32>>,
}

impl Hearing {
    /// After this accepted text; `plain`: in the plain form.
    fn new(rule: SegmentRule, progress: Progress, accepted: &str, plain: bool) -> Self {
        let others = plain.then(|| OtherTurns::new(accepted.to_owned()));
        // White space alone is not a started answer.
        let thoughts = Thoughts::continued(accepted.trim());
        let drawing = Drawing::new(rule, progress.clone());
        Self { rule, progress, drawing, thoughts, beginning: others.clone(), others, silent: Vec::new() }
    }

    /// Handles an event that is not the last.
    async fn take(&mut self, inner: &Inner, event: &Event) -> Result<Heard, MemberError> {
        let logprob = told(inner, event);
        if event.content.is_empty() {
            self.silent.push(logprob);
            return Ok(Heard::More);
        }
        let silent = std::mem::take(&mut self.silent).into_iter().map(|logprob| (String::new(), logprob));
        let pieces: Vec<Piece> = silent.chain([(event.content.clone(), logprob)]).collect();
        let answer = self.without_thoughts(pieces);
        let heard = self.add(answer).await;
        Ok(if heard == Heard::More && self.thoughts.is_thinking() { Heard::Thinks } else { heard })
    }

    /// Handles the last event, and returns the draft.
    async fn ended(mut self, inner: &Inner, event: &Event) -> Result<Outcome, MemberError> {
        let stop = event.stopped();
        let end = if stop == Stop::Turn { self.silent.pop().flatten() } else { None };
        let mut pieces: Vec<Piece> =
            std::mem::take(&mut self.silent).into_iter().map(|logprob| (String::new(), logprob)).collect();
        if !event.content.is_empty() {
            pieces.push((event.content.clone(), told(inner, event)));
        }
        let mut pieces = self.without_thoughts(pieces);
        let ended = std::mem::replace(&mut self.thoughts, Thoughts::continued("")).finish(stop != Stop::Limit);
        if ended.last.taken_back {
            pieces.clear();
        }
        pieces.extend(self.answer(ended.last));
        let mut ends = stop != Stop::Limit;
        if let Some(others) = &mut self.others {
            let (mut free, another) = others.take(pieces);
            free.extend(if another { Vec::new() } else { others.rest() });
            (pieces, ends) = (free, ends || another);
        }
        // What was held belongs to the draft, however the segment counts: the turn is over, and the rule cuts off the excess.
        for (text, logprob) in pieces {
            self.drawing.add(&text, logprob).await;
        }
        if self.drawing.text().is_empty() && ended.unclosed {
            return Err(MemberError::Failed(format!("{}: {ONLY_A_THOUGHT}", inner.server.name())));
        }
        Ok(Outcome::Drafted(self.drawing.finish(ends, end), ended.thought))
    }

    /// The draft, cut here.
    fn finish(self, ends: bool) -> Outcome {
        Outcome::Drafted(self.drawing.finish(ends, None), self.thoughts.finish(false).thought)
    }

    fn without_thoughts(&mut self, pieces: Vec<Piece>) -> Vec<Piece> {
        let mut answer = Vec::new();
        for piece in pieces {
            let divided = self.thoughts.take(piece);
            if divided.taken_back {
                answer.clear();
            }
            answer.extend(self.answer(divided));
        }
        answer
    }

    /// The answer's part. If a thought was drawn as an answer, the drawing starts over without streaming: what was streamed
    /// cannot be taken back.
    fn answer(&mut self, divided: Divided) -> Vec<Piece> {
        if divided.taken_back {
            if self.drawing.pieces() > 0 {
                self.progress = self.progress.quiet();
            }
            self.drawing = Drawing::new(self.rule, self.progress.clone());
            self.others.clone_from(&self.beginning);
        }
        divided.pieces
    }

    async fn add(&mut self, pieces: Vec<Piece>) -> Heard {
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

/// The log-probability in an event; `None` if the server's numbers are unreliable or invalid: the text is a draft anyway.
fn told(inner: &Inner, event: &Event) -> Option<f32> {
    let entry = event.completion_probabilities.last();
    entry.filter(|_| inner.capabilities.draft_logprobs && !event.is_speculative())?.logprob().ok()
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
