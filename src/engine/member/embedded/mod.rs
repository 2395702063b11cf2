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
mod gguf;
mod known;
mod lanes;
mod matmul;
mod model;
mod sampler;
mod session;
mod split;
mod template;
mod tokenizer;
mod vocabulary;
mod worker;

#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use fearless_simd::Level;
use tokio::sync::{mpsc, oneshot};

pub use self::error::EmbeddedError;

use self::config::Config;
use self::gguf::Gguf;
use self::model::Model;
use self::session::Session;
use self::vocabulary::Vocabulary;
use self::worker::{Answer, Call};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::{Capabilities, DraftRequest, Drafted, Member, MemberError, Progress, Reply, ScoreRequest, Scored};

/// The largest file taken, in bytes. Above this size a tensor library or a llama.cpp server is the better engine.
pub const FILE_LIMIT: u64 = 256 << 20;

/// Calls that may wait while one is answered.
const WAITING: usize = 4;

/// A GGUF model that drafts and scores in this process.
///
/// Keeps what it has evaluated from call to call. Dropping it ends its thread once the call under way is answered or dropped.
pub struct EmbeddedMember {
    capabilities: Capabilities,
    calls: mpsc::Sender<Call>,
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
        let (session, mut capabilities) = load(name, bytes, Level::new())?;
        capabilities.kind = kind.into();
        let (calls, waiting) = mpsc::channel(WAITING);
        std::thread::Builder::new()
            .name(format!("member {}", capabilities.model))
            .spawn(move || worker::work(session, waiting))
            .map_err(|error| EmbeddedError::Thread { file: name.to_owned(), problem: error.to_string() })?;
        Ok(Self { capabilities, calls })
    }

    /// Sends a call to the thread and waits for its answer.
    fn call<T: Send + 'static>(&self, call: impl FnOnce(Answer<T>) -> Call + Send + 'static) -> Reply<T> {
        let calls = self.calls.clone();
        Box::pin(async move {
            let (answer, reply) = oneshot::channel();
            calls.send(call(answer)).await.map_err(|_| gone())?;
            drop(calls);
            reply.await.map_err(|_| gone())?
        })
    }
}

/// The thread ended without an answer, which only a fault in its own code explains.
fn gone() -> MemberError {
    MemberError::Panicked("its thread has ended".into())
}

/// Everything but the thread.
fn load(name: &str, bytes: &[u8], level: Level) -> Result<(Session, Capabilities), EmbeddedError> {
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
    Ok((Session::new(name, model, vocabulary, level), capabilities))
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
}
