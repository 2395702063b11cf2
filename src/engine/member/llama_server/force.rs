//! Reads the log-probabilities of given tokens from a server that only reports those of generated tokens: generation is forced
//! along them.
//!
//! The numbers are from before grammar, bias, temperature and truncation, over the whole vocabulary, so that forcing does not
//! change them.

use serde_json::{Map, Value, json};

use super::plan::{END, Part, grammar};
use super::server::{CallError, Server};
use super::tokens::{Token, fields, ids};
use super::wire::{Event, Work};
use crate::engine::member::Bill;
use crate::engine::member::http::HttpError;

/// A bias that no logit beats.
const BIAS: f32 = 10_000.0;

/// How many tokens are listed when one has to be looked up: whole small vocabularies, and the relevant part of large ones. The
/// time it takes grows with it (4.6 s for 150 000).
const LISTED: usize = 2048;

/// The fields of the last event that are needed.
pub(super) const FIELDS: [&str; 8] =
    ["stop", "stop_type", "truncated", "tokens_predicted", "tokens_evaluated", "timings", "id_slot", "model"];

/// Forces tokens after a prompt.
pub(super) struct Forcing<'a> {
    pub(super) server: &'a Server,
    /// The prompt and everything before the candidate.
    pub(super) prompt: &'a [u32],
    /// The candidate.
    pub(super) tokens: &'a [Token],
    /// A token of plain text.
    pub(super) plain: u32,
    /// Tokens of the vocabulary, if known.
    pub(super) vocabulary: Option<usize>,
    /// The slot to be used; `None` leaves the choice to the server.
    pub(super) slot: Option<usize>,
    /// What it has cost so far.
    pub(super) work: Work,
    /// Where its usage is booked.
    pub(super) bill: &'a Bill,
}

/// Log-probabilities read; `None` for those that are not available.
pub(super) type Read = Vec<Option<f32>>;

