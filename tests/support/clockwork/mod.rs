//! A server of our own that implements as much of the llama.cpp API as our member uses, predictably and on a clock.
//!
//! For timing, leaks and faults only: it is not a language model, and how the member works with a real llama.cpp server is tested
//! with one (`tests/llama.rs`). Owns starting, stopping, restarting, switching faults on and off, and the counts.

#![allow(dead_code, reason = "shared by tests that each use a part")]

mod completion;
mod fault;
mod model;
mod process;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use specfuse::engine::member::Overrides;
use specfuse::engine::member::http::{Endpoint, Limits};
use specfuse::engine::member::llama_server::{LlamaServer, Settings, Shared};

pub use self::completion::Pace;
pub use self::fault::Fault;
pub use self::model::{Model, Tune};
use self::process::{Process, Trouble, Works};
use super::loopback::Loopback;

/// A server with its model; the model outlives the server's process.
pub struct Clockwork {
    works: Arc<Works>,
    server: Option<Loopback>,
    port: u16,
}

impl Clockwork {
    /// Starts a server that writes one text and prefers another, with room for this many tokens.
    pub async fn start(name: &str, model: Model, pace: Pace, context: usize) -> Self {
        let works = Works {
            model,
            name: name.to_owned(),
            pace,
            context,
            trouble: Mutex::default(),
            broken: AtomicUsize::new(0),
            completions: AtomicUsize::new(0),
            evaluated: AtomicUsize::new(0),
            sent: Mutex::default(),
        };
        let mut clockwork = Self { works: Arc::new(works), server: None, port: 0 };
        clockwork.go_on().await;
        clockwork
    }

    /// Starts the server again at the same address, as a new process.
    pub async fn go_on(&mut self) {
        self.stop().await;
        let process = Process::new(Arc::clone(&self.works));
        let server = Loopback::start_on(self.port, 0, move |_, request| process.answer(request)).await;
        self.port = server.address().port();
        self.server = Some(server);
    }

    /// Ends the server's process: its connections are cut, new ones refused.
    pub async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Switches a fault on, until another or none is set.
    pub fn fail(&self, fault: Option<Fault>) {
        *self.works.trouble() = Trouble { fault, once: false };
    }

    /// Switches a fault on for the next completion.
    pub fn fail_once(&self, fault: Fault) {
        *self.works.trouble() = Trouble { fault: Some(fault), once: true };
    }

    /// How a member is connected to it.
    pub fn settings(&self, limits: Limits) -> Settings {
        let address = format!("http://127.0.0.1:{}", self.port);
        let endpoint = Endpoint::new(&self.works.name, &address).expect("an address of ours");
        Settings { endpoint, limits, model: None, overrides: Overrides::default(), shared: Shared::default() }
    }

    /// A member on it.
    pub async fn member(&self, limits: Limits) -> LlamaServer {
        LlamaServer::connect(self.settings(limits)).await.expect("a server that works")
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Connections currently open.
    pub fn open(&self) -> usize {
        self.server.as_ref().map_or(0, Loopback::open)
    }

    /// Waits until this many connections are open.
    pub async fn until_open(&self, connections: usize) {
        if let Some(server) = &self.server {
            server.until_open(connections).await;
        }
    }

    /// Connections accepted since the process started.
    pub fn accepted(&self) -> usize {
        self.server.as_ref().map_or(0, Loopback::accepted)
    }

    /// Requests since the process started.
    pub fn requested(&self) -> usize {
        self.server.as_ref().map_or(0, Loopback::requested)
    }

    /// Completions asked for.
    pub fn completions(&self) -> usize {
        self.works.completions.load(Ordering::SeqCst)
    }

    /// Completions that ended before their last event, whichever side ended them.
    pub fn broken(&self) -> usize {
        self.works.broken.load(Ordering::SeqCst)
    }

    /// Prompt tokens that were evaluated because the cache did not hold them.
    pub fn evaluated(&self) -> usize {
        self.works.evaluated.load(Ordering::SeqCst)
    }

    /// When the tokens of drafts were sent since the last call.
    pub fn sent(&self) -> VecDeque<Instant> {
        std::mem::take(&mut *self.works.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
