//! The work of one member, on its own thread or on the caller's: handles one call at a time, and never crashes the program.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::engine::Engine;
use super::session::{Session, Stop, Until};
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::member::progress::SIGN;
use crate::engine::member::turns::Turn;
use crate::engine::member::{
    DraftRequest, Drafted, ExtendRequest, Extended, MemberError, Predicted, Progress, ScoreRequest, Scored,
};

/// The channel for the answer to a call. Closed when the caller has dropped its end.
pub(in crate::engine::member) type Answer<T> = oneshot::Sender<Result<T, MemberError>>;

/// A call.
pub(in crate::engine::member) enum Call {
    Prepare(Arc<Conversation>, Answer<usize>),
    /// The tokens are sent ahead of the answer, a few at a time. Their channel is not bounded, so that a slow receiver never
    /// blocks the thread; it holds one draft at most. Signs of life go to the progress.
    Draft(DraftRequest, mpsc::UnboundedSender<Vec<DraftToken>>, Progress, Answer<Drafted>),
    Score(ScoreRequest, Answer<Scored>),
    /// Signs of life go to the progress.
    Extend(ExtendRequest, Progress, Answer<Extended>),
    Measure(Answer<DecodeTimes>),
    Predict(Arc<Conversation>, Answer<Predicted>),
    /// Fails on purpose, to test the consequences.
    #[cfg(test)]
    Break(Answer<usize>),
}

/// Answers calls, one at a time.
pub(in crate::engine::member) struct Worker<E: Engine> {
    session: Session<E>,
    /// Why it can no longer answer.
    fault: Option<MemberError>,
}

impl<E: Engine> Worker<E> {
    pub(in crate::engine::member) fn new(session: Session<E>) -> Self {
        Self { session, fault: None }
    }
}

/// Answers calls.
pub(in crate::engine::member) trait Answers {
    /// Answers one call.
    fn answer(&mut self, call: Call);
}

impl<E: Engine> Answers for Worker<E> {
    fn answer(&mut self, call: Call) {
        let Self { session, fault } = self;
        match call {
            Call::Prepare(conversation, answer) => {
                respond(answer, fault, |_| Ok(session.prepare(&conversation)?));
            }
            Call::Draft(request, tokens, progress, answer) => respond(answer, fault, |cancelled| {
                let pulse = Pulse::new(&progress);
                let cancelled = &|| pulse.beat(cancelled);
                let complete = |text: &str, count: usize| request.segment.is_complete(text, count);
                let asks_end = |text: &str| request.asks_end && request.segment.cut(text, false).bytes == text.len();
                let until = Until { complete: &complete, asks_end: &asks_end, confidence: request.confidence };
                let mut news = News { tokens, waiting: Vec::new(), told: Instant::now() };
                let mut drawn = |token: &DraftToken| news.hear(token);
                let drafted = session.draft(&request.context, request.sampling, until, progress.hints(), &mut drawn, cancelled);
                if let Ok(drafted) = &drafted {
                    // Here and not when the reply arrives: on a busy machine the next member starts before that.
                    progress.hints().tell(&drafted.draft.text());
                }
                news.tell();
                drafted
            }),
            Call::Score(request, answer) => respond(answer, fault, |cancelled| {
                let pulse = Pulse::new(&request.progress);
                session.score(&request, &|| pulse.beat(cancelled))
            }),
            Call::Extend(request, progress, answer) => respond(answer, fault, |cancelled| {
                let pulse = Pulse::new(&progress);
                session.extend(&request, &|| pulse.beat(cancelled))
            }),
            Call::Measure(answer) => respond(answer, fault, |cancelled| session.measure(cancelled)),
            Call::Predict(conversation, answer) => respond(answer, fault, |cancelled| session.predict(&conversation, cancelled)),
            #[cfg(test)]
            Call::Break(answer) => respond(answer, fault, |_| std::panic::resume_unwind(Box::new("broken on purpose"))),
        }
    }
}

/// The thread's work: answers calls until the last sender is gone.
pub(in crate::engine::member) fn work<E: Engine>(session: Session<E>, mut calls: mpsc::Receiver<(Call, Option<Turn>)>) {
    let mut worker = Worker::new(session);
    while let Some((call, turn)) = calls.blocking_recv() {
        worker.answer(call);
        drop(turn);
    }
}

/// Signs of life of a call in progress: a long prompt takes many passes before the first token.
struct Pulse<'a> {
    progress: &'a Progress,
    beaten: Cell<Instant>,
}

impl<'a> Pulse<'a> {
    fn new(progress: &'a Progress) -> Self {
        Self { progress, beaten: Cell::new(Instant::now()) }
    }

    /// Gives a sign of life, unless it just gave one, and returns whether the caller has gone.
    fn beat(&self, cancelled: &dyn Fn() -> bool) -> bool {
        if self.beaten.get().elapsed() >= SIGN {
            self.progress.alive();
            self.beaten.set(Instant::now());
        }
        cancelled()
    }
}

/// How long drawn tokens are held back, so that the receiver is not woken for each of them.
const PAUSE: Duration = Duration::from_millis(2);

/// Drawn tokens on their way to the receiver.
struct News {
    tokens: mpsc::UnboundedSender<Vec<DraftToken>>,
    waiting: Vec<DraftToken>,
    told: Instant,
}

impl News {
    fn hear(&mut self, token: &DraftToken) {
        self.waiting.push(token.clone());
        if self.told.elapsed() >= PAUSE {
            self.tell();
            self.told = Instant::now();
        }
    }

    fn tell(&mut self) {
        if !self.waiting.is_empty() {
            // Without a receiver it is lost, which is not an error: the draft itself holds every token.
            let _ = self.tokens.send(std::mem::take(&mut self.waiting));
        }
    }
}

/// Does the work of one call unless its caller has gone; after a panic the session's state is unknown, so every later call is
/// answered with the fault.
fn respond<T>(answer: Answer<T>, fault: &mut Option<MemberError>, work: impl FnOnce(&dyn Fn() -> bool) -> Result<T, Stop>) {
    if answer.is_closed() {
        return;
    }
    let result = match fault {
        Some(fault) => Err(fault.clone()),
        None => match catch_unwind(AssertUnwindSafe(|| work(&|| answer.is_closed()))) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Stop::Cancelled)) => return,
            Ok(Err(Stop::Failed(error))) => Err(error),
            Err(payload) => Err(fault.insert(MemberError::panicked(payload.as_ref())).clone()),
        },
    };
    // A caller that has gone in the meantime needs no answer.
    let _ = answer.send(result);
}
