//! The list of states: a name for each, and how its screen comes about. A new view adds a line in one of these files.

mod answers;
mod asking;
mod heat_map;
mod lazy;
mod lengths;
mod lists;
mod looks;
pub mod members;
mod pages;
mod presenting;
mod recordings;
mod silent;
mod steering;
mod tour;
mod tuning;

use std::sync::OnceLock;

use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::state::{Message, Screen};

use crate::support::{self, press};

/// Columns and rows.
pub type Size = (u16, u16);

/// The sizes at which every state is kept.
pub const SIZES: [Size; 3] = [(80, 24), (120, 40), (200, 60)];

/// One state of the list.
pub struct State {
    /// What its snapshots are called.
    pub name: String,
    /// The state that it lies over: of a screen with room only what differs from that is kept.
    pub over: Option<&'static str>,
    /// The sizes at which it is kept.
    pub sizes: &'static [Size],
    build: Box<dyn Fn(Size) -> Screen>,
}

impl State {
    /// A state at every size.
    fn new(name: impl Into<String>, build: impl Fn(Size) -> Screen + 'static) -> Self {
        Self { name: name.into(), over: None, sizes: &SIZES, build: Box::new(build) }
    }

    /// What keys make of the complete answer.
    fn of_the_answer(name: impl Into<String>, chord: &'static str) -> Self {
        Self::new(name, move |size| pressed(after(size, recorded()), chord)).over("answered")
    }

    /// What keys make of its third round.
    fn of_a_round(name: impl Into<String>, chord: &'static str) -> Self {
        Self::new(name, move |size| pressed(pressed(after(size, recorded()), "["), chord)).over("looking-back")
    }

    fn over(self, name: &'static str) -> Self {
        Self { over: Some(name), ..self }
    }

    fn only_at(self, sizes: &'static [Size]) -> Self {
        Self { sizes, ..self }
    }

    /// Its screen.
    pub fn screen(&self, size: Size) -> Screen {
        let mut screen = (self.build)(size);
        screen.prepare();
        screen
    }
}

/// Every state.
pub fn all() -> Vec<State> {
    let by_subject = [
        asking::states(),
        answers::states(),
        recordings::states(),
        pages::states(),
        lists::states(),
        tuning::states(),
        steering::states(),
        lazy::states(),
        silent::states(),
        members::states(),
        heat_map::states(),
        lengths::states(),
        tour::states(),
        presenting::states(),
        looks::states(),
    ];
    by_subject.into_iter().flatten().collect()
}

/// The screen at a size where keys are commands, before anything was asked.
fn ready((width, height): Size) -> Screen {
    pressed(support::state(width, height), "esc")
}

/// The screen at a size to which these records happened.
fn after(size: Size, records: &[Record]) -> Screen {
    let mut screen = ready(size);
    for record in records {
        screen.update(Message::Record(record.clone()));
    }
    screen
}

/// The same, laid out.
pub fn showing(size: Size, records: &[Record]) -> Screen {
    let mut screen = after(size, records);
    screen.prepare();
    screen
}

fn pressed(mut screen: Screen, chord: &str) -> Screen {
    press(&mut screen, chord);
    screen
}

fn told(mut screen: Screen, message: Message) -> Screen {
    screen.update(message);
    screen
}

/// The recorded answer, read once for all states.
fn recorded() -> &'static [Record] {
    static RECORDED: OnceLock<Vec<Record>> = OnceLock::new();
    RECORDED.get_or_init(support::recorded)
}

/// The recorded answer up to the middle of the second round's scoring, while some drafts of it may still be open.
fn under_way() -> Vec<Record> {
    let records = recorded();
    let scored = |record: &&Record| record.round == 2 && matches!(record.event, Event::Score { .. });
    let second = records.iter().filter(scored).nth(1).unwrap().t_ms;
    records.iter().filter(|record| record.t_ms <= second).cloned().collect()
}

/// The recorded answer up to the end of its second round.
fn two_rounds() -> Vec<Record> {
    let records = recorded();
    let end = records.iter().position(|record| record.round == 2 && matches!(record.event, Event::Accepted { .. })).unwrap();
    records[..=end].to_vec()
}

/// An event that happens when the last of these records did.
fn then(mut records: Vec<Record>, event: Event) -> Vec<Record> {
    let last = records.last().unwrap();
    let record = Record { event, ..last.clone() };
    records.push(record);
    records
}
