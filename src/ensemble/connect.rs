//! Reaching the server of a member: which address, with which key, speaking which API.
//!
//! Owns the way from what a person wrote to a member on a server, and the words for what is in the way. What servers can do is
//! found out by the members themselves.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::mpsc;

use super::open::Tools;
use crate::config::Server;
use crate::engine::member::http::{Endpoint, Key, KeyError, Limits};
use crate::engine::member::llama_server::launch::{Launch, PROGRAM, launch, on_path};
use crate::engine::member::llama_server::{self, ConnectError, LlamaServer, OwnServer};
use crate::engine::member::{Member, Overrides};

/// The name of llama.cpp's own API.
pub(super) const LLAMA_SERVER: &str = "llama-server";
/// Tokens of context of a server of our own; its `arguments` may say otherwise.
const CONTEXT: usize = 8192;
/// Requests that a server of our own answers at once: as many candidates of others as most rounds have.
const SLOTS: usize = 4;
/// Lines of a server that starts which wait to be told.
const LINES: usize = 16;

/// Why there is no member on a server.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Llama(#[from] ConnectError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Http(#[from] crate::engine::member::http::HttpError),
    #[error(transparent)]
    Launch(#[from] crate::engine::member::llama_server::launch::LaunchError),
    #[error("{problem}; a llama.cpp server could run it, but there is no `{PROGRAM}` on the PATH")]
    NoProgram { problem: String },
}

/// A member on this server, called `name` in messages.
pub(super) async fn connect(name: &str, server: &Server, tools: &Tools) -> Result<Arc<dyn Member>, Fault> {
    let _ = tools;
    match server.kind.as_deref() {
        Some(_) | None => llama(name, server).await,
    }
}

async fn llama(name: &str, server: &Server) -> Result<Arc<dyn Member>, Fault> {
    // Its own interface is at the root, whatever of it other programs are pointed at.
    let given = server.url.as_deref().unwrap_or("http://127.0.0.1:8080").trim_end_matches('/');
    let address = given.strip_suffix("/v1").unwrap_or(given);
    let mut endpoint = Endpoint::new(name, address)?;
    if let Some(source) = &server.key {
        endpoint = endpoint.with_key(Key::bearer(&source.resolve().await?.secret)?);
    }
    for (header, value) in &server.headers {
        endpoint = endpoint.with_header(header, value)?;
    }
    let settings = llama_server::Settings {
        endpoint,
        limits: limits(server.overrides),
        model: server.model.clone(),
        overrides: server.overrides,
    };
    Ok(Arc::new(LlamaServer::connect(settings).await?))
}

fn limits(overrides: Overrides) -> Limits {
    let limits = Limits::default();
    Limits { calls: overrides.concurrency.unwrap_or(limits.calls), ..limits }
}

/// A member on a llama.cpp server that is started for this file. `problem` is why the file does not run in this process.
pub(super) async fn start(
    name: &str,
    gguf: &Path,
    arguments: &[String],
    problem: String,
    told: &(dyn Fn(&str) + Sync),
) -> Result<Arc<dyn Member>, Fault> {
    let program = std::env::var_os("PATH").and_then(|folders| on_path(&folders)).ok_or(Fault::NoProgram { problem })?;
    let wanted = Launch {
        name: name.to_owned(),
        program,
        gguf: gguf.to_owned(),
        context_tokens: CONTEXT,
        slots: SLOTS,
        flags: arguments.to_vec(),
    };
    let (sender, mut lines) = mpsc::channel(LINES);
    let starting = launch(&wanted, Some(sender));
    let telling = async {
        while let Some(line) = lines.recv().await {
            told(&line);
        }
    };
    // It ends before the start does where the server dies, and goes on after it where the server lives.
    let mut telling = std::pin::pin!(telling.fuse());
    let mut starting = std::pin::pin!(starting);
    let server = loop {
        tokio::select! {
            biased;
            started = &mut starting => break started?,
            () = &mut telling => {}
        }
    };
    let endpoint = Endpoint::new(name, server.url())?.without_proxy();
    let settings = llama_server::Settings { endpoint, limits: Limits::default(), model: None, overrides: Overrides::default() };
    let member = LlamaServer::connect(settings).await?;
    Ok(Arc::new(OwnServer::new(member, server)))
}
