//! A long run of many members on many servers leaves nothing behind: no task, no connection, no file handle, no memory.
//!
//! A single test in its own process, since it counts the process's resources.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "support/clockwork/mod.rs"]
mod clockwork;
#[path = "support/loopback.rs"]
mod loopback;

use std::sync::Arc;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Outcome};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::http::Limits;
use specfuse::engine::{Engine, Seat, Setup};

use crate::clockwork::{Clockwork, Model, Pace, Tune};

const MEMBERS: usize = 16;
const ROUNDS: usize = 500;

/// After this many rounds a run has all it needs: pools are filled, buffers have grown.
const SETTLED: usize = 100;

/// What further rounds may take. Their texts and prompts take a few hundred kilobytes; an event, a task or a request left behind
/// by each call would take many times this.
const GROWTH: usize = 32 << 20;

/// Many servers; every fourth drafts something else, and all prefer what the last one drafts.
async fn servers() -> Vec<Clockwork> {
    let mut servers = Vec::new();
    for place in 0..MEMBERS {
        let model = Model::new(Tune::Counting(if place % 4 == 0 { 'a' } else { 'b' }), Tune::Counting('b'));
        servers.push(Clockwork::start(&format!("member-{place}"), model, Pace::default(), 100_000).await);
    }
    servers
}

async fn setup(servers: &[Clockwork]) -> Setup {
    let mut seats = Vec::new();
    for (place, server) in servers.iter().enumerate() {
        seats.push(Seat::new(format!("member-{place}"), Arc::new(server.member(Limits::default()).await)));
    }
    let mut params = Params { max_rounds: ROUNDS, max_tokens: 100_000, segment_tokens: 1, ..Params::default() };
    for (name, value) in [("segment", "tokens"), ("exit", "off")] {
        params.set_text(name, value).unwrap();
    }
    Setup {
        seats,
        params,
        seed: 7,
        conversation: Conversation::question("Count."),
        answers: Vec::new(),
        journal: None,
        clock: Box::new(|| 0.0),
    }
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// Open file handles of this process; 0 if the system does not report them.
fn handles() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Bytes of memory that this process uses; 0 if the system does not report them.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or_default() * 1024
}

/// Waits until no connection is open. Those in progress end when their tasks next run.
async fn all_closed(servers: &[Clockwork]) {
    for server in servers {
        server.until_open(0).await;
    }
}

#[tokio::test]
async fn a_long_run_of_many_members_leaves_nothing_behind() {
    let servers = servers().await;
    let (tasks_before, handles_before) = (tasks(), handles());
    let mut engine = Engine::start(setup(&servers).await).await.unwrap();
    let (mut settled, mut outcome, mut accepted, mut drafted, mut most_open) = (0, None, 0, 0, 0);
    while let Some(record) = engine.next_event().await {
        match record.event {
            Event::Accepted { text, .. } => {
                assert_eq!(text, format!(" b{accepted};"));
                accepted += 1;
                most_open = servers.iter().map(Clockwork::open).max().unwrap_or_default().max(most_open);
                if accepted == SETTLED {
                    settled = resident();
                }
            }
            Event::DraftFinished(_) => drafted += 1,
            Event::DraftFailed { .. } | Event::ScoreFailed { .. } | Event::Exited { .. } => panic!("{:?}", record.event),
            Event::RunFinished(finished) => outcome = Some(finished.outcome),
            _ => {}
        }
    }
    let grown = resident().saturating_sub(settled);
    drop(engine);
    assert_eq!((outcome, accepted, drafted), (Some(Outcome::RoundLimit), ROUNDS, ROUNDS * MEMBERS));
    assert!(grown < GROWTH, "{grown} bytes more after {ROUNDS} rounds than after {SETTLED}");
    // A draft, a scoring of another's candidate, tokenizing for both: what is in progress at the same time, not what has been.
    assert!(most_open <= 8, "{most_open} connections open at one server");
    all_closed(&servers).await;
    let broken: usize = servers.iter().map(Clockwork::broken).sum();
    assert_eq!(broken, 0, "completions that were not read to their end");
    until(|| tasks() == tasks_before, || format!("{} tasks, {tasks_before} before", tasks())).await;
    assert_eq!(handles(), handles_before);
}

/// Lets other tasks run until the condition holds; there is no signal when a task has been removed.
async fn until(so: impl Fn() -> bool, told: impl Fn() -> String) {
    for _ in 0..10_000 {
        if so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{}", told());
}
