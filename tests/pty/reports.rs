//! What the terminal reports about itself while a question is written, and more input than one read holds.

use rustix::process::Signal;

use crate::home::{Home, code, leaves};
use crate::playing::{Playing, Seen};

fn writing(home: &Home) -> Playing {
    let playing = home.opens(&["--seed", "1"]);
    playing.plays("enter send");
    playing
}

fn is_written(seen: &Seen, text: &str) -> bool {
    crate::home::lines(seen).iter().any(|line| *line == format!("> {text}"))
}

#[test]
fn reports_neither_type_nor_hold_keys_back() {
    let home = Home::new();
    let mut playing = writing(&home);
    let reports: [&[u8]; 12] = [
        b"\x1b[?2026;2$y",
        b"\x1b[?997;1n",
        b"\x1b[?7u",
        b"\x1b[?64;1;2c",
        b"\x1b[>41;354;0c",
        b"\x1b[5;10R",
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
        b"\x1bP>|foot(1.16.2)\x1b\\",
        b"\x1bP0+r\x1b\\",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\x9b?2004;1$y",
    ];
    let mut written = String::new();
    for (letter, report) in ('a'..='z').zip(reports) {
        playing.types_bytes(report);
        playing.types_bytes(report);
        playing.types(&letter.to_string());
        written.push(letter);
        playing.sees(&written, |seen| is_written(seen, &written));
    }
    leaves(playing, "\x03\x03", "before");
}

#[test]
fn more_than_one_read_holds_is_written_to_its_end() {
    let home = Home::new();
    let mut playing = writing(&home);
    playing.types(&"x".repeat(20_000));
    playing.types("END");
    playing.plays("xEND ");
    leaves(playing, "\x03\x03", "before");
}

#[test]
fn a_paste_without_its_end_neither_swallows_the_keys_nor_keeps_the_program() {
    let home = Home::new();
    let mut playing = writing(&home);
    playing.types("\x1b[200~half");
    playing.sees("what came of it", |seen| is_written(seen, "half"));
    playing.types(" more");
    playing.sees("what is typed after", |seen| is_written(seen, "half more"));
    // Ctrl-C in another paste is pressed, not pasted.
    playing.types("\x1b[200~ and\x03");
    playing.plays("Your question was not sent. Leave without it?");
    leaves(playing, "\x03", "before");
    for signal in [Signal::TERM, Signal::HUP, Signal::QUIT] {
        let mut playing = writing(&home);
        playing.types("\x1b[200~half");
        playing.kill(signal);
        assert_eq!(playing.ends().exit_code(), code(signal));
        playing.is_back("before");
    }
}
