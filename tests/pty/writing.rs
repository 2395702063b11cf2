//! The prompt: what is pasted into it, and what comes from an editor.

use std::fs;

use crate::home::{ESC, Home, LARGE, QUESTION, everybody_is_there, leaves, lines};
use crate::playing::{Playing, Seen};

fn writing(home: &Home, environment: &[(&str, &str)]) -> Playing {
    let playing = home.opens_with(LARGE, environment, &["--seed", "1"]);
    playing.plays("enter send");
    playing
}

/// The lines of the prompt: from its mark to the hints.
fn prompt(seen: &Seen) -> Vec<String> {
    let lines = lines(seen);
    let Some(top) = lines.iter().rposition(|line| line.starts_with('>')) else { return Vec::new() };
    let inside = &lines[top..lines.len() - 1];
    inside.iter().map(|line| line.chars().skip(2).collect::<String>().trim_end().to_owned()).collect()
}

fn paste(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

#[test]
fn a_paste_that_no_prompt_holds_is_refused_and_the_program_goes_on() {
    let home = Home::new();
    let mut playing = writing(&home, &[]);
    playing.types("kept");
    playing.sees("what is typed", |seen| prompt(seen) == ["kept"]);
    playing.types(&paste(&"0123456789abcdef".repeat(1 << 16)));
    playing.plays("that is too long: 1048580 bytes, and a question holds at most 65536; nothing was taken over");
    playing.sees("what was typed before", |seen| prompt(seen) == ["kept"]);
    playing.types(" on");
    playing.sees("what is typed after", |seen| prompt(seen) == ["kept on"]);
    leaves(playing, "\x03\x03", "before");
}

#[test]
fn a_paste_of_several_lines_is_not_sent() {
    let home = Home::new();
    let mut playing = writing(&home, &[]);
    // Terminals send the line ends of pasted text as the enter key.
    playing.types(&paste("one\rtwo\rthree"));
    playing.sees("three lines", |seen| prompt(seen) == ["one", "two", "three"] && seen.shows("· ready"));
    playing.types("!");
    playing.sees("a letter after them", |seen| prompt(seen) == ["one", "two", "three!"] && seen.shows("· ready"));
    leaves(playing, "\x03\x03", "before");
    assert!(!home.data().join("traces").exists(), "nothing was asked");
}

#[test]
fn what_an_editor_leaves_is_in_the_prompt() {
    let home = Home::new();
    let script = home.path().join("editor.sh");
    fs::write(&script, "echo the editor has \"$(cat \"$1\")\"; read line; printf 'first\\nsecond %s\\n' \"$line\" > \"$1\"")
        .unwrap();
    let editor = format!("sh {}", script.display());
    let mut playing = writing(&home, &[("EDITOR", &editor)]);
    playing.types("draft");
    playing.sees("the draft", |seen| prompt(seen) == ["draft"]);
    playing.types("\x07");
    playing.is_back("the editor has draft");
    playing.types("more\n");
    playing.sees("the text", |seen| seen.screen().alternate_screen() && prompt(seen) == ["first", "second more"]);
    playing.types(ESC);
    playing.sees("the whole screen", |seen| {
        let lines = lines(seen);
        lines[0].starts_with(" SpecFuse ") && lines[2].starts_with("A atlas ") && lines[39].starts_with(" i ask ")
    });
    leaves(playing, "\x03\x03", "before");
}

/// Far more events than may wait: a run without a receiver stops, and then its members run into their time limits.
#[test]
fn a_run_goes_on_while_the_next_question_is_edited() {
    let home = Home::new();
    let script = home.path().join("editor.sh");
    let waits = r#"tries=0; while ! grep -qs run_finished "$HOME"/.local/share/specfuse/traces/*; do
        tries=$((tries + 1)); [ $tries -gt 250 ] && break; sleep 0.1; done
        cat "$HOME"/.local/share/specfuse/traces/* | grep -c run_finished > "$1""#;
    fs::write(&script, waits).unwrap();
    let editor = format!("sh {}", script.display());
    let arguments = ["--seed", "1", "--pace", "100", "--linger", "0", "--segment", "tokens", "--segment-tokens", "1", QUESTION];
    let mut playing = home.opens_with(LARGE, &[("EDITOR", &editor)], &arguments);
    playing.plays("round 2:");
    playing.types("\x07");
    playing.sees("the run that ended meanwhile", |seen| {
        seen.screen().alternate_screen() && prompt(seen) == ["1"] && seen.shows("★ answered")
    });
    leaves(playing, "\x03\x03", "before");
    assert!(home.trace().records.len() > 400, "more than may wait");
}

#[test]
fn an_editor_that_does_not_exist_is_named() {
    let home = Home::new();
    let mut playing = writing(&home, &[("EDITOR", "/nowhere/editor")]);
    everybody_is_there(&playing);
    playing.types("draft");
    let before = playing.finds("the draft", |seen| (prompt(seen) == ["draft"]).then(|| lines(seen)));
    playing.types("\x07");
    let after = playing.finds("the editor's name", |seen| {
        let named = "the editor `/nowhere/editor` does not start (VISUAL or EDITOR names another)";
        (seen.screen().alternate_screen() && seen.shows(named)).then(|| lines(seen))
    });
    assert_eq!(after[..39], before[..39], "all but the line that says so is as before");
    leaves(playing, "\x03\x03", "before");
}
