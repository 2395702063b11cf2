//! Carries out what the round machine decides: calls members concurrently, enforces their time limits, cancels by dropping,
//! writes the journal, publishes events.
//!
//! Owns tasks, channels and the clock; decides nothing about the method. Each call is a separate task, so that a member that
//! panics or stalls cannot stop the others.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use super::fusion::MemberIndex;
use super::fusion::candidate::DraftToken;
use super::fusion::event::{Event, Record, Usage};
use super::fusion::lazy::DecodeTimes;
use super::member::{Bill, Drafted, Extended, Hints, Member, MemberError, Predicted, Progress, Reply, Scored, Waits};
use super::noted;
use super::round::{CallId, Command, Effect, Input, Machine};
use super::trace::{Journal, TraceError};

/// The current time, in milliseconds since the run started.
pub type Clock = Box<dyn Fn() -> f64 + Send>;

/// Replies waiting to be handled; members block when it is full.
const REPLIES: usize = 64;
/// Tokens waiting to be handled.
const TOKENS: usize = 256;

/// How a driven run ended on the driver's side.
#[derive(Debug, Default)]
pub struct Ended {
    /// Why the journal is incomplete, if it is.
    pub journal_error: Option<TraceError>,
}

/// A member that was still preparing when the run started, with its pending reply.
pub(super) type Unready = (MemberIndex, Reply<usize>);

enum Returned {
    Prepared(MemberIndex, Result<usize, MemberError>),
    Drafted(CallId, Result<Drafted, MemberError>),
    Extended(CallId, Result<Extended, MemberError>),
    Measured(CallId, Result<DecodeTimes, MemberError>),
    Predicted(CallId, Result<Predicted, MemberError>),
    Scored(CallId, Result<Scored, MemberError>),
}

pub(super) struct Driver {
    pub(super) machine: Machine,
    pub(super) members: Vec<Arc<dyn Member>>,
    pub(super) clock: Clock,
    pub(super) journal: Option<Journal>,
    pub(super) events: mpsc::Sender<Record>,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) unready: Vec<Unready>,
}

/// The calls in progress; dropping it drops them all.
struct Calls {
    tasks: JoinSet<()>,
    handles: HashMap<CallId, AbortHandle>,
    /// Bills that may still change, or whose last change is not reported yet.
    bills: Vec<Billed>,
    returned: mpsc::Sender<Returned>,
    tokens: mpsc::Sender<(u64, DraftToken)>,
    /// What has been drafted in the open round.
    hints: Hints,
}

/// A call's bill, and the part already reported.
struct Billed {
    call: CallId,
    member: MemberIndex,
    bill: Bill,
    told: (Usage, bool),
}

/// What woke the driver.
enum Woken {
    Token(u64, DraftToken),
    Returned(Returned),
    Command(Command),
    /// Patience with a member ends at this time.
    Due(f64),
    NobodyListens,
}

impl Driver {
    /// Plays the run to its end, or until no receiver for its events is left.
    pub(super) async fn drive(mut self, start: Input) -> Ended {
        let (returned, mut replies) = mpsc::channel(REPLIES);
        let (token_sender, mut tokens) = mpsc::channel(TOKENS);
        let mut calls = Calls {
            tasks: JoinSet::new(),
            handles: HashMap::new(),
            bills: Vec::new(),
            returned,
            tokens: token_sender,
            hints: Hints::default(),
        };
        let mut ended = Ended::default();
        for (member, reply) in std::mem::take(&mut self.unready) {
            calls.await_ready(member, reply);
        }
        let mut going = self.take_in(start, &mut calls, &mut ended).await;
        while going {
            let woken = if let Some(woken) = Self::ready(&mut tokens, &mut replies) {
                woken
            } else {
                self.flush(&mut ended).await;
                self.wait(&mut tokens, &mut replies).await
            };
            if !matches!(woken, Woken::Token(..)) {
                for billed in calls.bills() {
                    going &= self.take_in(billed, &mut calls, &mut ended).await;
                }
            }
            let input = match woken {
                Woken::Token(call, token) => Input::Token(CallId(call), token),
                Woken::Command(command) => Input::Command(command),
                Woken::Due(at_ms) => Input::Due(at_ms),
                Woken::NobodyListens => break,
                Woken::Returned(reply) => {
                    // Every token of a finished draft is in the channel by now and must be handled before its end.
                    while let Ok((call, token)) = tokens.try_recv() {
                        going &= self.take_in(Input::Token(CallId(call), token), &mut calls, &mut ended).await;
                    }
                    calls.reap(&reply);
                    match reply {
                        Returned::Drafted(call, result) => Input::Drafted(call, result),
                        Returned::Extended(call, result) => Input::Extended(call, result),
                        Returned::Measured(call, result) => Input::Measured(call, result),
                        Returned::Predicted(call, result) => Input::Predicted(call, result),
                        Returned::Scored(call, result) => Input::Scored(call, result),
                        Returned::Prepared(member, result) => {
                            let capabilities = || Box::new(self.members[member.0].capabilities().clone());
                            Input::Prepared(member, result.map(|_tokens| capabilities()))
                        }
                    }
                }
            };
            going &= self.take_in(input, &mut calls, &mut ended).await;
        }
        self.flush(&mut ended).await;
        ended
    }

