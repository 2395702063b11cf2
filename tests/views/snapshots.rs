//! Snapshots of every view: the characters at three sizes, the styles beside them in colour and without.

use std::fmt::Write as _;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::playground::state::{Message, Screen};
use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::support::{self, say, seat};

pub(crate) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

fn key(state: &mut Screen, code: KeyCode) {
    state.prepare();
    state.update(Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
}

fn press(state: &mut Screen, keys: &str) {
    keys.chars().for_each(|character| key(state, KeyCode::Char(character)));
}

/// A state at a size to which these records happened.
pub(crate) fn after(size: (u16, u16), records: &[Record]) -> Screen {
    let mut state = support::state(size.0, size.1);
    state.state.writing.active = false;
    for record in records {
        state.update(Message::Record(record.clone()));
    }
    state
}

/// Up to the middle of the second round's scoring, while some drafts of it may still be open.
fn under_way() -> Vec<Record> {
    let records = support::recorded();
    let scored = |record: &&Record| record.round == 2 && matches!(record.event, Event::Score { .. });
    let second = records.iter().filter(scored).nth(1).unwrap().t_ms;
    records.into_iter().filter(|record| record.t_ms <= second).collect()
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

pub(crate) fn check(name: &str, size: (u16, u16), state: &mut Screen) {
    insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), support::screen(state));
}

#[test]
fn before_anything_was_asked() {
    for size in SIZES {
        check("ready", size, &mut support::state(size.0, size.1));
    }
}

#[test]
fn while_the_answer_grows() {
    for size in SIZES {
        check("under-way", size, &mut after(size, &under_way()));
    }
}

#[test]
fn when_the_answer_is_complete() {
    for size in SIZES {
        check("answered", size, &mut after(size, &support::recorded()));
    }
}

#[test]
fn looking_back_at_the_third_round() {
    for size in SIZES {
        let mut state = after(size, &support::recorded());
        press(&mut state, "[");
        check("looking-back", size, &mut state);
    }
}

#[test]
fn with_failures_and_hostile_text() {
    for size in SIZES {
        let mut state = after(size, &failing());
        press(&mut state, "[");
        check("failures", size, &mut state);
    }
}

#[test]
fn everything_that_lies_over_the_screen() {
    let overlays = [
        ("help", "?"),
        ("why", "[e"),
        ("chart", "c"),
        ("single", "f"),
        ("waterfall", "[W"),
        ("waterfall-run", "[WW"),
        ("palette", ":st"),
        ("themes", "T"),
        ("log", "L"),
    ];
    for (name, keys) in overlays {
        for size in SIZES {
            let mut state = after(size, &support::recorded());
            press(&mut state, keys);
            check(name, size, &mut state);
        }
    }
}

/// Keys that mark a knob of the panel by its row, and move it.
fn tune(state: &mut Screen, row: usize, moves: &str) {
    press(state, "t");
    press(state, &"j".repeat(row));
    press(state, moves);
}

/// The rows of the scoring rule and of the exit threshold.
const SCORING: usize = 9;
const THRESHOLD: usize = 16;

#[test]
fn knobs_being_tried() {
    for size in SIZES {
        let mut state = after(size, &support::recorded());
        press(&mut state, "t");
        check("tuning-presets", size, &mut state);
        let mut state = after(size, &support::recorded());
        tune(&mut state, SCORING, "h");
        check("tuning-scoring", size, &mut state);
        press(&mut state, "t[");
        check("what-if", size, &mut state);
        let mut state = after(size, &support::recorded());
        tune(&mut state, THRESHOLD, "lllllll");
        press(&mut state, "tc");
        check("what-if-chart", size, &mut state);
    }
}

