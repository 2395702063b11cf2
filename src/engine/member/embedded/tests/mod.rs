//! Tests that need to see inside the engine. Those that only need its public API are in `tests/embedded.rs`.

mod damaged;
mod extend;
mod hostile;
mod predict;
mod recorded;
mod reference;
mod thread;
mod work;

use std::sync::Arc;

use fearless_simd::Level;

use super::engine::Embedded;
use super::{Capabilities, EmbeddedError, read};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::Context;
use crate::engine::member::in_process;

type Session = in_process::Session<Embedded>;

/// The bytes of one of the project's models.
fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/assets/models/{name}.gguf", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A session with this file.
fn load(name: &str, bytes: &[u8], level: Level) -> Result<(Session, Capabilities), EmbeddedError> {
    read(name, bytes, level).map(|(shared, capabilities)| (shared.session(), capabilities))
}

fn opened(name: &str, level: Level) -> (Session, Capabilities) {
    load(name, &bytes(name), level).unwrap()
}

fn context(question: &str, accepted: &[&str]) -> Context {
    Context {
        conversation: Arc::new(Conversation::question(question)),
        accepted: accepted.iter().map(|text| Arc::from(*text)).collect(),
    }
}

/// The names of the project's models.
fn models() -> Vec<String> {
    let files = std::fs::read_dir(format!("{}/assets/models", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut models: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".gguf")?.to_owned())).collect();
    models.sort();
    assert!(!models.is_empty());
    models
}
