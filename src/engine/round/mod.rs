//! The round as a state machine: (state, input) → effects as data.
//!
//! Owns every decision about what happens next: who drafts, which free verifier scores what, when a round is decided, who
//! leaves, when the run ends. It performs nothing: no model call, no clock (the time comes with each input), no randomness
//! (seeds are derived). The driver carries the effects out. Every event it emits is applied to its own [`Run`], so the state
//! that decides and the state that a replay rebuilds are the same by construction.

mod command;
mod decide;
mod failing;
mod lazy;
mod patience;
mod play;
mod predicting;
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

/// Names one call to a member. A reply to a call that is not under way any more is stale and changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(pub u64);

/// Something that reaches the machine.
#[derive(Debug)]
pub enum Input {
    /// Start the first round. These members cannot take part, or cannot yet ([`MemberError::NotReady`]).
    Start(Vec<(MemberIndex, MemberError)>),
    /// Go on, paused, with a run that had ended or was cut off. These members cannot take part, or cannot yet.
    TakeUp(Vec<(MemberIndex, MemberError)>),
    /// The user wants something.
    Command(Command),
    /// A member drew a token of a draft under way.
    Token(CallId, DraftToken),
    /// A draft came back.
    Drafted(CallId, Result<Drafted, MemberError>),
    /// Another's draft was taken up.
    Extended(CallId, Result<Extended, MemberError>),
    /// It was measured how long a member takes to evaluate tokens.
    Measured(CallId, Result<DecodeTimes, MemberError>),
    /// A member has said how probable it finds the question.
    Predicted(CallId, Result<Predicted, MemberError>),
    /// A scoring came back.
    Scored(CallId, Result<Scored, MemberError>),
    /// A call's bill, with whether it is final: what it used so far if it is dropped now. Told before a call comes back, and
    /// after that until it is final.
    Billed(CallId, MemberIndex, Usage, bool),
    /// A member that was not ready when the run started is, and can do this; or never will be.
    Prepared(MemberIndex, Result<Box<Capabilities>, MemberError>),
    /// It is this late, in milliseconds since the start of the run: what [`Machine::deadline`] asked to be reminded of.
    Due(f64),
}

/// Something that the driver is to do.
#[derive(Debug)]
pub enum Effect {
    /// Record and publish an event.
    Emit(Record),
    /// Ask a member for a draft, within so many seconds.
    Draft {
        /// The call.
        call: CallId,
        /// Whom.
        member: MemberIndex,
        /// What.
        request: DraftRequest,
        /// The time limit in seconds.
        seconds: u64,
    },
    /// Ask a member to keep the start of another's draft and to continue from there, within so many seconds.
    Extend {
        /// The call.
        call: CallId,
        /// Whom.
        member: MemberIndex,
        /// What.
        request: ExtendRequest,
        /// The time limit in seconds.
        seconds: u64,
    },
    /// Measure how long a member takes to evaluate tokens, within so many seconds.
    Measure {
        /// The call.
        call: CallId,
        /// Whom.
        member: MemberIndex,
        /// The time limit in seconds.
        seconds: u64,
    },
    /// Ask a member how probable it finds the question, within so many seconds.
    Predict {
        /// The call.
        call: CallId,
        /// Whom.
        member: MemberIndex,
        /// The turns up to the question.
        conversation: Arc<Conversation>,
        /// The time limit in seconds.
        seconds: u64,
    },
    /// Ask a member to score candidates, within so many seconds.
    Score {
        /// The call.
        call: CallId,
        /// Whom.
        member: MemberIndex,
        /// What.
        request: ScoreRequest,
        /// The time limit in seconds.
        seconds: u64,
    },
    /// Drop a call under way.
    Cancel(CallId),
    /// The run is over; nothing follows.
    Finished,
}

/// What a member is busy with.
#[derive(Debug, Clone, PartialEq)]
enum Work {
    Draft {
        first_token_ms: Option<f64>,
        /// Of all its tokens so far.
        bytes: usize,
    },
    /// Scoring the candidates of these keys.
    Score(Vec<MemberIndex>),
    /// Evaluating tokens for the time that takes, or the question for its probability: between rounds.
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

/// How often in a row a member failed, or was late, at one kind of work.
#[derive(Debug, Clone, Copy, Default)]
struct InARow {
    failed: usize,
    late: usize,
    /// The last round in which it was late, by its number among those started.
    late_in: usize,
}

/// A member's failures, by what it was asked for: one that scores well but never drafts does not stay for its scores, and one
/// that drafts well but never scores continues drafting.
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

/// The machine of one run.
#[derive(Debug)]
pub struct Machine {
    run: Run,
    tally: Tally,
    /// The tally after each accepted segment, by its number: what going back goes back to. `[0]` is before the first.
    tallies: Vec<Tally>,
    /// What members are busy with, in the order in which it was started: one draft each, or as many scorings as it takes at once.
    calls: Vec<Call>,
    /// What calls used that no event tells yet.
    owed: Vec<spent::Owed>,
    next_call: u64,
    /// Failures in a row, by place.
    failures: Vec<Failures>,
    /// Members that are not ready yet.
    awaited: Vec<MemberIndex>,
    /// Members whose times could not be measured.
    immeasurable: Vec<MemberIndex>,
    /// Members that do not say how probable they find the question.
    unpredictable: Vec<MemberIndex>,
    /// Verifiers that get the candidates of the open round one by one, since together they do not fit.
    one_by_one: Vec<MemberIndex>,
    /// What the candidates of the open round repeat, by their text.
    repeating: Vec<(Arc<str>, Option<Repeats>)>,
    /// The last failure of any member, in words.
    last_error: String,
    /// Whether the last draft that failed did so for want of context.
    context_was_full: bool,
    /// The conversation and the accepted segments as members get them.
    context: Context,
    pace: Pace,
    /// Rounds started so far, with repeated ones: a repeated round must not draw the same drafts again.
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
            begun: 0,
            now_ms: 0.0,
            effects: Vec::new(),
            run,
        }
    }

    /// The state that the events so far add up to.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Whether calls are under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Takes in one input at a time given in milliseconds since the start of the run; returns what is to be done, in order.
    /// A command that cannot be carried out changes nothing and says why.
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

    /// Takes a call that has come back out of those under way; `None` for a stale one.
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

    /// Drops calls, and records that nobody waits for them.
    fn cancel(&mut self, which: impl Fn(&Call) -> bool) {
        let (cancelled, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.calls).into_iter().partition(|call| which(call));
        self.calls = others;
        for call in cancelled {
            self.effects.push(Effect::Cancel(call.id));
            let candidates = match &call.work {
                Work::Draft { .. } => Vec::new(),
                Work::Score(candidates) => self.names(candidates),
                // No round is open for it.
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
        self.cancel_all();
        self.tell_owed(true);
        let mut summary = self.run.summarise();
        summary.elapsed_ms = self.now_ms;
        self.emit(Event::RunFinished(Box::new(Finished { outcome, summary })));
        self.effects.push(Effect::Finished);
    }
}
