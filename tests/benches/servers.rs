//! Whether members on servers lose time: what a round takes beyond what the servers themselves take, how soon a token arrives,
//! what a call costs.
//!
//! `cargo bench --bench servers` prints each figure next to its target; a word selects parts: `rounds`, `tokens`, `calls`. The
//! servers are our own, on the loopback interface, with fixed delays. The floor of a round is what they cannot do faster: the
//! slowest draft, then one scoring of the longest candidate of another, at a fixed time per token.

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

#[path = "../support/clockwork/mod.rs"]
mod clockwork;
#[path = "../support/loopback.rs"]
mod loopback;
#[path = "playground/table.rs"]
mod table;

use std::sync::Arc;
use std::time::{Duration, Instant};

use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Event;
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::http::Limits;
use specfuse::engine::member::llama_server::LlamaServer;
use specfuse::engine::member::{Context, DraftRequest, Member, Progress, Sampling, ScoreRequest};
use specfuse::engine::{Engine, Seat, Setup, wall_clock};
use tokio::sync::mpsc;

use clockwork::{Clockwork, Model, Pace, Tune};
use table::{Figures, Table, tell};

/// Rounds of the measured answer.
const ROUNDS: usize = 40;
/// Tokens of a segment.
const LENGTH: usize = 10;
/// The time per token, in milliseconds.
const TOKEN_MS: u64 = 20;
/// Drafts whose first token is timed.
const DRAFTS: usize = 300;
/// Calls of each kind that are timed.
const CALLS: usize = 300;

/// Tokens that every server has room for.
const ROOM: usize = 100_000;

async fn server(letter: char, pace: Pace) -> Clockwork {
    let model = Model::new(Tune::Counting(letter), Tune::Counting('a'));
    Clockwork::start(&format!("member-{letter}"), model, pace, ROOM).await
}

/// Three members at a fixed pace: a round, and a whole answer, compared with the floor.
async fn rounds(table: &mut Table) {
    let pace = Pace { token: Duration::from_millis(TOKEN_MS), ..Pace::default() };
    let (mut servers, mut seats) = (Vec::new(), Vec::new());
    for letter in ['a', 'b', 'c'] {
        let server = server(letter, pace).await;
        seats.push(Seat::new(format!("member-{letter}"), Arc::new(server.member(Limits::default()).await)));
        servers.push(server);
    }
    let mut params = Params { max_rounds: ROUNDS, max_tokens: ROOM, segment_tokens: LENGTH, ..Params::default() };
    for (name, value) in [("segment", "tokens"), ("exit", "off")] {
        params.set_text(name, value).expect("a knob of ours");
    }
    let conversation = Conversation::question("How fast?");
    let before = evaluated(&servers);
    let mut engine =
        Engine::start(Setup { seats, params, seed: 1, conversation, answers: Vec::new(), journal: None, clock: wall_clock() })
            .await
            .expect("a run");
    let (mut starts, mut times, mut end) = (Vec::new(), Vec::new(), 0.0);
    while let Some(record) = engine.next_event().await {
        match record.event {
            Event::RoundStarted { .. } => starts.push(record.t_ms),
            Event::Accepted { .. } => times.push(record.t_ms - starts.last().expect("a round before its end")),
            Event::RunFinished(_) => end = record.t_ms,
            _ => {}
        }
    }
    let floor = (2 * LENGTH as u64 * TOKEN_MS) as f64;
    let total = floor * times.len() as f64;
    let ratios = Figures::new(times.into_iter().map(|time| time / floor).collect());
    println!("  {} rounds of {LENGTH} tokens at {TOKEN_MS} ms, floor {floor} ms", ratios.len());
    table.at_most("a round, of its floor: median", ratios.median(), "", 1.05);
    table.at_most("a round, of its floor: worst", ratios.worst(), "", 1.05);
    table.at_most("a whole answer, of the sum of its floors", end / total, "", 1.10);
    let after = evaluated(&servers);
    table.at_most("prompt tokens evaluated a call", (after.0 - before.0) as f64 / (after.1 - before.1) as f64, "", 12.0);
}

/// Prompt tokens evaluated, and completions.
fn evaluated(servers: &[Clockwork]) -> (usize, usize) {
    (servers.iter().map(Clockwork::evaluated).sum(), servers.iter().map(Clockwork::completions).sum())
}

fn draft(accepted: &[&str], length: usize) -> DraftRequest {
    let segment = SegmentRule::tokens(length);
    let sampling = Sampling { temperature: 0.6, top_p: 0.9, seed: 1 };
    DraftRequest { context: context(accepted), sampling, segment, asks_end: false, confidence: None }
}

fn context(accepted: &[&str]) -> Context {
    let accepted = accepted.iter().map(|text| Arc::from(*text)).collect();
    Context { conversation: Arc::new(Conversation::question("How fast?")), accepted }
}

/// From the server writing the first token to the member's receiver.
async fn tokens(table: &mut Table) {
    let pace = Pace { first_byte: Duration::from_millis(3), token: Duration::from_millis(2), ..Pace::default() };
    let server = server('a', pace).await;
    let member = server.member(Limits::default()).await;
    let mut delays = Vec::new();
    for _ in 0..DRAFTS {
        server.sent();
        let (sender, mut listener) = mpsc::channel(64);
        let reply = tokio::spawn(member.draft(draft(&[" a0;"], 3), Progress::new(1, sender)));
        listener.recv().await.expect("a token");
        let heard = Instant::now();
        reply.await.expect("no panic").expect("a draft");
        let sent = *server.sent().front().expect("a token");
        delays.push(heard.saturating_duration_since(sent).as_secs_f64() * 1e3);
    }
    let delays = Figures::new(delays);
    println!("  {} drafts", delays.len());
    table.at_most("the first token, after the server wrote it: median", delays.median(), "ms", 20.0);
    table.at_most("the first token, after the server wrote it: 99 %", delays.at(0.99), "ms", 20.0);
}

/// What calls cost that the server answers immediately, including its own work.
async fn calls(_: &mut Table) {
    let server = server('a', Pace::default()).await;
    let member = server.member(Limits::default()).await;
    let drafts = async |length: usize| time(async || drop(member.draft(draft(&[], length), Progress::nowhere()).await)).await;
    let one = drafts(1).await;
    let ten = drafts(LENGTH).await;
    tell("a draft of one token: median", one.median(), "ms");
    tell("a draft of ten tokens: median", ten.median(), "ms");
    for count in [1, 2, 4] {
        let figures = time(async || score(&member, count).await).await;
        tell(&format!("a scoring of {count} candidates of ten tokens: median"), figures.median(), "ms");
    }
}

async fn score(member: &LlamaServer, count: usize) {
    let text = |candidate: usize| format!(" {candidate};").repeat(LENGTH);
    let candidates = (0..count).map(|candidate| CandidateText::new(text(candidate), false)).collect();
    let scored = member.score(ScoreRequest::exact(context(&[]), candidates)).await.expect("scores");
    assert_eq!(scored.opinions.len(), count);
}

/// Milliseconds of many calls.
async fn time(mut call: impl AsyncFnMut()) -> Figures {
    let mut figures = Vec::new();
    for _ in 0..CALLS {
        let start = Instant::now();
        call().await;
        figures.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Figures::new(figures)
}

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut table = Table::new();
    runtime.block_on(async {
        for part in ["rounds", "tokens", "calls"].into_iter().filter(|part| part.contains(&wanted)) {
            println!("{part}");
            match part {
                "rounds" => rounds(&mut table).await,
                "tokens" => tokens(&mut table).await,
                _ => calls(&mut table).await,
            }
        }
    });
    table.finish();
}
