//! Members whose servers fail in every way and come back leave nothing behind, question after question: what is open after many
//! of them is what was open after a few.
//!
//! A single test in its own process, since it counts the process's resources.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "support/clockwork/mod.rs"]
mod clockwork;
#[path = "support/loopback.rs"]
mod loopback;

use std::sync::Arc;
use std::time::Duration;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::http::{Backoff, Limits};
use specfuse::engine::member::llama_server::LlamaServer;
use specfuse::engine::{Engine, Seat, Setup};

use crate::clockwork::{Clockwork, Fault, Model, Pace, Tune};

const MEMBERS: usize = 8;

/// Connections that each client may keep.
const KEPT: usize = 4;

/// Everything that goes wrong within a reply or instead of one.
fn faults() -> Vec<Fault> {
    vec![
        Fault::Status { status: 500, message: "out of memory", headers: &[] },
        Fault::Status { status: 429, message: "slow down", headers: &[("retry-after", "0")] },
        Fault::Stall { after: 0 },
        Fault::Stall { after: 2 },
        Fault::CutLine { after: 1 },
        Fault::CutCharacter { after: 1 },
        Fault::ErrorInside { after: 1 },
        Fault::Page,
        Fault::WrongContentType,
        Fault::NotANumber,
        Fault::MissingFields,
        Fault::EndlessLine,
    ]
}

/// Stalls are noticed immediately; how long they take does not matter here.
fn limits() -> Limits {
    let short = Duration::from_millis(2);
    Limits {
        first: Duration::from_millis(300),
        idle: Duration::from_millis(300),
        attempts: 2,
        backoff: Backoff { first: short, cap: short, ..Backoff::default() },
        line: 1 << 16,
        ..Limits::default()
    }
}

async fn servers() -> Vec<Clockwork> {
    let mut servers = Vec::new();
    for place in 0..MEMBERS {
        let model = Model::new(Tune::Counting(char::from(b'a' + place as u8)), Tune::Counting('b'));
        servers.push(Clockwork::start(&format!("member-{place}"), model, Pace::default(), 100_000).await);
    }
    servers
}

/// A seat of a member that connects now. On a busy machine the limits may be too short for that: then it tries again.
async fn seat(servers: &[Clockwork], place: usize) -> Seat {
    loop {
        if let Ok(member) = LlamaServer::connect(servers[place].settings(limits())).await {
            return Seat::new(format!("member-{place}"), Arc::new(member));
        }
    }
}

/// Asks a question and reads the answer to its end, however it ends.
async fn answer(seats: &[Seat]) {
    let mut params = Params { max_rounds: 2, segment_tokens: 2, max_failures: 100, ..Params::default() };
    for (name, value) in [("segment", "tokens"), ("exit", "off")] {
        params.set_text(name, value).unwrap();
    }
    let setup = Setup {
        seats: seats.to_vec(),
        params,
        seed: 7,
        conversation: Conversation::question("Count."),
        answers: Vec::new(),
        journal: None,
        clock: Box::new(|| 0.0),
    };
    // If no member answers in time there is no run, and nothing may be left of that either.
    let Ok(mut engine) = Engine::start(setup).await else { return };
    while engine.next_event().await.is_some() {}
}

/// Open file handles of this process; 0 if the system does not report them.
fn handles() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Lets other tasks run until the condition holds; there is no signal when a connection has been dropped.
async fn until(so: impl Fn() -> bool, told: impl Fn() -> String) {
    for _ in 0..20_000 {
        if so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{}", told());
}

#[tokio::test]
async fn members_that_fail_and_come_back_leave_nothing_behind() {
    let mut servers = servers().await;
    let before = handles();
    let mut seats = Vec::new();
    for place in 0..MEMBERS {
        seats.push(seat(&servers, place).await);
    }
    for (number, fault) in faults().into_iter().enumerate() {
        let (failing, restarting) = (1 + number % (MEMBERS - 1), 1 + (number + 3) % (MEMBERS - 1));
        servers[failing].fail(Some(fault.clone()));
        servers[restarting].stop().await;
        answer(&seats).await;
        servers[failing].fail(None);
        servers[restarting].go_on().await;
        // All are asked at the same time, with everything to catch up on.
        answer(&seats).await;
        let open = || servers.iter().map(Clockwork::open).collect::<Vec<_>>();
        until(|| open().iter().all(|open| *open <= KEPT), || format!("{:?} connections are open after {fault:?}", open())).await;
        // As when a user connects a member again.
        seats[failing] = seat(&servers, failing).await;
    }
    drop(seats);
    for server in &servers {
        server.until_open(0).await;
    }
    until(|| handles() == before, || format!("{} handles are open, {before} before", handles())).await;
}
