//! Reads the messages of a reply by the dialect's locations.

use serde_json::Value;

use super::super::{Thought, Usage};
use super::dialect::{Path, Reading};
use super::finish::{Finish, closes};
use super::hidden;
use super::logprob::{Entry, entries};
use super::path;
use super::tokens::{Piece, Tokens};

/// How many characters of a server's message about a failed reply are shown.
const REASON_SHOWN: usize = 200;

/// Where messages name the model that replies.
const MODELS: [&str; 4] = ["model", "message/model", "response/model", "modelVersion"];

/// Reads a reply, message by message.
#[derive(Debug)]
pub(super) struct Reader {
    reading: &'static Reading,
    tokens: Tokens,
    finish: Option<Finish>,
    refused: bool,
    reason: Option<String>,
    usage: Usage,
    /// The first token, with its alternatives.
    first: Option<Entry>,
    /// Whether the model generated anything that is not shown.
    hidden: bool,
    /// The server's name for the model that replies.
    model: Option<String>,
    /// What it generated that is not shown, as far as it is reported.
    thought: Thought,
    /// Whether a message was marked as the last.
    closed: bool,
}

/// How a reply ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// Why; `Unknown` if it stopped without a reason.
    pub finish: Finish,
    /// The server's explanation of a bad end.
    pub reason: Option<String>,
    /// The log-probability of the end, if reported.
    pub end_logprob: Option<f32>,
    /// Tokens used, as far as the server counted them.
    pub usage: Usage,
}

impl Reader {
    pub(super) fn new(reading: &'static Reading) -> Self {
        Self {
            reading,
            tokens: Tokens::default(),
            finish: None,
            refused: false,
            reason: None,
            usage: Usage::default(),
            first: None,
            hidden: false,
            model: None,
            thought: Thought::default(),
            closed: false,
        }
    }

    /// The text of one message, in pieces.
    pub(super) fn take(&mut self, data: &Value) -> Vec<Piece> {
        self.count(data);
        self.note_end(data);
        if self.model.is_none() {
            self.model = path::text(data, &MODELS).map(str::to_owned);
        }
        let reasoning = hidden::text(data);
        self.hidden |= !reasoning.is_empty() || hidden::is_counted(data);
        self.thought.push(&reasoning);
        self.closed |= closes(data);
        let data = &*hidden::without(data);
        if self.is_elsewhere(data) {
            return Vec::new();
        }
        let special = self.reading.special.is_some_and(|place| path::one(data, place) == Some(&Value::Bool(true)));
        let text = if special { String::new() } else { path::joined(data, self.reading.texts) };
        let mut told = self.told(data);
        if let (Some(place), [only]) = (self.reading.alternatives, told.as_mut_slice()) {
            let alternatives = path::one(data, place).map(entries).unwrap_or_default();
            only.top = alternatives.iter().filter_map(as_alternative).collect();
        }
        if self.first.is_none() {
            self.first = told.first().cloned();
        }
        self.tokens.take(&text, told)
    }

    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// The first token and its alternatives, by their texts.
    pub(super) fn first_token(&self) -> Vec<(String, f32)> {
        let Some(first) = &self.first else { return Vec::new() };
        let mut all = first.top.clone();
        let text = String::from_utf8_lossy(&first.bytes).into_owned();
        if let Some(logprob) = first.logprob.filter(|_| !text.is_empty() && !all.iter().any(|(other, _)| *other == text)) {
            all.push((text, logprob));
        }
        all
    }

    /// The server's name for the model that replies, if it reports one.
    pub(super) fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Whether hidden reasoning was seen.
    pub(super) fn hides(&self) -> bool {
        self.hidden
    }

    /// The hidden reasoning, as far as it is reported.
    pub(super) fn thought(&self) -> &Thought {
        &self.thought
    }

    /// Whether any message gave the reason why the reply ended, or marked its end.
    pub(super) fn has_ended(&self) -> bool {
        self.finish.is_some() || self.refused || self.closed
    }

    pub(super) fn ending(&self) -> Ending {
        let finish = if self.refused { Finish::Filtered } else { self.finish.unwrap_or(Finish::Unknown) };
        let end_logprob = self.tokens.end().filter(|_| finish.ends());
        Ending { finish, reason: self.reason.clone(), end_logprob, usage: self.usage }
    }

    /// Whether the message is of a type that contains no text of the answer.
    fn is_elsewhere(&self, data: &Value) -> bool {
        let Some((place, kind)) = self.reading.only else { return false };
        path::one(data, place).and_then(Value::as_str).is_some_and(|found| found != kind)
    }

    fn told(&self, data: &Value) -> Vec<Entry> {
        let found = self.reading.logprobs.iter().filter_map(|place| path::one(data, place)).map(entries);
        found.into_iter().find(|entries| !entries.is_empty()).unwrap_or_default()
    }

    fn note_end(&mut self, data: &Value) {
        let words = self.reading.finishes.iter().filter_map(|place| path::one(data, place)?.as_str());
        if let Some(finish) = words.into_iter().find_map(Finish::of) {
            let string = path::one(data, "choices/0/stop_reason").is_some_and(Value::is_string);
            self.finish = Some(if finish == Finish::Eos && string { Finish::StopString } else { finish });
        }
        let refusal = path::text(data, self.reading.refusals);
        self.refused |= refusal.is_some();
        let bad = self.refused || self.finish.is_some_and(|finish| finish.fault().is_some());
        if let Some(reason) = refusal.or_else(|| path::text(data, self.reading.reasons)).filter(|_| bad) {
            let said = self.reason.get_or_insert_default();
            let room = REASON_SHOWN.saturating_sub(said.chars().count());
            said.extend(reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(room));
        }
    }

    /// Counts grow while a reply streams, and not every message has them.
    fn count(&mut self, data: &Value) {
        let (before, now) = (self.usage, counted(self.reading, data));
        self.usage = Usage::counted(
            before.prompt_tokens.max(now.prompt_tokens),
            before.cached_tokens.max(now.cached_tokens),
            before.output_tokens.max(now.output_tokens),
        );
    }
}

/// The usage in one message.
pub(super) fn counted(reading: &Reading, data: &Value) -> Usage {
    let count = |sums: &[&[Path]]| sum(data, sums).unwrap_or_default();
    Usage::counted(count(reading.prompt_tokens), count(reading.cached_tokens), count(reading.output_tokens))
}

/// The first of these sums that has any part.
fn sum(data: &Value, sums: &[&[Path]]) -> Option<u64> {
    sums.iter().find_map(|places| {
        let found: Vec<u64> = places.iter().filter_map(|place| path::number(data, &[place])).collect();
        (!found.is_empty()).then(|| found.iter().fold(0, |sum: u64, part| sum.saturating_add(*part)))
    })
}

fn as_alternative(entry: &Entry) -> Option<(String, f32)> {
    Some((String::from_utf8_lossy(&entry.bytes).into_owned(), entry.logprob?))
}
