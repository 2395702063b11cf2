//! The shared engine: no terminal code. Commands in, events out.
//!
//! [`fusion`] is the method as pure rules; each [`member`] is one language model behind one trait; [`round`] decides what happens
//! next; the driver carries it out; [`trace`] is the file it leaves, and [`replay`] plays that file back.

mod driver;
pub mod fusion;
pub mod member;
mod noted;
mod readiness;
pub mod replay;
pub mod round;
pub mod trace;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) use driver::guarded;
pub use driver::{Clock, Ended};
use fusion::MemberIndex;
use fusion::conversation::Conversation;
use fusion::event::{Header, MemberHeader, OwnSampling, Price, Record, Role, TRACE_VERSION};
use fusion::params::Params;
use member::{Member, MemberError};
use readiness::Readiness;
pub(crate) use readiness::{grace, is_enough};
use round::{Command, Input, Machine};
use trace::Journal;

/// Events waiting to be read; the run waits when it is full.
const EVENTS: usize = 256;
/// Commands waiting to be carried out.
const COMMANDS: usize = 16;

/// A member's seat in an ensemble.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Clone)]
pub struct Seat {
    /// Its name, unique in the ensemble.
    pub name: String,
    /// What it does in the ensemble.
    pub role: Role,
    /// The weight as a verifier that the user gave it, at least 0.
    pub weight: Option<f64>,
    pub member: Arc<dyn Member>,
    /// Where its sampling differs from the knobs.
    pub sampling: OwnSampling,
    /// What its tokens cost, if given.
    pub price: Option<Price>,
}

impl Seat {
    /// A seat that drafts and verifies.
    #[must_use]
    pub fn new(name: impl Into<String>, member: Arc<dyn Member>) -> Self {
        Self { name: name.into(), role: Role::Auto, weight: None, member, sampling: OwnSampling::default(), price: None }
    }

    /// The seat as recorded in a run's header.
    #[must_use]
    pub fn header(&self) -> MemberHeader {
        MemberHeader {
            name: self.name.as_str().into(),
            role: self.role,
            weight: self.weight,
            capabilities: self.member.capabilities().clone(),
            sampling: self.sampling,
            price: self.price,
        }
    }
}

/// Everything a run starts with.
#[allow(missing_docs, reason = "the names say it")]
pub struct Setup {
    /// The members; their order decides ties.
    pub seats: Vec<Seat>,
    pub params: Params,
    /// The seed of all sampling.
    pub seed: u64,
    /// The turns; the last is the question.
    pub conversation: Conversation,
    /// What a right answer contains, in order and as whole words, if known.
    pub answers: Vec<String>,
    /// Where the trace is written, if anywhere.
    pub journal: Option<Journal>,
    /// The clock; see [`wall_clock`].
    pub clock: Clock,
}

/// A recorded run, and what it takes to resume it.
pub struct TakeUp {
    /// Its events so far.
    pub records: Vec<Record>,
    /// The members of its header, in the same order. One that no longer exists is an absent member.
    pub seats: Vec<Seat>,
    /// A trace that already contains these events, if one is to be kept.
    pub journal: Option<Journal>,
    /// A clock that starts now: the run's own time continues from its last event.
    pub clock: Clock,
}

/// Why a run cannot start.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error("the prompt is empty: ask something")]
    EmptyPrompt,
    #[error("no member of the ensemble drafts")]
    NoDrafter,
    #[error("two members are called `{name}`: give one of them another name")]
    SameName { name: String },
    /// A weight below 0 or not a number.
    #[error("the weight of `{name}` is {weight}, but it must be a number from 0 on")]
    BadWeight { name: String, weight: String },
    /// The records of a run to be resumed do not start with a header.
    #[error("there is no run in these records: they do not begin with a header")]
    NoHeader,
    /// The members differ from those of the run to be resumed.
    #[error("the run was made by {recorded}, not by {given}")]
    OtherMembers { recorded: String, given: String },
    /// No member that drafts answers.
    #[error("no model can be reached: {reasons}")]
    NotReached {
        /// For each member, why.
        reasons: String,
    },
    /// No member can hold the prompt.
    #[error("no member can take this prompt; shorten it, begin a new conversation, or give a model more context: {reasons}")]
    PromptTooLong {
        /// For each member, how many tokens it needs and has.
        reasons: String,
    },
}

