//! A GGUF language model in this process: plain safe Rust, one thread a member.
//!
//! For llama-architecture models of up to some ten million parameters in F16 or F32, and nothing else: every other file is
//! refused by what it has that this engine lacks. Kept small on purpose: at this size it is faster than a tensor library, and
//! it gives the same bits on every machine.
//!
//! From the bytes up: `gguf` reads the container, `config` and `vocabulary` check what it says, `model` repacks the
//! weights, `forward` computes (with `attention`, `matmul`, `lanes` and `cache`), `tokenizer`, `split` and
//! `template` turn text into tokens, `sampler` draws, `session` keeps what was evaluated (with `branches` and `known`), and
//! `worker` is the thread.

mod attention;
mod branches;
mod cache;
mod config;
mod error;
mod forward;
pub(in crate::engine::member) mod gguf;
mod known;
mod lanes;
mod matmul;
mod model;
mod sampler;
mod session;
mod split;
pub(in crate::engine::member) mod storage;
mod template;
mod tokenizer;
mod vocabulary;
mod worker;

#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use fearless_simd::Level;
use tokio::sync::{mpsc, oneshot};

pub use self::error::EmbeddedError;

use self::config::Config;
use self::gguf::Gguf;
use self::model::Model;
use self::session::{Session, Shared};
use self::vocabulary::Vocabulary;
use self::worker::{Answer, Call, Worker};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::{
    Capabilities, DraftRequest, Drafted, Member, MemberError, Progress, Reply, ScoreRequest, Scored, Working,
};

/// The largest file taken, in bytes. Above this size a tensor library or a llama.cpp server is the better engine.
pub const FILE_LIMIT: u64 = 256 << 20;

/// Bytes read of a larger file, to say whether another engine could run it: the head of most models.
const GLANCE: u64 = 32 << 20;

/// Calls that may wait while one is answered.
const WAITING: usize = 4;

/// A GGUF model that drafts and scores in this process.
///
/// Keeps what it has evaluated from call to call. Has a thread of its own, unless it is a replica that works in place; dropping it
/// ends its thread once the call under way is answered or dropped.
pub struct EmbeddedMember {
    capabilities: Capabilities,
    shared: Shared,
    desk: Desk,
}

/// Where its calls are answered.
enum Desk {
    /// On its thread, which takes them from here.
    Thread(mpsc::Sender<Call>),
    /// By whoever asks.
    Here(Arc<Mutex<Worker>>),
}

impl EmbeddedMember {
    /// Opens a model from the bytes of a GGUF file. `name` is used in messages.
    ///
    /// # Errors
    /// Names the file and the field of it that is damaged or not supported.
    pub fn open(name: &str, bytes: &[u8]) -> Result<Self, EmbeddedError> {
        Self::start("built-in", name, bytes)
    }

    /// Opens a GGUF file of at most [`FILE_LIMIT`] bytes.
    ///
    /// # Errors
    /// As [`Self::open`], and where the file cannot be read or is too large.
    pub fn open_file(path: &Path) -> Result<Self, EmbeddedError> {
        let name = path.display().to_string();
        let unread = |error: std::io::Error| EmbeddedError::Read { file: name.clone(), problem: error.to_string() };
        let file = std::fs::File::open(path).map_err(unread)?;
        let bytes = file.metadata().map_err(unread)?.len();
        let too_large = |bytes| EmbeddedError::TooLarge { file: name.clone(), bytes, limit: FILE_LIMIT };
        if bytes > FILE_LIMIT {
            let mut beginning = Vec::new();
            file.take(GLANCE).read_to_end(&mut beginning).map_err(unread)?;
            Gguf::glance(&name, &beginning, bytes)?;
            return Err(too_large(bytes));
        }
        let mut contents = Vec::new();
        // The length may be unknown (a pipe) or change: read no more than the limit whatever it was said to be.
        file.take(FILE_LIMIT + 1).read_to_end(&mut contents).map_err(unread)?;
        if contents.len() as u64 > FILE_LIMIT {
            return Err(too_large(contents.len() as u64));
        }
        Self::start("gguf", &name, &contents)
    }

