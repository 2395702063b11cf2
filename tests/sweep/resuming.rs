//! A sweep that was killed or interrupted continues where it stopped.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use specfuse::engine::trace;

use super::support::{Home, cells, err, out, traces};

const COMMAND: &[&str] =
    &["--segment-tokens", "3,5,10,20", "--exit-threshold", "0,0.3,0.5,0.7", "--results", "kept", "--jobs", "1", "--json"];
const CELLS: usize = 48;

/// Starts a sweep, and waits until it has finished this many cells.
fn begun(home: &Home, at_least: usize) -> Child {
    let mut child = home.command(COMMAND).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let path = home.path().join("kept/results.jsonl");
    while fs::read_to_string(&path).unwrap_or_default().lines().count() <= at_least {
        assert!(child.try_wait().unwrap().is_none(), "it is over before it could be stopped");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Every cell has one line and one whole trace.
fn each_once(folder: &Path) {
    let cells = cells(folder);
    let once: HashSet<&str> = cells.iter().map(|(cell, _)| cell.as_str()).collect();
    assert_eq!((cells.len(), once.len()), (CELLS, CELLS));
    let traces = traces(folder);
    assert_eq!(traces.len(), CELLS);
    assert!(traces.iter().all(|path| trace::read(path).unwrap().torn_bytes == 0));
}

#[test]
fn after_a_kill_the_same_command_goes_on_and_repeats_no_finished_cell() {
    let home = Home::new();
    let folder = home.path().join("kept");
    let mut child = begun(&home, 4);
    signal(&child, Signal::KILL);
    child.wait().unwrap();
    let before = cells(&folder);
    assert!((4..CELLS).contains(&before.len()), "{}", before.len());
    let whole = fs::read(folder.join("results.jsonl")).unwrap();
    // As if the kill had come in the middle of a line.
    fs::write(folder.join("results.jsonl"), [&whole[..], b"{\"setting\":{\"segm"].concat()).unwrap();

    let output = home.run(COMMAND);
    let said = err(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains(&format!("{} of {CELLS} answers are there from before", before.len())), "{said}");
    each_once(&folder);
    assert_eq!(cells(&folder)[..before.len()], before, "what was finished stands as it was");

    let again = home.run(COMMAND);
    assert_eq!(out(&again), out(&output));
    each_once(&folder);
}

#[test]
fn an_interrupt_shows_what_is_finished_and_how_to_go_on() {
    for (sent, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        goes_on_after(sent, code);
    }
}

fn goes_on_after(sent: Signal, code: i32) {
    let home = Home::new();
    let folder = home.path().join("kept");
    let child = begun(&home, 2);
    signal(&child, sent);
    let output = child.wait_with_output().unwrap();
    let said = err(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains("interrupted after") && said.contains("the same command goes on"), "{said}");
    let table: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let told: u64 = table["settings"].as_array().unwrap().iter().map(|setting| setting["answers"].as_u64().unwrap()).sum();
    assert_eq!(told as usize, cells(&folder).len());
    assert_eq!(home.run(COMMAND).status.code(), Some(0));
    each_once(&folder);
}
