//! Playing the prompts: fused through the engine, and every member alone in one long draft.

use std::sync::Arc;
use std::time::Instant;

use crate::cli::Failure;
use crate::cli::interrupt::Interrupt;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{self, Event, ExitReason, Outcome, Role, Summary};
use crate::engine::fusion::params::Params;
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::member::{Context, DraftRequest, Drafted, MemberError, Progress, Sampling, ScoreTier};
use crate::engine::{Engine, Seat, Setup, guarded, wall_clock};
use crate::prompts::{Prompt, echo, grade};

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
    /// Whether it holds the known answers; never where there is no whole answer.
    pub(super) right: bool,
    /// Whether it only repeats the question.
    pub(super) echo: bool,
    /// How it ended; nothing where it never began.
    pub(super) outcome: Option<Outcome>,
    pub(super) summary: Summary,
    /// Who left by retention: member, round, and whether an answer that only it knows was still to come.
    pub(super) departures: Vec<Departure>,
    /// Drafts and scorings that failed.
    pub(super) failures: Vec<Failed>,
    /// Why there is no whole answer, where there is none.
    pub(super) error: Option<String>,
}

/// A call to a member that failed during a fused answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) member: String,
    pub(super) error: String,
}

/// A member that left during an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Departure {
    pub(super) member: String,
    pub(super) round: usize,
    pub(super) premature: bool,
}

/// What came of asking one member alone.
#[derive(Debug)]
pub(super) enum Alone {
    /// Its own answer.
    Answered(Answer),
    /// Its call failed, which says nothing of what it knows.
    Failed { error: String },
    /// It drafts nothing: it only verifies.
    NotAsked,
}

/// The answer of a member alone.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) right: bool,
    /// Whether it only repeats the question.
    pub(super) echo: bool,
    /// Whether the member ended it; otherwise a limit did.
    pub(super) ended: bool,
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
                    let answer = tokio::select! {
                        biased;
                        () = interrupt.pressed() => return Ok((results, true)),
                        answer = self.member_alone(seat, prompt, seed) => answer,
                    };
                    answers.push(answer);
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
                Event::DraftFailed { member, error, .. } | Event::ScoreFailed { member, error, .. } => {
                    fused.failures.push(Failed { member: member.to_string(), error });
                }
                Event::Late { member, silent_ms, .. } => {
                    fused.failures.push(Failed { member: member.to_string(), error: event::late(silent_ms) });
                }
                Event::RunFinished(finished) => {
                    fused.error = finished.outcome.failure();
                    fused.outcome = Some(finished.outcome);
                    fused.summary = finished.summary;
                }
                _ => {}
            }
        }
        fused.right = fused.error.is_none() && grade::is_right(&fused.text, &prompt.answers);
        fused.echo = echo::is_echo(&fused.text, prompt.conversation.prompt());
        Ok(Some(fused))
    }

    /// Has a model in this process read another question: it has just written on this one with the others, and would find its prompt
    /// evaluated, which the fused answer did not. On servers that would cost, and their caches are not ours.
    async fn begin_afresh(&self, seat: &Seat) {
        if seat.member.capabilities().tier == ScoreTier::InProcess {
            let greedy = Sampling { temperature: 0.0, top_p: 1.0, seed: 0 };
            // Why it fails is said when it is asked what is to be measured.
            let _ = self.draft(seat, Conversation::question("-"), greedy, 1).await;
        }
    }

    /// A draft of at most so many tokens.
    async fn draft(
        &self,
        seat: &Seat,
        conversation: Conversation,
        sampling: Sampling,
        length: usize,
    ) -> Result<Drafted, MemberError> {
        let request = DraftRequest {
            context: Context { conversation: Arc::new(conversation), accepted: Arc::from([]) },
            sampling,
            segment: SegmentRule::tokens(length),
            asks_end: false,
            confidence: None,
        };
        let member = Arc::clone(&seat.member);
        // Asked inside the guard: a member may panic before it has a reply to wait for.
        let progress = Progress::nowhere();
        let waits = progress.waits().clone();
        let reply = Box::pin(async move { member.draft(request, progress).await });
        guarded(reply, self.params.draft_seconds as u64, &waits).await
    }

    async fn member_alone(&self, seat: &Seat, prompt: &Prompt, seed: u64) -> Alone {
        if seat.role == Role::Verify {
            return Alone::NotAsked;
        }
        self.begin_afresh(seat).await;
        let (length, own) = (self.params.max_tokens, seat.sampling);
        let (temperature, top_p) = (own.temperature.unwrap_or(self.params.temperature), own.top_p.unwrap_or(self.params.top_p));
        let sampling = Sampling { temperature: temperature as f32, top_p: top_p as f32, seed };
        let start = Instant::now();
        match self.draft(seat, prompt.conversation.clone(), sampling, length).await {
            Ok(drafted) => {
                let elapsed_ms = start.elapsed().as_secs_f64() * 1000.0;
                let (text, ended, tokens) = (drafted.draft.text(), drafted.draft.ends, drafted.draft.tokens.len());
                let right = grade::is_right(&text, &prompt.answers);
                let echo = echo::is_echo(&text, prompt.conversation.prompt());
                Alone::Answered(Answer { text, right, echo, ended, tokens, elapsed_ms })
            }
            Err(error) => Alone::Failed { error: error.to_string() },
        }
    }
}

