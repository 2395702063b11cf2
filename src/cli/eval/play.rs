//! Playing the prompts: fused through the engine, and every member alone in one long draft.

use crate::cli::interrupt::Interrupt;
use crate::engine::fusion::event::{ExitReason, Limit, Outcome, Summary};
use crate::engine::fusion::params::Params;
use crate::engine::member::MemberError;
use crate::engine::{Seat, Setup, wall_clock};
use crate::playthrough::{self, FailedCall, Played, Unanswered, alone};
use crate::prompts::{Prompt, echo, grade};

/// What to play.
pub(super) struct Plan<'a> {
    pub(super) seats: &'a [Seat],
    pub(super) params: &'a Params,
    pub(super) seed: u64,
    pub(super) prompts: &'a [Prompt],
    pub(super) alone: bool,
}

/// The results.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// One per prompt played.
    pub(super) fused: Vec<Fused>,
    /// Per member, one per prompt played.
    pub(super) alone: Vec<Vec<Alone>>,
}

/// A fused answer.
#[derive(Debug)]
pub(super) struct Fused {
    pub(super) text: String,
    /// Whether it contains the known answers; never without a whole answer.
    pub(super) right: bool,
    /// Whether it only repeats the question.
    pub(super) echo: bool,
    /// How it ended; `None` if it did not start.
    pub(super) outcome: Option<Outcome>,
    pub(super) limit: Option<Limit>,
    pub(super) summary: Summary,
    /// The members that left by retention.
    pub(super) departures: Vec<Departure>,
    /// Drafts and scorings that failed.
    pub(super) failures: Vec<FailedCall>,
    /// Why there is no whole answer, if there is none.
    pub(super) error: Option<Unanswered>,
}

/// A member that left during an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Departure {
    pub(super) member: String,
    pub(super) round: usize,
    /// Whether an answer that this member knows was not in the text yet.
    pub(super) premature: bool,
}

/// The result of asking one member alone.
#[derive(Debug)]
pub(super) enum Alone {
    Answered(Answer),
    /// Its call failed: neither right nor wrong.
    Failed(MemberError),
    /// It only verifies.
    NotAsked,
}

/// The answer of a member alone.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) right: bool,
    /// Whether it only repeats the question.
    pub(super) echo: bool,
    pub(super) given: alone::Answer,
}

impl Plan<'_> {
    /// Plays all prompts; if interrupted, stops early and returns what there is, with `true` as the second value. `step` is
    /// called after every answer.
    pub(super) async fn play(&self, step: impl Fn()) -> (Results, bool) {
        let mut results = Results { alone: self.seats.iter().map(|_| Vec::new()).collect(), ..Results::default() };
        let mut interrupt = Interrupt::listen();
        for (number, prompt) in self.prompts.iter().enumerate() {
            let seed = self.seed.wrapping_add(number as u64);
            let Some(fused) = uninterrupted(&mut interrupt, self.fused(prompt, seed)).await else { return (results, true) };
            results.fused.push(fused);
            step();
            if !self.alone {
                continue;
            }
            for (seat, answers) in self.seats.iter().zip(&mut results.alone) {
                let asked = alone::alone(seat, self.params, &prompt.conversation, seed);
                let Some(answer) = uninterrupted(&mut interrupt, asked).await else { return (results, true) };
                answers.push(Alone::graded(answer, prompt));
                step();
            }
        }
        (results, false)
    }

    async fn fused(&self, prompt: &Prompt, seed: u64) -> Fused {
        let setup = Setup {
            seats: self.seats.to_vec(),
            params: self.params.clone(),
            seed,
            conversation: prompt.conversation.clone(),
            answers: Vec::new(),
            journal: None,
            clock: wall_clock(),
        };
        Fused::graded(&playthrough::play(setup).await, prompt)
    }
}

/// The result of a future; `None` if interrupted, which drops it.
async fn uninterrupted<T>(interrupt: &mut Interrupt, playing: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = interrupt.pressed() => None,
        played = playing => Some(played),
    }
}

impl Fused {
    fn graded(played: &Played, prompt: &Prompt) -> Self {
        let (text, error) = (played.text(), played.unanswered());
        Self {
            right: error.is_none() && grade::is_right(text, &prompt.answers),
            echo: echo::is_echo(text, prompt.conversation.prompt()),
            outcome: played.outcome().cloned(),
            limit: played.limit(),
            summary: played.summary(),
            departures: departures(played, prompt),
            failures: played.failed_calls.clone(),
            error,
            text: text.to_owned(),
        }
    }
}

fn departures(played: &Played, prompt: &Prompt) -> Vec<Departure> {
    let by_retention = played.departures.iter().filter(|left| matches!(left.reason, ExitReason::Retention { .. }));
    let departures = by_retention.map(|left| {
        let there = grade::found(played.text().get(..left.accepted).unwrap_or_default(), &prompt.answers);
        let premature = prompt.experts.iter().skip(there).any(|expert| *expert == *left.member);
        Departure { member: left.member.to_string(), round: left.round, premature }
    });
    departures.collect()
}

impl Alone {
    fn graded(alone: alone::Alone, prompt: &Prompt) -> Self {
        match alone {
            alone::Alone::Answered(answer) => Self::Answered(Answer {
                right: grade::is_right(&answer.text, &prompt.answers),
                echo: echo::is_echo(&answer.text, prompt.conversation.prompt()),
                given: answer,
            }),
            alone::Alone::Failed(error) => Self::Failed(error),
            alone::Alone::NotAsked => Self::NotAsked,
        }
    }
}
