//! The round as a state machine: (state, input) → effects as data.
//!
//! Owns every decision about what happens next: which members draft, which free verifier scores what, when a round is decided,
//! which members leave, when the run ends. It performs nothing: no model call, no clock (the time comes with each input), no
//! randomness (seeds are derived). The driver carries the effects out. Every event it emits is applied to its own [`Run`], so the
//! state that decides and the state that a replay rebuilds are the same by construction.

mod command;
mod commanding;
mod decide;
mod failing;
mod lazy;
mod linger;
mod patience;
mod play;
mod predicting;
pub mod refusal;
mod repeating;
mod reply;
mod scoring;
mod seed;
mod spent;
mod start;
mod steer;
mod take_up;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use command::{Command, CommandError};

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Capabilities, Event, Finished, Header, MemberName, Outcome, Record, Repeats, Usage};
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::fusion::run::{Phase, Run};
use crate::engine::fusion::vote::Tally;
use crate::engine::member::{
    Context, DraftRequest, Drafted, ExtendRequest, Extended, MemberError, Predicted, ScoreRequest, Scored,
};

/// Identifies one call to a member. A reply to a call that is no longer in progress is stale and changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(pub u64);

/// An input of the machine.
#[derive(Debug)]
pub enum Input {
    /// Start the first round. These members cannot take part, or cannot yet ([`MemberError::NotReady`]).
    Start(Vec<(MemberIndex, MemberError)>),
    /// Resume, paused, a run that had ended or was cut off. These members cannot take part, or cannot yet.
    TakeUp(Vec<(MemberIndex, MemberError)>),
    /// A command from the user.
    Command(Command),
    /// A member drew a token of a draft in progress.
    Token(CallId, DraftToken),
    /// A draft came back.
    Drafted(CallId, Result<Drafted, MemberError>),
    /// The extension of another's draft came back.
    Extended(CallId, Result<Extended, MemberError>),
    /// The time a member takes to evaluate tokens was measured.
    Measured(CallId, Result<DecodeTimes, MemberError>),
    /// A member reported how probable it finds the question.
    Predicted(CallId, Result<Predicted, MemberError>),
    /// A scoring came back.
    Scored(CallId, Result<Scored, MemberError>),
    /// A call's bill (what it has used so far, if it is dropped now), and whether it is final. Sent before a call comes back, and
    /// after that until it is final.
    Billed(CallId, MemberIndex, Usage, bool),
    /// A member that was not ready when the run started is ready now and can do this, or never will be.
    Prepared(MemberIndex, Result<Box<Capabilities>, MemberError>),
    /// The time, in milliseconds since the start of the run: the reminder that [`Machine::deadline`] asked for.
    Due(f64),
}

/// Something that the driver has to do. Time limits are in seconds.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug)]
pub enum Effect {
    /// Record and publish an event.
    Emit(Record),
    /// Ask a member for a draft.
    Draft { call: CallId, member: MemberIndex, request: DraftRequest, seconds: u64 },
    /// Ask a member to keep the start of another's draft and to continue from there.
    Extend { call: CallId, member: MemberIndex, request: ExtendRequest, seconds: u64 },
    /// Measure how long a member takes to evaluate tokens.
    Measure { call: CallId, member: MemberIndex, seconds: u64 },
    /// Ask a member how probable it finds the question.
    Predict {
        call: CallId,
        member: MemberIndex,
        /// The turns up to the question.
        conversation: Arc<Conversation>,
        seconds: u64,
    },
    /// Ask a member to score candidates.
    Score { call: CallId, member: MemberIndex, request: ScoreRequest, seconds: u64 },
    /// Drop a call in progress.
    Cancel(CallId),
    /// The run is over; nothing follows.
    Finished,
}

/// What a member is busy with.
#[derive(Debug, Clone, PartialEq)]
enum Work {
    Draft {
        first_token_ms: Option<f64>,
        /// The length of all its tokens so far.
        bytes: usize,
    },
    /// Scoring the candidates with these keys.
    Score(Vec<MemberIndex>),
    /// Measuring how fast it evaluates tokens, or how probable it finds the question: between rounds.
    Measure,
}

