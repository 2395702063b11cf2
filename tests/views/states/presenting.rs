//! Presenter mode: every moment of a round, the end, and what lies over it.

use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::state::{Message, Options, Screen};

use super::{Size, State, pressed, ready, recorded};
use crate::{runs, support};

pub fn states() -> Vec<State> {
    vec![
        State::new("presenting-before", |size| presented(size, &[])),
        State::new("presenting-question", |size| presented(size, recorded())),
        State::new("presenting-drafting", drafting),
        State::new("presenting-drafts", |size| moved(size, 1)).over("presenting-drafting"),
        State::new("presenting-votes", |size| moved(size, 2)).over("presenting-drafts"),
        State::new("presenting-decision", |size| moved(size, 3)).over("presenting-votes"),
        State::new("presenting-next", next).over("presenting-decision"),
        State::new("presenting-second-drafts", |size| moved(size, 4)),
        State::new("presenting-leaving", |size| moved(size, 9)),
        State::new("presenting-tuning", |size| pressed(moved(size, 6), "t")),
        State::new("presenting-answered", |size| moved(size, 12)),
        State::new("presenting-why", |size| pressed(moved(size, 6), "e")),
        State::new("presenting-writes", |size| pressed(moved(size, 12), "i")).over("presenting-answered"),
        State::new("presenting-away", |size| shown(size, &runs::excluded())),
        State::new("presenting-crowd", crowd),
    ]
}

/// Presenter mode, before which these records come.
fn presented(size: Size, records: &[Record]) -> Screen {
    let mut screen = pressed(ready(size), "P");
    for record in records {
        screen.update(Message::Record(record.clone()));
    }
    screen.prepare();
    screen
}

/// After so many moments of the recorded answer.
fn moved(size: Size, moments: usize) -> Screen {
    let mut screen = presented(size, recorded());
    for _ in 0..moments {
        screen = pressed(screen, "space");
        screen.prepare();
    }
    screen
}

/// The user has moved on from the first decision, and nothing of the second round has come.
fn next(size: Size) -> Screen {
    let records = recorded();
    let end = records.iter().position(|record| matches!(record.event, Event::RoundStarted { .. }) && record.round == 2).unwrap();
    let mut screen = presented(size, &records[..end]);
    for _ in 0..4 {
        screen = pressed(screen, "space");
        screen.prepare();
    }
    screen
}

/// The first drafts come.
fn drafting(size: Size) -> Screen {
    let records = recorded();
    let end = records.iter().position(|record| matches!(record.event, Event::DraftFinished(_))).unwrap();
    let mut screen = presented(size, &records[..end]);
    screen = pressed(screen, "space");
    screen.prepare();
    screen
}

/// All of a run.
fn shown(size: Size, records: &[Record]) -> Screen {
    let mut screen = ready(size);
    for record in records {
        screen.update(Message::Record(record.clone()));
    }
    pressed(screen, "P")
}

/// More members than have a line of their own on the smallest screen.
fn crowd((width, height): Size) -> Screen {
    let options = support::options(&support::crowd(16));
    let screen = Screen::new(Options { ..options }, width, height);
    pressed(pressed(screen, "esc"), "P")
}
