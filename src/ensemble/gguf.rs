//! A GGUF file as a member: chooses the engine that runs it.
//!
//! Tiny models run in this program's own engine, others by llama.cpp in this process if the program is built with it, and what
//! neither can run on a llama.cpp server of our own. What is not a model at all is refused before any of them sees it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::connect::{NotHere, start};
use super::cores::{self, Deciding};
use super::error::OpenError;
use super::file;
use super::options::OpenOptions;
use crate::engine::member::embedded::{EmbeddedError, EmbeddedMember};
use crate::engine::member::{Local, Member};

/// How long a server may take to start for a file: a large model may come from a slow disk.
const STARTING: Duration = Duration::from_secs(300);

/// A file written to within this time may still be incomplete.
const FRESH: Duration = Duration::from_secs(120);

/// A file and how to run it.
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) path: &'a Path,
    pub(super) arguments: &'a [String],
    pub(super) local: &'a Local,
    pub(super) deciding: Deciding,
}

/// Opens a file with the first engine that runs it; `told` receives the progress.
pub(super) async fn open(
    file: File<'_>,
    options: &OpenOptions,
    told: &(dyn Fn(&str) + Sync),
) -> Result<Arc<dyn Member>, OpenError> {
    if let Some(problem) = file::problem(file.path) {
        return Err(OpenError::NotAModel { path: file.path.to_owned(), problem });
    }
    let mut local = file.local.clone();
    if let Some(warning) = cores::bound(&mut local.threads, cores::there()) {
        options.warnings.give(format!("{}: {warning}", file.name));
    }
    let mut file = File { local: &local, ..file };
    if !file.arguments.is_empty() {
        let problem = NotHere::Arguments { path: file.path.to_owned() };
        return on_server(file, problem, options, told).await;
    }
    let problem = match EmbeddedMember::open_file(file.path) {
        Ok(member) => return Ok(Arc::new(member)),
        Err(error @ EmbeddedError::Cut { .. }) if is_fresh(file.path) => return Err(OpenError::Unfinished(error)),
        Err(error) if error.is_final() => return Err(OpenError::Embedded(error)),
        Err(error) => NotHere::Embedded(error),
    };
    let problem = match by_llama_cpp(&mut file, problem, options, told).await {
        Ok(member) => return Ok(member),
        Err(Other::Final(reason)) => return Err(reason),
        Err(Other::Server(problem)) => problem,
    };
    on_server(file, problem, options, told).await
}

/// Why llama.cpp does not run a file in this process.
enum Other {
    /// It would not run on a server either.
    #[cfg_attr(not(feature = "llama-cpp"), expect(dead_code, reason = "said by llama.cpp alone"))]
    Final(OpenError),
    /// It may run on a server.
    Server(NotHere),
}

fn is_fresh(path: &Path) -> bool {
    let written = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    written.is_ok_and(|written| SystemTime::now().duration_since(written).is_ok_and(|age| age < FRESH))
}

#[cfg(not(feature = "llama-cpp"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn by_llama_cpp(
    _file: &mut File<'_>,
    problem: NotHere,
    _options: &OpenOptions,
    _told: &(dyn Fn(&str) + Sync),
) -> Result<Arc<dyn Member>, Other> {
    Err(Other::Server(problem))
}

#[cfg(feature = "llama-cpp")]
async fn by_llama_cpp(
    file: &mut File<'_>,
    _problem: NotHere,
    options: &OpenOptions,
    told: &(dyn Fn(&str) + Sync),
) -> Result<Arc<dyn Member>, Other> {
    use tokio::sync::watch;

    use crate::engine::member::llama_cpp::{LlamaCpp, LlamaCppError};
    use crate::engine::member::model_file::header::ModelHeader;

    // If llama.cpp reports little about a damaged file, its head reveals more.
    let in_head = |path: &Path| ModelHeader::read(path).err().map(OpenError::Embedded);
    let other = |error: LlamaCppError| match &error {
        LlamaCppError::Recurrent { .. } | LlamaCppError::Instructions { .. } => Other::Server(NotHere::LlamaCpp(error)),
        LlamaCppError::Load { .. } => Other::Final(in_head(file.path).unwrap_or(OpenError::LlamaCpp(error))),
        LlamaCppError::Ended { .. }
        | LlamaCppError::Killed { .. }
        | LlamaCppError::Tried { .. }
        | LlamaCppError::NoText { .. }
        | LlamaCppError::Template { .. }
        | LlamaCppError::Device { .. }
        | LlamaCppError::Start { .. } => Other::Final(OpenError::LlamaCpp(error)),
    };
    let path = file.path.to_owned();
    let local = file.local.clone();
    // It reads the file's head, and on some systems starts another program.
    let room = tokio::task::spawn_blocking(move || room(&path, &local)).await.unwrap_or(Room::Enough);
    match room {
        Room::Enough => {}
        Room::Little(warning) => options.warnings.give(format!("{}: {warning}", file.name)),
        Room::None(reason) => return Err(Other::Final(OpenError::NoMemory { path: file.path.to_owned(), reason })),
    }
    tried(file.path, file.local, options, told).await.map_err(other)?;
    // It needs no server, and others need not wait until it is loaded.
    drop(std::mem::replace(&mut file.deciding, Deciding::done()));
    let (sender, mut loaded) = watch::channel(0);
    told("loading");
    let mut loading = std::pin::pin!(LlamaCpp::open(file.path, file.local, move |percent| {
        let _ = sender.send(percent);
    }));
    loop {
        tokio::select! {
            biased;
            opened = &mut loading => return opened.map(|member| Arc::new(member) as Arc<dyn Member>).map_err(other),
            Ok(()) = loaded.changed() => told(&format!("loading, {} %", *loaded.borrow_and_update())),
        }
    }
}

