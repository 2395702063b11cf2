//! What the user steers by: lists of candidates and branches, a segment being written, two branches side by side, a steered answer.

use specfuse::engine::fusion::event::{Record, SegmentId};
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::engine::round::Command;
use specfuse::playground::state::Screen;

use super::{Size, State, after, pressed, recorded};
use crate::support::{self, press, seat, type_text};

pub fn states() -> Vec<State> {
    vec![
        State::new("steered", |size| after(size, &steered())),
        State::of_a_round("override", "o"),
        State::new("write", |size| written(size, "n")).over("answered"),
        State::new("write-instead", |size| written(size, "[ n")).over("looking-back"),
        State::of_a_round("change", "E"),
        State::of_the_answer("write-refused", "n enter"),
        State::new("branches", |size| pressed(after(size, &steered()), "b")).over("steered"),
        State::new("compare-list", |size| pressed(after(size, &steered()), "d")).over("steered"),
        State::new("compare", |size| pressed(after(size, &steered()), "b esc d enter")).over("steered"),
        State::new("undone", |size| pressed(after(size, &steered()), "u")).over("steered"),
        State::of_a_round("taken-back", "R"),
        State::of_the_answer("sent-away", "1 x"),
        State::of_a_round("whose-draft", "r"),
        State::of_the_answer("whom-away", "x"),
        State::of_the_answer("second-key", "y"),
        State::new("redrafted", |size| after(size, &redrafted())),
        State::of_the_answer("heavier", "2 )"),
    ]
}

/// Keys open a segment, and a text is typed into it.
fn written(size: Size, chord: &str) -> Screen {
    let mut screen = after(size, recorded());
    press(&mut screen, chord);
    type_text(&mut screen, "And that is all I know.");
    screen
}

/// The user had the first round drawn again.
fn redrafted() -> Vec<Record> {
    let seats = || {
        vec![
            seat("first", ScriptedMember::saying(&["One,", " two,", " three."], -0.3)),
            seat("second", ScriptedMember::saying(&["Uno,", " dos,", " tres."], -0.5)),
        ]
    };
    let records = support::scripted_run(seats(), &[], Vec::new());
    let again = Command::Redraft { member: None, segment: Some(SegmentId(1)) };
    support::taken_up(&records, seats(), vec![again])
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
