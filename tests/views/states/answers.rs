//! An answer as it grows and as it ends, in every way.

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::playground::state::{Linger, Message, Screen};

use super::asking::asked;
use super::{Size, State, after, pressed, recorded, then, told, two_rounds, under_way};
use crate::runs::{self, counting};
use crate::support::{self, say, seat};

pub fn states() -> Vec<State> {
    vec![
        State::new("under-way", |size| after(size, &under_way())),
        State::new("first-tokens", |size| after(size, &first_tokens())).over("under-way"),
        State::new("decision", |size| after(size, &two_rounds())),
        State::new("decision-stays", |size| staying(after(size, &two_rounds()))).over("decision"),
        State::new("pausing", |size| after(size, &then(under_way(), Event::Paused))).over("under-way"),
        State::new("paused", |size| after(size, &then(two_rounds(), Event::Paused))).over("under-way"),
        State::new("answered", |size| after(size, recorded())),
        State::new("looking-back", |size| pressed(after(size, recorded()), "[")).over("answered"),
        State::new("limit", |size| after(size, &limited("max-rounds"))).over("steered"),
        State::new("stopped", |size| after(size, &runs::steered())).over("overridden"),
        State::new("stopped-at-once", |size| after(size, &runs::stopped_at_once())),
        State::new("failed", |size| after(size, &runs::failed())),
        State::new("broken-off", |size| {
            told(after(size, &under_way()), Message::RunEnded(Some("No space left on device (os error 28)".to_owned())))
        })
        .over("under-way"),
        State::new("second-answer", second),
        State::new("first-answer-again", |size| pressed(second(size), "[ [ [ [")).over("second-answer"),
        State::new("failures", |size| pressed(after(size, &failing()), "[")).over("faulty"),
        State::new("faulty", |size| after(size, &runs::faulty())),
        State::new("exits", |size| after(size, &runs::exiting())).over("overridden"),
        State::new("unanimous", |size| after(size, &runs::unanimous())).over("overridden"),
        State::new("overridden", |size| after(size, &runs::overridden())),
        State::new("excluded", |size| after(size, &runs::excluded())).over("overridden"),
        State::new("rewound", |size| after(size, &runs::rewound())).over("faulty"),
        State::new("weights", |size| pressed(after(size, &learned()), "c c")),
    ]
}

/// The same where decisions stay to be read.
fn staying(mut screen: Screen) -> Screen {
    screen.state.settings.linger = Linger { ms: Linger::USUAL_MS, on: true, built_in_only: false };
    screen
}

/// The recorded answer while its first drafts come.
fn first_tokens() -> Vec<Record> {
    let records = recorded();
    let end = records.iter().position(|record| matches!(record.event, Event::DraftFinished(_))).unwrap();
    records[..end].to_vec()
}

/// A run that a limit ends after two rounds.
fn limited(knob: &str) -> Vec<Record> {
    let seats = ["a", "b"].map(|name| seat(name, counting(name, 9, -0.2)));
    support::scripted_run(seats.into(), &[(knob, "2")], Vec::new())
}

/// A second question was answered after the recorded one.
fn second(size: Size) -> Screen {
    let question = "What is the capital of Italy?";
    let mut screen = asked(after(size, recorded()), question);
    let said = ["The capital of Italy is Rome.", "The capital of Italy is Milan.", "It is Rome."];
    let seats = said.iter().zip(["atlas", "abacus", "lexicon"]);
    let seats = seats.map(|(text, name)| seat(name, ScriptedMember::saying(&[text], -0.4))).collect();
    support::feed(&mut screen, &support::run(seats, Params::default(), 1, Conversation::question(question), Vec::new()));
    screen
}

/// Members that fail in every way, and one that says what steers terminals.
fn failing() -> Vec<Record> {
    let hostile = "One \u{1b}[31mred\u{1b}[0m\ttab \u{202e}evil\u{202c} zalgo e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} 漢字.";
    let refused = Line::Fail("connection refused (is the server running?)".to_owned());
    let mute = ScriptedMember::saying(&["Another first.", " Another last."], -1.5).failing_to_score("no log-probabilities");
    let seats = vec![
        seat("hostile\u{1b}[2J", ScriptedMember::new(vec![say(hostile, -0.2, false), say(" It ends.", -0.2, true)])),
        seat("broken", ScriptedMember::new(vec![refused])),
        seat("mute", mute),
        seat("steady", ScriptedMember::saying(&["A third first.", " It ends."], -0.9)),
    ];
    support::run(seats, Params::default(), 1, Conversation::question("Who fails?"), Vec::new())
}

/// A run whose verifiers' weights were learned.
fn learned() -> Vec<Record> {
    let seats = vec![
        seat(
            "first",
            ScriptedMember::new(vec![say("One a.", -0.2, false), say(" Two a.", -0.2, false), say(" End.", -0.2, true)]),
        ),
        seat(
            "second",
            ScriptedMember::new(vec![say("One b.", -0.6, false), say(" Two b.", -0.9, false), say(" So.", -0.4, true)]),
        ),
        seat(
            "third",
            ScriptedMember::new(vec![say("One c.", -1.9, false), say(" Two c.", -1.2, false), say(" No.", -0.8, true)]),
        ),
    ];
    let params = Params { feedback: true, ..Params::default() };
    support::run(seats, params, 1, Conversation::question("Who learns?"), Vec::new())
}
