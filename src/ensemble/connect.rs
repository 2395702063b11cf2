//! Reaching the server of a member: which address, with which key, which API.
//!
//! Owns the way from the user's settings to a member on a server, and the words for the obstacles. The members themselves find
//! out what servers can do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tracing::info;

use super::identify::{self, Api, LLAMA_SERVER};
use super::known;
use super::options::OpenOptions;
use super::template::{self, Unreadable};
use crate::config::Server;
use crate::engine::member::api::{self, Address, ApiMember, Auth, Kind};
use crate::engine::member::embedded::EmbeddedError;
use crate::engine::member::http::{Endpoint, Http, HttpError, Key, KeyError, KeySource, Limits, names_secret};
#[cfg(feature = "llama-cpp")]
use crate::engine::member::llama_cpp::LlamaCppError;
use crate::engine::member::llama_server::launch::{Launch, LaunchError, PROGRAM, launch, on_path};
use crate::engine::member::llama_server::{self, ConnectError, LlamaServer, OwnServer, Probed, Shared};
use crate::engine::member::turns::InTurn;
use crate::engine::member::{Local, Member, Overrides, Progress};
use crate::log::TARGET;

/// The default address of llama.cpp's server.
const LLAMA_ADDRESS: &str = "http://127.0.0.1:8080";
/// How a key is sent if no dialect defines it.
const BEARER: Auth = Auth { header: "authorization", prefix: "Bearer ", variable: None };
/// How long one attempt to connect may take: the user is waiting to see which members are there.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a server may be silent at the first request: a busy one answers late, a dead one that still accepts connections does
/// not, and no other member should wait for it.
const SILENCE: Duration = Duration::from_secs(15);
/// Tokens of context of a server of our own, unless its `arguments` say otherwise.
const CONTEXT: usize = 8192;
/// Requests that a server of our own answers at the same time: as many other candidates as most rounds have.
const SLOTS: usize = 4;
/// Lines of a starting server's output that may wait to be shown.
const LINES: usize = 16;

/// How a refused file can be run nevertheless.
#[cfg(not(feature = "llama-cpp"))]
const HOW: &str = "llama.cpp could run it: in this process, with a program that is built by `cargo build --release --features \
                   llama-cpp`, or on a server, where there is a `llama-server` on the PATH";
#[cfg(feature = "llama-cpp")]
const HOW: &str = "a llama.cpp server could run it, but there is no `llama-server` on the PATH";