/// A run in progress. Dropping it ends the run, with every call to a member.
#[derive(Debug)]
pub struct Engine {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<Record>,
    task: JoinHandle<Ended>,
}

impl Engine {
    /// Starts a run; needs a tokio runtime. Members that cannot hold the prompt are left out, visibly, as long as one that drafts
    /// remains. One that is not ready when the others are joins later.
    pub async fn start(setup: Setup) -> Result<Self, SetupError> {
        check(&setup)?;
        let readiness = readiness::prepare(&setup.seats, &setup.conversation, setup.params.draft_seconds).await?;
        let machine = Machine::new(header(&setup));
        Ok(Self::driven(machine, readiness, Input::Start, setup.seats, setup.journal, setup.clock))
    }

    /// Resumes a recorded run, paused: the events that follow start with [`Event::Continued`](fusion::event::Event::Continued).
    pub async fn take_up(recorded: TakeUp) -> Result<Self, SetupError> {
        let TakeUp { records, seats, journal, clock } = recorded;
        let machine = Machine::of_records(&records).ok_or(SetupError::NoHeader)?;
        let names = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
        let recorded = names(&mut machine.run().header.members.iter().map(|member| &*member.name));
        let given = names(&mut seats.iter().map(|seat| seat.name.as_str()));
        if recorded != given {
            return Err(SetupError::OtherMembers { recorded, given });
        }
        let (conversation, seconds) = (&machine.run().header.conversation, machine.run().params.draft_seconds);
        let mut readiness = readiness::prepare(&seats, conversation, seconds).await?;
        readiness.join(machine.run());
        let reached = machine.run().t_ms;
        let clock: Clock = Box::new(move || reached + clock());
        Ok(Self::driven(machine, readiness, Input::TakeUp, seats, journal, clock))
    }

    fn driven(
        machine: Machine,
        readiness: Readiness,
        start: fn(Vec<(MemberIndex, MemberError)>) -> Input,
        seats: Vec<Seat>,
        journal: Option<Journal>,
        clock: Clock,
    ) -> Self {
        let (events_in, events) = mpsc::channel(EVENTS);
        let (commands, commands_out) = mpsc::channel(COMMANDS);
        let members = seats.into_iter().map(|seat| seat.member).collect();
        let Readiness { unprepared, unready } = readiness;
        let driver = driver::Driver { machine, members, clock, journal, events: events_in, commands: commands_out, unready };
        Self { commands, events, task: tokio::spawn(driver.drive(start(unprepared))) }
    }

    /// The next event; `None` after the last one.
    pub async fn next_event(&mut self) -> Option<Record> {
        self.events.recv().await
    }

    /// The channel for commands. One that cannot be carried out comes back as a warning among the events.
    #[must_use]
    pub fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    /// How the driver's side ended; call it after the last event.
    pub async fn ended(self) -> Ended {
        drop(self.events);
        self.task.await.unwrap_or_default()
    }
}

/// A clock that starts now.
#[must_use]
pub fn wall_clock() -> Clock {
    let start = Instant::now();
    // Microseconds are precise enough, and keep traces short.
    Box::new(move || start.elapsed().as_micros() as f64 / 1000.0)
}

fn check(setup: &Setup) -> Result<(), SetupError> {
    if setup.conversation.prompt().trim().is_empty() {
        return Err(SetupError::EmptyPrompt);
    }
    for (place, seat) in setup.seats.iter().enumerate() {
        let name = seat.name.clone();
        if setup.seats[..place].iter().any(|other| other.name == seat.name) {
            return Err(SetupError::SameName { name });
        }
        if let Some(weight) = seat.weight.filter(|weight| !weight.is_finite() || *weight < 0.0) {
            return Err(SetupError::BadWeight { name, weight: weight.to_string() });
        }
    }
    if setup.seats.iter().all(|seat| seat.role == Role::Verify) {
        return Err(SetupError::NoDrafter);
    }
    Ok(())
}

fn header(setup: &Setup) -> Header {
    Header {
        format: trace::TRACE_FORMAT.to_owned(),
        version: TRACE_VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        members: setup.seats.iter().map(Seat::header).collect(),
        params: setup.params.clone(),
        seed: setup.seed,
        conversation: setup.conversation.clone(),
        answers: setup.answers.clone(),
    }
}
