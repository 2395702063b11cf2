//! Server-sent events that came twice, by their `id:`.
//!
//! A proxy that reconnects to its own source repeats events that it has sent before. If an id identifies one event, the same id
//! with the same data is that event again. But some servers put one id on every event, that of the whole completion; then two
//! equal events may be two equal tokens ("ha" and "ha"), and nothing may be lost. So an event counts as repeated only if id, name
//! and data are equal, and an id on two different events identifies none from then on. As long as it is open which kind an id is,
//! because only that event has come under it and no other id after it, a repeated event waits for the next.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// How many ids are remembered; further ones are not checked. Each takes two numbers.
const REMEMBERED: usize = 1 << 16;

/// The same event this many times in a row is not a repeat: it is a model that says one word again and again.
const IN_A_ROW: usize = 3;

/// What an id identifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// One event: the hash of its name and data.
    Event(u64),
    /// Several: useless.
    Shared,
}

/// What to do with an event that has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Accept it.
    Take,
    /// Drop it: it came before.
    Drop,
    /// Wait for the next event.
    Wait,
    /// Accept it, and also the waiting events (this many) that equal the last one accepted.
    TakeWith(usize),
}

/// The ids of one stream.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    hashes: RandomState,
    seen: HashMap<u64, Mark>,
    /// The id of the previous event.
    last: Option<u64>,
    /// How many events equal to it are waiting.
    waiting: usize,
}

impl Repeats {
    /// Judges the next event; one without an id is always accepted.
    pub(super) fn judge(&mut self, id: Option<&str>, event: Option<&str>, data: &str) -> Verdict {
        let Some(id) = id.filter(|id| !id.is_empty()).map(|id| self.hashes.hash_one(id)) else {
            self.forget_waiting();
            self.last = None;
            return Verdict::Take;
        };
        let hash = self.hashes.hash_one((event, data));
        let in_a_row = self.last == Some(id);
        if !in_a_row {
            self.forget_waiting();
        }
        self.last = Some(id);
        match self.seen.get(&id) {
            Some(Mark::Shared) => Verdict::Take,
            Some(Mark::Event(known)) if *known == hash && !in_a_row => Verdict::Drop,
            Some(Mark::Event(known)) if *known == hash && self.waiting + 1 < IN_A_ROW => {
                self.waiting += 1;
                Verdict::Wait
            }
            Some(Mark::Event(_)) => {
                self.seen.insert(id, Mark::Shared);
                match std::mem::take(&mut self.waiting) {
                    0 => Verdict::Take,
                    waiting => Verdict::TakeWith(waiting),
                }
            }
            None => {
                if self.seen.len() < REMEMBERED {
                    self.seen.insert(id, Mark::Event(hash));
                }
                Verdict::Take
            }
        }
    }

    /// Drops the waiting events: another id, or none, came after them, so they were repeats.
    fn forget_waiting(&mut self) {
        self.waiting = 0;
    }
}

#[cfg(test)]
mod tests;
