//! How long a long recorded run takes to open and to be played to its end, and how much memory it takes.

use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::process;
use crate::pty::Playing;
use crate::recording;
use crate::table::{Figures, Table, tell};

const MEMBERS: usize = 5;
const ROUNDS: usize = 2000;
const RUNS: usize = 5;
/// Until temporary allocations are free again.
const SETTLE: Duration = Duration::from_millis(500);

/// Seconds to the first frame, megabytes after it, seconds to the end, megabytes then.
fn once(trace: &str, home: &Path) -> [f64; 4] {
    let program = Path::new(env!("CARGO_BIN_EXE_specfuse"));
    let mut playing = Playing::start(program, &["replay", "--paused", trace], &[], home);
    let opened = playing.opens().as_secs_f64() * 1e3;
    thread::sleep(SETTLE);
    let resident = process::resident(playing.pid());
    let pressed = playing.types("S");
    let last = format!("round {ROUNDS}");
    let end = playing.sees("the end", |seen| seen.shows("stopped at a limit") && seen.shows(&last));
    thread::sleep(SETTLE);
    [opened, resident, (end - pressed).as_secs_f64() * 1e3, process::resident(playing.pid())]
}

pub fn measure(table: &mut Table) {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("trace.jsonl");
    recording::record(MEMBERS, ROUNDS, &path);
    let trace = path.to_str().expect("a plain name");
    let runs: Vec<[f64; 4]> = (0..RUNS).map(|_| once(trace, home.path())).collect();
    let [opened, resident, end, after] = std::array::from_fn(|which| Figures::new(runs.iter().map(|run| run[which]).collect()));
    let megabytes = std::fs::metadata(&path).expect("a trace").len() as f64 / 1e6;
    tell(&format!("trace of {MEMBERS} members, {ROUNDS} rounds"), megabytes, "MB");
    tell("from the start of the program to the first frame: quickest", opened.least(), "ms");
    table.at_most("from the start of the program to the first frame: median", opened.median(), "ms", 500.0);
    table.at_most("memory in use when it is open", resident.worst(), "MB", 200.0);
    tell("from the key to the end of the run: quickest", end.least(), "ms");
    tell("from the key to the end of the run: median", end.median(), "ms");
    table.at_most("memory in use at the end of the run", after.worst(), "MB", 200.0);
}
