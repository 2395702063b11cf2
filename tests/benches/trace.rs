//! How long a recorded run takes to open.
//!
//! `cargo bench --bench trace` lets five scripted members play 2,000 rounds into a trace and prints what reading it costs:
//! milliseconds and megabytes a second (each figure the best and the median of several runs).

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Record, Role};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::engine::trace::{self, Journal};
use specfuse::engine::{Engine, Seat, Setup, wall_clock};

const MEMBERS: usize = 5;
const ROUNDS: usize = 2000;
const RUNS: usize = 11;

/// A member that says ten tokens of its own a round, with log-probabilities as long as a model's are.
fn seat(place: usize) -> Seat {
    let text = format!("m{place} says ten words a round and no more, ever.");
    let logprob = -0.123_456_7 - 0.010_203 * place as f32;
    let member = ScriptedMember::new(vec![Line::Say { text, logprob, ends: false }]).otherwise(-1.234_567_8);
    Seat { name: format!("member-{place}"), role: Role::Both, weight: 1.0, member: Arc::new(member) }
}

fn record(path: &Path) {
    let mut params = Params::default();
    for (name, value) in [("segment", "tokens"), ("exit", "off"), ("max-tokens", "100000")] {
        params.set_text(name, value).expect("a knob of ours");
    }
    params.max_rounds = ROUNDS;
    let setup = Setup {
        seats: (0..MEMBERS).map(seat).collect(),
        params,
        seed: 1,
        conversation: Conversation::question("How fast?"),
        journal: Some(Journal::create(path).expect("a journal")),
        clock: wall_clock(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let mut engine = Engine::start(setup).await.expect("a run");
        while engine.next_event().await.is_some() {}
    });
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trace.jsonl");
    record(&path);
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
