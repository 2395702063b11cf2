//! What a sweep keeps in a folder: a line for every finished cell, and the traces.
//!
//! Owns the format of `results.jsonl`. Its first line says what all cells have in common; another sweep is never mixed in. After
//! a kill the file ends with a torn line at worst, which is cut off; so nothing that was finished is lost or played again.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::cell::{Answer, Cell, Finished};
use super::grid::Grid;
use super::run::Sweep;
use crate::engine::Seat;
use crate::engine::fusion::event::{OwnSampling, Role, ScoreTier};
use crate::engine::fusion::params::{KNOBS, Value};
use crate::files::{self, FileError};
use crate::prompts::fingerprint;

/// What the first line's `format` says.
const FORMAT: &str = "specfuse-sweep";
/// The version of the format.
const VERSION: u32 = 1;
/// The file of the finished cells.
const RESULTS: &str = "results.jsonl";
/// The folder of the traces.
const TRACES: &str = "traces";

/// What all cells of a sweep have in common: the first line of its results.
///
/// The values of the axes are not among it, nor how many prompts are played: a sweep may go on over a wider grid or more
/// prompts, and what is finished counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pinned {
    format: String,
    version: u32,
    program: String,
    /// The fingerprint of the file of prompts.
    prompts: String,
    members: Vec<PinnedMember>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    seed: u64,
    axes: Vec<String>,
    /// The knobs that do not vary.
    params: BTreeMap<String, Value>,
}

/// What of a member decides its answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PinnedMember {
    name: String,
    role: Role,
    weight: f64,
    kind: String,
    model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parameters: Option<u64>,
    tier: ScoreTier,
    #[serde(default, skip_serializing_if = "OwnSampling::is_empty")]
    sampling: OwnSampling,
}

/// A finished cell as a line.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// The values of the axes, by knob.
    setting: BTreeMap<String, Value>,
    /// The prompt, from 1.
    prompt: usize,
    #[serde(flatten)]
    answer: Answer,
}

/// What can be wrong with a folder of results.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another process writes to it.
    #[error("{}: another sweep is writing there: wait for it, or give another folder with --results", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// It is not ours.
    #[error("{}: this does not hold the results of a sweep: give another folder with --results", path.display())]
    NotResults {
        /// The file.
        path: PathBuf,
    },
    /// It is of another sweep.
    #[error("{}: it holds another sweep: {difference}; give another folder with --results, or throw that one away with --fresh", path.display())]
    OtherSweep {
        /// The file.
        path: PathBuf,
        /// What differs.
        difference: String,
    },
    /// A line in the middle cannot be read.
    #[error("{}: line {line} is not a finished cell: {reason}; --fresh begins anew", path.display())]
    BadLine {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
}

impl Pinned {
    /// What the cells of this sweep have in common. `prompts` is the fingerprint of their file, `system` what stands before every
    /// conversation.
    #[must_use]
    pub fn new(sweep: &Sweep, seats: &[Seat], prompts: &str, system: Option<&str>) -> Self {
        let axes: Vec<String> = sweep.grid.axes().iter().map(|axis| axis.knob.name.to_owned()).collect();
        let fixed = KNOBS.iter().filter(|knob| axes.iter().all(|axis| axis != knob.name));
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            prompts: prompts.to_owned(),
            members: seats.iter().map(PinnedMember::new).collect(),
            system: system.map(str::to_owned),
            seed: sweep.seed,
            params: fixed.map(|knob| (knob.name.to_owned(), (knob.get)(&sweep.params))).collect(),
            axes,
        }
    }

    /// A name for the folder of this sweep: another sweep has another one.
    #[must_use]
    pub fn folder_name(&self) -> String {
        fingerprint(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// The first thing in which another sweep differs, in words.
    fn difference(&self, other: &Self) -> Option<String> {
        let texts =
            |what: &str, here: &str, there: &str| (here != there).then(|| format!("{what} is {there} there, {here} here"));
        let list = |names: &[String]| names.join(", ");
        let names = |pinned: &Self| list(&pinned.members.iter().map(|member| member.name.clone()).collect::<Vec<_>>());
        let knob = || {
            let differing = self.params.iter().find_map(|(name, value)| {
                let there = other.params.get(name).filter(|there| *there != value)?;
                Some(format!("`{name}` is {there} there, {value} here"))
            });
            let other_knobs = || (self.params != other.params).then(|| "it knows other knobs".to_owned());
            differing.or_else(other_knobs)
        };
        texts("the program's version", &self.program, &other.program)
            .or_else(|| texts("the format's version", &self.version.to_string(), &other.version.to_string()))
            .or_else(|| (self.prompts != other.prompts).then(|| "the file of prompts is another one".to_owned()))
            .or_else(|| texts("the list of members", &names(self), &names(other)))
            .or_else(|| {
                (self.members != other.members).then(|| "a member's model, role, weight or sampling is another one".to_owned())
            })
            .or_else(|| texts("the seed", &self.seed.to_string(), &other.seed.to_string()))
            .or_else(|| texts("what is swept", &list(&self.axes), &list(&other.axes)))
            .or_else(|| (self.system != other.system).then(|| "the instructions (--system) are others".to_owned()))
            .or_else(knob)
    }
}

impl PinnedMember {
    fn new(seat: &Seat) -> Self {
        let capabilities = seat.member.capabilities();
        Self {
            name: seat.name.clone(),
            role: seat.role,
            weight: seat.weight,
            kind: capabilities.kind.clone(),
            model: capabilities.model.clone(),
            parameters: capabilities.parameters,
            tier: capabilities.tier,
            sampling: seat.sampling,
        }
    }
}

/// The folder of a sweep, open for further cells. Nobody else can write there meanwhile.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    path: PathBuf,
    file: File,
}

