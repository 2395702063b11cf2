//! What the keys of the page of three lengths do.

use std::path::PathBuf;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use specfuse::engine::fusion::event::Event;
use specfuse::playground::state::lengths::{LengthsAsk, RunNews, Stage};
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::tuning::ladder::Length;
use specfuse::playground::state::{Effect, Message, Screen};

use super::super::runs;
use super::super::support::{self, press};
use super::Pressed;

/// The page, open over an answer; nothing was started yet.
pub(super) fn offered() -> Screen {
    let mut state = support::answered(120, 40);
    assert_eq!(press(&mut state, "D"), []);
    state
}

fn told(state: &mut Screen, column: usize, news: RunNews) {
    assert_eq!(state.update(Message::Lengths(column, news)), []);
}

/// So much of a run, of a hundred.
fn played(state: &mut Screen, column: usize, share: usize) {
    let records = &runs::at_three_lengths()[column];
    for record in &records[..records.len() * share / 100] {
        told(state, column, RunNews::Record(record.clone()));
    }
}

fn ended(state: &mut Screen, column: usize) {
    let trace = Some(PathBuf::from(format!("{column}.jsonl")));
    told(state, column, RunNews::Ended { trace, incomplete: None });
}

/// The first run is over, the second is being played and marked, the third waits.
pub(super) fn going() -> Screen {
    let mut state = offered();
    press(&mut state, "s");
    played(&mut state, 0, 100);
    ended(&mut state, 0);
    played(&mut state, 1, 50);
    press(&mut state, "right");
    state.prepare();
    state
}

/// All are over, the shortest is marked.
pub(super) fn done() -> Screen {
    let mut state = offered();
    press(&mut state, "s");
    for column in 0..3 {
        played(&mut state, column, 100);
        ended(&mut state, column);
    }
    press(&mut state, "right");
    press(&mut state, "right");
    state.prepare();
    state
}

/// The same on a screen that is too low for it.
pub(super) fn long() -> Screen {
    let mut state = done();
    state.update(Message::Resize(60, 16));
    state.prepare();
    press(&mut state, "down");
    state.prepare();
    state
}

fn marked(state: &Screen) -> usize {
    state.lengths.as_ref().unwrap().marked
}

fn top(state: &Screen) -> usize {
    state.looking.overlay.as_ref().unwrap().scroll().unwrap().top
}

fn notice(state: &Screen) -> &str {
    state.notices.notice.as_ref().unwrap().text.as_str()
}

fn asked(effects: &[Effect]) -> &LengthsAsk {
    match effects {
        [Effect::Lengths(ask)] => ask,
        other => panic!("nothing is played but {other:?}"),
    }
}

pub(super) fn opens(pressed: Pressed) {
    assert!(pressed.effects.is_empty() && pressed.after.looking.page() == Some(Page::Lengths));
    let screen = support::screen(&mut pressed.after.clone());
    assert!(screen.contains("one sentence (● in force) · 10 tokens · 3 tokens"), "{screen}");
    assert!(screen.contains("`s` starts"), "{screen}");
}

pub(super) fn left(pressed: Pressed) {
    assert_eq!((marked(pressed.before), marked(&pressed.after)), (1, 0));
}

pub(super) fn right(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!((marked(pressed.before), marked(&after)), (1, 2));
    press(&mut after, pressed.key);
    assert_eq!(marked(&after), 2, "a row has an end");
}

pub(super) fn up(pressed: Pressed) {
    assert_eq!((top(pressed.before), top(&pressed.after)), (1, 0));
}

pub(super) fn down(pressed: Pressed) {
    assert_eq!((top(pressed.before), top(&pressed.after)), (1, 2));
}

/// The marked length is in force for the next answer, and marked so; the user's own answer is as it was.
pub(super) fn keep(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(pressed.effects, []);
    assert_eq!(Length::of(&after.knobs.params), Length::Tokens(3));
    assert!(notice(&after).contains("by 3 tokens, was by sentence; from the next question on"), "{}", notice(&after));
    assert_eq!(after.answers.session.answers(), pressed.before.answers.session.answers());
    let screen = support::screen(&mut after);
    assert!(screen.contains("[3 tokens] ● in force"), "{screen}");
    press(&mut after, pressed.key);
    assert_eq!(notice(&after), "in force already: 3 tokens");
    let mut offered = offered();
    asked(&press(&mut offered, pressed.key));
}

