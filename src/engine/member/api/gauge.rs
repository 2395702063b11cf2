//! How many tokens a text has, learned from what the server counted for earlier texts.
//!
//! Owns the guesses for prompts and replies, one gauge per member. A prompt's tokens are modelled as a line over its bytes: the
//! template's own tokens (including a system prompt that it may add) plus a number of tokens per byte. The line passes through
//! the last counted prompt, so that a similar prompt is guessed almost exactly; its slope comes from all of them. A reply has
//! only bytes. Before anything is counted a token has four bytes.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::request::{Prompt, Subject};

/// Bytes per token before anything was counted.
const BYTES: f64 = 4.0;

/// The weight of the first guess, in tokens of replies.
const PRIOR: f64 = 16.0;

/// Tokens that a template adds before anything was counted: for the conversation, and for every turn.
const TEMPLATE: (f64, f64) = (3.0, 4.0);

/// The plausible range of tokens per byte: long words of one language below it, bytes as tokens above it.
const SLOPES: std::ops::RangeInclusive<f64> = 0.1..=1.0;

/// Below this many bytes the end of a reply has too much weight.
const LEAST: usize = 12;

/// How many counted prompts are kept.
const KEPT: usize = 8;

/// How a prompt is laid out: templates add different things to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    /// Nothing is added.
    Raw,
    /// Turns without a system prompt: the template may add one.
    Bare,
    /// Turns with a system prompt.
    WithSystem,
}

/// A prompt whose tokens were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    form: Form,
    bytes: usize,
    tokens: u64,
}

/// The size of a prompt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measure {
    /// Exactly this many tokens, from the server's tokenizer.
    Tokens(u64),
    /// Bytes and turns.
    Bytes(Prompted),
}

/// A prompt's bytes and turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prompted {
    form: Form,
    bytes: usize,
    turns: usize,
}

/// What one member's server counts; clones learn together.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge(Arc<Mutex<Learned>>);

#[derive(Debug, Default)]
struct Learned {
    lines: [Line; 3],
    /// The first prompts that were counted.
    known: Vec<Known>,
    /// Bytes of replies, and the tokens that were counted of them.
    replies: (f64, f64),
}

/// What was counted for prompts of one form.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    /// Bytes and tokens of the last one.
    last: Option<(f64, f64)>,
    /// Their number, and the sums of bytes, tokens, bytes squared and bytes times tokens.
    count: f64,
    sums: [f64; 4],
}

impl Measure {
    pub(super) fn of(subject: Subject<'_>) -> Self {
        match subject {
            Subject::Raw(Prompt::Tokens(tokens)) => Self::Tokens(tokens.len() as u64),
            Subject::Raw(Prompt::Text(text)) => Self::Bytes(Prompted { form: Form::Raw, bytes: text.len(), turns: 0 }),
            Subject::Turns { system, turns, begun } => {
                let bytes = turns.iter().map(|turn| turn.content.len()).sum::<usize>();
                Self::Bytes(Prompted {
                    form: if system.is_empty() { Form::Bare } else { Form::WithSystem },
                    bytes: bytes + system.len() + begun.map_or(0, str::len),
                    turns: turns.len() + usize::from(!system.is_empty()) + usize::from(begun.is_some()),
                })
            }
        }
    }
}

impl Gauge {
    /// A gauge that has learned from these prompts.
    pub(super) fn of(known: &[Known]) -> Self {
        let gauge = Self::default();
        gauge.learned(|learned| known.iter().for_each(|known| learned.learn(*known)));
        gauge
    }

    /// The first prompts that were counted, for [`Self::of`].
    pub(super) fn known(&self) -> Vec<Known> {
        self.learned(|learned| learned.known.clone())
    }

    /// A prompt's tokens, and whether that is a guess.
    pub(super) fn prompt(&self, measure: Measure) -> (u64, bool) {
        match measure {
            Measure::Tokens(tokens) => (tokens, false),
            Measure::Bytes(prompt) => (self.learned(|learned| learned.prompt(prompt)), true),
        }
    }

    /// The tokens of a reply of this many bytes.
    pub(super) fn reply(&self, bytes: usize) -> u64 {
        self.learned(|learned| {
            let (of_bytes, of_tokens) = learned.replies;
            let per_token = (of_bytes + PRIOR * BYTES) / (of_tokens + PRIOR);
            (bytes as f64 / per_token).ceil() as u64
        })
    }

    /// Learns that the server counted this many tokens in a prompt.
    pub(super) fn learn_prompt(&self, measure: Measure, tokens: u64) {
        if let Measure::Bytes(Prompted { form, bytes, .. }) = measure {
            self.learned(|learned| learned.learn(Known { form, bytes, tokens }));
        }
    }

    /// Learns that the server counted this many tokens in a whole reply.
    pub(super) fn learn_reply(&self, bytes: usize, tokens: u64) {
        if bytes >= LEAST {
            self.learned(|learned| {
                learned.replies.0 += bytes as f64;
                learned.replies.1 += tokens as f64;
            });
        }
    }

