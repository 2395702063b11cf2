//! The trace of a run as JSON lines: appended during the run, readable up to its last whole event after a kill.
//!
//! Owns the file format: a run is its header (`run_started` with the format's version) and one event per line after it, each
//! numbered from 1 in its key `n`; a file may hold several runs, one after another. [`journal`] writes; [`order`] handles lost or
//! displaced lines; [`runs`] finds which runs form one conversation. The front ends decide where traces are kept and how many.

mod fault;
mod journal;
mod order;
mod runs;

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use fault::{Fault, FaultKind};
pub use journal::{Journal, Lines};
pub use runs::{Chosen, conversations};

use crate::engine::fusion::event::{Event, Record, TRACE_VERSION};
use crate::text::{self, NotText};
use order::Line;

/// The header's `format`.
pub const TRACE_FORMAT: &str = "specfuse-trace";

/// How many faults a one-line warning names before it only counts the rest.
const NAMED: usize = 4;

/// A trace that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The events in order; the first is a header, and so is the first of every further run.
    pub records: Vec<Record>,
    /// Bytes at the end that are not a whole event, cut off by a kill or a full disk.
    pub torn_bytes: usize,
    /// What is wrong with the other lines, in the order of the file.
    pub faults: Vec<Fault>,
    /// The number of the last event.
    last_number: u64,
}

impl Trace {
    /// Everything that the user should know of the file, each a sentence without its full stop.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let torn = self.torn_bytes;
        let cut = || format!("the trace was cut off: its last {torn} bytes are no whole event and are left out");
        self.faults.iter().map(ToString::to_string).chain((torn > 0).then(cut)).collect()
    }

    /// The same on one line, shortened if it is too long.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let mut warnings = self.warnings();
        let more = warnings.len().saturating_sub(NAMED);
        warnings.truncate(NAMED);
        if more > 0 {
            warnings.push(format!("and {more} more faults"));
        }
        (!warnings.is_empty()).then(|| warnings.join("; "))
    }
}

/// What can be wrong with a trace file.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    #[error("{}: {}", path.display(), text::trouble(source, "a trace file"))]
    File { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    NotText { path: PathBuf, source: NotText },
    #[error("{}: line {line} is not an event: {reason}", path.display())]
    BadLine { path: PathBuf, line: usize, reason: String },
    #[error("{}: this is not a trace of this program: its first line is not a header", path.display())]
    NoHeader { path: PathBuf },
    #[error("{}: the trace has version {found}, this program reads up to {TRACE_VERSION}: use a newer one", path.display())]
    TooNew { path: PathBuf, found: u64 },
    #[error("{}: there is no run {wanted} in it: it holds {}", path.display(), runs::counted(*of))]
    NoSuchRun { path: PathBuf, wanted: usize, of: usize },
}

/// Reads a trace file.
pub fn read(path: &Path) -> Result<Trace, TraceError> {
    let bytes = std::fs::read(path).map_err(|source| TraceError::File { path: path.to_owned(), source })?;
    parse(path, &bytes)
}

/// Reads a trace from memory; `path` is for error messages. Shows whatever can be read of a damaged file; the rest is among the
/// faults.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Trace, TraceError> {
    let bytes = &*text::lines(bytes).map_err(|source| TraceError::NotText { path: path.to_owned(), source })?;
    let mut reader = Reader::default();
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().peekable();
    let mut torn_bytes = 0;
    while let Some((place, line)) = lines.next() {
        // The last line may lack its line feed and still be whole.
        torn_bytes = reader.line(place + 1, line, lines.peek().is_none());
    }
    reader.finish(torn_bytes).map_err(|error| match error {
        Unreadable::NoHeader => TraceError::NoHeader { path: path.to_owned() },
        Unreadable::BadHeader { line, reason } => TraceError::BadLine { path: path.to_owned(), line, reason },
        Unreadable::TooNew { found } => TraceError::TooNew { path: path.to_owned(), found },
    })
}

/// Why there is nothing to show.
enum Unreadable {
    NoHeader,
    BadHeader { line: usize, reason: String },
    TooNew { found: u64 },
}

/// What a line of text turns out to be.
enum Parsed {
    Event(Box<Record>),
    /// A header of a version that this program does not know.
    TooNew(u64),
    /// A damaged header of ours, or not a line of ours.
    Neither {
        header: bool,
        reason: String,
    },
}

/// The part of the file that the current lines belong to.
#[derive(Default)]
enum Part<'a> {
    /// No run that can be shown.
    #[default]
    Headless,
    /// To a run.
    Run(Vec<Line<'a>>),
    /// To a run of a newer program.
    Newer,
}

/// A file being read.
#[derive(Default)]
struct Reader<'a> {
    part: Part<'a>,
    /// Events before the header of their run, or whose run has none.
    headless: Vec<Line<'a>>,
    records: Vec<Record>,
    faults: Vec<Fault>,
    /// Lines that are not events, and why.
    bad: Vec<(usize, String)>,
    last_number: u64,
    /// The first of our headers that cannot be read.
    unreadable: Option<Unreadable>,
}

