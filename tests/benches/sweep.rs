//! How well a sweep uses the machine: 16 settings × 50 prompts of the built-in ensemble.
//!
//! Two ratios. Busy: the share of time in which the sweep's threads have work to do, which is what keeps processors busy; they
//! are sampled every few milliseconds, and one that waits for a processor because other programs use them all counts too, so that
//! the figure is the same on a shared machine. It should be at least 0.9. Compared with single runs: every cell alone, one after
//! another, by the ordinary engine bound to one processor; the sweep should take at most 1.1 × that time / processors. Processor
//! time is compared in addition to wall time, for the same reason. Each answer leaves a trace in both.
//!
//! `cargo bench --bench sweep` measures the sweep in this process, and the single runs in a second process of this program under
//! `taskset -c 0`. `cargo bench --bench sweep -- 10` takes only the first 10 prompts.

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use specfuse::engine::fusion::params::{Params, knob};
use specfuse::engine::trace::Journal;
use specfuse::engine::{Engine, Seat, Setup, wall_clock};
use specfuse::ensemble::{OpenOptions, built_in_specs, open};
use specfuse::prompts::{self, Answers};
use specfuse::sweep::{Asked, Axis, Figures, Finished, Grid, Seeding, Sweep, report, start};

const PROMPTS: usize = 50;
/// Marks the second process.
const ALONE: &str = "--alone";

fn sweep(prompts: usize, traces: &Path) -> Sweep {
    let axis = |name, list| Axis::parse(knob(name).expect("a knob"), list).expect("values");
    let mut params = Params::default();
    params.set_text("segment", "tokens").expect("a knob of ours");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/heldout.jsonl");
    let mut held_out = prompts::read(&path, Answers::Required).expect("the held-out prompts");
    held_out.truncate(prompts);
    Sweep {
        grid: Grid::new(vec![axis("segment-tokens", "3,5,10,20"), axis("exit-threshold", "0,0.3,0.5,0.7")]).expect("a grid"),
        params,
        seed: 1,
        seeding: Seeding::OfPrompt,
        prompts: held_out,
        traces: Some(traces.to_owned()),
    }
}

async fn members() -> Vec<Seat> {
    open(built_in_specs(), &OpenOptions::default(), &|_, _| {}).await.into_iter().map(|opened| opened.seat).collect()
}

/// Every cell separately.
async fn alone(sweep: &Sweep, seats: &[Seat]) {
    // Prompt after prompt under one setting: none starts with what the one before has evaluated.
    for setting in 0..sweep.grid.settings() {
        for (place, (prompt, asked)) in sweep.prompts.iter().zip(Asked::of(&sweep.prompts)).enumerate() {
            let path = sweep.traces.as_ref().map(|folder| folder.join(format!("{setting}-{place}.jsonl"))).expect("a folder");
            let setup = Setup {
                seats: seats.to_vec(),
                params: sweep.grid.params(&sweep.params, setting),
                seed: sweep.seed_of(&asked),
                conversation: prompt.conversation.clone(),
                answers: prompt.answers.clone(),
                journal: Some(Journal::create(&path).expect("a trace")),
                clock: wall_clock(),
            };
            let mut engine = Engine::start(setup).await.expect("a run");
            while engine.next_event().await.is_some() {}
        }
    }
}

async fn together(sweep: Sweep, seats: &[Seat]) -> (usize, Vec<Finished>) {
    let mut running = start(sweep, seats, &HashSet::new(), None).expect("a sweep");
    let mut all = Vec::new();
    while let Some(finished) = running.next().await {
        all.push(finished.expect("a cell"));
    }
    (running.jobs(), all)
}

/// Processor seconds that this process has used with all its threads, by proc(5): user and system time in hundredths.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // The name in parentheses may contain anything; the times are the 12th and 13th field after it.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The interval between two samples of the threads.
const LOOK: Duration = Duration::from_millis(4);

/// Samples the sweep's threads until told to stop; returns the share of samples in which one was running or ready to, by proc(5).
fn watched(stop: &AtomicBool) -> f64 {
    let (mut looks, mut at_work) = (0_usize, 0_usize);
    while !stop.load(Ordering::Relaxed) {
        for thread in std::fs::read_dir("/proc/self/task").expect("Linux").flatten() {
            // A thread may end between two reads.
            let text = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            if let Some((name, fields)) = text.rsplit_once(") ")
                && name.ends_with("(sweep")
            {
                looks += 1;
                at_work += usize::from(fields.starts_with('R'));
            }
        }
        std::thread::sleep(LOOK);
    }
    at_work as f64 / looks.max(1) as f64
}

/// Wall seconds, and processor seconds.
fn measured<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (start, before) = (Instant::now(), processor_seconds());
    let done = work();
    (done, start.elapsed().as_secs_f64(), processor_seconds() - before)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let count = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(PROMPTS);
    let folder = tempfile::tempdir().expect("a folder");
    let sweep = sweep(count, folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let seats = runtime.block_on(members());
    if arguments.iter().any(|argument| argument == ALONE) {
        let ((), wall, busy) = measured(|| runtime.block_on(alone(&sweep, &seats)));
        println!("{wall} {busy}");
        return;
    }
    let (settings, cells) = (sweep.grid.settings(), sweep.len());
    println!("{settings} settings of {count} held-out prompts: {cells} answers");
    let (grid, stop) = (sweep.grid.clone(), AtomicBool::new(false));
    let (((jobs, finished), wall, busy), share) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| watched(&stop));
        let played = measured(|| runtime.block_on(together(sweep, &seats)));
        stop.store(true, Ordering::Relaxed);
        (played, watching.join().expect("a share"))
    });
    println!("{}", report::table(&grid, &Figures::of_grid(&grid, &finished)));
    println!("sweep, {jobs} at a time            {wall:7.2} s   processors {busy:7.2} s   busy {share:.3} (at least 0.9)");
    let program = std::env::current_exe().expect("this program");
    let single = Command::new("taskset").args(["-c", "0"]).arg(program).args([ALONE, &count.to_string()]).output();
    let text = String::from_utf8(single.expect("taskset").stdout).expect("text");
    let mut figures = text.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
    let (alone_wall, alone_busy) = (figures.next().expect("seconds"), figures.next().expect("seconds"));
    println!("single runs, one after the other {alone_wall:7.2} s   processors {alone_busy:7.2} s");
    println!(
        "sweep / (single runs / {jobs}):   wall {:.3}   processor time {:.3}   (at most 1.1)",
        wall / (alone_wall / jobs as f64),
        busy / alone_busy
    );
}