#[derive(Debug, Clone, PartialEq)]
struct Call {
    id: CallId,
    member: MemberIndex,
    started_ms: f64,
    /// The last sign of life: its start, or the last token.
    heard_ms: f64,
    work: Work,
}

/// How many times in a row a member failed, or was late, at one kind of work.
#[derive(Debug, Clone, Copy, Default)]
struct InARow {
    failed: usize,
    late: usize,
    /// The last round in which it was late, numbered among those started.
    late_in: usize,
}

/// A member's failures, by kind of work: a member that never drafts does not stay just because it scores well, and one that never
/// scores may continue drafting.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    drafts: InARow,
    scores: InARow,
}

/// Whether another round may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Running,
    Paused,
    /// Paused, but one round is to be played.
    Stepping,
}

/// The state machine of one run.
#[derive(Debug)]
pub struct Machine {
    run: Run,
    tally: Tally,
    /// The tally after each accepted segment, by its number, for going back. `[0]` is before the first.
    tallies: Vec<Tally>,
    /// What members are busy with, in the order in which it started: one draft each, or as many scorings as a member takes at the
    /// same time.
    calls: Vec<Call>,
    /// What calls used that no event has reported yet.
    owed: Vec<spent::Owed>,
    next_call: u64,
    /// Consecutive failures, by member.
    failures: Vec<Failures>,
    /// Members that are not ready yet.
    awaited: Vec<MemberIndex>,
    /// Members whose times could not be measured.
    immeasurable: Vec<MemberIndex>,
    /// Members that do not report how probable they find the question.
    unpredictable: Vec<MemberIndex>,
    /// Verifiers that get the candidates of the open round one by one, since together they do not fit.
    one_by_one: Vec<MemberIndex>,
    /// What the candidates of the open round repeat, by their text.
    repeating: Vec<(Arc<str>, Option<Repeats>)>,
    /// The last failure of any member, in words.
    last_error: String,
    /// Whether the last failed draft failed for lack of context.
    context_was_full: bool,
    /// The conversation and the accepted segments in the form that members get.
    context: Context,
    pace: Pace,
    /// The rest after decisions.
    linger: linger::Linger,
    /// Rounds started so far, including repeated ones, which must not draw the same drafts again.
    begun: u64,
    now_ms: f64,
    effects: Vec<Effect>,
}

impl Machine {
    /// A run that has not started.
    #[must_use]
    pub fn new(header: Header) -> Self {
        let run = Run::new(header);
        let tally = Tally::new(&run.header.members);
        Self {
            tallies: vec![tally.clone()],
            tally,
            calls: Vec::new(),
            owed: Vec::new(),
            next_call: 0,
            failures: vec![Failures::default(); run.members.len()],
            awaited: Vec::new(),
            immeasurable: Vec::new(),
            unpredictable: Vec::new(),
            one_by_one: Vec::new(),
            repeating: Vec::new(),
            last_error: "no member drafts".to_owned(),
            context_was_full: false,
            context: Context { conversation: Arc::new(run.header.conversation.clone()), accepted: Arc::from([]) },
            pace: Pace::Running,
            linger: linger::Linger::default(),
            begun: 0,
            now_ms: 0.0,
            effects: Vec::new(),
            run,
        }
    }

