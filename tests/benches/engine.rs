//! What the engine itself costs: state machine, driver and journal, with scripted members that answer immediately.
//!
//! `cargo bench --bench engine` prints microseconds per round (the minimum and the median of several runs), and what rescoring a
//! recorded round costs.

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

use std::sync::Arc;
use std::time::Instant;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::rescore::rescore;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::engine::trace::Journal;
use specfuse::engine::{Engine, Seat, Setup, wall_clock};

const ROUNDS: usize = 400;
const RUNS: usize = 15;

/// A member that drafts ten tokens of its own and scores all others', immediately.
fn seat(place: usize) -> Seat {
    let text = format!("m{place} says ten words a round and no more, ever.");
    let logprob = -0.1 - 0.01 * place as f32;
    let member = ScriptedMember::new(vec![Line::Say { text, logprob, ends: false }]);
    Seat::new(format!("member-{place}"), Arc::new(member))
}

fn setup(members: usize, journal: Journal) -> Setup {
    let mut params = Params::default();
    for (name, value) in [("segment", "tokens"), ("exit", "off"), ("max-tokens", "100000")] {
        params.set_text(name, value).expect("a knob of ours");
    }
    params.max_rounds = ROUNDS;
    Setup {
        seats: (0..members).map(seat).collect(),
        params,
        seed: 1,
        conversation: Conversation::question("How fast?"),
        answers: Vec::new(),
        journal: Some(journal),
        clock: wall_clock(),
    }
}

/// Microseconds per round; `listen` receives every record.
fn play(members: usize, mut listen: impl FnMut(Record)) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::create(&folder.path().join("trace.jsonl")).expect("a journal");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let start = Instant::now();
    runtime.block_on(async {
        let mut engine = Engine::start(setup(members, journal)).await.expect("a run");
        while let Some(record) = engine.next_event().await {
            listen(record);
        }
    });
    start.elapsed().as_secs_f64() * 1e6 / ROUNDS as f64
}

fn figures(mut samples: Vec<f64>) -> (f64, f64) {
    samples.sort_by(f64::total_cmp);
    (samples[0], samples[samples.len() / 2])
}

fn main() {
    println!("engine overhead, {ROUNDS} rounds, {RUNS} runs: microseconds a round (minimum, median)");
    for (members, target) in [(4, 100.0), (16, 400.0)] {
        let (least, middle) = figures((0..RUNS).map(|_| play(members, drop)).collect());
        println!("{members:>3} members: {least:>8.1} {middle:>8.1}   (target {target})");
    }
    let mut records = Vec::new();
    play(8, |record| records.push(record));
    let run = Run::from_records(&records).expect("a header");
    let params = Params { exit_threshold: 0.4, ..Params::default() };
    let samples = (0..RUNS).map(|_| {
        let start = Instant::now();
        let rounds = std::hint::black_box(rescore(&run, &params)).len();
        start.elapsed().as_secs_f64() * 1e6 / rounds as f64
    });
    let (least, middle) = figures(samples.collect());
    println!("re-scoring a round of 8 members: {least:.2} {middle:.2}");
}
