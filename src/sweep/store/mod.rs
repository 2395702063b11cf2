//! What a sweep stores in a folder: a line for every finished cell, and the traces.
//!
//! Owns the format of `results.jsonl`. Its first line records what all cells have in common ([`Pinned`]); another sweep is never
//! mixed in. After a kill the file ends with a torn line at worst, which is cut off; so nothing finished is lost or played again.

mod pinned;

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::pinned::Pinned;
use self::pinned::{FORMAT, VERSION};
use super::asked::Asked;
use super::cell::{Answer, Finished};
use super::earlier::{Earlier, Reading};
use super::grid::Grid;
use super::plan::Sweep;
use crate::engine::fusion::params::Value;
use crate::files::{self, FileError};
use crate::text::{self, NotText};

/// The file of the finished cells.
const RESULTS: &str = "results.jsonl";
/// The folder of the traces.
const TRACES: &str = "traces";

/// A finished cell as a line.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// The values of the axes, by knob.
    setting: BTreeMap<String, Value>,
    /// The prompt's position in its file, from 1.
    prompt: usize,
    /// Identifies its contents.
    fingerprint: String,
    /// Its number among equal prompts, from 1.
    copy: usize,
    /// The seed it was played with.
    seed: u64,
    #[serde(flatten)]
    answer: Answer,
}

/// A line that revokes all earlier lines about some prompts.
#[derive(Debug, Serialize, Deserialize)]
struct Forgotten {
    /// Their fingerprints.
    forgotten: Vec<String>,
}

/// What can be wrong with a folder of results.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{}: another sweep is writing there: wait for it, or give another folder with --results", path.display())]
    Busy { path: PathBuf },
    #[error("{}: {source}", path.display())]
    NotText { path: PathBuf, source: NotText },
    /// The file does not contain results.
    #[error("{}: this does not hold the results of a sweep: give another folder with --results", path.display())]
    NotResults { path: PathBuf },
    #[error("{}: it holds another sweep: {difference}; give another folder with --results, or throw that one away with --fresh", path.display())]
    OtherSweep { path: PathBuf, difference: String },
    /// A line in the middle cannot be read.
    #[error("{}: line {line} is not a finished cell: {reason}; --fresh begins anew", path.display())]
    BadLine { path: PathBuf, line: usize, reason: String },
}

/// The folder of a sweep, open for further cells. No other process can write there in the meantime.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    /// The prompts of the sweep, with their seeds.
    asked: Vec<(Asked, u64)>,
}

impl Store {
    /// Opens a folder, creating it if necessary, and reads its results for this sweep. `fresh` ignores those: if they are
    /// compatible with this sweep the results of other prompts stay, otherwise everything is dropped.
    ///
    /// # Errors
    /// If it holds another sweep, or something else, or another process is writing there.
    pub fn open(folder: &Path, pinned: &Pinned, sweep: &Sweep, fresh: bool) -> Result<(Self, Earlier), StoreError> {
        files::create_folder(folder)?;
        let path = folder.join(RESULTS);
        let file = files::private().read(true).append(true).create(true).open(&path).map_err(FileError::of(&path))?;
        let asked = Asked::of(&sweep.prompts);
        let seeds = asked.iter().map(|asked| (asked.clone(), sweep.seed_of(asked))).collect();
        let mut store = Self { folder: folder.to_owned(), path, file, asked: seeds };
        store.lock()?;
        let earlier = match store.take_up(pinned, sweep, &asked) {
            Err(StoreError::OtherSweep { .. } | StoreError::BadLine { .. }) if fresh => {
                store.cut(0)?;
                store.take_up(pinned, sweep, &asked)?
            }
            taken_up => taken_up?,
        };
        if !fresh || earlier.told().is_none() {
            return Ok((store, earlier));
        }
        store.append_line(&Forgotten { forgotten: asked.iter().map(|asked| asked.fingerprint.clone()).collect() })?;
        Ok((store, Reading::new(sweep, &asked).end()))
    }

    /// Reads the file and leaves it so that a line can be appended.
    fn take_up(&mut self, pinned: &Pinned, sweep: &Sweep, asked: &[Asked]) -> Result<Earlier, StoreError> {
        let bytes = self.read()?;
        let lines = text::lines(&bytes).map_err(|source| StoreError::NotText { path: self.path.clone(), source })?;
        let lines = text::ended(lines);
        let whole = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let (whole, torn) = lines.split_at(whole);
        // A torn first line is ours only if a kill left it: anything else is another file.
        if whole.is_empty() && !torn.is_empty() && !header_begins(torn) {
            return Err(StoreError::NotResults { path: self.path.clone() });
        }
        let earlier = self.parse(whole, pinned, sweep, asked)?;
        if !torn.is_empty() {
            self.cut((bytes.len() - torn.len()) as u64)?;
        }
        if !text::ends_in_a_line(&mut self.file).map_err(FileError::of(&self.path))? {
            self.write(b"\n")?;
        }
        if whole.trim_ascii().is_empty() {
            self.append_line(pinned)?;
        }
        Ok(earlier)
    }

