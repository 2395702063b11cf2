//! Text from models, servers and files cannot control the terminal.

use ratatui::buffer::Buffer;
use specfuse::engine::Seat;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Record;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::playground::state::{Effect, Listing, Message, Options, Screen};

use super::support::{self, feed, newest, press, say, scripted_run, seat, type_text};

/// One token per word: every sequence is split over several.
const HOSTILE: &str = "start \u{1b} ]0;own ed\u{7} \u{1b}[3 1m red \u{1b} [2J \u{9b}2J \u{90}q x\u{9c} \u{202e}desrever\u{202c} \
     z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}algo \t tab \u{200b}\u{200d}\u{feff}zero \u{2066}iso\u{2069} \
     bell\u{7} back\u{8} cr\r nul\u{0} del\u{7f} line\u{2028} \u{e0001}\u{e0041}tag \u{1f468}\u{200d}\u{1f469} \u{1b}]52;c;aGFjaw==\u{1b}\\ end";

fn seats() -> Vec<Seat> {
    let lines = vec![say(HOSTILE, -0.1, false), say(" and\u{1b}[5 m on", -0.1, true)];
    let error = format!("failed: {HOSTILE}");
    vec![
        seat("evil\u{1b}[31m\u{202e}name\u{7}", ScriptedMember::new(lines)),
        seat(
            "b\tb\r\n\u{200d}",
            ScriptedMember::new(vec![say("good \u{9d}2;x\u{9c} text", -0.4, true)]).failing_to_score(&error),
        ),
        seat("c\u{0}", ScriptedMember::new(vec![Line::Fail(error)])),
    ]
}

fn records() -> Vec<Record> {
    let params = support::params(&[("segment-tokens", "64"), ("max-failures", "2")]);
    support::run(seats(), params, 7, Conversation::question(format!("Why {HOSTILE}?")), Vec::new())
}

/// Whether a terminal would treat this as anything but text in its place.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e01ef}')
}

fn check(frame: &Buffer) {
    for cell in &frame.content {
        let symbol = cell.symbol();
        assert!(!symbol.chars().any(acts), "{symbol:?}");
        assert!(symbol.chars().filter(|character| matches!(character, '\u{300}'..='\u{36f}')).count() <= 4, "{symbol:?}");
    }
}

const SIZES: [(u16, u16); 6] = [(1, 1), (40, 10), (60, 16), (80, 24), (120, 40), (200, 60)];

/// The frame at every size, and with every overlay.
fn check_all(state: &Screen) {
    for (width, height) in SIZES {
        let mut state = state.clone();
        state.update(Message::Resize(width, height));
        check(&support::frame(&mut state));
        state.state.writing.active = false;
        for keys in [&["e"][..], &["e", "c"], &["L"], &["?"], &[":"], &["1", "z"], &["3"], &["ctrl+s"]] {
            let mut state = state.clone();
            for key in keys {
                press(&mut state, key);
            }
            check(&support::frame(&mut state));
        }
    }
}

fn state() -> Screen {
    let mut state = Screen::new(support::options(&support::headers(&seats())), 120, 40);
    state.state.writing.active = false;
    state
}

#[test]
fn nothing_that_a_member_says_reaches_the_terminal_but_its_text() {
    let records = records();
    let mut state = state();
    check_all(&state);
    for (place, record) in records.iter().enumerate() {
        feed(&mut state, std::slice::from_ref(record));
        if place % 5 == 0 {
            check(&support::frame(&mut state));
        }
        if place % 40 == 0 {
            check_all(&state);
        }
    }
    check_all(&state);
    for _ in 0..newest(&state).rounds.len() {
        press(&mut state, "[");
        check_all(&state);
    }
    assert!(support::screen(&mut state).contains("start"), "what is text is shown");
}

#[test]
fn the_run_keeps_every_byte() {
    let mut state = state();
    feed(&mut state, &records());
    let run = newest(&state);
    let said = HOSTILE.strip_suffix(" end").unwrap();
    assert!(run.answer().contains(said), "{:?}", run.answer());
    assert!(run.header.conversation.prompt().contains(HOSTILE));
    assert!(run.index("evil\u{1b}[31m\u{202e}name\u{7}").is_some());
}

#[test]
fn what_is_copied_is_what_is_shown() {
    let mut state = state();
    feed(&mut state, &records());
    press(&mut state, "[ [");
    press(&mut state, "1");
    for keys in ["y y", "y s", "y c"] {
        let effects = press(&mut state, keys);
        let [Effect::Copy(text)] = &effects[..] else { panic!("{keys}: {effects:?}") };
        assert!(text.contains("start") && !text.contains(|character| character != '\n' && acts(character)), "{text:?}");
    }
}

/// A terminal without bracketed paste sends pasted text as keys.
#[test]
fn what_is_typed_pasted_or_read_from_a_file_is_clean_too() {
    let history = vec![format!("asked {HOSTILE}")];
    let mut typed = Screen::new(Options { history, ..support::options(&support::members()) }, 120, 40);
    let mut pasted = typed.clone();
    type_text(&mut typed, HOSTILE);
    pasted.update(Message::Paste(HOSTILE.to_owned()));
    let mut recalled = Screen::new(support::options(&support::members()), 120, 40);
    press(&mut recalled, "up");
    let mut edited = recalled.clone();
    edited.update(Message::Edited(Ok(HOSTILE.to_owned())));
    let mut listed = recalled.clone();
    listed.update(Message::Traces(Listing::Open, vec![(HOSTILE.to_owned(), HOSTILE.to_owned(), HOSTILE.into())]));
    let mut searched = listed.clone();
    type_text(&mut searched, HOSTILE);
    let mut sought = listed.clone();
    sought.update(Message::Paste(HOSTILE.to_owned()));
    for state in [&typed, &pasted, &recalled, &edited, &listed, &searched, &sought] {
        for (width, height) in SIZES {
            let mut state = state.clone();
            state.update(Message::Resize(width, height));
            check(&support::frame(&mut state));
        }
    }
}

#[test]
fn what_goes_wrong_is_told_in_clean_words() {
    for message in [
        Message::AskFailed(HOSTILE.to_owned()),
        Message::RunEnded(Some(HOSTILE.to_owned())),
        Message::Opened { file: HOSTILE.to_owned(), warning: Some(HOSTILE.to_owned()) },
        Message::Edited(Err(HOSTILE.to_owned())),
        Message::Done(HOSTILE.to_owned()),
        Message::Failed(HOSTILE.to_owned()),
        Message::Warned(HOSTILE.to_owned()),
    ] {
        let mut state = state();
        state.update(message);
        assert!(state.notices.log.entries().any(|entry| entry.text.contains("start")));
        check_all(&state);
        check(&support::frame(&mut state));
    }
}

#[test]
fn a_run_that_failed_tells_so_in_clean_words() {
    let seats = vec![seat("a\u{1b}[1m", ScriptedMember::new(vec![Line::Fail(HOSTILE.to_owned())]))];
    let mut state = Screen::new(support::options(&support::headers(&seats)), 120, 40);
    feed(&mut state, &scripted_run(seats, &[("max-failures", "1")], Vec::new()));
    check_all(&state);
}