/// Into an answer that is still being written the length goes from its next round on.
#[test]
fn a_length_is_kept_for_the_answer_that_is_being_written() {
    let mut state = support::answering(120, 40);
    for key in ["D", "s", "right"] {
        press(&mut state, key);
    }
    let effects = press(&mut state, "enter");
    assert!(matches!(effects[..], [Effect::Order(_)]), "{effects:?}");
    assert!(notice(&state).contains("from the next round on"));
    assert!(state.answers.is_writing() && state.lengths.as_ref().unwrap().is_going());
}

/// A replay of a run by 10 tokens; one's own knobs cut sentences.
fn replayed() -> Screen {
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "x.jsonl".to_owned(), warning: None });
    support::feed(&mut state, &runs::at_three_lengths()[1]);
    for key in ["D", "s"] {
        press(&mut state, key);
    }
    assert_eq!((marked(&state), Length::of(&state.knobs.params)), (1, Length::Sentence));
    state
}

#[test]
fn over_a_recording_the_length_that_is_kept_is_whole_in_the_next_question() {
    let mut state = replayed();
    press(&mut state, "enter");
    assert_eq!(Length::of(&state.knobs.params), Length::Tokens(10), "the recording has it, one's own knobs do not");
    assert!(notice(&state).starts_with("by 10 tokens, was by sentence; "), "{}", notice(&state));
    press(&mut state, "enter");
    assert_eq!(notice(&state), "in force already: 10 tokens");
    let mut state = replayed();
    press(&mut state, "right");
    press(&mut state, "enter");
    assert_eq!(Length::of(&state.knobs.params), Length::Tokens(3));
    assert!(notice(&state).starts_with("by 3 tokens, was by 10 tokens; "), "{}", notice(&state));
}

#[test]
fn no_length_is_kept_while_other_knobs_are_tried() {
    let mut state = support::answered(120, 40);
    for key in ["t", "right", "t", "D", "s", "right"] {
        press(&mut state, key);
    }
    assert!(state.knobs.tuning.is_pending());
    assert_eq!(press(&mut state, "enter"), []);
    assert!(notice(&state).starts_with("other knobs are being tried"), "{}", notice(&state));
    assert_eq!(Length::of(&state.knobs.params), Length::Sentence);
}

/// A run answers only with its next round: until then the keys count from what was set last.
#[test]
fn after_a_length_is_kept_a_step_goes_on_from_it() {
    let mut state = support::answering(120, 40);
    for key in [">", "-", "D", "s", "right", "enter", "esc"] {
        press(&mut state, key);
    }
    let kept = state.knobs.tuning.over(&state.knobs.in_force(&state.answers));
    assert_eq!(Length::of(&kept), Length::Tokens(10));
    press(&mut state, "-");
    assert_eq!(Length::of(&state.knobs.params), Length::Tokens(5));
}

pub(super) fn open(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Open(PathBuf::from("2.jsonl"))]);
    let mut going = going();
    assert_eq!(press(&mut going, pressed.key), []);
    assert_eq!(notice(&going), "this run is not over yet");
    let mut offered = offered();
    assert_eq!(press(&mut offered, pressed.key), []);
    assert!(notice(&offered).contains("`s` plays"));
}

/// The run of a length is looked at, and left again for the page and one's own answer.
#[test]
fn the_run_of_a_length_leads_back_to_the_page_and_to_the_own_answer() {
    let mut state = done();
    let own = state.answers.session.answers().to_vec();
    press(&mut state, "o");
    let opened = Message::Opened { file: "2.jsonl".to_owned(), warning: None };
    assert_eq!(state.update(opened), [Effect::SetAside]);
    support::feed(&mut state, &runs::at_three_lengths()[2]);
    assert!(state.answers.is_replay());
    assert!(support::screen(&mut state).contains("to the three lengths"));
    assert_eq!(press(&mut state, "esc"), [Effect::ComeBack]);
    assert_eq!((state.looking.page(), marked(&state)), (Some(Page::Lengths), 2));
    assert_eq!(press(&mut state, "esc"), []);
    assert!(state.looking.overlay.is_none() && state.answers.session.answers() == own);
}

