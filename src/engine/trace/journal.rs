//! Writing a trace.
//!
//! The file is created with its first event: a run that never starts leaves none.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Trace, TraceError, read};
use crate::engine::fusion::event::{Event, Record};
use crate::text;

/// A round of many members is some tens of kilobytes: it goes to the operating system in one piece.
const BUFFER: usize = 128 << 10;

/// Events as lines, each with its number in its run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lines {
    last: u64,
}

#[derive(Serialize)]
struct Numbered<'a> {
    n: u64,
    #[serde(flatten)]
    record: &'a Record,
}

impl Lines {
    /// Appends the line of an event, with its line feed.
    pub fn write(&mut self, record: &Record, line: &mut Vec<u8>) -> serde_json::Result<()> {
        self.last = if matches!(record.event, Event::RunStarted(_)) { 1 } else { self.last.saturating_add(1) };
        serde_json::to_writer(&mut *line, &Numbered { n: self.last, record })?;
        line.push(b'\n');
        Ok(())
    }
}

/// A trace being written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    target: Target,
    lines: Lines,
    line: Vec<u8>,
    dirty: bool,
    begun: Option<Hook>,
}

#[derive(Debug)]
enum Target {
    /// The file is created with the first event.
    Waiting(OpenOptions),
    Open {
        writer: BufWriter<File>,
        /// Whether this journal created the file and has written nothing yet.
        empty: bool,
    },
}

/// Runs once there is a trace.
struct Hook(Box<dyn FnOnce() + Send>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

impl Journal {
    /// A trace in a new file, private to the user, which is created with the first event. A file that exists is never
    /// overwritten; a pipe or a device is written to.
    ///
    /// # Errors
    /// [`TraceError::File`] if no such file can be created; this is checked immediately.
    pub fn create(path: &Path) -> Result<Self, TraceError> {
        let fault = |source| TraceError::File { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.write(true);
        if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Ok(Self::new(Target::Waiting(options), path));
        }
        options.create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(fault)?;
        fs::remove_file(path).map_err(fault)?;
        Ok(Self::new(Target::Waiting(options), path))
    }

    /// Adds these events: a recorded run continues in a new trace, and its own file stays as it is.
    pub fn holding(mut self, records: &[Record]) -> Result<Self, TraceError> {
        records.iter().try_for_each(|record| self.append(record))?;
        self.flush()?;
        Ok(self)
    }

    /// Opens a trace file to continue at its end. A last event that a kill cut off is removed.
    pub fn reopen(path: &Path) -> Result<(Trace, Self), TraceError> {
        let fault = |source| TraceError::File { path: path.to_owned(), source };
        let trace = read(path)?;
        let mut file = OpenOptions::new().read(true).append(true).open(path).map_err(fault)?;
        let length = file.metadata().map_err(fault)?.len().saturating_sub(trace.torn_bytes as u64);
        file.set_len(length).map_err(fault)?;
        if !text::ends_in_a_line(&mut file).map_err(fault)? {
            file.write_all(b"\n").map_err(fault)?;
        }
        let mut journal = Self::onto(file, path);
        journal.lines.last = trace.last_number;
        Ok((trace, journal))
    }

    /// A trace written to an open file; `path` is for error messages.
    #[must_use]
    pub fn onto(file: File, path: &Path) -> Self {
        Self::new(Target::Open { writer: BufWriter::with_capacity(BUFFER, file), empty: false }, path)
    }

    fn new(target: Target, path: &Path) -> Self {
        Self { path: path.to_owned(), target, lines: Lines::default(), line: Vec::new(), dirty: false, begun: None }
    }

    /// Runs this once the file exists.
    #[must_use]
    pub fn when_begun(self, hook: impl FnOnce() + Send + 'static) -> Self {
        Self { begun: Some(Hook(Box::new(hook))), ..self }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one event. It reaches the operating system, whole, with the next [`Journal::flush`].
    pub fn append(&mut self, record: &Record) -> Result<(), TraceError> {
        self.line.clear();
        self.lines.write(record, &mut self.line).map_err(|error| self.fault(error.into()))?;
        self.dirty = true;
        let written = self.write();
        written.map_err(|error| self.failed(error))
    }

    fn write(&mut self) -> io::Result<()> {
        if let Target::Waiting(options) = &self.target {
            let file = options.open(&self.path)?;
            let empty = file.metadata().is_ok_and(|made| made.is_file());
            self.target = Target::Open { writer: BufWriter::with_capacity(BUFFER, file), empty };
            if let Some(Hook(hook)) = self.begun.take() {
                hook();
            }
        }
        match &mut self.target {
            Target::Open { writer, .. } => writer.write_all(&self.line),
            Target::Waiting(_) => Ok(()),
        }
    }

    /// Hands everything to the operating system, so that a kill of this program loses nothing.
    pub fn flush(&mut self) -> Result<(), TraceError> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        let Target::Open { writer, empty } = &mut self.target else { return Ok(()) };
        match writer.flush() {
            Ok(()) => {
                *empty = false;
                Ok(())
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Removes a file that nothing was ever written to.
    fn failed(&mut self, source: io::Error) -> TraceError {
        if let Target::Open { empty, .. } = &mut self.target
            && std::mem::take(empty)
            && fs::metadata(&self.path).is_ok_and(|left| left.is_file() && left.len() == 0)
        {
            // The error is reported already; an empty file that cannot be removed does not change it.
            let _ = fs::remove_file(&self.path);
        }
        self.fault(source)
    }

    fn fault(&self, source: io::Error) -> TraceError {
        TraceError::File { path: self.path.clone(), source }
    }
}
