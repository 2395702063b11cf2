//! A GGUF language model in this process: plain safe Rust, one thread per member.
//!
//! Only for llama-architecture models of up to about ten million parameters in F16 or F32: any other file is refused, naming what
//! this engine lacks. Kept small on purpose: at this size it is faster than a tensor library, and it gives the same bits on every
//! machine.
//!
//! From the bytes up: `gguf` reads the container, `config` and `vocabulary` check its contents, `model` repacks the weights,
//! the crate `specfuse-transformer` computes, `tokenizer` and `split` turn text into tokens, and `engine` plugs into a session of
//! `in_process`, which owns everything that does not depend on how a model computes.

mod config;
mod cursor;
mod engine;
mod error;
pub(in crate::engine::member) mod gguf;
mod model;
mod split;
pub(in crate::engine::member) mod storage;
mod tokenizer;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use fearless_simd::Level;

pub use self::error::EmbeddedError;

use self::engine::Shared;
use self::gguf::Gguf;
use self::vocabulary::Vocabulary;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::member::chat_template::{ChatTemplate, TemplateError};
use crate::engine::member::in_process::Desk;
use crate::engine::member::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Member, Predicted, Progress, Reply, ScoreRequest, Scored,
    Working,
};

/// The largest file accepted, in bytes. Above this size a tensor library or a llama.cpp server is the better engine.
pub const FILE_LIMIT: u64 = 256 << 20;

/// How many bytes of a larger file to read to decide whether another engine could run it: the head of most models.
const GLANCE: u64 = 32 << 20;

/// A GGUF model that drafts and scores in this process.
///
/// Keeps what it has evaluated from call to call. Has its own thread, unless it is a replica that works in place; dropping it
/// ends its thread once the current call is answered or dropped.
pub struct EmbeddedMember {
    capabilities: Capabilities,
    shared: Shared,
    desk: Desk,
}

impl EmbeddedMember {
    /// Opens a model from the bytes of a GGUF file. `name` is used in messages.
    ///
    /// # Errors
    /// Names the file and the field in it that is damaged or not supported.
    pub fn open(name: &str, bytes: &[u8]) -> Result<Self, EmbeddedError> {
        Self::start("built-in", name, bytes)
    }

    /// Opens a GGUF file of at most [`FILE_LIMIT`] bytes.
    ///
    /// # Errors
    /// As [`Self::open`], and if the file cannot be read or is too large.
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
        // The length may be unknown (a pipe) or change: read no more than the limit in any case.
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
        let session = shared.session();
        let desk = Desk::thread(&format!("member {}", capabilities.model), session)
            .map_err(|error| EmbeddedError::Thread { file: shared.file().to_owned(), problem: error.to_string() })?;
        Ok(Self { capabilities, shared, desk })
    }

    fn in_place(shared: Shared, capabilities: Capabilities) -> Self {
        let desk = Desk::here(shared.session());
        Self { capabilities, shared, desk }
    }
}

/// A file's contents, checked and ready to use.
fn read(name: &str, bytes: &[u8], level: Level) -> Result<(Shared, Capabilities), EmbeddedError> {
    let gguf = Gguf::parse(name, bytes)?;
    let config = config::read(&gguf)?;
    let vocabulary = Vocabulary::read(&gguf)?;
    // A bad template must fail when a file is opened, not at the first question.
    let unusable = |problem: TemplateError| EmbeddedError::metadata(name, "tokenizer.chat_template", problem.to_string());
    ChatTemplate::new(&vocabulary.template).check().map_err(unusable)?;
    let model = model::read(&gguf, config, vocabulary.bytes.len())?;
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
        self.desk.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        self.desk.draft(request, progress, None)
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        self.desk.score(request, None)
    }

    fn extend(&self, request: ExtendRequest, progress: Progress) -> Reply<Extended> {
        self.desk.extend(request, progress, None)
    }

    fn measure(&self) -> Reply<DecodeTimes> {
        self.desk.measure(None)
    }

    fn predict(&self, conversation: Arc<Conversation>) -> Reply<Predicted> {
        self.desk.predict(conversation, None)
    }

    /// `None` if the system cannot start another thread.
    fn replica(&self, working: Working) -> Option<Arc<dyn Member>> {
        let (shared, capabilities) = (self.shared.clone(), self.capabilities.clone());
        Some(Arc::new(match working {
            Working::OnThread => Self::on_thread(shared, capabilities).ok()?,
            Working::InPlace => Self::in_place(shared, capabilities),
        }))
    }
}
