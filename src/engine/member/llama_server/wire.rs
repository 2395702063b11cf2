//! What a llama.cpp server replies, as far as it is read.
//!
//! Owns the forms of events and numbers, and which numbers are valid: a missing, positive or absurd log-probability becomes an
//! error here and nowhere else. Fields that older servers lack have defaults.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::engine::member::{Usage, count};

/// The log-probability of an impossible token, in nats: less than the logarithm of the smallest number above 0 in the 32-bit
/// floats in which the server computes probabilities. It sends `-f32::MAX` for those.
pub(super) const IMPOSSIBLE: f32 = -104.0;

/// A logarithm of a probability may exceed 0 by this much, since the server sums a vocabulary in 32-bit floats.
const ROUNDING: f64 = 0.01;

/// An impossible token's log-probability is below this.
const BOTTOM: f64 = -1e30;

/// Log-probabilities below this are neither real nor the mark of an impossible token.
const ABSURD: f64 = -1e4;

/// One event of a streamed `/completion`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the server's own fields")]
pub(super) struct Event {
    /// The text that this event adds; empty at the end of a turn and while text is held back.
    pub(super) content: String,
    /// Whether this is the last event.
    pub(super) stop: bool,
    /// Why it stopped: `eos`, `limit`, `word`.
    stop_type: Option<String>,
    /// The equivalent in servers before December 2024.
    stopped_eos: bool,
    stopped_word: bool,
    /// Tokens generated so far, including those without an event.
    #[serde(deserialize_with = "count::or_zero")]
    pub(super) tokens_predicted: u64,
    /// Tokens of the prompt.
    #[serde(deserialize_with = "count::or_zero")]
    pub(super) tokens_evaluated: u64,
    /// Whether the context was full.
    pub(super) truncated: bool,
    /// The tokens of this event: one, except in a reply that is not streamed.
    pub(super) completion_probabilities: Vec<Entry>,
    /// What was computed so far.
    pub(super) timings: Option<Timings>,
    /// The slot that worked on it; only in the last event.
    #[serde(deserialize_with = "count::size")]
    pub(super) id_slot: Option<usize>,
    /// The server's name for its model; only in the last event.
    pub(super) model: Option<String>,
    /// Set in events about reading the prompt, which contain nothing else.
    pub(super) prompt_progress: Option<Value>,
}

/// A token with its log-probability.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    /// The token.
    pub(super) id: Option<u32>,
    /// Its text; empty for tokens that end a turn.
    pub(super) token: String,
    /// Natural logarithm of its probability over the whole vocabulary at temperature 1, before anything else.
    #[serde(deserialize_with = "number")]
    logprob: Option<f64>,
    /// The most probable tokens at its position.
    pub(super) top_logprobs: Vec<Entry>,
}

/// A number; anything else is none.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_f64())
}

/// What a request has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Timings {
    /// Prompt tokens read from the cache.
    #[serde(rename = "cache_n", deserialize_with = "count::or_zero")]
    pub(super) cached: u64,
    /// Prompt tokens evaluated.
    #[serde(rename = "prompt_n", deserialize_with = "count::or_zero")]
    prompt: u64,
    /// Tokens generated.
    #[serde(rename = "predicted_n", deserialize_with = "count::or_zero")]
    predicted: u64,
    /// Tokens that a draft model or similar proposed; absent without speculative decoding.
    #[serde(rename = "draft_n", deserialize_with = "count::optional")]
    drafted: Option<u64>,
}

/// Why a completion stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The model ended its turn.
    Turn,
    /// It wrote a text that was given as an end.
    Word,
    /// The requested number of tokens, or as many as fit.
    Limit,
}

/// An invalid log-probability.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub(super) enum BadLogprob {
    #[error("a token came without its log-probability")]
    Missing,
    #[error("it sent {0} for a log-probability, which cannot be one")]
    Absurd(f64),
}

/// Token positions evaluated, and tokens as a bill counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// Positions evaluated.
    pub(super) forwards: u64,
    /// Tokens used.
    pub(super) usage: Usage,
}

impl Event {
    /// Why it stopped, for the last event.
    pub(super) fn stopped(&self) -> Stop {
        match self.stop_type.as_deref() {
            Some("eos") => Stop::Turn,
            Some("word") => Stop::Word,
            None if self.stopped_eos => Stop::Turn,
            None if self.stopped_word => Stop::Word,
            Some(_) | None => Stop::Limit,
        }
    }

    /// What was computed for the request up to this event. Without timings nothing is known to come from the cache.
    pub(super) fn work(&self) -> Work {
        let (cached, prompt, predicted) = self.timings.map_or((0, self.tokens_evaluated, self.tokens_predicted), |timings| {
            (timings.cached, timings.prompt, timings.predicted)
        });
        let usage = Usage::counted(cached.saturating_add(prompt), cached, predicted);
        Work { forwards: prompt.saturating_add(predicted), usage }
    }