    /// What is available without waiting, tokens first.
    fn ready(tokens: &mut mpsc::Receiver<(u64, DraftToken)>, replies: &mut mpsc::Receiver<Returned>) -> Option<Woken> {
        tokens.try_recv().map(|(call, token)| Woken::Token(call, token)).or_else(|_| replies.try_recv().map(Woken::Returned)).ok()
    }

    async fn wait(&mut self, tokens: &mut mpsc::Receiver<(u64, DraftToken)>, replies: &mut mpsc::Receiver<Returned>) -> Woken {
        let deadline = self.machine.deadline();
        let remaining_ms = deadline.map_or(0.0, |at_ms| self.machine.remaining_ms(at_ms));
        let remaining = Duration::try_from_secs_f64(remaining_ms / 1000.0).unwrap_or(Duration::MAX);
        tokio::select! {
            biased;
            Some(command) = self.commands.recv() => Woken::Command(command),
            Some((call, token)) = tokens.recv() => Woken::Token(call, token),
            Some(reply) = replies.recv() => Woken::Returned(reply),
            () = self.events.closed() => Woken::NobodyListens,
            () = tokio::time::sleep(remaining), if deadline.is_some() => {
                Woken::Due(deadline.unwrap_or_default())
            }
        }
    }

    /// Hands one input to the machine and carries out the effects. Returns whether the run continues.
    async fn take_in(&mut self, input: Input, calls: &mut Calls, ended: &mut Ended) -> bool {
        let effects = match self.machine.handle((self.clock)(), input) {
            Ok(effects) => effects,
            Err(refused) => self.machine.warn((self.clock)(), &refused.to_string()),
        };
        for effect in effects {
            match effect {
                Effect::Emit(record) => {
                    if matches!(record.event, Event::RoundStarted { .. }) {
                        calls.hints = Hints::default();
                    }
                    if !self.publish(record, ended).await {
                        return false;
                    }
                }
                Effect::Draft { call, member, request, seconds } => {
                    let progress = Progress::new(call.0, calls.tokens.clone()).beside(calls.hints.clone());
                    let waits = progress.waits().clone();
                    calls.bill(call, member, progress.bill());
                    let reply = self.members[member.0].draft(request, progress);
                    calls.spawn(call, async move { guarded(reply, seconds, &waits).await }, Returned::Drafted);
                }
                Effect::Extend { call, member, request, seconds } => {
                    let progress = Progress::new(call.0, calls.tokens.clone());
                    let waits = progress.waits().clone();
                    let reply = self.members[member.0].extend(request, progress);
                    calls.spawn(call, async move { guarded(reply, seconds, &waits).await }, Returned::Extended);
                }
                Effect::Measure { call, member, seconds } => {
                    let reply = self.members[member.0].measure();
                    calls.spawn(call, async move { guarded(reply, seconds, &Waits::default()).await }, Returned::Measured);
                }
                Effect::Predict { call, member, conversation, seconds } => {
                    let reply = self.members[member.0].predict(conversation);
                    calls.spawn(call, async move { guarded(reply, seconds, &Waits::default()).await }, Returned::Predicted);
                }
                Effect::Score { call, member, mut request, seconds } => {
                    request.progress = Progress::new(call.0, calls.tokens.clone());
                    let waits = request.progress.waits().clone();
                    calls.bill(call, member, request.progress.bill());
                    let reply = self.members[member.0].score(request);
                    calls.spawn(call, async move { guarded(reply, seconds, &waits).await }, Returned::Scored);
                }
                Effect::Cancel(call) => calls.cancel(call),
                Effect::Finished => return false,
            }
        }
        true
    }

    /// Records and publishes an event: first the journal, so that nothing is published that could be lost. Returns whether a
    /// receiver is left.
    async fn publish(&mut self, record: Record, ended: &mut Ended) -> bool {
        noted::note(&record);
        let written = self.journal.as_mut().map_or(Ok(()), |journal| journal.append(&record));
        let durable = match &record.event {
            Event::Accepted { .. } | Event::RunFinished(_) => self.flushed(),
            _ => Ok(()),
        };
        let listens = self.events.send(record).await.is_ok();
        match written.and(durable) {
            Ok(()) => listens,
            Err(error) => self.journal_failed(error, ended).await && listens,
        }
    }

    fn flushed(&mut self) -> Result<(), TraceError> {
        self.journal.as_mut().map_or(Ok(()), Journal::flush)
    }

    async fn flush(&mut self, ended: &mut Ended) {
        if let Err(error) = self.flushed() {
            self.journal_failed(error, ended).await;
        }
    }

