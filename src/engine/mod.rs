//! The shared engine: no terminal code. Commands in, events out.
//!
//! [`fusion`] is the method as pure rules; [`member`] is one language model each, behind one trait; [`round`] decides what
//! happens next; the driver carries it out; [`trace`] is the file it leaves, and [`replay`] plays that file again.

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

/// Events that wait to be read; the run waits when it is full.
const EVENTS: usize = 256;
/// Commands that wait to be carried out.
const COMMANDS: usize = 16;

/// A member's place in an ensemble.
#[derive(Clone)]
pub struct Seat {
    /// Its name, unique in the ensemble.
    pub name: String,
    /// What it does there.
    pub role: Role,
    /// The weight as a verifier that the user gave it, at least 0.
    pub weight: Option<f64>,
    /// The model.
    pub member: Arc<dyn Member>,
    /// Where its drafts are drawn otherwise than the knobs say.
    pub sampling: OwnSampling,
    /// What its tokens cost, where that was given.
    pub price: Option<Price>,
}

impl Seat {
    /// A seat that drafts and verifies.
    #[must_use]
    pub fn new(name: impl Into<String>, member: Arc<dyn Member>) -> Self {
        Self { name: name.into(), role: Role::Auto, weight: None, member, sampling: OwnSampling::default(), price: None }
    }

    /// The seat as a run's header tells it.
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
pub struct Setup {
    /// The members; their order decides ties.
    pub seats: Vec<Seat>,
    /// The knobs.
    pub params: Params,
    /// The seed of all sampling.
    pub seed: u64,
    /// The turns; the last is the question.
    pub conversation: Conversation,
    /// What a right answer holds, in order and as whole words, where that is known.
    pub answers: Vec<String>,
    /// Where the trace goes, if anywhere.
    pub journal: Option<Journal>,
    /// The clock; see [`wall_clock`].
    pub clock: Clock,
}

/// A recorded run, and what it needs to be taken up.
pub struct TakeUp {
    /// Its events so far.
    pub records: Vec<Record>,
    /// The members of its header, in that order. One that is not there any more is an absent member.
    pub seats: Vec<Seat>,
    /// A trace that holds these events already, if one is to be kept.
    pub journal: Option<Journal>,
    /// A clock that starts now: the run's own time continues from its last event.
    pub clock: Clock,
}

/// Why a run cannot start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// Nothing was asked.
    #[error("the prompt is empty: ask something")]
    EmptyPrompt,
    /// Nobody drafts.
    #[error("no member of the ensemble drafts")]
    NoDrafter,
    /// Two members have one name.
    #[error("two members are called `{name}`: give one of them another name")]
    SameName {
        /// The name.
        name: String,
    },
    /// A weight below 0 or not a number.
    #[error("the weight of `{name}` is {weight}, but it must be a number from 0 on")]
    BadWeight {
        /// Whose.
        name: String,
        /// What it is.
        weight: String,
    },
    /// The records of a run to be taken up start with no header.
    #[error("there is no run in these records: they do not begin with a header")]
    NoHeader,
    /// Not the members of the run to be taken up.
    #[error("the run was made by {recorded}, not by {given}")]
    OtherMembers {
        /// Who they were.
        recorded: String,
        /// Who they would be.
        given: String,
    },
    /// No member can hold the prompt.
    #[error("no member can take this prompt; shorten it, begin a new conversation, or give a model more context: {reasons}")]
    PromptTooLong {
        /// Per member, how many tokens it needs and has.
        reasons: String,
    },
}

/// A run under way. Dropping it ends the run: every call to a member is dropped with it.
#[derive(Debug)]
pub struct Engine {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<Record>,
    task: JoinHandle<Ended>,
}

impl Engine {
    /// Starts a run; needs a tokio runtime. Members that cannot hold the prompt are left out, visibly, as long as one that
    /// drafts remains. One that is not ready when the others are joins later.
    pub async fn start(setup: Setup) -> Result<Self, SetupError> {
        check(&setup)?;
        let readiness = readiness::prepare(&setup.seats, &setup.conversation, setup.params.draft_seconds).await?;
        let machine = Machine::new(header(&setup));
        Ok(Self::driven(machine, readiness, Input::Start, setup.seats, setup.journal, setup.clock))
    }

    /// Goes on with a recorded run: the events that follow are those from [`Event::Continued`](fusion::event::Event::Continued)
    /// on. It is paused.
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

    /// The way in for commands. One that cannot be carried out comes back as a warning among the events.
    #[must_use]
    pub fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    /// After the last event: how the driver's own side went.
    pub async fn ended(self) -> Ended {
        drop(self.events);
        self.task.await.unwrap_or_default()
    }
}

/// A clock that starts now.
#[must_use]
pub fn wall_clock() -> Clock {
    let start = Instant::now();
    // Microseconds are as fine as anybody can use, and keep traces short.
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