    /// Whether the server decodes speculatively: it reports it, or a token has the mark of one that was accepted without being
    /// sampled (probability 1 and no alternatives; llama.cpp issue 27972).
    pub(super) fn is_speculative(&self) -> bool {
        let proposed = self.timings.and_then(|timings| timings.drafted).is_some_and(|drafted| drafted > 0);
        proposed || self.completion_probabilities.iter().any(|entry| entry.logprob == Some(0.0) && entry.top_logprobs.is_empty())
    }
}

impl Entry {
    /// The log-probability, at most 0.
    pub(super) fn logprob(&self) -> Result<f32, BadLogprob> {
        let logprob = self.logprob.ok_or(BadLogprob::Missing)?;
        if logprob <= BOTTOM {
            Ok(IMPOSSIBLE)
        } else if (ABSURD..=ROUNDING).contains(&logprob) {
            Ok(logprob.min(0.0) as f32)
        } else {
            Err(BadLogprob::Absurd(logprob))
        }
    }
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.forwards = self.forwards.saturating_add(other.forwards);
        self.usage += other.usage;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(value: Value) -> Event {
        serde_json::from_value(value).unwrap()
    }

    fn logprob(value: &Value) -> Result<f32, BadLogprob> {
        serde_json::from_value::<Entry>(json!({"id": 1, "logprob": value})).unwrap().logprob()
    }

    #[test]
    fn only_logarithms_of_probabilities_count() {
        assert_eq!(logprob(&json!(-1.5)), Ok(-1.5));
        assert_eq!(logprob(&json!(0.0003)), Ok(0.0), "the sum over a large vocabulary in 32-bit floats");
        assert_eq!(logprob(&json!(-3.402_823_5e38)), Ok(IMPOSSIBLE));
        assert_eq!(logprob(&json!(null)), Err(BadLogprob::Missing), "how JSON writes NaN");
        for absurd in [0.5, 17.0, -20_000.0] {
            assert_eq!(logprob(&json!(absurd)), Err(BadLogprob::Absurd(absurd)));
        }
        for none in [json!("NaN"), json!([-1.0]), json!({}), json!(true)] {
            assert_eq!(logprob(&none), Err(BadLogprob::Missing), "{none}");
        }
    }

    #[test]
    fn ends_are_read_from_new_and_old_servers() {
        assert_eq!(event(json!({"stop": true, "stop_type": "eos"})).stopped(), Stop::Turn);
        assert_eq!(event(json!({"stop": true, "stop_type": "word"})).stopped(), Stop::Word);
        assert_eq!(event(json!({"stop": true, "stop_type": "limit"})).stopped(), Stop::Limit);
        assert_eq!(event(json!({"stop": true, "stopped_eos": true})).stopped(), Stop::Turn);
        assert_eq!(event(json!({"stop": true, "stopped_word": true})).stopped(), Stop::Word);
        assert_eq!(event(json!({"stop": true, "stopped_limit": true})).stopped(), Stop::Limit);
    }

    #[test]
    fn work_comes_from_timings_or_from_counts() {
        let timed = event(json!({"timings": {"cache_n": 29, "prompt_n": 1, "predicted_n": 3, "prompt_ms": 0.5}}));
        let usage = Usage::counted(30, 29, 3);
        assert_eq!(timed.work(), Work { forwards: 4, usage });
        let usage = Usage::counted(30, 0, 3);
        let counted = event(json!({"tokens_evaluated": 30, "tokens_predicted": 3}));
        assert_eq!(counted.work(), Work { forwards: 33, usage });
    }

    #[test]
    fn counts_that_cannot_be_are_bounded_and_cost_no_reply() {
        let odd = event(json!({
            "content": "a", "tokens_evaluated": "7", "tokens_predicted": 2.0,
            "timings": {"cache_n": -1, "prompt_n": 1e300, "predicted_n": u64::MAX, "draft_n": null},
        }));
        let usage = Usage::counted(u64::MAX, 0, u64::MAX);
        assert_eq!((odd.work(), odd.tokens_predicted), (Work { forwards: u64::MAX, usage }, 2));
        let mut twice = odd.work();
        twice += odd.work();
        assert_eq!(twice, odd.work());
        let none = event(json!({"content": "a", "tokens_evaluated": null, "tokens_predicted": {}, "timings": {"prompt_n": "x"}}));
        assert_eq!((none.work(), none.content.as_str()), (Work::default(), "a"));
    }

    #[test]
    fn speculative_decoding_shows_in_two_ways() {
        assert!(event(json!({"timings": {"draft_n": 4, "draft_n_accepted": 2}})).is_speculative());
        assert!(event(json!({"completion_probabilities": [{"id": 1, "logprob": 0.0, "top_logprobs": []}]})).is_speculative());
        let sampled = json!({"id": 1, "logprob": 0.0, "top_logprobs": [{"id": 1, "logprob": 0.0}]});
        assert!(!event(json!({"timings": {"draft_n": 0}, "completion_probabilities": [sampled]})).is_speculative());
    }
}