pub(super) fn start(pressed: Pressed) {
    let ask = asked(&pressed.effects);
    let header = &pressed.before.answers.session.newest().unwrap().run.header;
    assert_eq!((&ask.prompt.conversation, ask.seed), (&header.conversation, header.seed));
    assert_eq!(ask.members.len(), header.members.len());
    let lengths = ask.params.each_ref().map(Length::of);
    assert_eq!(lengths, [Length::Sentence, Length::Tokens(10), Length::Tokens(3)]);
    let mut after = pressed.after;
    let comparison = after.lengths.as_ref().unwrap();
    assert!(comparison.is_going() && comparison.columns.iter().all(|column| column.stage == Stage::Waiting));
    assert_eq!(press(&mut after, pressed.key), [], "one start at a time");
    let mut over = done();
    asked(&press(&mut over, pressed.key));
    assert!(over.lengths.as_ref().unwrap().is_going());
}

pub(super) fn stop(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(pressed.effects, [Effect::StopLengths]);
    let stages = after.lengths.as_ref().unwrap().columns.each_ref().map(|column| column.stage.clone());
    assert_eq!(stages, [Stage::Over, Stage::Stopped, Stage::Stopped]);
    assert_eq!(press(&mut after, pressed.key), []);
    assert_eq!(notice(&after), "no run is going on here");
}

/// The runs continue while the page is closed, and report when they are done.
pub(super) fn close(pressed: Pressed) {
    let mut after = pressed.after;
    assert!(pressed.effects.is_empty() && after.looking.overlay.is_none());
    ended(&mut after, 1);
    assert!(after.notices.notice.is_none() && after.lengths.as_ref().unwrap().is_going());
    told(&mut after, 2, RunNews::Failed("the server is gone".to_owned()));
    assert_eq!(notice(&after), "the runs at three lengths are done: `D` shows them");
    press(&mut after, "D");
    assert_eq!(marked(&after), 1, "where it was left");
    let screen = support::screen(&mut after);
    assert!(screen.contains("failed: the server is gone") && screen.contains("failed: the run broke off"), "{screen}");
}

#[test]
fn leaving_asks_while_the_runs_go_on() {
    let mut state = going();
    for (key, left) in [("esc", vec![]), ("q", vec![]), ("y", vec![Effect::Quit])] {
        assert_eq!(press(&mut state, key), left, "{key}");
    }
    let mut over = done();
    press(&mut over, "esc");
    assert_eq!(press(&mut over, "q"), [Effect::Quit], "nothing would be lost");
}

#[test]
fn what_was_never_asked_is_not_played_but_what_is_being_written_is() {
    let mut state = support::state(120, 40);
    press(&mut state, "esc");
    press(&mut state, "D");
    assert!(support::screen(&mut state).contains("Nothing was asked yet"));
    assert_eq!(press(&mut state, "s"), []);
    assert!(notice(&state).contains("ask something first") && state.lengths.is_none());
    state.state.writing.question.set("Who?").unwrap();
    let effects = press(&mut state, "s");
    assert_eq!(asked(&effects).prompt.conversation.prompt(), "Who?");
}

#[test]
fn without_models_it_is_said_what_is_missing() {
    let mut state = Screen::new(support::options(&[]), 120, 40);
    state.update(Message::Opened { file: "x.jsonl".to_owned(), warning: None });
    support::feed(&mut state, support::answer());
    press(&mut state, "D");
    let screen = support::screen(&mut state);
    assert!(screen.contains("No model takes part: `M`"), "{screen}");
    assert_eq!(press(&mut state, "s"), []);
    assert!(notice(&state).contains("no model takes part: `M`") && state.lengths.is_none());
}