/// Why there is no member on a server. No message repeats the member's name.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum ServerError {
    #[error("{}", .0.without_name())]
    Llama(#[from] ConnectError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(
        "the environment variable {variable} is not set: it should hold the key (or say where the key is: \
         --key {name}=env:VARIABLE|file:PATH, or key = {{ env = \"VARIABLE\" }} in the configuration)"
    )]
    NoKey { name: String, variable: &'static str },
    #[error("{}", .0.without_name())]
    Http(#[from] HttpError),
    #[error("{}", .0.without_name())]
    Launch(#[from] LaunchError),
    #[error("{}", .0.without_name())]
    Api(#[from] api::ConnectError),
    #[error("unknown API `{kind}`")]
    UnknownKind { kind: String },
    #[error("`{kind}` has no address of its own: give `url`")]
    NoAddress { kind: &'static str },
    #[error(transparent)]
    Template(#[from] Unreadable),
    #[error("{problem}; {HOW}")]
    NoProgram { problem: NotHere },
}

/// Why a file does not run in this process, although a server may run it.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum NotHere {
    #[error("{}: its arguments ask for a server", path.display())]
    Arguments { path: PathBuf },
    #[error(transparent)]
    Embedded(EmbeddedError),
    #[cfg(feature = "llama-cpp")]
    #[error(transparent)]
    LlamaCpp(LlamaCppError),
}

/// A member on this server, with this `name` in messages. If the API is not given, it is found out.
pub(super) async fn connect(name: &str, server: &Server, options: &OpenOptions) -> Result<Arc<dyn Member>, ServerError> {
    let address = server.url.as_deref().map(Address::read);
    // A known service exists, and checking would cost a second.
    if let Some(address) = address.as_ref().filter(|address| address.variable.is_none()) {
        there(name, &address.base).await?;
    }
    let member = match server.kind.as_deref() {
        Some(LLAMA_SERVER) => llama(name, server, options).await,
        Some(kind) => match Kind::named(kind) {
            Some(kind) => api(name, kind, server, options).await,
            None => Err(ServerError::UnknownKind { kind: kind.to_owned() }),
        },
        None => match recognised(name, address, server, options)
            .await
            .inspect(|api| info!(target: TARGET, member = name, event = "recognised", api = ?api))?
        {
            Api::LlamaServer => llama(name, server, options).await,
            Api::Other(kind) => api(name, kind, server, options).await,
        },
    }?;
    info!(target: TARGET, member = name, event = "detected", can = ?member.capabilities());
    Ok(member)
}

/// The API at an address: the address reveals it, or the server does.
async fn recognised(name: &str, address: Option<Address>, server: &Server, options: &OpenOptions) -> Result<Api, ServerError> {
    let address = address.unwrap_or_else(|| Address::read(LLAMA_ADDRESS));
    if let Some(kind) = address.kind {
        return Ok(Api::Other(kind));
    }
    let endpoint = endpoint(name, &address, server, &BEARER, options).await?;
    Ok(identify::ask(endpoint, limits(server.overrides)).await?)
}

/// Whether any server listens, checked once: the user is waiting, and a private server that is not there now will not be in a
/// second. Later calls are retried, since a server may be restarted while members use it.
async fn there(name: &str, url: &str) -> Result<(), HttpError> {
    let once = Limits { connect: CONNECT, first: SILENCE, idle: SILENCE, attempts: 1, patient: false, ..Limits::default() };
    match Http::new(Endpoint::new(name, url)?, once)?.get("health").await {
        Err(
            error @ (HttpError::Refused { .. }
            | HttpError::Unresolved { .. }
            | HttpError::ConnectTimedOut { .. }
            | HttpError::Scheme { .. }
            | HttpError::Proxy { .. }
            | HttpError::Stalled { .. }),
        ) => Err(error),
        // Any answer counts.
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn llama(name: &str, server: &Server, options: &OpenOptions) -> Result<Arc<dyn Member>, ServerError> {
    // Its own interface is at the root, whatever part of it other programs are pointed at.
    let address = Address::read(server.url.as_deref().unwrap_or(LLAMA_ADDRESS));
    let settings = llama_server::Settings {
        endpoint: endpoint(name, &address, server, &BEARER, options).await?,
        limits: limits(server.overrides),
        model: server.model.clone(),
        overrides: server.overrides,
        shared: options.servers.slots.clone(),
    };
    let address = settings.endpoint.shown();
    let what = known::name(LLAMA_SERVER, &address, server, None);
    let here = settings.endpoint.is_here();
    let member = remembering(settings, &what, options).await?;
    if let Some(warning) = options.servers.routers.joined(name, &address, &member) {
        options.warnings.give(warning);
    }
    let shared: Arc<dyn Member> = Arc::new(member.clone());
    Ok(if here { options.servers.machine.seat(&what, &member, shared) } else { shared })
}

/// A llama.cpp server as a member, without another probe if the last findings still hold.
async fn remembering(settings: llama_server::Settings, what: &str, options: &OpenOptions) -> Result<LlamaServer, ConnectError> {
    let known = &options.known;
    let before = known.get::<Probed>(what, SystemTime::now());
    let member = match before.clone() {
        Some(probed) => LlamaServer::connect_known(settings, probed).await?,
        None => LlamaServer::connect(settings).await?,
    };
    if before.as_ref() != Some(member.probed()) {
        known.put(what, member.probed(), SystemTime::now());
    }
    Ok(member)
}

async fn api(name: &str, kind: Kind, server: &Server, options: &OpenOptions) -> Result<Arc<dyn Member>, ServerError> {
    let address = kind.address(server.url.as_deref()).ok_or(ServerError::NoAddress { kind: kind.name() })?;
    let mut settings = api::Settings::new(name, kind, endpoint(name, &address, server, &kind.dialect().auth, options).await?);
    settings.routes = address.routes;
    settings.limits = limits(server.overrides);
    settings.model = server.model.clone().or(address.model);
    settings.overrides = server.overrides;
    settings.providers.clone_from(&server.providers);
    settings.extra.clone_from(&server.body);
    settings.chat_template = match server.template.as_deref() {
        Some(path) => Some(template::given(path)?),
        None => template::of_own_file(&settings).await,
    };
    let what = known::name(kind.name(), &settings.endpoint.shown(), server, settings.chat_template.as_deref());
    let turns = options.servers.queues.of(&settings.endpoint, settings.concurrency());
    // Its probe is a call among the others' too: some servers answer one at a time, and abort the current one for the next.
    let turn = turns.share(&Progress::nowhere(), 1).await;
    let member = remembered(settings, &what, options).await?;
    drop(turn);
    Ok(Arc::new(InTurn::sharing(Arc::new(member), turns)))
}

/// A model behind an API as a member, without another probe if the last findings still hold.
async fn remembered(settings: api::Settings, what: &str, options: &OpenOptions) -> Result<ApiMember, api::ConnectError> {
    let known = &options.known;
    let before = known.get::<api::Probed>(what, SystemTime::now());
    let member = match before.clone() {
        Some(probed) => ApiMember::connect_known(settings, probed).await.inspect_err(|_| known.forget(what))?,
        None => ApiMember::connect(settings).await?,
    };
    if before.as_ref() != Some(member.probed()) {
        known.put(what, member.probed(), SystemTime::now());
    }
    Ok(member)
}

/// The address with the key: the one that was named, otherwise the one in the address, otherwise that of the service's usual
/// environment variable.
async fn endpoint(
    name: &str,
    address: &Address,
    server: &Server,
    auth: &Auth,
    options: &OpenOptions,
) -> Result<Endpoint, ServerError> {
    let carried = address.key().filter(|_| server.key.is_none());
    let base = carried.as_ref().map_or(address.base.as_str(), |(_, address)| &address.base);
    let mut endpoint = Endpoint::new(name, base)?;
    if let Some((key, _)) = &carried {
        endpoint = endpoint.with_key(Key::new(auth.header, auth.prefix, &key.as_str().into())?);
    } else if let Some(source) = key_source(name, address, server, auth)? {
        let key = source.resolve().await?;
        if let Some(warning) = key.warning {
            options.warnings.give(format!("{name}: {warning}"));
        }
        endpoint = endpoint.with_key(Key::new(auth.header, auth.prefix, &key.secret)?);
    }
    for value in server.body.iter().filter(|(field, _)| names_secret(field)).filter_map(|(_, value)| value.as_str()) {
        endpoint = endpoint.with_secret(value);
    }
    for (header, value) in &server.headers {
        endpoint = endpoint.with_header(header, value)?;
    }
    Ok(endpoint)
}

/// Where the key is: where the user says, otherwise in the usual environment variable. The latter is only sent to the service's
/// own address, and only encrypted: it was not set for any other address.
fn key_source(name: &str, address: &Address, server: &Server, auth: &Auth) -> Result<Option<KeySource>, ServerError> {
    if server.key.is_some() {
        return Ok(server.key.clone());
    }
    let usual = if server.url.is_none() { auth.variable } else { address.variable };
    // A user who sets the header has put the key there.
    let sent = server.headers.keys().any(|header| header.eq_ignore_ascii_case(auth.header));
    let Some(variable) = usual.filter(|_| !sent) else { return Ok(None) };
    let (is_set, secured) = (std::env::var_os(variable).is_some(), address.base.starts_with("https://"));
    // A hosted service requires a key, so a missing one is reported; a server on this machine may do without.
    if secured && !is_set {
        return Err(ServerError::NoKey { name: name.to_owned(), variable });
    }
    let sent_there = is_set && (secured || server.url.is_none());
    Ok(sent_there.then(|| KeySource::Environment(variable.to_owned())))
}

fn limits(overrides: Overrides) -> Limits {
    let limits = Limits { connect: CONNECT, ..Limits::default() };
    Limits { calls: overrides.concurrency.unwrap_or(limits.calls), ..limits }
}

/// A member on a llama.cpp server that is started for this file. `problem` is why the file does not run in this process.
pub(super) async fn start(
    name: &str,
    gguf: &Path,
    arguments: &[String],
    local: &Local,
    problem: NotHere,
    options: &OpenOptions,
    told: &(dyn Fn(&str) + Sync),
) -> Result<Arc<dyn Member>, ServerError> {
    let program = std::env::var_os("PATH").and_then(|folders| on_path(&folders)).ok_or(ServerError::NoProgram { problem })?;
    let layers = local.gpu_layers.into_iter().flat_map(|layers| ["-ngl".to_owned(), layers.to_string()]);
    let wanted = Launch {
        name: name.to_owned(),
        program,
        gguf: gguf.to_owned(),
        context_tokens: local.context.unwrap_or(CONTEXT),
        slots: SLOTS,
        threads: local.threads,
        flags: layers.chain(arguments.iter().cloned()).collect(),
    };
    let (sender, mut lines) = mpsc::channel(LINES);
    let starting = launch(&wanted, Some(sender));
    let telling = async {
        while let Some(line) = lines.recv().await {
            told(&line);
        }
    };
    // It ends before the start does if the server dies, and continues after it if the server lives.
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
    let (limits, overrides) = (Limits::default(), Overrides::default());
    let settings = llama_server::Settings { endpoint, limits, model: None, overrides, shared: Shared::default() };
    let what = format!("{PROGRAM} {} {local:?} {}", gguf.display(), arguments.join(" "));
    let member = remembering(settings, &what, options).await?;
    Ok(options.servers.machine.seat(&what, &member, Arc::new(OwnServer::new(member.clone(), server))))
}
