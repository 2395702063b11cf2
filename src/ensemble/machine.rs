//! llama.cpp servers on this machine, however they were started, that may slow each other down.
//!
//! A server takes as many threads as there are cores unless it is told otherwise, and its threads wait for each other by
//! spinning: several at work at the same time may be a hundred times as slow as one after another. Owns finding that out, by
//! measuring, and making them take turns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};

use super::known::Known;
use super::warnings::Warnings;
use crate::engine::member::Member;
use crate::engine::member::llama_server::{Handle, LlamaServer};
use crate::engine::member::turns::{InTurn, Turns};

/// Tokens that each server draws for the measurement.
const TOKENS: usize = 4;

/// From this slowdown on, compared with one after another, they take turns: two that share the cores well are slower by less.
const IN_THE_WAY: f64 = 2.0;

/// A larger slowdown does not need to be measured.
const ENOUGH: u32 = 4;

/// How long all may take one after another before they are left alone: measuring would make whatever slows them down worse.
const PATIENCE: Duration = Duration::from_secs(10);

/// The llama.cpp servers of this machine that members use; clones are shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    turns: Turns,
    in_turn: Arc<AtomicBool>,
    /// By address, or by file if this program started them.
    servers: Arc<Mutex<BTreeMap<String, Handle>>>,
}

/// What was measured for some servers.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Measured {
    /// How many times as slow they are together as one after another.
    times: f64,
    /// How many requests each had served by then: one that has served fewer since was restarted, perhaps differently.
    requests: Vec<u64>,
}

impl Machine {
    /// A server of this machine as a member, which takes turns with the others if that is found to be better.
    pub(super) fn seat(&self, what: &str, server: &LlamaServer, member: Arc<dyn Member>) -> Arc<dyn Member> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        servers.insert(what.to_owned(), server.handle());
        Arc::new(InTurn::when(member, self.turns.clone(), Arc::clone(&self.in_turn)))
    }

    /// Finds out whether the servers slow each other down, unless it is known or the user has decided.
    pub(super) async fn settle(&self, in_turn: Option<bool>, known: &Known, warnings: &Warnings) {
        let servers = self.there();
        let in_turn = match in_turn {
            _ if servers.len() < 2 => false,
            Some(decided) => decided,
            None => match measured(&servers, known).await {
                Some(times) if times >= IN_THE_WAY => {
                    warnings.give(said(times));
                    true
                }
                Some(_) | None => false,
            },
        };
        self.in_turn.store(in_turn, Ordering::Relaxed);
    }

    /// Those that members use now.
    fn there(&self) -> Vec<(String, LlamaServer)> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        servers.retain(|_, handle| handle.server().is_some());
        servers.iter().filter_map(|(what, handle)| Some((what.clone(), handle.server()?))).collect()
    }
}

/// How many times as slow these servers are together as one after another, known or measured; `None` if it cannot be known.
async fn measured(servers: &[(String, LlamaServer)], known: &Known) -> Option<f64> {
    let names: Vec<String> = servers.iter().map(|(what, server)| format!("{what}, {}", server.identity())).collect();
    let what = format!("together: {}", names.join(" | "));
    let requests: Vec<u64> = servers.iter().map(|(_, server)| server.requests()).collect();
    let kept = known.get::<Measured>(&what, SystemTime::now());
    let same = |kept: &Measured| {
        kept.requests.len() == requests.len() && kept.requests.iter().zip(&requests).all(|(then, now)| then <= now)
    };
    if let Some(kept) = kept.filter(same) {
        return Some(kept.times);
    }
    let draws = |server: &LlamaServer| {
        let server = server.clone();
        move || {
            let server = server.clone();
            async move { server.draws(TOKENS).await.is_ok() }
        }
    };
    let times = compare(&servers.iter().map(|(_, server)| draws(server)).collect::<Vec<_>>()).await?;
    // Each has served at least two more by now.
    let requests = requests.into_iter().map(|requests| requests.saturating_add(2)).collect();
    known.put(&what, &Measured { times, requests }, SystemTime::now());
    Some(times)
}

/// How many times as slow works are together as one after another, at most [`ENOUGH`]; `None` if one fails or all are too slow.
async fn compare<F: Future<Output = bool>>(works: &[impl Fn() -> F]) -> Option<f64> {
    let begun = Instant::now();
    let one_after_another = async {
        for work in works {
            if !work().await {
                return None;
            }
        }
        Some(begun.elapsed())
    };
    let alone = timeout(PATIENCE, one_after_another).await.ok()??;
    let begun = Instant::now();
    match timeout(alone * ENOUGH, futures_util::future::join_all(works.iter().map(|work| work()))).await {
        Ok(done) if done.contains(&false) => None,
        Ok(_) => Some(begun.elapsed().as_secs_f64() / alone.as_secs_f64().max(f64::EPSILON)),
        Err(_) => Some(f64::from(ENOUGH)),
    }
}

fn said(times: f64) -> String {
    let times = if times >= f64::from(ENOUGH) { format!("more than {ENOUGH}") } else { format!("{times:.1}") };
    format!(
        "the llama.cpp servers on this machine are in each other's way (together {times} times as slow as one after another): they \
         are asked in turn; give each its share of the cores (--threads N), or set `in-turn = false` in the configuration"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tokio::time::sleep;

    use super::*;

    /// The result for servers that take 100 ms each, and `slowed` times that for every other one at work.
    async fn found(count: usize, slowed: u32) -> Option<f64> {
        let working = Arc::new(AtomicUsize::new(0));
        let work = || {
            let working = Arc::clone(&working);
            async move {
                working.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                let others = working.load(Ordering::SeqCst) - 1;
                sleep(Duration::from_millis(100) * (1 + slowed * others as u32)).await;
                working.fetch_sub(1, Ordering::SeqCst);
                true
            }
        };
        compare(&vec![work; count]).await
    }

    #[tokio::test(start_paused = true)]
    async fn together_is_compared_with_one_after_another() {
        let near = |found: Option<f64>, wanted: f64| found.is_some_and(|found| (found - wanted).abs() < 0.02);
        assert!(near(found(3, 0).await, 1.0 / 3.0), "each has a core of its own");
        assert!(near(found(3, 1).await, 1.0), "they share one core");
        let spinning = found(3, 30).await;
        assert_eq!(spinning, Some(f64::from(ENOUGH)));
        assert!(
            said(f64::from(ENOUGH)).contains("together more than 4 times as slow") && said(2.5).contains("together 2.5 times")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_longer_is_not_waited_for() {
        let start = Instant::now();
        found(3, 1000).await;
        // One after another, and four times as long.
        assert!(start.elapsed() < Duration::from_millis(1600), "{:?}", start.elapsed());
        assert_eq!(compare(&[|| async { false }]).await, None);
        assert_eq!(
            compare(&[|| async {
                sleep(Duration::from_secs(60)).await;
                true
            }])
            .await,
            None
        );
    }
}
