//! How fast the built-in engine is: `cargo bench --bench embedded [-- MODEL.gguf ...]`.
//!
//! Times are the minimum of many repetitions, since other work on the machine only ever adds. Each is a whole call through the
//! member's thread, as the program makes it. `embedded_llama.py` next to this file measures llama.cpp on the same files; run both
//! in the same minute to compare.

#![allow(clippy::unwrap_used)] // A benchmark that cannot run can only stop.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::embedded::EmbeddedMember;
use specfuse::engine::member::{Context, DraftRequest, Member, Progress, Sampling, ScoreRequest};

const REPETITIONS: usize = 30;

fn main() {
    let given: Vec<PathBuf> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    let models = if given.is_empty() { built_in() } else { given };
    for model in models {
        bench(&model);
    }
}

/// The project's own models.
fn built_in() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut models: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|extension| extension == "gguf")).collect();
    models.sort();
    models
}

fn bench(model: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let opened = least(10, || {
        let start = Instant::now();
        EmbeddedMember::open_file(model).unwrap();
        start.elapsed()
    });
    let member = EmbeddedMember::open_file(model).unwrap();
    let parameters = member.capabilities().parameters.unwrap_or_default();
    println!("{}: {parameters} parameters, opened in {:.2} ms", model.display(), opened * 1e3);

    let long: Arc<Conversation> = Arc::new(Conversation::question(long_question(&member, &runtime, 400)));
    let short = Arc::new(Conversation::question(long_question(&member, &runtime, 100)));
    let count = |conversation: &Arc<Conversation>| runtime.block_on(member.prepare(Arc::clone(conversation))).unwrap();
    let (long_tokens, short_tokens) = (count(&long), count(&short));
    let forget = || {
        let other = Context { conversation: Arc::new(Conversation::question("x")), accepted: Arc::new([]) };
        runtime.block_on(member.draft(request(other, 0.0, 1), Progress::nowhere())).unwrap();
    };
    for (conversation, tokens) in [(&short, short_tokens), (&long, long_tokens)] {
        let context = Context { conversation: Arc::clone(conversation), accepted: Arc::new([]) };
        let time = least(REPETITIONS, || {
            forget();
            let start = Instant::now();
            runtime.block_on(member.draft(request(context.clone(), 0.0, 1), Progress::nowhere())).unwrap();
            start.elapsed()
        });
        println!("  prefill {tokens} tokens          {:8.2} ms  {:6.1} µs a token", time * 1e3, time * 1e6 / tokens as f64);
        for (name, temperature) in [("greedy", 0.0), ("sampled", 0.6)] {
            let time = decode(&member, &runtime, &context, temperature);
            println!("  decode behind {tokens}, {name:8} {:8.1} µs a token", time * 1e6);
        }
    }
    score(&member, &runtime, &long, &forget);
}

/// Time per drawn token: drafts of 33 tokens that were never drawn before, less the time for a single token.
fn decode(member: &EmbeddedMember, runtime: &tokio::runtime::Runtime, context: &Context, temperature: f32) -> f64 {
    let mut seed = 0;
    let mut times = Vec::new();
    for _ in 0..REPETITIONS * 4 {
        seed += 1;
        // A segment that was not accepted before, so that no row of an earlier draft is found again.
        let accepted: Arc<[Arc<str>]> = Arc::new([format!("{seed}").into()]);
        let context = Context { conversation: Arc::clone(&context.conversation), accepted };
        let mut first = request(context.clone(), temperature, 1);
        first.sampling.seed = seed;
        runtime.block_on(member.draft(first.clone(), Progress::nowhere())).unwrap();
        first.segment = segment(33);
        let start = Instant::now();
        let drafted = runtime.block_on(member.draft(first, Progress::nowhere())).unwrap();
        if drafted.forwards >= 8 {
            times.push(start.elapsed().as_secs_f64() / drafted.forwards as f64);
        }
    }
    times.into_iter().fold(f64::INFINITY, f64::min)
}

/// Four candidates of ten tokens each after a long prefix that is kept, and the same with the prefix evaluated again.
fn score(member: &EmbeddedMember, runtime: &tokio::runtime::Runtime, conversation: &Arc<Conversation>, forget: &dyn Fn()) {
    let context = Context { conversation: Arc::clone(conversation), accepted: Arc::new([]) };
    let aside = Context { conversation: Arc::clone(conversation), accepted: Arc::new(["7".into()]) };
    // Eleven tokens each (digits never merge), the last of which is only read.
    let candidates: Vec<CandidateText> = (2..6).map(|digit| CandidateText::new(format!("{digit}").repeat(11), false)).collect();
    let score = |candidates: &[CandidateText]| {
        let request = ScoreRequest::exact(context.clone(), candidates.to_vec());
        let start = Instant::now();
        let scored = runtime.block_on(member.score(request)).unwrap();
        (start.elapsed(), scored.forwards)
    };
    let mut forwards = 0;
    let kept = least(REPETITIONS * 4, || {
        // Going aside and back keeps the prefix and drops the candidates.
        for context in [&aside, &context] {
            runtime.block_on(member.draft(request(context.clone(), 0.0, 1), Progress::nowhere())).unwrap();
        }
        let (time, rows) = score(&candidates);
        forwards = rows;
        time
    });
    let again = least(REPETITIONS, || {
        // Each candidate separately, with the prefix evaluated for each: what a member without a cache would do.
        let alone = candidates.chunks(1).map(|candidate| {
            forget();
            score(candidate).0
        });
        alone.sum()
    });
    println!(
        "  score 4x10, prefix kept       {:8.2} ms  {:6.1} µs a row ({forwards} rows); prefix evaluated again {:.2} ms: {:.0} times",
        kept * 1e3,
        kept * 1e6 / forwards as f64,
        again * 1e3,
        again / kept
    );
}

fn least(repetitions: usize, mut run: impl FnMut() -> Duration) -> f64 {
    (0..repetitions).map(|_| run().as_secs_f64()).fold(f64::INFINITY, f64::min)
}

fn segment(tokens: usize) -> SegmentRule {
    SegmentRule::tokens(tokens)
}

fn request(context: Context, temperature: f32, tokens: usize) -> DraftRequest {
    DraftRequest {
        context,
        sampling: Sampling { temperature, top_p: 0.9, seed: 1 },
        segment: segment(tokens),
        asks_end: false,
        confidence: None,
    }
}

/// A question of about this many tokens.
fn long_question(member: &EmbeddedMember, runtime: &tokio::runtime::Runtime, tokens: usize) -> String {
    let mut question = String::new();
    for number in 0.. {
        let longer = format!("{question}What is {number} plus {number}? ");
        let count = runtime.block_on(member.prepare(Arc::new(Conversation::question(longer.clone()))));
        if count.is_err() || count.is_ok_and(|count| count > tokens) {
            break;
        }
        question = longer;
    }
    question
}