impl<'a> Reader<'a> {
    /// Handles a line. If it is the last, returns how many bytes at its end are not a whole event.
    fn line(&mut self, line: usize, text: &'a [u8], last: bool) -> usize {
        if text.trim_ascii().is_empty() {
            return 0;
        }
        let Err(reason) = self.event(line, text) else { return 0 };
        // Two files may have been joined after a line that was cut off.
        let starts = starts(text);
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let (mut torn, mut bad) = (0, false);
        for (start, end) in starts.iter().copied().zip(ends) {
            let whole = starts.len() > 1 && self.event(line, &text[start..end]).is_ok();
            if !whole && last && end == text.len() {
                torn = end - start;
            } else {
                bad |= !whole;
            }
        }
        if bad {
            self.bad.push((line, reason));
        }
        torn
    }

    fn event(&mut self, line: usize, text: &'a [u8]) -> Result<(), String> {
        match parsed(text) {
            Parsed::Event(record) => {
                let read = Line::new(line, number(text), text.trim_ascii(), *record);
                if matches!(read.record.event, Event::RunStarted(_)) {
                    self.close();
                    self.part = Part::Run(vec![read]);
                } else {
                    match &mut self.part {
                        Part::Headless => self.headless.push(read),
                        Part::Run(lines) => lines.push(read),
                        Part::Newer => {}
                    }
                }
                Ok(())
            }
            Parsed::TooNew(version) => {
                self.close();
                self.part = Part::Newer;
                self.unreadable.get_or_insert(Unreadable::TooNew { found: version });
                self.faults.push(Fault::new(line, FaultKind::TooNew { version }));
                Ok(())
            }
            Parsed::Neither { header, reason } => {
                // A newer program has events that this one does not know.
                if matches!(self.part, Part::Newer) {
                    return Ok(());
                }
                if header {
                    self.close();
                    self.unreadable.get_or_insert(Unreadable::BadHeader { line, reason: reason.clone() });
                }
                Err(reason)
            }
        }
    }

    /// Ends the current part.
    fn close(&mut self) {
        if let Part::Run(lines) = std::mem::take(&mut self.part) {
            let bad: Vec<usize> = self.bad.iter().map(|(line, _)| *line).collect();
            let before = std::mem::take(&mut self.headless);
            let ordered = order::order(lines, before, &bad, &mut self.faults);
            self.records.extend(ordered.records);
            self.last_number = ordered.last;
            self.headless = ordered.headless;
        }
    }

    fn finish(mut self, torn_bytes: usize) -> Result<Trace, Unreadable> {
        self.close();
        if self.records.is_empty() {
            return Err(self.unreadable.unwrap_or(Unreadable::NoHeader));
        }
        let mut faults = self.faults;
        faults.extend(self.headless.iter().map(|line| Fault::new(line.place, FaultKind::NoHeader)));
        faults.extend(self.bad.into_iter().map(|(line, reason)| Fault::new(line, FaultKind::NotAnEvent { reason })));
        Ok(Trace { records: self.records, torn_bytes, faults: fault::merged(faults), last_number: self.last_number })
    }
}

fn parsed(text: &[u8]) -> Parsed {
    match serde_json::from_slice::<Record>(text) {
        Ok(Record { event: Event::RunStarted(header), .. }) if header.format != TRACE_FORMAT => {
            Parsed::Neither { header: false, reason: format!("its format is `{}`", header.format) }
        }
        Ok(Record { event: Event::RunStarted(header), .. }) if header.version > TRACE_VERSION => {
            Parsed::TooNew(header.version.into())
        }
        Ok(record) => Parsed::Event(Box::new(record)),
        // A newer header may not parse; its version should still be reported.
        Err(error) => match serde_json::from_slice::<Version>(text) {
            Ok(Version { format, version }) if format == TRACE_FORMAT => match version {
                Some(version) if version > u64::from(TRACE_VERSION) => Parsed::TooNew(version),
                Some(_) | None => Parsed::Neither { header: true, reason: reason(&error) },
            },
            Ok(_) | Err(_) => Parsed::Neither { header: false, reason: reason(&error) },
        },
    }
}

/// What the header of every version has.
#[derive(Deserialize)]
struct Version {
    format: String,
    #[serde(default)]
    version: Option<u64>,
}

/// What the parser says; the line that it names is always its own first.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    match text.strip_suffix(&place) {
        Some(text) if error.column() > 0 => format!("{text} at column {}", error.column()),
        Some(text) => text.to_owned(),
        None => text,
    }
}

/// A line's number, if it has one; traces of versions 1 to 3 have none.
fn number(text: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Numbered {
        #[serde(default)]
        n: serde_json::Value,
    }
    let numbered: Numbered = serde_json::from_slice(text).ok()?;
    numbered.n.as_u64().filter(|number| *number > 0)
}

/// The start of a text and every position in it that starts like a line of a trace. That cannot occur within a string, since
/// quotation marks are escaped there.
fn starts(text: &[u8]) -> Vec<usize> {
    let begins = |rest: &[u8]| rest.starts_with(b"{\"n\":") || rest.starts_with(b"{\"t_ms\":");
    std::iter::once(0).chain((1..text.len()).filter(|place| begins(&text[*place..]))).collect()
}

#[cfg(test)]
mod tests;
