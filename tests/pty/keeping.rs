//! Copies and saved traces.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::home::{ANSWER, ENTER, Home, leaves};

/// The name that the program proposes.
const PROPOSED: &str = "specfuse-seed-1.trace.jsonl";

#[test]
fn the_answer_is_copied_through_the_terminal() {
    let home = Home::new();
    let mut playing = home.answers();
    let sequence = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(ANSWER));
    assert!(playing.look(|seen| !seen.got(&sequence)));
    playing.types("y");
    playing.plays("y y answer");
    playing.types("y");
    playing.plays(&format!("{} characters copied, if this terminal allows it", ANSWER.len()));
    assert_eq!(playing.look(|seen| seen.count(&sequence)), 1);
    playing.types("[[ys");
    let segment = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode("27 plus 48 is 75."));
    playing.sees("the segment that is looked at", |seen| seen.got(&segment));
    leaves(playing, "q", "the last run is kept");
}

#[test]
fn a_trace_is_saved_under_a_new_name_only() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.types("\x13");
    playing.plays(&format!("│ > {PROPOSED}"));
    playing.types(&"\x7f".repeat(PROPOSED.len()));
    playing.types("mine.jsonl");
    playing.plays("│ > mine.jsonl ");
    playing.types(ENTER);
    playing.plays("saved as mine.jsonl; `specfuse replay` plays it");
    let saved = home.path().join("mine.jsonl");
    let trace = fs::read(&home.traces()[0]).unwrap();
    assert!(!trace.is_empty());
    assert_eq!(fs::read(&saved).unwrap(), trace);

    fs::write(&saved, "precious").unwrap();
    playing.types("\x13");
    playing.plays(&format!("│ > {PROPOSED}"));
    playing.types(&"\x7f".repeat(PROPOSED.len()));
    playing.types("~/mine.jsonl");
    playing.plays("│ > ~/mine.jsonl ");
    playing.types(ENTER);
    playing.plays("not saved: ");
    playing.plays("mine.jsonl: File exists");
    assert_eq!(fs::read_to_string(&saved).unwrap(), "precious");
    leaves(playing, "q", "the last run is kept");
}