    fn learned<T>(&self, with: impl FnOnce(&mut Learned) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Learned {
    fn learn(&mut self, known: Known) {
        if self.known.len() < KEPT {
            self.known.push(known);
        }
        self.lines[known.form as usize].learn(known.bytes as f64, known.tokens as f64);
    }

    fn prompt(&self, Prompted { form, bytes, turns }: Prompted) -> u64 {
        let line = &self.lines[form as usize];
        let bytes = bytes as f64;
        let guess = match line.last {
            Some((of_bytes, of_tokens)) => of_tokens + (bytes - of_bytes) * self.slope(line),
            None if form == Form::Raw => bytes * self.slope(line),
            None => bytes * self.slope(line) + TEMPLATE.0 + TEMPLATE.1 * turns as f64,
        };
        guess.round().max(1.0) as u64
    }

    /// Tokens per byte: from prompts of this form if they differ enough, otherwise from all forms, otherwise the initial guess.
    fn slope(&self, line: &Line) -> f64 {
        let any = || self.lines.iter().find_map(Line::slope);
        line.slope().or_else(any).unwrap_or(1.0 / BYTES).clamp(*SLOPES.start(), *SLOPES.end())
    }
}

impl Line {
    fn learn(&mut self, bytes: f64, tokens: f64) {
        self.last = Some((bytes, tokens));
        self.count += 1.0;
        for (sum, value) in self.sums.iter_mut().zip([bytes, tokens, bytes * bytes, bytes * tokens]) {
            *sum += value;
        }
    }

    /// The slope of least squares; `None` if the prompts are too similar.
    fn slope(&self) -> Option<f64> {
        let [bytes, tokens, squares, products] = self.sums;
        let spread = self.count * squares - bytes * bytes;
        let apart = spread > (0.05 * bytes).powi(2).max(64.0);
        apart.then(|| (self.count * products - bytes * tokens) / spread)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bare(bytes: usize) -> Measure {
        Measure::Bytes(Prompted { form: Form::Bare, bytes, turns: 1 })
    }

    #[test]
    fn a_template_that_brings_a_system_prompt_is_known_from_the_first_count_on() {
        let gauge = Gauge::default();
        assert_eq!(gauge.prompt(bare(32)), (15, true));
        gauge.learn_prompt(bare(32), 37);
        assert_eq!(gauge.prompt(bare(32)), (37, true));
        assert_eq!(gauge.prompt(bare(72)), (47, true), "four bytes a token");
        assert_eq!(Gauge::of(&gauge.known()).prompt(bare(72)), (47, true), "also after a restart");
        let other = Measure::Bytes(Prompted { form: Form::WithSystem, bytes: 32, turns: 2 });
        assert_eq!(gauge.prompt(other), (19, true), "which brings none of its own");
    }

    #[test]
    fn the_slope_is_learned_from_prompts_that_differ() {
        let gauge = Gauge::default();
        for bytes in [100, 300, 500] {
            gauge.learn_prompt(bare(bytes), (20 + bytes / 2) as u64);
        }
        assert_eq!(gauge.prompt(bare(1000)), (520, true));
        let other = Measure::Bytes(Prompted { form: Form::Raw, bytes: 1000, turns: 0 });
        assert_eq!(gauge.prompt(other), (500, true), "the same language");
    }

    #[test]
    fn tokens_of_the_server_itself_are_no_guess() {
        assert_eq!(Gauge::default().prompt(Measure::of(Subject::Raw(&Prompt::Tokens(vec![1, 2, 3])))), (3, false));
    }

    #[test]
    fn replies_have_as_many_bytes_a_token_as_those_before() {
        let gauge = Gauge::default();
        assert_eq!(gauge.reply(40), 10);
        gauge.learn_reply(3, 90);
        assert_eq!(gauge.reply(40), 10, "too short to tell");
        for _ in 0..50 {
            gauge.learn_reply(60, 30);
        }
        assert_eq!(gauge.reply(40), 20);
    }

    proptest! {
        #[test]
        fn whatever_was_counted_a_longer_prompt_has_no_fewer_tokens(
            counted in proptest::collection::vec((0_usize..100_000, 0_u64..100_000), 0..8), one in 0_usize..1_000_000, more in 0_usize..1000,
        ) {
            let gauge = Gauge::default();
            for (bytes, tokens) in counted {
                gauge.learn_prompt(bare(bytes), tokens);
                gauge.learn_reply(bytes, tokens);
            }
            prop_assert!(gauge.prompt(bare(one)).0 >= 1);
            prop_assert!(gauge.prompt(bare(one + more)).0 >= gauge.prompt(bare(one)).0);
            prop_assert!(gauge.reply(one + more) >= gauge.reply(one));
        }
    }
}
