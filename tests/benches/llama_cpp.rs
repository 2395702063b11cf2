//! What fusing real models costs: each alone, fused in this process, fused over llama.cpp servers, and where the time goes.
//!
//! `cargo bench --features llama-cpp --bench llama_cpp` fetches three models and a server (1.5 GB, once) and prints everything;
//! words select parts: `alone`, `here`, `servers`. `-- here A.gguf B.gguf` uses other files. Times are only meaningful on an idle
//! machine, and ratios within one run more than times.
//!
//! The floor is the time in which all members, one after another and each with all threads, decode as many tokens as the answers
//! have: the minimum cost of fusion if losing drafts and scoring were free.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark that cannot run has nothing better to do"
)]

#[path = "../support/llama.rs"]
mod llama;
#[path = "../support/real.rs"]
mod real;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Capabilities, Event};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::llama_cpp::LlamaCpp;
use specfuse::engine::member::{Context, DraftRequest, Drafted, Local, Member, Progress, Reply, Sampling, ScoreRequest, Scored};
use specfuse::engine::{Engine, Seat, Setup, wall_clock};
use specfuse::ensemble::{MemberSpec, OpenOptions, kinds, open};
use tokio::sync::mpsc;

const PROMPTS: [&str; 3] = [
    "What is the capital of France, and what is it known for?",
    "Explain in a few sentences how a rainbow forms.",
    "Give three tips for better sleep.",
];

/// The most tokens of an answer.
const LIMIT: usize = 80;
/// The number of tokens for timing a member alone.
const ALONE: usize = 48;

/// The cost of one kind of call.
#[derive(Debug, Default, Clone, Copy)]
struct Cost {
    calls: usize,
    evaluated: u64,
    work: Duration,
}

/// A member that is timed. Waiting for a turn does not count as work.
struct Timed {
    inner: Arc<dyn Member>,
    costs: Arc<Mutex<[Cost; 2]>>,
}

impl Timed {
    fn add(costs: &Mutex<[Cost; 2]>, kind: usize, work: Duration, evaluated: u64) {
        let cost = &mut costs.lock().unwrap()[kind];
        *cost = Cost { calls: cost.calls + 1, evaluated: cost.evaluated + evaluated, work: cost.work + work };
    }
}

impl Member for Timed {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.inner.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let (waits, costs) = (progress.waits().clone(), Arc::clone(&self.costs));
        let reply = self.inner.draft(request, progress);
        Box::pin(async move {
            let begun = Instant::now();
            let drafted = reply.await?;
            Self::add(&costs, 0, begun.elapsed().saturating_sub(waits.total()), drafted.forwards);
            Ok(drafted)
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let (waits, costs) = (request.progress.waits().clone(), Arc::clone(&self.costs));
        let reply = self.inner.score(request);
        Box::pin(async move {
            let begun = Instant::now();
            let scored = reply.await?;
            Self::add(&costs, 1, begun.elapsed().saturating_sub(waits.total()), scored.forwards);
            Ok(scored)
        })
    }
}

/// The cost of answering all prompts.
struct Fused {
    tokens: usize,
    time: Duration,
}

impl Fused {
    fn rate(&self) -> f64 {
        self.tokens as f64 / self.time.as_secs_f64()
    }
}

async fn fused(named: &[(String, Arc<dyn Member>)]) -> Fused {
    let timed: Vec<Arc<Timed>> =
        named.iter().map(|(_, inner)| Arc::new(Timed { inner: Arc::clone(inner), costs: Arc::default() })).collect();
    let mut all = Fused { tokens: 0, time: Duration::ZERO };
    let mut rounds = 0;
    for (seed, prompt) in (1..).zip(PROMPTS) {
        let seats =
            named.iter().zip(&timed).map(|((name, _), member)| Seat::new(name.clone(), Arc::clone(member) as Arc<dyn Member>));
        let setup = Setup {
            seats: seats.collect(),
            params: Params { max_tokens: LIMIT, ..Params::default() },
            seed,
            conversation: Conversation::question(prompt),
            answers: Vec::new(),
            journal: None,
            clock: wall_clock(),
        };
        let begun = Instant::now();
        let mut engine = Engine::start(setup).await.expect("a run");
        while let Some(record) = engine.next_event().await {
            match record.event {
                Event::Accepted { .. } => rounds += 1,
                Event::RunFinished(finished) => all.tokens += finished.summary.tokens,
                _ => {}
            }
        }
        all.time += begun.elapsed();
    }
    println!("  {} tokens in {rounds} rounds and {:.1} s: {:.2} tokens/s", all.tokens, all.time.as_secs_f64(), all.rate());
    let mut busy = Duration::ZERO;
    for ((name, _), member) in named.iter().zip(&timed) {
        let [drafts, scores] = *member.costs.lock().unwrap();
        busy += drafts.work + scores.work;
        println!(
            "    {name:<8} drafts {:>5.1} s ({} calls, {} tokens evaluated), scores {:>5.1} s ({} calls, {} tokens evaluated)",
            drafts.work.as_secs_f64(),
            drafts.calls,
            drafts.evaluated,
            scores.work.as_secs_f64(),
            scores.calls,
            scores.evaluated
        );
    }
    println!("    work of all members {:.1} s; the rest, or what was done side by side, {:+.1} s", busy.as_secs_f64(), {
        all.time.as_secs_f64() - busy.as_secs_f64()
    });
    all
}

/// Milliseconds per token of a member that decodes alone, with all threads.
async fn alone(name: &str, path: &Path) -> f64 {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let local = Local { threads: Some(threads), ..Local::default() };
    let member = LlamaCpp::open(path, &local, |_| ()).await.expect("a model");
    let segment = SegmentRule::tokens(ALONE);
    let mut best = f64::INFINITY;
    for seed in 0..3 {
        let context = Context { conversation: Arc::new(Conversation::question(PROMPTS[1])), accepted: Arc::new([]) };
        let sampling = Sampling { temperature: 0.6, top_p: 0.9, seed };
        let (sender, mut tokens) = mpsc::channel(ALONE + 8);
        let request = DraftRequest { context, sampling, segment, asks_end: false, confidence: None };
        let drafting = tokio::spawn(member.draft(request, Progress::new(1, sender)));
        let (mut first, mut count) = (None, 0);
        while let Some((_, token)) = tokens.recv().await {
            if !token.is_nothing() {
                first.get_or_insert_with(Instant::now);
                count += 1;
            }
        }
        drafting.await.unwrap().expect("a draft");
        if let Some(first) = first.filter(|_| count > 4) {
            best = best.min(first.elapsed().as_secs_f64() * 1e3 / f64::from(count - 1));
        }
    }
    println!("  {name:<8} {best:>6.1} ms a token, {:>6.1} tokens/s", 1e3 / best);
    best
}

/// A server at work; dropping it ends it.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(program: &Path, model: &Path) -> (Serving, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(program);
    command.arg("-m").arg(model).args(["--port", &port.to_string(), "-t", "1", "-tb", "1", "-np", "4", "-c", "8192"]);
    command.env("LD_LIBRARY_PATH", program.parent().unwrap());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    (Serving(command.spawn().expect("a server")), format!("http://127.0.0.1:{port}"))
}

