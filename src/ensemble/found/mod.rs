//! Model files that this machine already has: those that other programs downloaded, and those in the user's own folders.
//!
//! Owns finding and describing them; [`places`] owns where to look, and the member's
//! [`model_file`](crate::engine::member::model_file) what a file's head means. Nothing here loads a model. The search reads
//! disks, which may be slow or hang, so it has its own thread.

mod folders;
mod hub;
mod names;
mod ollama;
pub mod places;
mod walk;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use self::places::{Layout, Place, Surroundings, System, usual};
use self::walk::{Candidate, MOST_MODELS, Walk};
use super::file;
use super::spec::MemberSpec;
use crate::clean::clean_line;
use crate::config::{MemberConfig, Source};
use crate::engine::member::Local;
use crate::engine::member::model_file::available::{self, Memory};
use crate::engine::member::model_file::header::{ModelHeader, Purpose};
use crate::engine::member::model_file::memory::{Fit, USUAL_CONTEXT, needed};
use crate::engine::member::model_file::parts;
use crate::text::paths;

/// How long the search may take: long enough for a sleeping disk, not for a share that is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many files that do not write text are named.
const NAMED: usize = 4;

/// The file that contains LM Studio's folder, and how much of it is read.
const LM_STUDIO: &str = ".lmstudio-home-pointer";
const LONGEST_POINTER: usize = 4096;

/// A model file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundModel {
    /// Its name, cleaned.
    pub name: String,
    /// The file, the first if there are several.
    #[serde(serialize_with = "paths::lossy")]
    pub path: PathBuf,
    /// Whose folder it is in, in words.
    pub whose: Cow<'static, str>,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Its head; `None` if it cannot be used.
    pub header: Option<ModelHeader>,
    /// Parameters of the model, over all its files.
    pub parameters: u64,
    /// Why it cannot be used, cleaned.
    pub problem: Option<String>,
}

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Finding {
    /// In the order of the places, each sorted by name.
    pub models: Vec<FoundModel>,
    /// The memory available now, if the system reports it.
    pub memory: Option<Memory>,
    /// What could not be searched, and what was left out, in sentences, cleaned.
    pub notes: Vec<String>,
}

impl FoundModel {
    /// The memory in bytes that it takes with the usual context.
    #[must_use]
    pub fn needed(&self) -> Option<u64> {
        Some(needed(self.header.as_ref()?, self.bytes, USUAL_CONTEXT))
    }

    /// Whether it fits in this memory.
    #[must_use]
    pub fn fit(&self, memory: Option<Memory>) -> Option<Fit> {
        Some(Fit::of(self.needed()?, memory?))
    }

    /// The member for it.
    #[must_use]
    pub fn spec(&self) -> MemberSpec {
        let source = Source::Gguf { path: self.path.clone(), arguments: Vec::new(), local: Local::default() };
        MemberSpec { name: self.name.clone(), named: false, config: MemberConfig { source, ..MemberConfig::default() } }
    }

    /// Its argument on the command line; `None` if it cannot be typed.
    #[must_use]
    pub fn argument(&self) -> Option<String> {
        let path = self.path.to_str().filter(|path| clean_line(path) == *path)?;
        let is_own = self.path.file_stem().is_some_and(|stem| *stem == *self.name) && self.path.extension().is_some();
        if is_own || self.name.is_empty() {
            return Some(path.to_owned());
        }
        Some(format!("{}={path}", self.name.replace('=', "-")))
    }
}

/// Why model files could not be searched for.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum LookError {
    #[error("model files could not be looked for: {0}")]
    Thread(std::io::Error),
    #[error("model files could not be looked for, by a fault of this program")]
    Ended,
    #[error("model files could not be looked for: a disk does not answer")]
    Silent,
}

/// Searches the usual places and the configured folders, skipping the files that are already known.
pub async fn look(configured: Vec<PathBuf>, known: Vec<PathBuf>) -> Result<Finding, LookError> {
    let (sender, receiver) = oneshot::channel();
    // Not a thread of the runtime, which would wait at its end for a disk that does not answer.
    let started = std::thread::Builder::new().name("model files".to_owned()).spawn(move || {
        let _ = sender.send(find(&of_platform(&configured), &known, available::memory()));
    });
    started.map_err(LookError::Thread)?;
    match tokio::time::timeout(PATIENCE, receiver).await {
        Ok(finding) => finding.map_err(|_| LookError::Ended),
        Err(_) => Err(LookError::Silent),
    }
}

