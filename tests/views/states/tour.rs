//! The stops of the guided tour, each with its card.

use specfuse::playground::state::tour::STOPS;
use specfuse::playground::state::{Message, Screen};

use super::{Size, State, recorded};
use crate::support::{self, press};

pub fn states() -> Vec<State> {
    let stop = |at: usize| {
        State::new(format!("tour-{}", at + 1), move |size| stop(size, at)).over(if [0, 4].contains(&at) {
            "answered"
        } else {
            "reading"
        })
    };
    let mut states: Vec<State> = (0..STOPS.len()).map(stop).collect();
    states.push(State::new("tour-over", |size| super::pressed(self::stop(size, STOPS.len() - 1), ";")).over("tour-5"));
    states
}

fn stop((width, height): Size, at: usize) -> Screen {
    let mut screen = support::state(width, height);
    screen.update(Message::Tour);
    for _ in 0..at {
        press(&mut screen, ";");
    }
    // What was recorded is what the first and the last stop ask.
    let records = if [0, 4].contains(&at) { recorded() } else { &[] };
    support::feed(&mut screen, records);
    screen
}