/// Of two answers the longer is the likelier token by token, the shorter as a whole.
#[test]
fn another_rule_would_have_chosen_others() {
    let long = ["It is far from here.", " It is a long way to go."];
    let short = ["Far.", " Long."];
    let records = support::run(
        vec![
            seat("long", ScriptedMember::saying(&long, -0.5).thinking(short[0], -0.9).thinking(short[1], -0.9)),
            seat("short", ScriptedMember::saying(&short, -0.9).thinking(long[0], -0.5).thinking(long[1], -0.5)),
        ],
        Params::default(),
        1,
        Conversation::question("How far?"),
        Vec::new(),
    );
    for size in SIZES {
        let mut state = after(size, &records);
        tune(&mut state, SCORING, "hh");
        press(&mut state, "t[");
        check("what-if-winners", size, &mut state);
    }
}

#[test]
fn a_comparison_in_ascii() {
    let mut state = after(SIZES[1], &support::recorded());
    state.state.settings.ascii = true;
    tune(&mut state, THRESHOLD, "lllllll");
    press(&mut state, "tc");
    check("what-if-ascii", SIZES[1], &mut state);
}

#[test]
fn weights_that_were_learned() {
    let seats = || {
        vec![
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
        ]
    };
    let params = Params { feedback: true, ..Params::default() };
    let records = support::run(seats(), params, 1, Conversation::question("Who learns?"), Vec::new());
    for size in SIZES {
        let mut state = after(size, &records);
        press(&mut state, "cc");
        check("weights", size, &mut state);
    }
}

#[test]
fn leaving_asks_when_something_would_be_lost() {
    let mut state = after(SIZES[0], &under_way());
    press(&mut state, "q");
    check("leave", SIZES[0], &mut state);
}

#[test]
fn a_zoomed_ranking_shows_every_column() {
    for size in SIZES {
        let mut state = after(size, &support::recorded());
        press(&mut state, "[");
        key(&mut state, KeyCode::BackTab);
        press(&mut state, "z");
        check("zoomed-ranking", size, &mut state);
    }
}

#[test]
fn smallest_and_too_small() {
    for size in [(60, 16), (59, 16), (20, 5)] {
        check("small", size, &mut after(size, &support::recorded()));
    }
}

#[test]
fn only_ascii_marks() {
    let mut state = after(SIZES[1], &under_way());
    state.state.settings.ascii = true;
    check("ascii", SIZES[1], &mut state);
}

#[test]
fn a_question_of_several_lines() {
    let mut state = support::state(SIZES[1].0, SIZES[1].1);
    state.update(Message::Paste("What is the capital of Japan?\nWhat is 27 plus 48?\nWhat is the opposite of brave?".to_owned()));
    check("several-lines", SIZES[1], &mut state);
}

/// The styles of a screen: below each row of characters that has any, a letter for each style, then what the letters mean.
fn styles(buffer: &Buffer) -> String {
    let mut known: Vec<(Color, Color, Modifier)> = vec![(Color::Reset, Color::Reset, Modifier::empty())];
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut letters = String::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let style = (cell.fg, cell.bg, cell.modifier);
            let at = known.iter().position(|other| *other == style).unwrap_or_else(|| {
                known.push(style);
                known.len() - 1
            });
            letters.push(if at == 0 { '.' } else { char::from(b'A' - 1 + at as u8) });
        }
        let _ = writeln!(out, "{}", letters.trim_end_matches('.'));
    }
    for (at, (front, back, modifier)) in known.iter().enumerate().skip(1) {
        let _ = writeln!(out, "{} {front:?} on {back:?} {modifier:?}", char::from(b'A' - 1 + at as u8));
    }
    out
}

#[test]
fn styles_in_colour_and_without() {
    let library = Library::new(None);
    for (theme, level) in [("default", ColourLevel::Ansi16), ("dark", ColourLevel::True), ("mono", ColourLevel::None)] {
        let mut state = after(SIZES[1], &support::recorded());
        press(&mut state, "[");
        let theme_name = theme;
        let theme = library.load(theme, level).unwrap();
        insta::assert_snapshot!(format!("styles-{theme_name}"), styles(&support::draw(&mut state, &theme)));
    }
}
