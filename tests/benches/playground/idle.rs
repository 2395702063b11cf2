//! What the real program does while the user does nothing.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::process;
use crate::pty::Playing;
use crate::table::{Table, tell};

/// Until the start is over.
const SETTLE: Duration = Duration::from_secs(2);
const WATCHED: Duration = Duration::from_secs(8);

pub fn measure(table: &mut Table) {
    let home = tempfile::tempdir().expect("a folder");
    let playing = Playing::start(Path::new(env!("CARGO_BIN_EXE_specfuse")), &[], &[], home.path());
    tell("from the start of the program to the first frame", playing.opens().as_secs_f64() * 1e3, "ms");
    thread::sleep(SETTLE);
    let before = (playing.bytes(), process::cpu_of_threads(playing.pid()), Instant::now());
    thread::sleep(WATCHED);
    let cpu = process::cpu_of_threads(playing.pid()).saturating_sub(before.1);
    let share = cpu.as_secs_f64() / before.2.elapsed().as_secs_f64();
    // Checks that the accounting works: it shows the start.
    tell("processor time of the start", before.1.as_secs_f64() * 1e3, "ms");
    table.exactly("bytes written to the terminal", playing.bytes() - before.0, 0);
    table.at_most("processor time, of one core", share * 100.0, "%", 0.1);
    tell("memory in use", process::resident(playing.pid()), "MB");
}
