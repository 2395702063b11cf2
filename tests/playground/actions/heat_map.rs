//! What the keys of the heat map do.

use std::path::PathBuf;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use specfuse::playground::state::heat_map::{Progress, SweepAsk};
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::tuning::ladder::Length;
use specfuse::playground::state::{Effect, Message, Screen};
use specfuse::sweep::{Answer, Cell, Finished};

use super::super::runs;
use super::super::support::{self, press};
use super::Pressed;

/// The map, open over an answer; nothing was swept yet.
pub(super) fn offered() -> Screen {
    let mut state = support::answered(120, 40);
    assert_eq!(press(&mut state, "H"), []);
    state
}

/// A setting's result, and where its run is.
pub fn played(state: &mut Screen, setting: usize, score: f64) {
    let answer = Answer { score: Some(score), rounds: 4, tokens: 30, draft_calls: 20, score_calls: 50, ..Answer::default() };
    let finished = Box::new(Finished { cell: Cell { setting, prompt: 0 }, answer });
    let trace = Some(PathBuf::from(format!("{setting}.jsonl")));
    assert_eq!(state.update(Message::Swept { finished, trace }), []);
}

/// A sweep in progress, its first six settings played, the middle one of them marked.
pub(super) fn going() -> Screen {
    let mut state = offered();
    press(&mut state, "s");
    for setting in 0..6 {
        played(&mut state, setting, 0.5 + 0.05 * setting as f64);
    }
    press(&mut state, "right");
    press(&mut state, "down");
    state.prepare();
    state
}

/// The same, over.
pub(super) fn done() -> Screen {
    let mut state = going();
    for setting in 6..16 {
        played(&mut state, setting, 0.4);
    }
    assert_eq!(state.update(Message::SweepEnded(None)), []);
    state
}

fn marked(state: &Screen) -> usize {
    state.heat_map.as_ref().unwrap().marked
}

fn asked(effects: &[Effect]) -> &SweepAsk {
    match effects {
        [Effect::Sweep(ask)] => ask,
        other => panic!("no sweep but {other:?}"),
    }
}

pub(super) fn opens(pressed: Pressed) {
    assert!(pressed.effects.is_empty() && pressed.after.looking.page() == Some(Page::HeatMap));
    let screen = support::screen(&mut pressed.after.clone());
    assert!(screen.contains("segment-tokens 3, 5, 10, 20 × exit-threshold 0, 0.3, 0.5, 0.7"), "{screen}");
}

#[test]
fn a_click_on_a_cell_marks_its_setting() {
    let mut state = done();
    let text = state.looking.laid.overlay_text();
    let screen = support::screen(&mut state);
    // The first row is the line of the first value; its cells end in numbers, and the last of them is the fourth setting.
    let (y, line) = screen.lines().enumerate().skip(text.y.into()).find(|(_, line)| line.contains("  3  ")).unwrap();
    let last = line.trim_end_matches(['│', ' ']).chars().count() - 1;
    let click = |x: usize, y: usize| {
        Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: x as u16,
            row: y as u16,
            modifiers: KeyModifiers::NONE,
        })
    };
    for (x, y, setting) in [(last, y, 3), (last, y + 3, 15), (0, y, 15), (last, y.saturating_sub(2), 15)] {
        state.update(click(x, y));
        assert_eq!(marked(&state), setting, "{x}, {y}: {screen}");
    }
}

pub(super) fn up(pressed: Pressed) {
    assert_eq!((marked(pressed.before), marked(&pressed.after)), (5, 1));
}

pub(super) fn down(pressed: Pressed) {
    assert_eq!((marked(pressed.before), marked(&pressed.after)), (5, 9));
}

pub(super) fn left(pressed: Pressed) {
    assert_eq!((marked(pressed.before), marked(&pressed.after)), (5, 4));
}

