//! What can be wrong with lines of a trace that can still be shown, in words.

use std::fmt;

use crate::engine::fusion::event::TRACE_VERSION;

/// A fault of one line, or of several in a row.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The first line, from 1.
    pub first: usize,
    pub last: usize,
    pub kind: FaultKind,
}

/// What is wrong with a line.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// It is not an event.
    NotAnEvent {
        /// The parser's message about the first.
        reason: String,
    },
    /// Events are missing before it.
    Missing {
        /// The number of the first of them.
        number: u64,
        count: u64,
    },
    /// It is an earlier line again.
    Repeated,
    /// It has the number of an earlier line, but is another event.
    Rival,
    /// It belongs elsewhere, and is shown there.
    OutOfPlace,
    /// Its number fits nowhere; it is shown where it is.
    Misnumbered,
    /// No header of its run can be read.
    NoHeader,
    /// It starts a run of a newer program.
    TooNew { version: u64 },
}

impl Fault {
    pub(super) fn new(line: usize, kind: FaultKind) -> Self {
        Self { first: line, last: line, kind }
    }

    /// Whether `next` continues this fault.
    fn goes_on_with(&self, next: &Self) -> bool {
        let alike = std::mem::discriminant(&self.kind) == std::mem::discriminant(&next.kind);
        let single = matches!(self.kind, FaultKind::Missing { .. } | FaultKind::TooNew { .. });
        alike && !single && (self.last..=self.last.saturating_add(1)).contains(&next.first)
    }
}

/// Adds a fault, merging it with the last one if it continues that.
pub(super) fn push(faults: &mut Vec<Fault>, fault: Fault) {
    match faults.last_mut() {
        Some(last) if last.goes_on_with(&fault) => last.last = fault.last,
        Some(_) | None => faults.push(fault),
    }
}

/// The faults in the order of the file.
pub(super) fn merged(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.first);
    let mut all = Vec::new();
    for fault in faults {
        push(&mut all, fault);
    }
    all
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = self.first == self.last;
        let of = |single: &'static str, several: &'static str| if one { single } else { several };
        match &self.kind {
            FaultKind::Missing { number, count: 1 } => {
                return write!(f, "before line {} an event is missing (number {number})", self.first);
            }
            FaultKind::Missing { number, count } => {
                let last = number.saturating_add(count - 1);
                return write!(f, "before line {}, {count} events are missing (numbers {number} to {last})", self.first);
            }
            FaultKind::TooNew { version } => {
                let line = self.first;
                return write!(
                    f,
                    "line {line} begins a run of version {version}, which is left out: this program reads up to {TRACE_VERSION}"
                );
            }
            FaultKind::NotAnEvent { .. }
            | FaultKind::Repeated
            | FaultKind::Rival
            | FaultKind::OutOfPlace
            | FaultKind::Misnumbered
            | FaultKind::NoHeader => {}
        }
        if one {
            write!(f, "line {} ", self.first)?;
        } else {
            write!(f, "lines {} to {} ", self.first, self.last)?;
        }
        match &self.kind {
            FaultKind::NotAnEvent { reason } if one => write!(f, "is not an event and is left out: {reason}"),
            FaultKind::NotAnEvent { reason } => write!(f, "are not events and are left out; of the first: {reason}"),
            FaultKind::Repeated => f.write_str(of("is there twice; it is shown once", "are there twice; they are shown once")),
            FaultKind::Rival => f.write_str(of(
                "has the number of an earlier line but another event, and is left out",
                "have the numbers of earlier lines but other events, and are left out",
            )),
            FaultKind::OutOfPlace => f.write_str(of(
                "is out of order; it is shown where its number says",
                "are out of order; they are shown where their numbers say",
            )),
            FaultKind::Misnumbered => f.write_str(of(
                "has a number that cannot be right; it is shown where it stands",
                "have numbers that cannot be right; they are shown where they stand",
            )),
            FaultKind::NoHeader => f.write_str(of(
                "belongs to a run whose first line cannot be read, and is left out",
                "belong to a run whose first line cannot be read, and are left out",
            )),
            FaultKind::Missing { .. } | FaultKind::TooNew { .. } => Ok(()),
        }
    }
}
