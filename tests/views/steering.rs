//! Snapshots of what the user steers by: lists of candidates and branches, a segment being written, two branches side by side,
//! a steered answer, and the guided tour.

use specfuse::engine::fusion::event::{Record, SegmentId};
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::engine::round::Command;
use specfuse::playground::state::tour::STOPS;
use specfuse::playground::state::{Message, Screen};

use crate::support::{self, press, seat, type_text};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

fn check(name: &str, state: &mut Screen) {
    let (width, height) = state.size();
    insta::assert_snapshot!(format!("{name}-{width}x{height}"), support::screen(state));
}

/// The user wrote another start, changed what followed, and chose what came after.
fn steered() -> Vec<Record> {
    let seats = || {
        vec![
            seat("first", ScriptedMember::saying(&["One,", " two,", " three,", " four,", " five."], -0.3)),
            seat("second", ScriptedMember::saying(&["Uno,", " dos,", " tres,", " cuatro,", " cinco."], -0.5)),
        ]
    };
    let records = support::scripted_run(seats(), &[], Vec::new());
    let commands = vec![
        Command::Write { segment: Some(SegmentId(1)), text: "Zero,".to_owned() },
        Command::Step,
        Command::Edit { segment: SegmentId(7), text: " one and two,".to_owned() },
        Command::Step,
        Command::Override { member: "second".to_owned(), segment: Some(SegmentId(9)) },
        Command::Step,
    ];
    support::taken_up(&records, seats(), commands)
}

fn state((width, height): (u16, u16), records: &[Record]) -> Screen {
    let mut state = support::state(width, height);
    state.state.writing.active = false;
    for record in records {
        state.update(Message::Record(record.clone()));
    }
    state.prepare();
    state
}

#[test]
fn an_answer_that_was_steered() {
    for size in SIZES {
        check("steered", &mut state(size, &steered()));
    }
}

#[test]
fn choosing_a_candidate() {
    for size in SIZES {
        let mut state = state(size, &support::recorded());
        press(&mut state, "[");
        press(&mut state, "o");
        check("override", &mut state);
    }
}

#[test]
fn writing_a_segment() {
    for size in SIZES {
        let mut state = state(size, &support::recorded());
        press(&mut state, "n");
        type_text(&mut state, "And that is all I know.");
        check("write", &mut state);
    }
}

#[test]
fn branches_as_a_list_and_side_by_side() {
    for size in SIZES {
        let mut state = state(size, &steered());
        press(&mut state, "b");
        check("branches", &mut state);
        press(&mut state, "esc");
        press(&mut state, "d");
        press(&mut state, "enter");
        check("compare", &mut state);
    }
}

#[test]
fn the_stops_of_the_tour() {
    for size in SIZES {
        for at in 0..STOPS.len() {
            let mut state = support::state(size.0, size.1);
            state.update(Message::Tour);
            for _ in 0..at {
                press(&mut state, ";");
            }
            // What was recorded is what the first and the last stop ask.
            let records = if [0, 4].contains(&at) { support::recorded() } else { Vec::new() };
            support::feed(&mut state, &records);
            check(&format!("tour-{}", at + 1), &mut state);
        }
    }
}