pub(super) fn right(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!((marked(pressed.before), marked(&after)), (5, 6));
    press(&mut after, pressed.key);
    press(&mut after, pressed.key);
    assert_eq!(marked(&after), 7, "a row has an end");
}

/// A cell opens its run; one that is not played reports that, and so does a map over an answer that is still being written.
pub(super) fn open(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Open(PathBuf::from("5.jsonl"))]);
    let mut unplayed = pressed.after;
    press(&mut unplayed, "down");
    assert_eq!(press(&mut unplayed, pressed.key), []);
    assert!(unplayed.notices.notice.as_ref().unwrap().text.contains("not played yet"));
    let mut offered = offered();
    asked(&press(&mut offered, pressed.key));
    let mut writing = support::answering(120, 40);
    for key in ["H", "s"] {
        press(&mut writing, key);
    }
    played(&mut writing, 0, 0.5);
    assert_eq!(press(&mut writing, pressed.key), []);
    assert!(writing.notices.notice.as_ref().unwrap().text.contains("stop it first"));
}

/// The marked setting is in force for the next answer, with what its knobs need; then it is marked on the map.
pub(super) fn apply(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(pressed.effects, []);
    assert_eq!((after.knobs.params.segment_tokens, after.knobs.params.exit_threshold), (5, 0.3));
    let said = after.notices.notice.as_ref().unwrap().text.clone();
    assert!(said.contains("from the next question on") && said.contains("segment tokens"), "{said}");
    let screen = support::screen(&mut after);
    assert!(screen.contains("●[") && screen.contains("● in force"), "{screen}");
    press(&mut after, pressed.key);
    assert!(after.notices.notice.as_ref().unwrap().text.contains("in force already"));
    let mut offered = offered();
    assert_eq!(press(&mut offered, pressed.key), []);
    assert!(offered.notices.notice.as_ref().unwrap().text.contains("`s` plays"));
}

/// The recording has other knobs than the next question: both get the whole setting.
#[test]
fn over_a_recording_a_setting_is_whole_in_the_next_question() {
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "x.jsonl".to_owned(), warning: None });
    support::feed(&mut state, &runs::at_three_lengths()[1]);
    for key in ["H", "s", "down", "down", "a"] {
        press(&mut state, key);
    }
    let said = |state: &Screen| state.notices.notice.as_ref().unwrap().text.clone();
    let set = Length::of(&state.knobs.params);
    assert_eq!((marked(&state), set, state.knobs.params.exit_threshold), (8, Length::Tokens(10), 0.0), "{}", said(&state));
    press(&mut state, "a");
    assert!(said(&state).contains("in force already"));
}

#[test]
fn no_setting_is_applied_while_other_knobs_are_tried() {
    let mut state = support::answered(120, 40);
    for key in ["t", "right", "t", "H", "s"] {
        press(&mut state, key);
    }
    let before = state.knobs.params.clone();
    press(&mut state, "a");
    assert!(state.notices.notice.as_ref().unwrap().text.starts_with("other knobs are being tried"));
    assert_eq!(state.knobs.params, before);
}

pub(super) fn metric(pressed: Pressed) {
    let mut after = pressed.after;
    assert!(support::screen(&mut after).contains("[tokens]"));
    press(&mut after, pressed.key);
    assert!(support::screen(&mut after).contains("[rounds]"));
}