/// Whether the machine has the memory for a model.
#[cfg(feature = "llama-cpp")]
enum Room {
    Enough,
    /// It may be slow, for this reason.
    Little(String),
    /// It cannot run, for this reason.
    None(String),
}

/// The weights are memory-mapped, so a model that takes more than is free makes the machine slow; one that takes more than there
/// is makes it unusable.
#[cfg(feature = "llama-cpp")]
fn room(path: &Path, local: &Local) -> Room {
    use crate::engine::member::model_file::header::ModelHeader;
    use crate::engine::member::model_file::memory::{bytes_in_words, needed};
    use crate::engine::member::model_file::{available, parts};

    let (Ok(header), Some(memory)) = (ModelHeader::read(path), available::memory()) else { return Room::Enough };
    let trained = header.context_tokens.map(|tokens| usize::try_from(tokens).unwrap_or(usize::MAX));
    let needed = needed(&header, parts::bytes(path), local.positions(trained) as u64);
    // A GPU has its own memory, about which nothing is known here.
    let may_be_elsewhere = cfg!(any(feature = "cuda", feature = "vulkan")) && local.device.as_deref() != Some("cpu");
    let [needs, free, all] = [needed, memory.available, memory.total].map(bytes_in_words);
    let advice = "choose a smaller model or quantisation, or a smaller `--context`";
    if may_be_elsewhere {
        Room::Enough
    } else if needed > memory.total {
        Room::None(format!("it needs {needs} of memory, and this machine has {all}: {advice}"))
    } else if needed > memory.available {
        Room::Little(format!("it needs {needs} of memory, and {free} are free, so it will be slow: {advice}"))
    } else {
        Room::Enough
    }
}

/// Tries a file in a separate process, unless it passed before.
#[cfg(feature = "llama-cpp")]
async fn tried(
    path: &Path,
    local: &Local,
    options: &OpenOptions,
    told: &(dyn Fn(&str) + Sync),
) -> Result<(), crate::engine::member::llama_cpp::LlamaCppError> {
    use crate::engine::member::llama_cpp::trial;

    let Some(program) = options.program.clone().or_else(|| std::env::current_exe().ok()) else { return Ok(()) };
    let known = &options.known;
    // The same file, by the same program, on a processor with the same vectors.
    let state = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        let written = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(format!("{} {}.{:09}", metadata.len(), written.as_secs(), written.subsec_nanos()))
    };
    let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let what = state(path).zip(state(&program)).map(|(file, program)| {
        format!("tried {} {file}, {local:?}, by {program} with {:?}", full.display(), fearless_simd::Level::new())
    });
    if what.as_ref().is_some_and(|what| known.get(what, SystemTime::now()) == Some(true)) {
        return Ok(());
    }
    told("trying the file");
    trial::run(&program, path, local).await?;
    if let Some(what) = what {
        known.put(&what, &true, SystemTime::now());
    }
    Ok(())
}

/// On a server of our own, which gets the threads that the user set, or its share of the cores.
async fn on_server(
    file: File<'_>,
    problem: NotHere,
    options: &OpenOptions,
    told: &(dyn Fn(&str) + Sync),
) -> Result<Arc<dyn Member>, OpenError> {
    let File { name, path, arguments, local, deciding } = file;
    let (servers, there) = (deciding.needs_server().await, cores::there());
    let mut local = local.clone();
    if local.threads.is_none()
        && let Some(each) = cores::share(servers, there, arguments)
    {
        options.warnings.give(cores::said(servers, there, each));
        local.threads = Some(each);
    }
    told("starting llama-server");
    match tokio::time::timeout(STARTING, start(name, path, arguments, &local, problem, options, told)).await {
        Ok(started) => Ok(started?),
        Err(_) => Err(OpenError::StartedServerNotReady { path: path.to_owned(), limit: STARTING }),
    }
}
