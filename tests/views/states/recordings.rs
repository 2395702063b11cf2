//! Recorded runs: being read, replayed, paused, at their end, taken up again.

use specfuse::engine::fusion::event::Record;
use specfuse::ensemble::built_in_specs;
use specfuse::playground::state::roster::Roster;
use specfuse::playground::state::{Message, Options, Screen};

use super::{Size, State, pressed, ready, recorded, told, two_rounds, under_way};
use crate::{runs, support};

const FILE: &str = "example.trace.jsonl";

pub fn states() -> Vec<State> {
    vec![
        State::new("replay-read", |size| opened(ready(size), None)).over("ready"),
        State::new("replay-not-begun", |size| stands(opened(ready(size), None), false, 1.0, false)).over("replay-read"),
        State::new("replay-playing", |size| stands(played(size, &under_way()), true, 2.0, false)).over("under-way"),
        State::new("replay-paused", |size| stands(played(size, &under_way()), false, 1.0, false)).over("under-way"),
        State::new("replay-answered", |size| stands(played(size, recorded()), false, 1.0, true)).over("answered"),
        State::new("replay-ends-early", |size| stands(played(size, &two_rounds()), false, 1.0, true)).over("paused"),
        State::new("replay-continues", |size| pressed(stands(played(size, &two_rounds()), false, 1.0, true), "space"))
            .over("replay-ends-early"),
        State::new("replay-with-a-warning", |size| {
            let torn = "the last line of example.trace.jsonl is torn and was left out".to_owned();
            stands(opened(ready(size), Some(torn)), true, 1.0, false)
        })
        .over("replay-read"),
        State::new("replay-taken-up", taken_up).over("replay-ends-early"),
        State::new("compare-recorded", |size| {
            told(super::after(size, recorded()), read(&runs::unanimous(), Some("it was recorded by version 0.0.9")))
        })
        .over("answered"),
    ]
}

fn opened(screen: Screen, warning: Option<String>) -> Screen {
    told(screen, Message::Opened { file: FILE.to_owned(), warning })
}

fn stands(screen: Screen, playing: bool, speed: f64, over: bool) -> Screen {
    told(screen, Message::Replayed { playing, speed, over })
}

/// A replay that came so far.
fn played(size: Size, records: &[Record]) -> Screen {
    let mut screen = opened(ready(size), None);
    support::feed(&mut screen, records);
    screen
}

/// A recording that breaks off is taken up again by members that have to be connected first.
fn taken_up((width, height): Size) -> Screen {
    let roster = Roster::new(built_in_specs(), Vec::new(), Vec::new());
    let screen = Screen::new(Options { roster, ..support::options(&[]) }, width, height);
    let mut screen = opened(screen, None);
    support::feed(&mut screen, &two_rounds());
    pressed(stands(screen, false, 1.0, true), "space")
}

/// A recorded run to compare with.
fn read(records: &[Record], warning: Option<&str>) -> Message {
    Message::Read { file: "other.trace.jsonl".to_owned(), records: records.to_vec(), warning: warning.map(str::to_owned) }
}