/// The run of a cell is looked at, and left again for the map and one's own answer.
#[test]
fn the_run_of_a_cell_leads_back_to_the_map_and_to_the_own_answer() {
    for (key, leave) in [("esc", true), ("q", true), ("i", false)] {
        let mut state = done();
        let own = state.answers.session.answers().to_vec();
        assert_eq!(press(&mut state, "enter"), [Effect::Open(PathBuf::from("5.jsonl"))]);
        let opened = Message::Opened { file: "5.jsonl".to_owned(), warning: None };
        assert_eq!(state.update(opened), [Effect::SetAside]);
        support::feed(&mut state, &support::answer()[..40]);
        assert!(state.answers.is_replay());
        // A recording opened over the first is left for the own answer as well.
        assert_eq!(state.update(Message::Opened { file: "6.jsonl".to_owned(), warning: None }), []);
        support::feed(&mut state, &support::answer()[..30]);
        state.prepare();
        let effects = press(&mut state, key);
        if leave {
            assert_eq!(effects, [Effect::ComeBack], "{key}");
            assert_eq!((state.looking.page(), state.answers.is_replay()), (Some(Page::HeatMap), false));
            assert_eq!((state.answers.session.answers(), marked(&state)), (&own[..], 5));
            assert_eq!(press(&mut state, "esc"), []);
            assert!(state.looking.overlay.is_none());
            assert_eq!(press(&mut state, "esc"), [], "there is nothing below one's own answer");
            assert!(support::screen(&mut state).contains("cowardly"));
        } else {
            assert!(effects.is_empty() && state.writing.active);
        }
    }
}

pub(super) fn sweep(pressed: Pressed) {
    let ask = asked(&pressed.effects);
    let header = &pressed.before.answers.session.newest().unwrap().run.header;
    assert_eq!((&ask.prompt.conversation, ask.seed), (&header.conversation, header.seed));
    assert_eq!((ask.grid.settings(), ask.members.len()), (16, header.members.len()));
    assert_eq!(ask.params.segment_rule().unit, specfuse::engine::fusion::segment::SegmentUnit::Tokens);
    let mut going = pressed.after;
    assert_eq!(going.heat_map.as_ref().unwrap().progress, Progress::Going);
    assert_eq!(press(&mut going, pressed.key), [], "one sweep at a time");
    let mut over = done();
    asked(&press(&mut over, pressed.key));
    assert_eq!(over.state.heat_map.unwrap().played(), 0);
}

pub(super) fn stop(pressed: Pressed) {
    let mut after = pressed.after;
    let map = after.heat_map.as_ref().unwrap();
    assert_eq!((pressed.effects, &map.progress, map.played()), (vec![Effect::StopSweep], &Progress::Stopped, 6));
    assert_eq!(press(&mut after, pressed.key), []);
    assert!(after.state.notices.notice.unwrap().text.contains("no sweep is going on"));
}

/// It continues while the map is closed, and reports when it is done.
pub(super) fn close(pressed: Pressed) {
    let mut after = pressed.after;
    assert!(pressed.effects.is_empty() && after.looking.overlay.is_none());
    played(&mut after, 6, 0.9);
    let map = after.heat_map.as_ref().unwrap();
    assert_eq!((&map.progress, map.played()), (&Progress::Going, 7));
    after.update(Message::SweepEnded(None));
    assert!(after.notices.notice.as_ref().unwrap().text.contains("`H` shows it"));
    press(&mut after, "H");
    assert_eq!(marked(&after), 5, "where it was left");
}

#[test]
fn what_was_never_asked_is_not_swept_but_what_is_being_written_is() {
    let mut state = support::state(120, 40);
    press(&mut state, "esc");
    press(&mut state, "H");
    assert_eq!(press(&mut state, "s"), []);
    assert!(state.notices.notice.as_ref().unwrap().text.contains("ask something first") && state.heat_map.is_none());
    state.state.writing.question.set("Who?").unwrap();
    let effects = press(&mut state, "s");
    assert_eq!(asked(&effects).prompt.conversation.prompt(), "Who?");
}

#[test]
fn a_sweep_that_cannot_go_on_says_why() {
    let mut state = going();
    state.update(Message::SweepEnded(Some("the disk is full".to_owned())));
    assert_eq!(state.heat_map.as_ref().unwrap().progress, Progress::Failed("the disk is full".to_owned()));
    assert!(state.notices.notice.as_ref().unwrap().text.contains("the disk is full"));
    assert!(support::screen(&mut state).contains("it could not go on: the disk is full"));
}
