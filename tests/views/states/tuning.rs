//! The tuning panel in each of its sections, and what tried knobs would have changed.

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::params::{KNOBS, KnobGroup, Params};
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::playground::state::Screen;
use specfuse::playground::state::tuning::panel::Row;

use super::{State, after, pressed, recorded, under_way};
use crate::support::{self, seat};

pub fn states() -> Vec<State> {
    let mut states = vec![
        State::of_the_answer("tuning-presets", "t"),
        State::of_the_answer("tuning-preset-tried", "t l"),
        State::new("tuning-scoring", |size| tried(after(size, recorded()), "scoring", "h")).over("answered"),
        State::new("tuning-typed", |size| tried(after(size, recorded()), "exit-threshold", ". 7 5")).over("answered"),
        State::new("tuning-length", |size| tried(after(size, recorded()), "length", "l l")).over("answered"),
        State::new("tuning-looking-back", |size| tried(pressed(after(size, recorded()), "["), "scoring", "h"))
            .over("looking-back"),
        State::new("tuning-under-way", |size| tried(after(size, &under_way()), "exit-threshold", "l l")).over("under-way"),
        State::of_the_answer("tuning-unfolded", "t m"),
        State::of_the_answer("tuning-searched", "t / t e m p"),
        State::of_the_answer("tuning-not-found", "t / z z z"),
        State::new("tuning-refused", |size| tried(after(size, recorded()), "exit-threshold", "9 9 enter")).over("answered"),
        State::new("tuning-applied", |size| tried(after(size, recorded()), "exit-threshold", "l enter")).over("answered"),
        State::new("break-points", |size| tried(after(size, recorded()), "exit-threshold", "")).over("answered"),
        State::new("break-points-tried", |size| tried(after(size, recorded()), "exit-threshold", ". 5 6")).over("answered"),
        State::new("what-if", |size| pressed(tried(after(size, recorded()), "scoring", "h"), "t [")).over("looking-back"),
        State::new("what-if-chart", |size| pressed(threshold(after(size, recorded())), "t c")).over("answered"),
        State::new("what-if-winners", |size| pressed(tried(after(size, &winners()), "scoring", "h h"), "t [")).over("steered"),
    ];
    states.extend(KnobGroup::ALL.iter().map(|group| {
        let first = KNOBS.iter().find(|knob| knob.group == *group).unwrap().name;
        let name = format!("tuning-section-{}", group.title().replace(' ', "-"));
        State::new(name, move |size| tried(after(size, recorded()), first, "")).over("answered")
    }));
    states
}

/// A knob is marked in the panel, and keys are pressed there.
fn tried(mut screen: Screen, knob: &str, chord: &str) -> Screen {
    let row = Row::all().iter().position(|row| row.name() == knob).unwrap();
    for chord in std::iter::once("t").chain(std::iter::repeat_n("j", row)).chain(Some(chord).filter(|chord| !chord.is_empty())) {
        support::press(&mut screen, chord);
    }
    screen
}

/// A higher exit threshold is tried.
pub(super) fn threshold(screen: Screen) -> Screen {
    tried(screen, "exit-threshold", "l l l l l l l")
}

/// Of two answers the longer is the likelier token by token, the shorter as a whole.
fn winners() -> Vec<Record> {
    let long = ["It is far from here.", " It is a long way to go."];
    let short = ["Far.", " Long."];
    let seats = vec![
        seat("long", ScriptedMember::saying(&long, -0.5).thinking(short[0], -0.9).thinking(short[1], -0.9)),
        seat("short", ScriptedMember::saying(&short, -0.9).thinking(long[0], -0.5).thinking(long[1], -0.5)),
    ];
    support::run(seats, Params::default(), 1, Conversation::question("How far?"), Vec::new())
}
