//! Playing the prompts: fused through the engine, and every member alone in one long draft.

use std::sync::Arc;
use std::time::Instant;

use crate::cli::Failure;
use crate::cli::interrupt::Interrupt;
use crate::engine::fusion::event::{Event, ExitReason, Role, Summary};
use crate::engine::fusion::params::Params;
use crate::engine::fusion::segment::{SegmentRule, SegmentUnit};
use crate::engine::member::{Context, DraftRequest, Hints, Progress, Sampling};
use crate::engine::{Engine, Seat, Setup, wall_clock};
use crate::prompts::{Prompt, grade};

/// What is to be played.
pub(super) struct Plan<'a> {
    pub(super) seats: &'a [Seat],
    pub(super) params: &'a Params,
    pub(super) seed: u64,
    pub(super) prompts: &'a [Prompt],
    pub(super) alone: bool,
}

/// What came of it.
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
    pub(super) right: bool,
    pub(super) summary: Summary,
    /// Who left, by retention or failure: member, round, and whether an answer that only it knows was still to come.
    pub(super) departures: Vec<Departure>,
    /// Why there is no whole answer, where there is none.
    pub(super) error: Option<String>,
}

/// A member that left during an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Departure {
    pub(super) member: String,
    pub(super) round: usize,
    pub(super) premature: bool,
}

/// One member's own answer.
#[derive(Debug)]
pub(super) struct Alone {
    pub(super) text: String,
    pub(super) right: bool,
    pub(super) tokens: usize,
    pub(super) elapsed_ms: f64,
}

impl Plan<'_> {
    /// Plays all prompts; stops early, with what there is, when interrupted. `step` is called after every answer.
    pub(super) async fn play(&self, step: impl Fn()) -> Result<(Results, bool), Failure> {
        let mut results = Results { alone: self.seats.iter().map(|_| Vec::new()).collect(), ..Results::default() };
        let mut interrupt = Interrupt::listen();
        for (number, prompt) in self.prompts.iter().enumerate() {
            let seed = self.seed.wrapping_add(number as u64);
            let Some(fused) = self.fused(prompt, seed, &mut interrupt).await? else { return Ok((results, true)) };
            results.fused.push(fused);
            step();
            if self.alone {
                for (seat, answers) in self.seats.iter().zip(&mut results.alone) {
                    if interrupt.is_pressed() {
                        return Ok((results, true));
                    }
                    answers.push(self.member_alone(seat, prompt, seed).await);
                    step();
                }
            }
        }
        Ok((results, false))
    }

    /// The fused answer; `None` when interrupted.
    async fn fused(&self, prompt: &Prompt, seed: u64, interrupt: &mut Interrupt) -> Result<Option<Fused>, Failure> {
        let setup = Setup {
            seats: self.seats.to_vec(),
            params: self.params.clone(),
            seed,
            conversation: prompt.conversation.clone(),
            answers: Vec::new(),
            journal: None,
            clock: wall_clock(),
        };
        let mut engine = match Engine::start(setup).await {
            Ok(engine) => engine,
            Err(error) => return Ok(Some(Fused::failed(error.to_string()))),
        };
        let mut fused = Fused::failed("the engine stopped without ending the run".to_owned());
        loop {
            let record = tokio::select! {
                record = engine.next_event() => record,
                () = interrupt.pressed() => return Ok(None),
            };
            let Some(record) = record else { break };
            match record.event {
                Event::Accepted { text, .. } => fused.text.push_str(&text),
                Event::Exited { member, reason } => fused.departure(&member, record.round, &reason, prompt),
                Event::RunFinished(finished) => {
                    fused.error = None;
                    fused.summary = finished.summary;
                }
                _ => {}
            }
        }
        fused.right = grade::is_right(&fused.text, &prompt.answers);
        Ok(Some(fused))
    }

    async fn member_alone(&self, seat: &Seat, prompt: &Prompt, seed: u64) -> Alone {
        let none = Alone { text: String::new(), right: false, tokens: 0, elapsed_ms: 0.0 };
        if seat.role == Role::Verify {
            return none;
        }
        let length = self.params.max_tokens;
        let request = DraftRequest {
            context: Context { conversation: Arc::new(prompt.conversation.clone()), accepted: Arc::from([]) },
            sampling: Sampling { temperature: self.params.temperature as f32, top_p: self.params.top_p as f32, seed },
            segment: SegmentRule { unit: SegmentUnit::Tokens, length, token_cap: length, byte_cap: usize::MAX },
            hints: Hints::default(),
        };
        let start = Instant::now();
        match seat.member.draft(request, Progress::nowhere()).await {
            Ok(drafted) => {
                let text = drafted.draft.text();
                let right = grade::is_right(&text, &prompt.answers);
                let elapsed_ms = start.elapsed().as_secs_f64() * 1000.0;
                Alone { right, tokens: drafted.draft.tokens.len(), elapsed_ms, text }
            }
            Err(_) => none,
        }
    }
}

impl Fused {
    fn failed(error: String) -> Self {
        Self { text: String::new(), right: false, summary: Summary::default(), departures: Vec::new(), error: Some(error) }
    }

    /// Notes who left. It is premature when an answer that this member knows is not in the text yet.
    fn departure(&mut self, member: &str, round: usize, reason: &ExitReason, prompt: &Prompt) {
        if let ExitReason::Retention { .. } = reason {
            let told = grade::found(&self.text, &prompt.answers);
            let premature = prompt.experts.iter().skip(told).any(|expert| expert == member);
            self.departures.push(Departure { member: member.to_owned(), round, premature });
        }
    }
}