#[test]
fn a_recording_says_which_of_its_models_cannot_be_asked() {
    let mut members = support::members();
    members.truncate(3);
    let mut state = Screen::new(support::options(&members), 120, 40);
    state.update(Message::Opened { file: "x.jsonl".to_owned(), warning: None });
    support::feed(&mut state, support::answer());
    press(&mut state, "D");
    let screen = support::screen(&mut state);
    assert!(screen.contains("The recording was made with"), "{screen}");
    assert_eq!(asked(&press(&mut state, "s")).members.len(), 3);
}

/// The user's own question, with what it took, is what servers are asked again.
#[test]
fn what_servers_are_asked_is_said_before() {
    let mut members = support::members();
    members[1].capabilities.tier = specfuse::engine::fusion::event::ScoreTier::Prompt;
    let mut state = Screen::new(support::options(&members), 120, 40);
    state.update(Message::Ask(support::QUESTION.to_owned()));
    support::feed(&mut state, support::answer());
    press(&mut state, "D");
    let screen = support::screen(&mut state);
    assert!(screen.contains("1 of them is served, and short segments mean many calls: this answer took"), "{screen}");
}

#[test]
fn the_closing_sentence_says_what_differs_and_who_is_right() {
    let screen = support::screen(&mut done());
    assert!(screen.contains("the rounds of one sentence"), "{screen}");
    assert!(!screen.contains("is right"), "nobody knows the answer");
    let mut graded = offered();
    press(&mut graded, "s");
    for (column, records) in runs::at_three_lengths().iter().enumerate() {
        for record in records {
            let mut record = record.clone();
            if let specfuse::engine::fusion::event::Event::RunStarted(header) = &mut record.event {
                header.answers = vec!["Tokyo".to_owned()];
            }
            told(&mut graded, column, RunNews::Record(record));
        }
        ended(&mut graded, column);
    }
    let screen = support::screen(&mut graded);
    assert!(screen.contains("all are right"), "{screen}");
}

/// A round that only ends the answer is none to a reader.
#[test]
fn rounds_are_counted_as_the_closing_card_counts_them() {
    let records = &runs::at_three_lengths()[2];
    let last = records.iter().rposition(|record| matches!(record.event, Event::Accepted { .. })).unwrap();
    let mut state = offered();
    press(&mut state, "s");
    for (place, record) in records.iter().enumerate() {
        let mut record = record.clone();
        if let Event::Accepted { text, ends, .. } = &mut record.event
            && place == last
        {
            (*text, *ends) = (String::new(), true);
        }
        told(&mut state, 2, RunNews::Record(record));
    }
    ended(&mut state, 2);
    let (screen, rounds) = (support::screen(&mut state), records[last].round - 1);
    assert!(screen.contains(&format!("{rounds} rounds ·")), "{rounds}: {screen}");
}

#[test]
fn a_click_marks_the_length_that_it_hits() {
    let mut state = done();
    state.state.settings.mouse = true;
    let click = |state: &mut Screen, column: u16| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        state.update(Message::Mouse(MouseEvent { kind, column, row: 8, modifiers: KeyModifiers::NONE }));
        marked(state)
    };
    assert_eq!([5, 60, 110].map(|column| click(&mut state, column)), [0, 1, 2]);
    let frame = state.looking.laid.popup;
    assert_eq!([frame.x, frame.x + 1].map(|column| click(&mut state, column)), [2, 2], "the frame is beside the page");
    assert_eq!(state.looking.page(), Some(Page::Lengths));
}

/// Where there is no room for columns each length has a line.
#[test]
fn a_click_marks_the_length_of_the_line_that_it_hits() {
    let mut state = long();
    let text = state.looking.laid.overlay_text();
    let screen = support::screen(&mut state);
    let row = |name: &str| screen.lines().position(|line| line.contains(name) && line.contains(" ms")).unwrap() as u16;
    for (row, marks) in [(row(" 10 tokens"), 1), (row("one sentence  "), 0), (row("3 tokens]"), 2), (row("3 tokens]") + 1, 2)] {
        let kind = MouseEventKind::Down(MouseButton::Left);
        state.update(Message::Mouse(MouseEvent { kind, column: text.x, row, modifiers: KeyModifiers::NONE }));
        assert_eq!(marked(&state), marks, "{row}: {screen}");
    }
}