    /// The run continues without its journal, after one warning.
    async fn journal_failed(&mut self, error: TraceError, ended: &mut Ended) -> bool {
        self.journal = None;
        let text = format!("the trace is not written any further: {error}");
        ended.journal_error = Some(error);
        let mut listens = true;
        for effect in self.machine.warn((self.clock)(), &text) {
            if let Effect::Emit(record) = effect {
                listens &= self.events.send(record).await.is_ok();
            }
        }
        listens
    }
}

impl Calls {
    fn spawn<T: Send + 'static>(
        &mut self,
        call: CallId,
        reply: impl Future<Output = Result<T, MemberError>> + Send + 'static,
        wrap: fn(CallId, Result<T, MemberError>) -> Returned,
    ) {
        let returned = self.returned.clone();
        let task = async move {
            let result = reply.await;
            // The receiver is only gone when the driver is, and then the reply is not needed.
            let _ = returned.send(wrap(call, result)).await;
        };
        self.handles.insert(call, self.tasks.spawn(task));
        while self.tasks.try_join_next().is_some() {}
    }

    /// Waits for a member that is not ready; the request itself already has a time limit.
    fn await_ready(&mut self, member: MemberIndex, reply: Reply<usize>) {
        let returned = self.returned.clone();
        self.tasks.spawn(async move {
            let result = reply.await;
            let _ = returned.send(Returned::Prepared(member, result)).await;
        });
    }

    fn cancel(&mut self, call: CallId) {
        if let Some(handle) = self.handles.remove(&call) {
            handle.abort();
        }
    }

    fn bill(&mut self, call: CallId, member: MemberIndex, bill: &Bill) {
        self.bills.push(Billed { call, member, bill: bill.clone(), told: (Usage::default(), true) });
    }

    /// What has changed in the bills. Those of calls that have ended are watched until they are final.
    fn bills(&mut self) -> Vec<Input> {
        let mut changed = Vec::new();
        for Billed { call, member, bill, told } in &mut self.bills {
            // In this order, so that a usage reported as final is.
            let settled = bill.is_settled();
            let now = (bill.total(), settled);
            if now != *told {
                *told = now;
                changed.push(Input::Billed(*call, *member, now.0, now.1));
            }
        }
        self.bills.retain(|billed| self.handles.contains_key(&billed.call) || !billed.told.1);
        changed
    }

    fn reap(&mut self, reply: &Returned) {
        match reply {
            Returned::Drafted(call, _)
            | Returned::Extended(call, _)
            | Returned::Measured(call, _)
            | Returned::Predicted(call, _)
            | Returned::Scored(call, _) => self.handles.remove(call),
            Returned::Prepared(..) => None,
        };
    }
}

/// A reply with a time limit, in which a panic becomes an error of that member only. Time spent waiting for its turn does not
/// count.
pub(crate) async fn guarded<T>(mut reply: Reply<T>, seconds: u64, waits: &Waits) -> Result<T, MemberError> {
    let mut caught = std::future::poll_fn(move |context| {
        std::panic::catch_unwind(AssertUnwindSafe(|| reply.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(MemberError::panicked(panic.as_ref()))))
    });
    let (begun, limit) = (Instant::now(), Duration::from_secs(seconds));
    let mut left = limit;
    loop {
        if let Ok(reply) = tokio::time::timeout(left, &mut caught).await {
            return reply;
        }
        left = limit.saturating_sub(begun.elapsed().saturating_sub(waits.total()));
        if left.is_zero() {
            return Err(MemberError::TimedOut { seconds });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::member::scripted::ScriptedMember;
    use crate::engine::{Seat, Setup, header, trace, wall_clock};

    /// A receiver with room for one event stops the driver right after publishing it: only what must be durable by then is
    /// flushed.
    #[tokio::test]
    async fn an_accepted_segment_is_in_the_trace_before_it_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let setup = Setup {
            seats: vec![Seat::new("a", Arc::new(ScriptedMember::saying(&["One.", " Two.", " Three."], -0.1)))],
            params: crate::engine::fusion::params::Params::default(),
            seed: 1,
            conversation: crate::engine::fusion::conversation::Conversation::question("Count!"),
            answers: Vec::new(),
            journal: None,
            clock: wall_clock(),
        };
        let machine = Machine::new(header(&setup));
        let (events, mut heard) = mpsc::channel(1);
        let (_commands, commands) = mpsc::channel(1);
        let members = setup.seats.into_iter().map(|seat| seat.member).collect();
        let journal = Some(Journal::create(&path).unwrap());
        let driver = Driver { machine, members, clock: wall_clock(), journal, events, commands, unready: Vec::new() };
        let driving = tokio::spawn(driver.drive(Input::Start(Vec::new())));
        let mut told = Vec::new();
        let mut accepted = 0;
        while let Some(record) = heard.recv().await {
            told.push(record);
            if matches!(told.last().map(|record| &record.event), Some(Event::Accepted { .. })) {
                accepted += 1;
                assert!(trace::read(&path).unwrap().records.starts_with(&told), "segment {accepted} is told and not yet there");
            }
        }
        assert_eq!(accepted, 3);
        assert!(driving.await.unwrap().journal_error.is_none());
        assert_eq!(trace::read(&path).unwrap().records, told);
    }
}
