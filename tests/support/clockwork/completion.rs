//! A completion: which tokens, when, and with which log-probabilities.
//!
//! Owns reading the request as far as our member writes it (a prompt of token numbers, how many, a grammar of tokens) and the
//! events of the reply. Delays count from the request's arrival, so that they do not add up.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::loopback::Reply;
use super::fault::Fault;
use super::model::{END_ID, Model, place};

/// How long a server takes for each part.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// Before the first byte.
    pub first_byte: Duration,
    /// For each token of a prompt that is not in the cache.
    pub prompt_token: Duration,
    /// For each token that is generated, forced or not.
    pub token: Duration,
}

/// A request.
#[derive(Debug)]
pub struct Asked {
    /// The prompt.
    pub prompt: Vec<u32>,
    /// The most tokens.
    most: usize,
    /// The tokens that a grammar allows, one after another.
    forced: Option<Vec<u32>>,
}

impl Asked {
    /// Reads a request; `None` if our member never sends this kind.
    pub fn read(body: &Value) -> Option<Self> {
        let ids = body["prompt"].as_array()?.iter().map(|id| Some(id.as_u64()? as u32));
        let forced = match body["grammar"].as_str() {
            Some(grammar) => Some(forced(grammar)?),
            None => None,
        };
        Some(Self { prompt: ids.collect::<Option<_>>()?, most: body["n_predict"].as_u64()? as usize, forced })
    }

    /// Whether a candidate is scored, not a segment drafted.
    pub fn scores(&self) -> bool {
        self.forced.is_some()
    }

    /// The tokens generated; the last may be the end of the turn.
    fn tokens(&self, model: &Model) -> Vec<u32> {
        let begin = place(&self.prompt);
        let mut tokens = Vec::new();
        while tokens.len() < self.most && tokens.last() != Some(&END_ID) {
            let number = tokens.len();
            tokens.push(match &self.forced {
                Some(forced) => forced.get(number).copied().unwrap_or(END_ID),
                None => model.says(begin + number),
            });
        }
        tokens
    }
}

/// `root ::= <[261]> <[359]>`, or only the end.
fn forced(grammar: &str) -> Option<Vec<u32>> {
    let rule = grammar.strip_prefix("root ::= ")?;
    if rule == "\"\"" {
        return Some(Vec::new());
    }
    rule.split(' ').map(|token| token.strip_prefix("<[")?.strip_suffix("]>")?.parse().ok()).collect()
}

/// The reply to a request with this many prompt tokens in the cache. `sent` is called just before each token is sent.
pub fn reply(
    model: &Model,
    pace: Pace,
    fault: Option<&Fault>,
    asked: &Asked,
    cached: usize,
    sent: impl Fn() + Clone + Send + Sync + 'static,
) -> Reply {
    let evaluated = asked.prompt.len().saturating_sub(cached).max(1);
    let timings = |predicted: usize| json!({"cache_n": cached, "prompt_n": evaluated, "predicted_n": predicted});
    let begin = pace.first_byte + pace.prompt_token * evaluated as u32;
    let mut reply = Reply::chunked(fault.map_or("text/event-stream", Fault::content_type));
    let mut text = fault.filter(|_| !asked.scores()).map_or("", Fault::repeated);
    let tokens = asked.tokens(model);
    for (number, id) in tokens.iter().enumerate() {
        let logprob = model.logprob(place(&asked.prompt) + number, *id);
        let entry =
            json!({"id": id, "token": model.text(*id), "logprob": logprob, "top_logprobs": [{"id": id, "logprob": logprob}]});
        let content = std::mem::take(&mut text).to_owned() + &model.text(*id);
        let event = json!({
            "content": content, "tokens": [id], "stop": false, "tokens_predicted": number + 1,
            "tokens_evaluated": asked.prompt.len(), "completion_probabilities": [entry], "timings": timings(number + 1),
        });
        let due = begin + pace.token * (number as u32 + 1);
        reply = if due.is_zero() { reply } else { reply.at(due) };
        let spoilt = match fault {
            Some(fault) => fault.spoil(number, reply, event),
            None => Ok((reply, event)),
        };
        reply = match spoilt {
            Ok((reply, event)) => reply.then(sent.clone()).event(&event),
            Err(spoilt) => return spoilt,
        };
    }
    let stop_type = if tokens.last() == Some(&END_ID) { "eos" } else { "limit" };
    let last = json!({
        "content": "", "tokens": [], "stop": true, "stop_type": stop_type, "truncated": false, "tokens_predicted": tokens.len(),
        "tokens_evaluated": asked.prompt.len(), "timings": timings(tokens.len()),
    });
    reply.event(&last).end()
}