impl Store {
    /// Opens a folder, which is made where it is not there, and reads the finished cells of this grid in it. `fresh` throws away
    /// what it holds.
    ///
    /// # Errors
    /// Where it holds another sweep, or something else, or another process writes there.
    pub fn open(folder: &Path, pinned: &Pinned, grid: &Grid, fresh: bool) -> Result<(Self, Vec<Finished>), StoreError> {
        files::create_folder(folder)?;
        let path = folder.join(RESULTS);
        let file = files::private().read(true).append(true).create(true).open(&path).map_err(FileError::of(&path))?;
        let mut store = Self { folder: folder.to_owned(), path, file };
        store.lock()?;
        if fresh {
            store.cut(0)?;
        }
        let bytes = store.read()?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let (lines, _torn) = bytes.split_at(whole);
        // A torn first line is ours only where a kill left it: anything else is somebody's file.
        if lines.is_empty() && !bytes.is_empty() && !header_begins(&bytes) {
            return Err(StoreError::NotResults { path: store.path.clone() });
        }
        let finished = store.parse(lines, pinned, grid)?;
        if whole < bytes.len() {
            store.cut(whole as u64)?;
        }
        if lines.is_empty() {
            store.append_line(pinned)?;
        }
        Ok((store, finished))
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder for the traces, made where it is not there.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn traces(&self) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join(TRACES);
        files::create_folder(&folder)?;
        Ok(folder)
    }

    /// Appends a finished cell. It reaches the operating system at once, whole: a kill of this program loses nothing.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn append(&mut self, grid: &Grid, finished: &Finished) -> Result<(), StoreError> {
        let values = grid.axes().iter().zip(grid.values(finished.cell.setting));
        self.append_line(&Line {
            setting: values.map(|(axis, value)| (axis.knob.name.to_owned(), value.clone())).collect(),
            prompt: finished.cell.prompt + 1,
            answer: finished.answer.clone(),
        })
    }

    /// Hands everything to the disk, for when the machine itself goes down.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn sync(&self) -> Result<(), StoreError> {
        Ok(self.file.sync_data().map_err(FileError::of(&self.path))?)
    }

    fn append_line(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        let mut bytes = serde_json::to_vec(line).map_err(|error| FileError::of(&self.path)(error.into()))?;
        bytes.push(b'\n');
        Ok(self.file.write_all(&bytes).map_err(FileError::of(&self.path))?)
    }

    fn lock(&self) -> Result<(), StoreError> {
        match self.file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: self.path.clone() }),
            // A file system without locks is no reason not to sweep.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
            Err(TryLockError::Error(error)) => Err(FileError::of(&self.path)(error).into()),
        }
    }

    fn cut(&mut self, length: u64) -> Result<(), StoreError> {
        Ok(self.file.set_len(length).map_err(FileError::of(&self.path))?)
    }

    fn read(&mut self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.read_to_end(&mut bytes));
        read.map_err(FileError::of(&self.path))?;
        Ok(bytes)
    }

    /// The cells of whole lines. Of a cell that was played twice, because it failed at first, the last line counts.
    fn parse(&self, lines: &[u8], pinned: &Pinned, grid: &Grid) -> Result<Vec<Finished>, StoreError> {
        let mut lines = lines.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
        let Some((_, first)) = lines.next() else { return Ok(Vec::new()) };
        self.check_header(first, pinned)?;
        let mut finished = BTreeMap::new();
        for (number, line) in lines {
            let line: Line = serde_json::from_slice(line).map_err(|error| StoreError::BadLine {
                path: self.path.clone(),
                line: number + 1,
                reason: error.to_string(),
            })?;
            if let Some(cell) = cell(&line, grid) {
                finished.insert(cell, line.answer);
            }
        }
        Ok(finished.into_iter().map(|(cell, answer)| Finished { cell, answer }).collect())
    }

    fn check_header(&self, line: &[u8], pinned: &Pinned) -> Result<(), StoreError> {
        let path = || self.path.clone();
        let value: serde_json::Value = serde_json::from_slice(line).map_err(|_| StoreError::NotResults { path: path() })?;
        if value["format"] != FORMAT {
            return Err(StoreError::NotResults { path: path() });
        }
        let there: Result<Pinned, _> = serde_json::from_value(value);
        let difference = match there {
            Ok(there) => pinned.difference(&there),
            Err(_) => Some("another version of this program wrote it".to_owned()),
        };
        difference.map_or(Ok(()), |difference| Err(StoreError::OtherSweep { path: path(), difference }))
    }
}

impl Drop for Store {
    /// Closing the file does not release its lock while a child process, between its fork and its exec, holds a copy of the
    /// descriptor: unlocking does, for all copies.
    fn drop(&mut self) {
        // Nothing is left to do about a lock that cannot be released: it ends with the process.
        let _ = self.file.unlock();
    }
}

/// Whether these bytes are the beginning of a header that was being written.
fn header_begins(bytes: &[u8]) -> bool {
    let start = format!("{{\"format\":\"{FORMAT}\"");
    let count = bytes.len().min(start.len());
    bytes.get(..count) == start.as_bytes().get(..count)
}

/// The cell of a line; `None` where its setting is not of this grid.
fn cell(line: &Line, grid: &Grid) -> Option<Cell> {
    let values: Vec<Value> =
        grid.axes().iter().map(|axis| axis.knob.check(line.setting.get(axis.knob.name)?).ok()).collect::<Option<_>>()?;
    let setting = grid.find(&values.iter().collect::<Vec<_>>())?;
    Some(Cell { setting, prompt: line.prompt.checked_sub(1)? })
}

#[cfg(test)]
mod tests;
