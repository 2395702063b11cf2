//! The trace of a run as JSON lines: appended as the run goes, readable up to its last whole line after a kill.
//!
//! Owns the file format: the first line is the header (`run_started` with the format's version), every further line one
//! event. Where traces are kept and how many is the front end's.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::engine::fusion::event::{Event, Record, TRACE_VERSION};
use crate::text::{self, NotText};

/// What the header's `format` says.
pub const TRACE_FORMAT: &str = "specfuse-trace";

/// A round of many members is some tens of kilobytes: it goes to the operating system at once, not in pieces.
const BUFFER: usize = 128 << 10;

/// A trace being written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    writer: BufWriter<File>,
    line: Vec<u8>,
    dirty: bool,
}

/// A trace that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The events in order; the first is the header.
    pub records: Vec<Record>,
    /// Bytes at the end that are not a whole line: what a kill or a full disk cut off.
    pub torn_bytes: usize,
}

impl Trace {
    /// What is worth telling of a trace that was cut off.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let torn = self.torn_bytes;
        (torn > 0).then(|| format!("the trace was cut off: its last {torn} bytes are no whole event and are left out"))
    }
}

/// What can be wrong with a trace file.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is in another encoding, or packed.
    #[error("{}: {source}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        source: NotText,
    },
    /// A whole line is not an event.
    #[error("{}: line {line} is not an event: {reason}", path.display())]
    BadLine {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// The first line is not a trace header.
    #[error("{}: this is not a trace of this program: its first line is not a header", path.display())]
    NoHeader {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error("{}: the trace has version {found}, this program reads up to {TRACE_VERSION}: use a newer one", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
}

impl Journal {
    /// Creates a trace file, private to the user; one that exists is never overwritten.
    pub fn create(path: &Path) -> Result<Self, TraceError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|source| TraceError::File { path: path.to_owned(), source })?;
        Ok(Self::onto(file, path))
    }

    /// The trace with these events in it: a recorded run that goes on without its own file being touched.
    pub fn holding(mut self, records: &[Record]) -> Result<Self, TraceError> {
        records.iter().try_for_each(|record| self.append(record))?;
        self.flush()?;
        Ok(self)
    }

    /// Opens a trace file to go on at its end. What a kill cut off there, which is no whole event, is cut away.
    pub fn reopen(path: &Path) -> Result<(Trace, Self), TraceError> {
        let fault = |source| TraceError::File { path: path.to_owned(), source };
        let trace = read(path)?;
        let mut file = OpenOptions::new().read(true).append(true).open(path).map_err(fault)?;
        let length = file.metadata().map_err(fault)?.len();
        file.set_len(length.saturating_sub(trace.torn_bytes as u64)).map_err(fault)?;
        if !text::ends_in_a_line(&mut file).map_err(fault)? {
            file.write_all(b"\n").map_err(fault)?;
        }
        Ok((trace, Self::onto(file, path)))
    }

    /// A trace that goes to an open file; `path` is what errors name.
    #[must_use]
    pub fn onto(file: File, path: &Path) -> Self {
        Self { path: path.to_owned(), writer: BufWriter::with_capacity(BUFFER, file), line: Vec::new(), dirty: false }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one event. It reaches the operating system, whole, with the next [`Journal::flush`].
    pub fn append(&mut self, record: &Record) -> Result<(), TraceError> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, record).map_err(|error| self.fault(error.into()))?;
        self.line.push(b'\n');
        self.dirty = true;
        self.writer.write_all(&self.line).map_err(|error| self.fault(error))
    }

    /// Hands everything to the operating system, so that a kill of this program loses nothing.
    pub fn flush(&mut self) -> Result<(), TraceError> {
        if std::mem::take(&mut self.dirty) {
            self.writer.flush().map_err(|error| self.fault(error))?;
        }
        Ok(())
    }

    fn fault(&self, source: io::Error) -> TraceError {
        TraceError::File { path: self.path.clone(), source }
    }
}

/// Reads a trace file.
pub fn read(path: &Path) -> Result<Trace, TraceError> {
    let bytes = std::fs::read(path).map_err(|source| TraceError::File { path: path.to_owned(), source })?;
    parse(path, &bytes)
}

/// Reads a trace from memory; `path` is what errors name.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Trace, TraceError> {
    let lines = text::lines(bytes).map_err(|source| TraceError::NotText { path: path.to_owned(), source })?;
    let bytes = &*text::ended(lines);
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let mut records = Vec::new();
    for (number, line) in bytes[..whole].split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if records.is_empty() {
            check_version(path, line)?;
        }
        let record: Record = serde_json::from_slice(line).map_err(|error| {
            let (line, reason) = text::json_fault(&error, number + 1);
            TraceError::BadLine { path: path.to_owned(), line, reason }
        })?;
        records.push(record);
    }
    match records.first() {
        Some(Record { event: Event::RunStarted(_), .. }) => Ok(Trace { records, torn_bytes: bytes.len() - whole }),
        Some(_) | None => Err(TraceError::NoHeader { path: path.to_owned() }),
    }
}

/// Looks at the header's format and version alone: a newer header may not parse as ours, and should say so by its version.
fn check_version(path: &Path, line: &[u8]) -> Result<(), TraceError> {
    let header: serde_json::Value = serde_json::from_slice(line).map_err(|_| TraceError::NoHeader { path: path.to_owned() })?;
    if header["format"] != TRACE_FORMAT {
        return Err(TraceError::NoHeader { path: path.to_owned() });
    }
    match header["version"].as_u64() {
        Some(version) if version <= u64::from(TRACE_VERSION) => Ok(()),
        Some(found) => Err(TraceError::TooNew { path: path.to_owned(), found }),
        None => Err(TraceError::NoHeader { path: path.to_owned() }),
    }
}
