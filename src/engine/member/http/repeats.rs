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
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The data accepted from these events.
    fn taken(events: &[(&str, &str)]) -> Vec<String> {
        let (mut repeats, mut taken) = (Repeats::default(), Vec::new());
        for (id, data) in events {
            match repeats.judge((*id != "-").then_some(id), None, data) {
                Verdict::Take => taken.push((*data).to_owned()),
                Verdict::Drop | Verdict::Wait => {}
                Verdict::TakeWith(waiting) => {
                    let last = taken.last().cloned().unwrap();
                    taken.extend(std::iter::repeat_n(last, waiting));
                    taken.push((*data).to_owned());
                }
            }
        }
        taken
    }

    #[test]
    fn an_event_that_came_twice_is_taken_once() {
        assert_eq!(taken(&[("1", "a"), ("1", "a"), ("2", "b")]), ["a", "b"]);
        assert_eq!(taken(&[("1", "a"), ("2", "b"), ("2", "b")]), ["a", "b"], "the last one");
        assert_eq!(
            taken(&[("1", "a"), ("2", "b"), ("1", "a"), ("2", "b"), ("3", "c")]),
            ["a", "b", "c"],
            "sent again from the start"
        );
        assert_eq!(taken(&[("1", "a"), ("1", "a"), ("-", "[DONE]")]), ["a", "[DONE]"]);
        assert_eq!(taken(&[("1", "a"), ("2", "a"), ("3", "a")]), ["a", "a", "a"], "other events that say the same");
    }

    #[test]
    fn nothing_is_lost_where_ids_mark_no_event() {
        let constant = |data: &[&'static str]| taken(&data.iter().map(|data| ("x", *data)).collect::<Vec<_>>());
        assert_eq!(constant(&["role", "ha", "ha", "!"]), ["role", "ha", "ha", "!"]);
        assert_eq!(constant(&["ha", "ha", "!"]), ["ha", "ha", "!"], "also where the first two are equal");
        assert_eq!(
            constant(&["ha", "ha", "ha", "ha", "ha"]),
            ["ha", "ha", "ha", "ha", "ha"],
            "a model that goes round in a circle"
        );
        assert_eq!(taken(&[("", "a"), ("", "a")]), ["a", "a"], "an empty id is none");
        assert_eq!(taken(&[("-", "a"), ("-", "a")]), ["a", "a"]);
        assert_eq!(taken(&[("1", "a"), ("2", "b"), ("1", "c")]), ["a", "b", "c"], "a count that begins anew");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut repeats = Repeats::default();
        for number in 0..REMEMBERED + 100 {
            assert_eq!(repeats.judge(Some(&number.to_string()), None, "a"), Verdict::Take);
        }
        assert_eq!(repeats.seen.len(), REMEMBERED);
    }

    proptest! {
        #[test]
        fn a_stream_with_a_mark_for_each_event_loses_nothing_but_what_came_twice(
            data in prop::collection::vec("[ab]", 1..30), again in prop::collection::vec(0..3_usize, 30)
        ) {
            let mut sent = Vec::new();
            for (number, data) in data.iter().enumerate() {
                // At most twice in a row: more often does not identify one event.
                let times = 1 + again.get(number).copied().unwrap_or_default().min(2);
                sent.extend(std::iter::repeat_n((number.to_string(), data.clone()), times));
            }
            let sent: Vec<(&str, &str)> = sent.iter().map(|(id, data)| (id.as_str(), data.as_str())).collect();
            prop_assert_eq!(taken(&sent), data);
        }

        #[test]
        fn a_stream_with_one_id_loses_nothing(data in prop::collection::vec("[ab]", 0..30)) {
            let mut sent: Vec<(&str, &str)> = data.iter().map(|data| ("x", data.as_str())).collect();
            sent.push(("x", "end"));
            let all: Vec<&str> = sent.iter().map(|(_, data)| *data).collect();
            prop_assert_eq!(taken(&sent), all);
        }
    }
}