    fn start(kind: &str, name: &str, bytes: &[u8]) -> Result<Self, EmbeddedError> {
        let (shared, mut capabilities) = read(name, bytes, Level::new())?;
        capabilities.kind = kind.into();
        Self::on_thread(shared, capabilities)
    }

    fn on_thread(shared: Shared, capabilities: Capabilities) -> Result<Self, EmbeddedError> {
        let (calls, waiting) = mpsc::channel(WAITING);
        let session = Session::new(shared.clone());
        std::thread::Builder::new()
            .name(format!("member {}", capabilities.model))
            .spawn(move || worker::work(session, waiting))
            .map_err(|error| EmbeddedError::Thread { file: shared.file().to_owned(), problem: error.to_string() })?;
        Ok(Self { capabilities, shared, desk: Desk::Thread(calls) })
    }

    fn in_place(shared: Shared, capabilities: Capabilities) -> Self {
        let worker = Worker::new(Session::new(shared.clone()));
        Self { capabilities, shared, desk: Desk::Here(Arc::new(Mutex::new(worker))) }
    }

    /// Hands a call over and waits for its answer.
    fn call<T: Send + 'static>(&self, call: impl FnOnce(Answer<T>) -> Call + Send + 'static) -> Reply<T> {
        let (answer, reply) = oneshot::channel();
        match &self.desk {
            Desk::Thread(calls) => {
                let calls = calls.clone();
                Box::pin(async move {
                    calls.send(call(answer)).await.map_err(|_| gone())?;
                    drop(calls);
                    reply.await.map_err(|_| gone())?
                })
            }
            Desk::Here(worker) => {
                let worker = Arc::clone(worker);
                Box::pin(async move {
                    // A panic is caught where the work is done, so the lock is never poisoned by one.
                    worker.lock().unwrap_or_else(PoisonError::into_inner).answer(call(answer));
                    reply.await.map_err(|_| gone())?
                })
            }
        }
    }
}

/// The thread ended without an answer, which only a fault in its own code explains.
fn gone() -> MemberError {
    MemberError::Panicked("its thread has ended".into())
}

/// What a file says, checked and ready to be worked with.
fn read(name: &str, bytes: &[u8], level: Level) -> Result<(Shared, Capabilities), EmbeddedError> {
    let gguf = Gguf::parse(name, bytes)?;
    let config = Config::read(&gguf)?;
    let vocabulary = Vocabulary::read(&gguf)?;
    template::check(&gguf, &vocabulary)?;
    let model = Model::read(&gguf, config, vocabulary.len())?;
    let capabilities = Capabilities {
        context_tokens: Some(model.config.context),
        parameters: Some(model.parameters),
        ..Capabilities::in_process("built-in", gguf.text("general.name")?.unwrap_or(name))
    };
    Ok((Shared::new(name, model, vocabulary, level), capabilities))
}

impl Member for EmbeddedMember {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.call(move |answer| Call::Prepare(conversation, answer))
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let (sender, mut tokens) = mpsc::unbounded_channel();
        let reply = self.call(move |answer| Call::Draft(request, sender, answer));
        Box::pin(async move {
            let tell = async move {
                while let Some(drawn) = tokens.recv().await {
                    for token in drawn {
                        progress.token(token).await;
                    }
                }
            };
            // Every token is told before the draft is handed over.
            let (result, ()) = tokio::join!(reply, tell);
            result
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        self.call(move |answer| Call::Score(request, answer))
    }

    /// Where the system gives no further thread there is none.
    fn replica(&self, working: Working) -> Option<Arc<dyn Member>> {
        let (shared, capabilities) = (self.shared.clone(), self.capabilities.clone());
        Some(Arc::new(match working {
            Working::OnThread => Self::on_thread(shared, capabilities).ok()?,
            Working::InPlace => Self::in_place(shared, capabilities),
        }))
    }
}