    /// The state after all events so far.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Whether any call is in progress.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Handles one input at a time given in milliseconds since the start of the run; returns the effects in order. A command that
    /// cannot be carried out changes nothing and returns an error.
    pub fn handle(&mut self, now_ms: f64, input: Input) -> Result<Vec<Effect>, CommandError> {
        self.now_ms = now_ms.max(self.now_ms);
        let over = matches!(self.run.phase, Phase::Finished(_));
        match input {
            Input::TakeUp(unprepared) => self.go_on(&unprepared),
            Input::Command(_) if over => return Err(CommandError::Finished),
            Input::Start(_)
            | Input::Token(..)
            | Input::Drafted(..)
            | Input::Extended(..)
            | Input::Measured(..)
            | Input::Predicted(..)
            | Input::Scored(..)
            | Input::Billed(..)
            | Input::Prepared(..)
            | Input::Due(_)
                if over =>
            {
                return Ok(Vec::new());
            }
            Input::Start(unprepared) => self.start(unprepared),
            Input::Command(command) => self.command(command)?,
            Input::Token(call, token) => self.token(call, &token),
            Input::Drafted(call, result) => self.drafted(call, result),
            Input::Extended(call, result) => self.extended(call, result),
            Input::Measured(call, result) => self.measured(call, result),
            Input::Predicted(call, result) => self.predicted(call, result),
            Input::Scored(call, result) => self.scored(call, result),
            Input::Billed(call, member, usage, settled) => self.billed(call, member, usage, settled),
            Input::Prepared(member, result) => self.prepared(member, result),
            Input::Due(now_ms) => self.due(now_ms),
        }
        if !matches!(self.run.phase, Phase::Finished(_)) {
            self.tell_owed(false);
        }
        Ok(std::mem::take(&mut self.effects))
    }

    /// Records a warning that changes nothing.
    pub fn warn(&mut self, now_ms: f64, text: &str) -> Vec<Effect> {
        self.now_ms = now_ms.max(self.now_ms);
        self.emit(Event::Warning { text: text.to_owned() });
        std::mem::take(&mut self.effects)
    }

    fn emit(&mut self, event: Event) {
        let round = self.run.rounds.last().map_or(0, |round| round.number);
        self.emit_in(round, event);
    }

    fn emit_in(&mut self, round: usize, event: Event) {
        let record = Record { t_ms: self.now_ms, round, event };
        self.run.apply(&record);
        self.effects.push(Effect::Emit(record));
    }

    fn name(&self, member: MemberIndex) -> MemberName {
        Arc::clone(&self.run.member(member).header.name)
    }

    fn names(&self, members: &[MemberIndex]) -> Vec<MemberName> {
        members.iter().map(|member| self.name(*member)).collect()
    }

    /// Removes a call that has come back from those in progress; `None` for a stale one.
    fn returned(&mut self, id: CallId) -> Option<Call> {
        let place = self.calls.iter().position(|call| call.id == id)?;
        Some(self.calls.remove(place))
    }

    /// The calls that a member is busy with.
    fn calls_of(&self, member: MemberIndex) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.member == member)
    }

    fn begin_call(&mut self, member: MemberIndex, work: Work) -> CallId {
        self.next_call += 1;
        let id = CallId(self.next_call);
        self.calls.push(Call { id, member, started_ms: self.now_ms, heard_ms: self.now_ms, work });
        id
    }

    /// Drops calls, and records that.
    fn cancel(&mut self, which: impl Fn(&Call) -> bool) {
        let (cancelled, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.calls).into_iter().partition(|call| which(call));
        self.calls = others;
        for call in cancelled {
            self.effects.push(Effect::Cancel(call.id));
            let candidates = match &call.work {
                Work::Draft { .. } => Vec::new(),
                Work::Score(candidates) => self.names(candidates),
                // It belongs to no open round.
                Work::Measure => continue,
            };
            let (member, elapsed_ms) = (self.name(call.member), reply::rounded(self.now_ms - call.started_ms));
            self.emit(Event::Cancelled { member, candidates, elapsed_ms });
        }
    }

    fn cancel_all(&mut self) {
        self.cancel(|_| true);
    }

    fn finish(&mut self, outcome: Outcome) {
        self.end_linger();
        self.cancel_all();
        self.tell_owed(true);
        let mut summary = self.run.summarise();
        summary.elapsed_ms = self.now_ms;
        self.emit(Event::RunFinished(Box::new(Finished { outcome, summary })));
        self.effects.push(Effect::Finished);
    }
}