impl Fused {
    fn failed(error: String) -> Self {
        Self {
            text: String::new(),
            right: false,
            echo: false,
            outcome: None,
            summary: Summary::default(),
            departures: Vec::new(),
            failures: Vec::new(),
            error: Some(error),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::member::scripted::ScriptedMember;
    use crate::engine::member::{Capabilities, Member, Reply, ScoreRequest, Scored};

    /// How a member fails to draft.
    #[derive(Clone, Copy)]
    enum Failing {
        BeforeItsReply,
        Within,
        Never,
    }

    struct Broken(Capabilities, Failing);

    impl Broken {
        fn new(failing: Failing) -> Self {
            Self(Capabilities::in_process("broken", "none"), failing)
        }
    }

    impl Member for Broken {
        fn capabilities(&self) -> &Capabilities {
            &self.0
        }

        fn prepare(&self, _conversation: Arc<Conversation>) -> Reply<usize> {
            Box::pin(async { Ok(0) })
        }

        fn draft(&self, _request: DraftRequest, _progress: Progress) -> Reply<Drafted> {
            match self.1 {
                Failing::BeforeItsReply => panic!("at once"),
                Failing::Within => Box::pin(async { panic!("later") }),
                Failing::Never => Box::pin(std::future::pending()),
            }
        }

        fn score(&self, _request: ScoreRequest) -> Reply<Scored> {
            Box::pin(std::future::pending())
        }
    }

    async fn alone(member: Arc<dyn Member>) -> Alone {
        let prompt =
            Prompt { answers: vec!["Tokyo".to_owned()], ..Prompt::question(Conversation::question("Capital of Japan?")) };
        let params = Params { draft_seconds: 7, ..Params::default() };
        let plan = Plan { seats: &[], params: &params, seed: 1, prompts: &[], alone: true };
        plan.member_alone(&Seat::new("a", member), &prompt, 1).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_alone_has_the_limits_of_a_run_and_its_panics_are_its_own() {
        for (failing, said) in [(Failing::BeforeItsReply, "at once"), (Failing::Within, "later"), (Failing::Never, "7 s")] {
            match alone(Arc::new(Broken::new(failing))).await {
                Alone::Failed { error } => assert!(error.contains(said), "{error}"),
                other => panic!("{other:?}"),
            }
        }
        let answer = alone(Arc::new(ScriptedMember::saying(&["It is Tokyo."], -0.5))).await;
        assert!(matches!(answer, Alone::Answered(Answer { right: true, ended: true, .. })), "{answer:?}");
    }
}
