//! Recordings of the screen (`--record-ui`), and what they show again without a terminal.

use std::fs;

use crate::home::{Home, QUESTION, folded};
use crate::playing::Seen;
use crate::replaying::is_untouched;

/// The rows of the last screen before the terminal was given back.
fn last_screen(seen: &Seen, (columns, rows): (u16, u16)) -> Vec<String> {
    let given_back = b"\x1b[?1049l";
    let end = seen.bytes().windows(given_back.len()).rposition(|window| window == given_back).unwrap();
    let mut emulator = vt100::Parser::new(rows, columns, 0);
    emulator.process(&seen.bytes()[..end]);
    emulator.screen().rows(0, columns).map(|row| row.trim_end().to_owned()).collect()
}

#[test]
fn a_recorded_session_ends_with_the_screen_that_was_seen() {
    let home = Home::new();
    let mut playing = home.opens(&["--seed", "1", "--pace", "0", "--record-ui", "session.jsonl", QUESTION]);
    playing.plays("★ answered");
    playing.types("L");
    playing.plays("┌ log ");
    playing.resize(30, 100);
    playing.sees("the log at the new size", |seen| seen.shows("┌ log ") && seen.screen().size() == (30, 100));
    playing.types("q");
    playing.sees("no log", |seen| seen.shows("★ answered") && !seen.shows("┌ log "));
    playing.types("q");
    assert_eq!(playing.ends().exit_code(), 0);
    playing.is_back("the last run is kept");
    let seen = playing.look(|seen| last_screen(seen, (100, 30)));

    let output = home.pipes(&["--replay-ui", "session.jsonl"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    assert_eq!(shown.lines().collect::<Vec<_>>(), seen);
    assert!(shown.contains("★ answered") && shown.contains("Tokyo"), "{shown}");

    let output = home.pipes(&["--replay-ui", "session.jsonl", "--frames"]);
    let all = String::from_utf8(output.stdout).unwrap();
    assert!(all.starts_with("frame 1, line ") && all.ends_with(&shown) && all.contains("┌ log "), "{all}");
}

#[test]
fn a_recording_overwrites_nothing() {
    let home = Home::new();
    fs::write(home.path().join("session.jsonl"), "precious").unwrap();
    let mut playing = home.opens(&["--record-ui", "session.jsonl"]);
    let said = "--record-ui session.jsonl: the file exists, and no recording overwrites one: name another";
    playing.sees(said, |seen| folded(&seen.screen().contents()).contains(said));
    assert_eq!(playing.ends().exit_code(), 2);
    is_untouched(&playing);
    assert_eq!(fs::read_to_string(home.path().join("session.jsonl")).unwrap(), "precious");
}

#[test]
fn what_is_no_recording_is_named() {
    let home = Home::new();
    fs::write(home.path().join("poem.txt"), "Roses are red,\n").unwrap();
    for (file, said) in [
        ("poem.txt", "poem.txt: this is not a recording of the screen"),
        ("missing.jsonl", "missing.jsonl: there is no such file"),
    ] {
        let output = home.pipes(&["--replay-ui", file]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && told.contains(said) && output.stdout.is_empty(), "{told}");
    }
}
