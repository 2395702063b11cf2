//! How fast a fused answer of the built-in ensemble is, compared with the floor on one shared processor: the time in which all
//! members just decode the accepted number of tokens, one after another.
//!
//! `taskset -c 0 cargo bench --bench fusion` keeps everything on one processor; without it the members of the fused run share all
//! processors and the ratio means something else. Prompts are the held-out ones; the fused time includes reading the prompt and
//! the engine itself, the floor does not.

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Event;
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::{Context, DraftRequest, Progress, Sampling};
use specfuse::engine::{Engine, Seat, Setup, wall_clock};
use specfuse::ensemble::{OpenOptions, built_in_specs, open};

const PROMPTS: usize = 40;
const RUNS: usize = 5;

fn prompts() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/heldout.jsonl");
    let text = std::fs::read_to_string(path).expect("the held-out prompts");
    let prompt = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?["prompt"].as_str().map(str::to_owned);
    text.lines().filter_map(prompt).take(PROMPTS).collect()
}

/// Seconds, and accepted tokens.
async fn fused(seats: &[Seat], params: &Params, prompt: &str) -> (f64, usize) {
    let setup = Setup {
        seats: seats.to_vec(),
        params: params.clone(),
        seed: 1,
        conversation: Conversation::question(prompt),
        answers: Vec::new(),
        journal: None,
        clock: wall_clock(),
    };
    let start = Instant::now();
    let mut engine = Engine::start(setup).await.expect("a run");
    let mut tokens = 0;
    while let Some(record) = engine.next_event().await {
        if let Event::RunFinished(finished) = record.event {
            tokens = finished.summary.tokens;
        }
    }
    (start.elapsed().as_secs_f64(), tokens)
}

/// Seconds per token, decoding with sampling after a prompt that is already in the cache.
async fn decoding(seat: &Seat, prompt: &str) -> Option<f64> {
    let request = |length| DraftRequest {
        context: Context { conversation: Arc::new(Conversation::question(prompt)), accepted: Arc::from([]) },
        sampling: Sampling { temperature: 0.6, top_p: 0.9, seed: 1 },
        segment: SegmentRule::tokens(length),
        asks_end: false,
        confidence: None,
    };
    seat.member.draft(request(1), Progress::nowhere()).await.ok()?;
    let start = Instant::now();
    let drafted = seat.member.draft(request(40), Progress::nowhere()).await.ok()?;
    let drawn = drafted.draft.tokens.len() + usize::from(drafted.draft.ends);
    Some(start.elapsed().as_secs_f64() / drawn as f64)
}

async fn measure(label: &str, seats: &[Seat], params: &Params, prompts: &[String]) {
    let mut ratios = Vec::new();
    for _ in 0..RUNS {
        let (mut fused_seconds, mut floor_seconds, mut accepted) = (0.0, 0.0, 0);
        for prompt in prompts {
            let (seconds, tokens) = fused(seats, params, prompt).await;
            fused_seconds += seconds;
            accepted += tokens;
            for seat in seats {
                floor_seconds += tokens as f64 * decoding(seat, prompt).await.expect("a draft");
            }
        }
        ratios.push((floor_seconds / fused_seconds, accepted as f64 / fused_seconds, accepted as f64 / floor_seconds));
    }
    ratios.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, fused_rate, floor_rate) = ratios[RUNS / 2];
    let (least, most) = (ratios[0].0, ratios[RUNS - 1].0);
    println!("{label:<28} {fused_rate:>8.0} {floor_rate:>8.0}   {ratio:.2} ({least:.2} to {most:.2})");
}

fn main() {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{PROMPTS} held-out prompts, {RUNS} runs, on {processors} processor(s)");
    println!("{:<28} {:>8} {:>8}   ratio (median, least to most)", "tokens a second", "fused", "floor");
    let prompts = prompts();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let opened = runtime.block_on(open(built_in_specs(), &OpenOptions::default(), &|_, _| {}));
    let all: Vec<Seat> = opened.into_iter().map(|opened| opened.seat).collect();
    let four: Vec<Seat> = all.iter().filter(|seat| seat.name != "babble").cloned().collect();
    let mut tokens = Params::default();
    tokens.set_text("segment", "tokens").expect("a knob of ours");
    runtime.block_on(async {
        measure("five members, sentences", &all, &Params::default(), &prompts).await;
        measure("five members, 10 tokens", &all, &tokens, &prompts).await;
        measure("four specialists, sentences", &four, &Params::default(), &prompts).await;
        measure("four specialists, 10 tokens", &four, &tokens, &prompts).await;
    });
}