/// Waits until the model is loaded; `false` if the server ended: the packaged one needs recent processors.
async fn answers(serving: &mut Serving, url: &str) -> bool {
    loop {
        if let Some(status) = serving.0.try_wait().expect("a child") {
            println!("  the server ended ({status}): is it built for this processor?");
            return false;
        }
        if reqwest::get(format!("{url}/health")).await.is_ok_and(|response| response.status().is_success()) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn over_servers(program: &Path, models: &[(String, PathBuf)]) -> Option<Fused> {
    let (mut serving, urls): (Vec<Serving>, Vec<String>) = models.iter().map(|(_, path)| serve(program, path)).unzip();
    for (server, url) in serving.iter_mut().zip(&urls) {
        if !answers(server, url).await {
            return None;
        }
    }
    let named = models.iter().zip(&urls).map(|((name, _), url)| MemberSpec::parse(&format!("{name}={url}"), &kinds()).unwrap());
    let opened = open(named.collect(), &OpenOptions::default(), &|_, _| {}).await;
    let faults: Vec<String> = opened.iter().filter_map(|opened| Some(opened.fault.as_ref()?.to_string())).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let named: Vec<(String, Arc<dyn Member>)> = opened.into_iter().map(|opened| (opened.seat.name, opened.seat.member)).collect();
    Some(fused(&named).await)
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let (files, parts): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| Path::new(word).exists());
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|word| *word == part);
    let names = ["smol", "gemma", "qwen"];
    let models: Vec<(String, PathBuf)> = if files.is_empty() {
        let Some(fetched) = real::fetched(&names) else { return };
        names.iter().map(|name| (*name).to_owned()).zip(fetched).collect()
    } else {
        let with_name =
            |file: &&String| (Path::new(file).file_stem().unwrap().to_string_lossy().into_owned(), PathBuf::from(file));
        files.iter().map(with_name).collect()
    };
    let mut floor_ms = 0.0;
    let mut slowest_ms: f64 = 0.0;
    if wanted("alone") || wanted("here") {
        println!("each alone, with all threads:");
        for (name, path) in &models {
            let per_token = alone(name, path).await;
            floor_ms += per_token;
            slowest_ms = slowest_ms.max(per_token);
        }
        println!("  floor of all: {:.2} tokens/s", 1e3 / floor_ms);
    }
    let mut here = None;
    if wanted("here") {
        println!("fused in this process:");
        let mut members: Vec<(String, Arc<dyn Member>)> = Vec::new();
        for (name, path) in &models {
            members.push((name.clone(), Arc::new(LlamaCpp::open(path, &Local::default(), |_| ()).await.expect("a model"))));
        }
        // The first answer warms the system's file cache.
        let answered = fused(&members).await;
        println!("  again:");
        let again = fused(&members).await;
        let best = if again.rate() > answered.rate() { again } else { answered };
        println!(
            "  of the floor: {:.2}; of the slowest member alone: {:.2}",
            best.rate() * floor_ms / 1e3,
            best.rate() * slowest_ms / 1e3
        );
        here = Some(best);
    }
    if wanted("servers") {
        let Some(server) = real::fetched(&["server"]) else { return };
        println!("fused over llama.cpp servers, one thread each:");
        let servers = over_servers(&server[0], &models).await;
        if let (Some(here), Some(servers)) = (here, servers) {
            println!("  in this process, of over servers: {:.2}", here.rate() / servers.rate());
        }
    }
}
