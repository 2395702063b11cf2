//! What rescoring costs: 2,000 recorded rounds of 8 members under other parameters, as a what-if on the screen requests at every
//! key press.
//!
//! `cargo bench --bench rescore` prints milliseconds for the whole run (minimum and median), per setting, and what it costs to
//! store the recorded rounds in the form that rescoring reads, which a screen does once, round by round as they close.

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

#[path = "../support/recorded.rs"]
mod recorded;

use std::hint::black_box;
use std::time::Instant;

use specfuse::engine::fusion::params::{ExitKind, Params};
use specfuse::engine::fusion::rescore::Recorded;
use specfuse::engine::fusion::run::Run;

use recorded::{Shape, record};

const RUNS: usize = 25;
const TARGET: f64 = 5.0;

/// The minimum and the median of this many measurements, in milliseconds.
fn figures(mut measure: impl FnMut()) -> (f64, f64) {
    let mut samples: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            measure();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    (samples[0], samples[samples.len() / 2])
}

fn main() {
    let shape = Shape { members: 8, rounds: 2000, tokens: 10, odd: false };
    // Recorded with all members to the end, so that no work is left out.
    let everybody = Params { exit: ExitKind::Off, ..Params::default() };
    let records = record(&shape, 7, &everybody);
    let run = Run::from_records(&records).expect("a header");
    let recorded = Recorded::of(&run);
    println!("re-scoring {} rounds of {} members, milliseconds: minimum, median (target {TARGET})", shape.rounds, shape.members);
    let settings: [(&str, &[(&str, &str)]); 8] = [
        ("the defaults", &[]),
        ("another threshold, nobody leaves", &[("exit-threshold", "0")]),
        ("another threshold, many leave", &[("exit-threshold", "1"), ("exit-min-members", "2")]),
        ("the paper's exit", &[("exit", "paper"), ("exit-threshold", "0")]),
        ("mean probability", &[("scoring", "mean-prob"), ("exit-threshold", "0")]),
        ("outlier filter", &[("outlier-filter", "on"), ("exit-threshold", "0")]),
        ("shares", &[("normalisation", "sum-to-one"), ("exit-threshold", "0")]),
        ("online feedback", &[("feedback", "on"), ("exit-threshold", "0")]),
    ];
    for (name, changes) in settings {
        let mut params = Params::default();
        for (knob, value) in changes {
            params.set_text(knob, value).expect("a knob of ours");
        }
        let (least, middle) = figures(|| {
            black_box(black_box(&recorded).rescore(&params));
        });
        println!("  {name:<34} {least:>7.2} {middle:>7.2}");
    }
    let (least, middle) = figures(|| {
        black_box(Recorded::of(black_box(&run)));
    });
    println!("  putting the whole run down first   {least:>7.2} {middle:>7.2}   (a screen does it round by round)");
}