    /// The folder's path.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder for the traces, created if necessary.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn traces(&self) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join(TRACES);
        files::create_folder(&folder)?;
        Ok(folder)
    }

    /// Appends a finished cell. It reaches the operating system immediately, whole: a kill of this program loses nothing.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn append(&mut self, grid: &Grid, finished: &Finished) -> Result<(), StoreError> {
        let Some((asked, seed)) = self.asked.get(finished.cell.prompt).cloned() else { return Ok(()) };
        let values = grid.axes().iter().zip(grid.values(finished.cell.setting));
        self.append_line(&Line {
            setting: values.map(|(axis, value)| (axis.knob.name.to_owned(), value.clone())).collect(),
            prompt: finished.cell.prompt + 1,
            fingerprint: asked.fingerprint,
            copy: asked.copy,
            seed,
            answer: finished.answer.clone(),
        })
    }

    /// Flushes everything to the disk, in case the machine itself crashes.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn sync(&self) -> Result<(), StoreError> {
        Ok(self.file.sync_data().map_err(FileError::of(&self.path))?)
    }

    fn append_line(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        let mut bytes = serde_json::to_vec(line).map_err(|error| FileError::of(&self.path)(error.into()))?;
        bytes.push(b'\n');
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(self.file.write_all(bytes).map_err(FileError::of(&self.path))?)
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

    /// The contents of whole lines.
    fn parse(&self, lines: &[u8], pinned: &Pinned, sweep: &Sweep, asked: &[Asked]) -> Result<Earlier, StoreError> {
        let mut reading = Reading::new(sweep, asked);
        let mut lines = lines.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
        let Some((_, first)) = lines.next() else { return Ok(reading.end()) };
        self.check_header(first, pinned)?;
        for (number, line) in lines {
            if let Ok(Forgotten { forgotten }) = serde_json::from_slice(line) {
                reading.forget(&forgotten);
                continue;
            }
            let line: Line = serde_json::from_slice(line).map_err(|error| {
                let (line, reason) = text::json_fault(&error, number + 1);
                StoreError::BadLine { path: self.path.clone(), line, reason }
            })?;
            let setting = setting(&line, &sweep.grid);
            let asked = Asked { fingerprint: line.fingerprint, copy: line.copy };
            reading.line(asked, line.prompt.saturating_sub(1), line.seed, setting, line.answer);
        }
        Ok(reading.end())
    }

    fn check_header(&self, line: &[u8], pinned: &Pinned) -> Result<(), StoreError> {
        let path = || self.path.clone();
        let value: serde_json::Value = serde_json::from_slice(line).map_err(|_| StoreError::NotResults { path: path() })?;
        if value["format"] != FORMAT {
            return Err(StoreError::NotResults { path: path() });
        }
        let version = value["version"].as_u64();
        let there: Result<Pinned, _> = serde_json::from_value(value);
        let difference = match there {
            _ if version == Some(1) => Some(
                "an earlier version of this program wrote it, which knew prompts by their place in the file alone".to_owned(),
            ),
            Ok(there) if there.version != VERSION => Some("another version of this program wrote it".to_owned()),
            Ok(there) => pinned.difference(&there),
            Err(_) => Some("another version of this program wrote it".to_owned()),
        };
        difference.map_or(Ok(()), |difference| Err(StoreError::OtherSweep { path: path(), difference }))
    }
}

impl Drop for Store {
    /// Closing the file does not release its lock while a child process, between its fork and its exec, holds a copy of the
    /// descriptor; unlocking does, for all copies.
    fn drop(&mut self) {
        // A lock that cannot be released ends with the process.
        let _ = self.file.unlock();
    }
}

/// Whether these bytes are the start of a header that was being written.
fn header_begins(bytes: &[u8]) -> bool {
    let start = format!("{{\"format\":\"{FORMAT}\"");
    let count = bytes.len().min(start.len());
    bytes.get(..count) == start.as_bytes().get(..count)
}

/// The setting of a line; `None` if it is not in this grid.
fn setting(line: &Line, grid: &Grid) -> Option<usize> {
    let values: Vec<Value> =
        grid.axes().iter().map(|axis| axis.knob.check(line.setting.get(axis.knob.name)?).ok()).collect::<Option<_>>()?;
    grid.find(&values.iter().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