impl Forcing<'_> {
    /// The log-probabilities that one part requests.
    pub(super) async fn part(&mut self, part: &Part) -> Result<Read, CallError> {
        match part {
            Part::Run { tokens, end } => self.run(tokens.start, tokens.end, *end).await,
            Part::Single(place) => Ok(vec![self.single(*place).await?]),
            Part::Lookup(place) => Ok(vec![self.lookup(*place).await?]),
            Part::End => Ok(vec![Some(self.end().await?)]),
        }
    }

    /// Tokens by a grammar, in one request.
    async fn run(&mut self, from: usize, to: usize, end: bool) -> Result<Read, CallError> {
        let forced = ids(self.tokens.get(from..to).unwrap_or_default());
        let count = forced.len() + usize::from(end);
        let mut body = self.body(from, count, 1);
        body.insert("grammar".into(), json!(grammar(&forced)));
        let events = self.events(body).await?;
        let entries: Vec<_> = events.iter().flat_map(|event| &event.completion_probabilities).collect();
        if events.iter().any(Event::is_speculative) {
            return Err(self.server.useless("it has begun to decode speculatively, which falsifies log-probabilities"));
        }
        let came = entries.iter().zip(&forced).all(|(entry, id)| entry.id == Some(*id));
        // The token that ends a turn has no text.
        let ended = !end || entries.last().is_some_and(|entry| entry.token.is_empty());
        if entries.len() != count || !came || !ended {
            return Err(self.server.useless("it generated other tokens than it was forced to"));
        }
        entries.iter().map(|entry| entry.logprob().map(Some).map_err(|bad| self.server.bad(bad))).collect()
    }

    /// One token by a bias.
    async fn single(&mut self, place: usize) -> Result<Option<f32>, CallError> {
        let Some(token) = self.tokens.get(place) else { return Ok(None) };
        let mut body = self.body(place, 1, 1);
        body.insert("logit_bias".into(), json!([[token.id, BIAS]]));
        let events = self.events(body).await?;
        match events.iter().flat_map(|event| &event.completion_probabilities).next() {
            Some(entry) if entry.id == Some(token.id) => Ok(Some(entry.logprob().map_err(|bad| self.server.bad(bad))?)),
            Some(_) => Err(self.server.useless("it generated another token than it was forced to")),
            // It was drawn and is not text on its own.
            None => self.lookup(place).await,
        }
    }

    /// One token among the most probable ones, while a token of plain text is drawn so that there is something to report.
    async fn lookup(&mut self, place: usize) -> Result<Option<f32>, CallError> {
        let Some(token) = self.tokens.get(place) else { return Ok(None) };
        let mut body = self.body(place, 1, self.vocabulary.unwrap_or(LISTED).min(LISTED));
        body.insert("logit_bias".into(), json!([[self.plain, BIAS]]));
        let events = self.events(body).await?;
        let listed = events.iter().flat_map(|event| &event.completion_probabilities).flat_map(|entry| &entry.top_logprobs);
        let found = listed.into_iter().find(|entry| entry.id == Some(token.id));
        found.map(|entry| entry.logprob().map_err(|bad| self.server.bad(bad))).transpose()
    }

    /// The end of the turn after the last token: the most probable token that ends one.
    async fn end(&mut self) -> Result<f32, CallError> {
        let mut body = self.body(self.tokens.len(), 1, 1);
        body.insert("grammar".into(), json!(END));
        let events = self.events(body).await?;
        match events.iter().flat_map(|event| &event.completion_probabilities).next() {
            Some(entry) if entry.token.is_empty() => entry.logprob().map_err(|bad| self.server.bad(bad)),
            Some(_) | None => Err(self.server.useless("it did not end its turn when it was forced to")),
        }
    }

    /// A request for `count` tokens after the first `place` tokens of the candidate.
    fn body(&self, place: usize, count: usize, listed: usize) -> Map<String, Value> {
        let before = self.tokens.get(..place).unwrap_or(self.tokens);
        let prompt: Vec<u32> = self.prompt.iter().copied().chain(ids(before)).collect();
        let body = fields(json!({
            "prompt": prompt, "n_predict": count, "n_probs": listed, "temperature": 0.0, "samplers": ["top_k"], "top_k": 1,
            "cache_prompt": true, "response_fields": FIELDS,
        }));
        in_slot(body, self.slot)
    }

    /// All events of a request.
    async fn events(&mut self, body: Map<String, Value>) -> Result<Vec<Event>, CallError> {
        let mut completion = self.server.complete(body, self.bill).await?;
        let mut events = Vec::new();
        loop {
            let event = completion.next().await?;
            let last = event.stop;
            if last {
                self.work += event.work();
            }
            events.push(event);
            if last {
                return Ok(events);
            }
        }
    }
}

/// A request that names the given slot, if any.
pub(super) fn in_slot(mut body: Map<String, Value>, slot: Option<usize>) -> Map<String, Value> {
    if let Some(slot) = slot {
        body.insert("id_slot".into(), json!(slot));
    }
    body
}

/// Whether the server refused a grammar that it does not understand.
pub(super) fn refuses_grammar(error: &CallError) -> bool {
    match error {
        CallError::Http(error) => error.status() == Some(400) && names_grammar(error),
        CallError::Reply { .. } | CallError::Logprob { .. } | CallError::Exchanged { .. } => false,
    }
}

/// Whether the grammar, or its result, was the problem: forcing token by token may still work.
pub(super) fn is_grammars(error: &CallError) -> bool {
    match error {
        CallError::Http(error) => matches!(error.status(), Some(400 | 500)) && names_grammar(error),
        CallError::Reply { .. } | CallError::Logprob { .. } => true,
        CallError::Exchanged { .. } => false,
    }
}

fn names_grammar(error: &HttpError) -> bool {
    error.message().to_lowercase().contains("grammar")
}
