//! A server's process: its answers to requests, what it remembers, what it counts.
//!
//! Owns the routes, and the state that a restart loses: the prompts in its cache.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use super::super::loopback::{Reply, Request};
use super::completion::{self, Asked, Pace};
use super::fault::Fault;
use super::model::{ANSWER, Model};

/// Requests that are answered at the same time.
pub const SLOTS: usize = 4;

/// How many times of tokens are kept.
const SENT: usize = 4096;

/// The parts of a server that outlive its process.
#[derive(Debug)]
pub struct Works {
    pub model: Model,
    /// Its name in `/v1/models`.
    pub name: String,
    pub pace: Pace,
    /// The most tokens of prompt and answer together.
    pub context: usize,
    /// What currently goes wrong.
    pub trouble: Mutex<Trouble>,
    /// Completions that ended before their last event, whichever side ended them.
    pub broken: AtomicUsize,
    /// Completions asked for.
    pub completions: AtomicUsize,
    /// Prompt tokens that were not in the cache, over all completions.
    pub evaluated: AtomicUsize,
    /// When the latest tokens of drafts were sent.
    pub sent: Mutex<VecDeque<Instant>>,
}

/// A fault that is switched on.
#[derive(Debug, Default)]
pub struct Trouble {
    pub fault: Option<Fault>,
    /// Whether it is over after one completion.
    pub once: bool,
}

/// The process; a new one starts with an empty cache.
#[derive(Debug)]
pub struct Process {
    works: Arc<Works>,
    cache: Mutex<VecDeque<Vec<u32>>>,
}

impl Process {
    pub fn new(works: Arc<Works>) -> Self {
        Self { works, cache: Mutex::default() }
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Reply {
        let path = request.path.split('?').next().unwrap_or_default();
        match (request.method.as_str(), path) {
            ("GET", "/health") => Reply::json(200, &json!({"status": "ok"})),
            ("GET", "/v1/models") => {
                let meta = json!({"n_vocab": 1000, "n_ctx_train": self.works.context, "n_params": 7_000_000});
                Reply::json(200, &json!({"data": [{"id": self.works.name, "meta": meta}]}))
            }
            ("GET", "/props") => Reply::json(
                200,
                &json!({"default_generation_settings": {"n_ctx": self.works.context}, "total_slots": SLOTS, "chat_template": "clockwork"}),
            ),
            ("GET", "/slots") => Reply::json(200, &json!([{"id": 0, "speculative": false}])),
            ("POST", "/apply-template") => Self::template(&request.json()),
            ("POST", "/tokenize") => self.tokenize(&request.json()),
            ("POST", "/detokenize") => self.detokenize(&request.json()),
            ("POST", "/completion") => self.complete(&request.json()),
            _ => Reply::json(404, &json!({"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}})),
        }
    }

    fn template(body: &Value) -> Reply {
        let contents = body["messages"].as_array().into_iter().flatten().filter_map(|message| message["content"].as_str());
        let prompt = contents.chain([ANSWER]).collect::<Vec<_>>().join("\n");
        Reply::json(200, &json!({ "prompt": prompt }))
    }

    fn tokenize(&self, body: &Value) -> Reply {
        let text = body["content"].as_str().unwrap_or_default();
        let ids = self.works.model.tokens(text, body["parse_special"] == json!(true));
        let tokens: Vec<Value> = ids.into_iter().map(|id| json!({"id": id, "piece": self.works.model.text(id)})).collect();
        Reply::json(200, &json!({ "tokens": tokens }))
    }

    fn detokenize(&self, body: &Value) -> Reply {
        let ids = body["tokens"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        Reply::json(200, &json!({ "content": ids.map(|id| self.works.model.text(id as u32)).collect::<String>() }))
    }

    fn complete(&self, body: &Value) -> Reply {
        let watch = Watch { works: Arc::clone(&self.works), done: AtomicUsize::new(0) };
        self.works.completions.fetch_add(1, Ordering::SeqCst);
        let Some(asked) = Asked::read(body) else {
            let problem = "the clockwork does not understand this request";
            return Reply::json(400, &json!({"error": {"code": 400, "message": problem, "type": "invalid_request_error"}}));
        };
        let fault = self.works.trouble().next();
        if let Some(reply) = fault.as_ref().and_then(Fault::instead) {
            return reply;
        }
        let cached = self.cached(&asked.prompt);
        self.works.evaluated.fetch_add(asked.prompt.len().saturating_sub(cached).max(1), Ordering::SeqCst);
        let (works, drafts) = (Arc::clone(&self.works), !asked.scores());
        let sent = move || {
            if drafts {
                works.note();
            }
        };
        let reply = completion::reply(&self.works.model, self.works.pace, fault.as_ref(), &asked, cached, sent);
        reply.then(move || {
            watch.done.store(1, Ordering::SeqCst);
        })
    }

    /// How much of a prompt is in the cache, which then holds all of it.
    fn cached(&self, prompt: &[u32]) -> usize {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |kept: &Vec<u32>| kept.iter().zip(prompt).take_while(|(kept, id)| kept == id).count();
        let best = cache.iter().enumerate().map(|(place, kept)| (same(kept), place)).max();
        // A prompt that continues a kept one replaces it.
        let extended = best.filter(|(same, place)| cache.get(*place).is_some_and(|kept| kept.len() == *same));
        match extended {
            Some((_, place)) => drop(cache.remove(place)),
            None if cache.len() >= SLOTS => drop(cache.pop_front()),
            None => {}
        }
        cache.push_back(prompt.to_vec());
        best.map_or(0, |(same, _)| same)
    }
}

impl Trouble {
    /// What goes wrong with a completion that starts now.
    fn next(&mut self) -> Option<Fault> {
        if self.once { self.fault.take() } else { self.fault.clone() }
    }
}

impl Works {
    pub fn trouble(&self) -> MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a token was sent.
    fn note(&self) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() >= SENT {
            sent.pop_front();
        }
        sent.push_back(Instant::now());
    }
}

/// Counts a completion as broken unless its last event was sent.
struct Watch {
    works: Arc<Works>,
    done: AtomicUsize,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.done.load(Ordering::SeqCst) == 0 {
            self.works.broken.fetch_add(1, Ordering::SeqCst);
        }
    }
}