/// The user's folder.
fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned())
}

/// A path with `~` expanded to the user's folder.
pub(super) fn expanded(path: &Path) -> PathBuf {
    places::expanded(path, home().as_deref())
}

/// The places of this user on this system.
fn of_platform(configured: &[PathBuf]) -> Vec<Place> {
    let system = if cfg!(windows) {
        System::Windows
    } else if cfg!(target_os = "macos") {
        System::MacOs
    } else {
        System::Linux
    };
    let home = home();
    let pointer = home.as_ref().and_then(|home| std::fs::read_to_string(home.join(LM_STUDIO)).ok());
    let pointer = pointer.filter(|path| path.len() <= LONGEST_POINTER);
    usual(&Surroundings { variable: &|name| std::env::var_os(name), home, system }, configured, pointer.as_deref())
}

/// Searches these places, skipping the files that are already known.
#[must_use]
pub fn find(places: &[Place], known: &[PathBuf], memory: Option<Memory>) -> Finding {
    let mut walk = Walk::new(known);
    for place in places {
        walk.enter();
        match place.layout {
            Layout::Files => folders::look(&mut walk, place),
            Layout::Ollama => ollama::look(&mut walk, place),
        }
        walk.leave(place);
    }
    let (mut models, mut left_out) = (Vec::new(), Vec::new());
    let more = walk.candidates.len().saturating_sub(MOST_MODELS);
    for candidate in walk.candidates.into_iter().take(MOST_MODELS) {
        match described(candidate) {
            Some(Described::Model(model)) => models.push(*model),
            Some(Described::NoText(name, purpose)) => left_out.push((name, purpose)),
            None => {}
        }
    }
    let mut notes = walk.notes;
    if more > 0 {
        notes.push(format!("{more} further model files are not listed"));
    }
    if !left_out.is_empty() {
        notes.push(without_text(&left_out));
    }
    let notes = notes.iter().map(|note| clean_line(note).into()).collect();
    Finding { models, memory, notes }
}

/// A sentence about files that cannot be chosen as models.
fn without_text(left_out: &[(String, Purpose)]) -> String {
    let named = left_out.iter().take(NAMED).map(|(name, purpose)| format!("{name} ({})", purpose.in_words()));
    let more = left_out.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("{more} more"));
    format!("not listed, since they write no text: {}", named.chain(more).collect::<Vec<_>>().join(", "))
}

/// What a candidate turned out to be.
enum Described {
    Model(Box<FoundModel>),
    NoText(String, Purpose),
}

/// Examines a file; `None` if it is gone.
fn described(candidate: Candidate) -> Option<Described> {
    let Candidate { name, path, whose, problem } = candidate;
    let bytes = parts::bytes(&path);
    let mut found = FoundModel { name, path, whose: whose.into(), bytes, header: None, parameters: 0, problem };
    if let Some(problem) = &found.problem {
        found.problem = Some(clean_line(problem).into());
        return Some(Described::Model(Box::new(found)));
    }
    match file::problem(&found.path).map_or_else(|| read(&found.path), Err) {
        Ok((header, _)) if header.purpose != Purpose::Text => return Some(Described::NoText(found.name, header.purpose)),
        Ok((header, _)) if header.parts > 1 && parts::part_of(&found.path).is_none() => {
            let end = format!("-00001-of-{:05}.gguf", header.parts);
            found.problem =
                Some(format!("this is one of {} files of a model: name it as it was, ending in `{end}`", header.parts));
        }
        Ok((header, parameters)) => (found.header, found.parameters) = (Some(header), parameters),
        Err(_) if std::fs::symlink_metadata(&found.path).is_err() => return None,
        Err(problem) => found.problem = Some(clean_line(&problem).into()),
    }
    Some(Described::Model(Box::new(found)))
}

/// The head of the first file, and the parameters of all; `Err` says what is wrong, without the name of the first file.
fn read(path: &Path) -> Result<(ModelHeader, u64), String> {
    // The list names the file.
    let first = ModelHeader::read(path).map_err(|error| error.without_file())?;
    let mut parameters = first.parameters;
    for other in parts::files(path).iter().filter(|file| *file != path) {
        let header = ModelHeader::read(other).map_err(|error| error.to_string())?;
        parameters = parameters.saturating_add(header.parameters);
    }
    Ok((first, parameters))
}
