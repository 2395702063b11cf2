//! Model files that this machine has already: those that other programs downloaded, and those of the user's own folders.
//!
//! Owns finding them and saying what they are; where to look is [`places`]'s, and what a file's head means is the member's
//! [`model_file`](crate::engine::member::model_file). Nothing here loads a model. It reads disks, which may be slow or hang, so the
//! look has a thread of its own.

mod hub;
mod names;
mod ollama;
pub mod places;
mod walk;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot;

use self::places::{Place, Surroundings, System, usual};
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

/// How long a look may take: a disk that is asleep is waited for, a share that is gone is not.
const PATIENCE: Duration = Duration::from_secs(30);

/// Files that write no text that are named.
const NAMED: usize = 4;

/// The file in which LM Studio says where its folder is, and the most of it that is read.
const LM_STUDIO: &str = ".lmstudio-home-pointer";
const LONGEST_POINTER: usize = 4096;

/// A model file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundModel {
    /// What it is called, cleaned.
    pub name: String,
    /// The file, the first of them where there are several.
    pub path: PathBuf,
    /// Whose folder it is in, in words.
    pub whose: &'static str,
    /// Bytes of all its files.
    pub bytes: u64,
    /// What its head says; `None` where it cannot be used.
    pub header: Option<ModelHeader>,
    /// Numbers of the model, over all its files.
    pub parameters: u64,
    /// Why it cannot be used, cleaned.
    pub problem: Option<String>,
}

/// What a look brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// In the order of the places, each by name.
    pub models: Vec<FoundModel>,
    /// The memory there is now, where the system says it.
    pub memory: Option<Memory>,
    /// What could not be looked at, and what was left out, in sentences, cleaned.
    pub notes: Vec<String>,
}

impl FoundModel {
    /// The memory it takes with the usual context, in bytes.
    #[must_use]
    pub fn needed(&self) -> Option<u64> {
        Some(needed(self.header.as_ref()?, self.bytes, USUAL_CONTEXT))
    }

    /// Whether it fits in this memory.
    #[must_use]
    pub fn fit(&self, memory: Option<Memory>) -> Option<Fit> {
        Some(Fit::of(self.needed()?, memory?))
    }

    /// The member that it is.
    #[must_use]
    pub fn spec(&self) -> MemberSpec {
        let source = Source::Gguf { path: self.path.clone(), arguments: Vec::new(), local: Local::default() };
        MemberSpec { name: self.name.clone(), named: false, config: MemberConfig { source, ..MemberConfig::default() } }
    }

    /// What names it on the command line; `None` where it cannot be typed.
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

/// Why model files could not be looked for.
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

/// Looks at the usual places and at the configured folders, past the files that are known already.
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

/// A path with `~` taken for the user's folder.
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

/// Looks at these places, past the files that are known already.
#[must_use]
pub fn find(places: &[Place], known: &[PathBuf], memory: Option<Memory>) -> Finding {
    let mut walk = Walk::new(known);
    for place in places {
        walk.look(place);
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

/// A sentence on files that are no models to choose.
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

/// Looks into a file; `None` where it is gone.
fn described(candidate: Candidate) -> Option<Described> {
    let Candidate { name, path, whose, problem } = candidate;
    let bytes = parts::bytes(&path);
    let mut found = FoundModel { name, path, whose, bytes, header: None, parameters: 0, problem };
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

/// The head of the first file, and the numbers of all; `Err` says what is wrong, without the name of the first file.
fn read(path: &Path) -> Result<(ModelHeader, u64), String> {
    // The list says which file it is.
    let first = ModelHeader::read(path).map_err(|error| error.without_file())?;
    let mut parameters = first.parameters;
    for other in parts::files(path).iter().filter(|file| *file != path) {
        let header = ModelHeader::read(other).map_err(|error| error.to_string())?;
        parameters = parameters.saturating_add(header.parameters);
    }
    Ok((first, parameters))
}
