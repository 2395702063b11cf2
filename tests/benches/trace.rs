//! How long a recorded run takes to open.
//!
//! `cargo bench --bench trace` lets five scripted members play 2,000 rounds into a trace and prints what reading it costs:
//! milliseconds and megabytes per second (the best and the median of several runs).

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

mod recording;

use std::time::Instant;

use specfuse::engine::fusion::event::Record;
use specfuse::engine::trace;

const MEMBERS: usize = 5;
const ROUNDS: usize = 2000;
const RUNS: usize = 11;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trace.jsonl");
    recording::record(MEMBERS, ROUNDS, &path);
    let megabytes = std::fs::metadata(&path).expect("a trace").len() as f64 / 1e6;
    let mut samples = Vec::new();
    let mut lines = 0;
    for _ in 0..RUNS {
        let start = Instant::now();
        let read = trace::read(&path).expect("a whole trace");
        samples.push(start.elapsed().as_secs_f64() * 1e3);
        lines = read.records.len();
    }
    samples.sort_by(f64::total_cmp);
    println!("reading a trace of {MEMBERS} members and {ROUNDS} rounds: {lines} lines, {megabytes:.1} MB");
    for (label, milliseconds) in [("best", samples[0]), ("median", samples[RUNS / 2])] {
        println!("{label:<8} {milliseconds:>7.1} ms {:>7.0} MB/s   (target: under 400 ms)", megabytes / milliseconds * 1e3);
    }
    println!("a record takes {} bytes, without what it points to", size_of::<Record>());
}
