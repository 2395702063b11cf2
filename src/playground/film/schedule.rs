//! When each record of a run is shown in a film: recorded time, stretched and shortened until it can be read.
//!
//! A round is drafted within seconds however long it took, its scores arrive within seconds, and then its decision stays. What
//! waits (a model that loads, a user who paused) is cut short.

use crate::engine::fusion::event::{Event, Milestone, Record};

/// The longest time in which nothing happens, in milliseconds, unless something is to be read.
const LONGEST_WAIT: f64 = 1000.0;
/// A stretch is slowed down to no more than this many times its recorded length.
const SLOWEST: f64 = 2.0;
/// How long the last frame stays, in milliseconds.
const CLOSING: f64 = 5000.0;

/// When each record is shown, in milliseconds since the start of the film, and how long the film is.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Schedule {
    pub(super) shown_ms: Vec<f64>,
    pub(super) length_ms: f64,
}

/// What goes on after a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stretch {
    /// The members read the question, and so does the viewer.
    Reading,
    Drafting,
    /// The drafts are complete.
    Voting,
    /// A segment was accepted.
    Decided,
    /// The answer ended with an empty segment: what follows shows more.
    Ended,
    /// The run is over.
    Over,
}

impl Stretch {
    /// The least and the most milliseconds in which what is recorded of it is shown.
    fn bounds(self) -> (f64, f64) {
        match self {
            Self::Reading | Self::Decided | Self::Ended | Self::Over => (0.0, LONGEST_WAIT),
            Self::Drafting => (1000.0, 2500.0),
            Self::Voting => (600.0, 1500.0),
        }
    }

    /// Milliseconds that its last frame stays beyond that.
    fn stays(self) -> f64 {
        match self {
            Self::Reading => 1500.0,
            Self::Drafting => 400.0,
            Self::Voting | Self::Ended => 0.0,
            Self::Decided | Self::Over => 2500.0,
        }
    }
}

/// The schedule of these records.
pub(super) fn schedule(records: &[Record], speed: f64) -> Schedule {
    let stretches = stretches(records);
    let mut shown_ms = Vec::with_capacity(records.len());
    let (mut now, mut from) = (0.0, 0);
    while from < records.len() {
        let stretch = stretches[from];
        // The record that ends a stretch is the one that starts the next.
        let end = stretches[from..].iter().position(|other| *other != stretch).map_or(records.len(), |after| from + after);
        let waits: Vec<f64> = (from + 1..records.len().min(end + 1)).map(|place| wait(records, place)).collect();
        let pace = pace(stretch.bounds(), waits.iter().sum());
        shown_ms.push(now);
        for (place, wait) in (from + 1..).zip(&waits) {
            now += wait * pace;
            if place < end {
                shown_ms.push(now);
            }
        }
        if end < records.len() {
            now += stretch.stays();
        }
        from = end;
    }
    for ms in &mut shown_ms {
        *ms /= speed;
    }
    Schedule { shown_ms, length_ms: (now + CLOSING) / speed }
}

/// By how much recorded time is multiplied, so that the whole is within bounds.
fn pace((least, most): (f64, f64), recorded: f64) -> f64 {
    if recorded > most {
        most / recorded
    } else if recorded < least {
        (least / recorded).min(SLOWEST)
    } else {
        1.0
    }
}

/// Recorded milliseconds before a record, within reason; each run has a time of its own, and an edited trace any.
fn wait(records: &[Record], place: usize) -> f64 {
    if matches!(records[place].event, Event::RunStarted(_)) {
        return 0.0;
    }
    let wait = records[place].t_ms - records[place - 1].t_ms;
    if wait.is_finite() { wait.clamp(0.0, LONGEST_WAIT) } else { 0.0 }
}

/// What goes on after each record.
fn stretches(records: &[Record]) -> Vec<Stretch> {
    let ends = draft_ends(records);
    let mut now = Stretch::Reading;
    let next = |(record, ends): (&Record, bool)| {
        now = if ends { Stretch::Voting } else { starts(&record.event).unwrap_or(now) };
        now
    };
    records.iter().zip(ends).map(next).collect()
}

/// The stretch that starts with an event, if one does.
fn starts(event: &Event) -> Option<Stretch> {
    match event.milestone()? {
        Milestone::RunStarted => Some(Stretch::Reading),
        Milestone::RoundStarted => Some(Stretch::Drafting),
        Milestone::Accepted { text } if text.trim().is_empty() => Some(Stretch::Ended),
        Milestone::Accepted { .. } => Some(Stretch::Decided),
        Milestone::RunFinished => Some(Stretch::Over),
        Milestone::Reopened | Milestone::Ranked(_) | Milestone::Moved | Milestone::Continued => None,
    }
}

/// Which records are the last of their round that belong to a draft.
fn draft_ends(records: &[Record]) -> Vec<bool> {
    let drafts = |event: &Event| matches!(event, Event::Token { .. } | Event::DraftFinished(_) | Event::DraftFailed { .. });
    let mut ends = vec![false; records.len()];
    let mut seen = false;
    for (end, record) in ends.iter_mut().zip(records).rev() {
        if drafts(&record.event) {
            *end = !seen;
            seen = true;
        } else if starts(&record.event).is_some() {
            seen = false;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn recorded() -> Vec<Record> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/example.trace.jsonl");
        crate::engine::trace::read(&path).unwrap().records
    }

    /// Milliseconds from one record to the next.
    fn gaps(schedule: &Schedule) -> Vec<f64> {
        let ends = schedule.shown_ms.iter().skip(1).copied().chain([schedule.length_ms]);
        schedule.shown_ms.iter().zip(ends).map(|(begin, end)| end - begin).collect()
    }

    #[test]
    fn a_decision_stays_the_end_of_an_answer_does_not_and_the_last_frame_does() {
        let records = recorded();
        let schedule = schedule(&records, 1.0);
        let gaps = gaps(&schedule);
        let next_round = |place: usize| records[place + 1..].iter().position(|record| starts(&record.event).is_some());
        let stays: Vec<f64> = (0..records.len())
            .filter(|place| matches!(records[*place].event, Event::Accepted { .. }))
            .map(|place| gaps[place..=place + next_round(place).unwrap()].iter().sum())
            .collect();
        assert_eq!(stays.iter().map(|ms: &f64| ms.round()).collect::<Vec<_>>(), [2500.0, 2500.0, 2500.0, 0.0]);
        assert_eq!(gaps.last().map(|ms| ms.round()), Some(CLOSING));
    }

    #[test]
    fn a_slow_round_is_shown_within_seconds_and_a_fast_one_no_faster_than_can_be_seen() {
        let mut records = recorded();
        let as_recorded = schedule(&records, 1.0).length_ms;
        for record in &mut records {
            record.t_ms *= 1000.0;
        }
        let slow = schedule(&records, 1.0).length_ms;
        assert!((20_000.0..30_000.0).contains(&as_recorded) && (as_recorded..40_000.0).contains(&slow), "{as_recorded} {slow}");
    }

    proptest! {
        #[test]
        fn time_never_runs_back_and_is_bounded_whatever_is_recorded(
            times in proptest::collection::vec(prop_oneof![Just(f64::NAN), Just(f64::INFINITY), -1e12..1e12], 246),
            speed in 0.25..16.0,
        ) {
            let mut records = recorded();
            for (record, time) in records.iter_mut().zip(times) {
                record.t_ms = time;
            }
            let Schedule { shown_ms, length_ms } = schedule(&records, speed);
            prop_assert_eq!(shown_ms.len(), records.len());
            prop_assert!(shown_ms.is_sorted() && shown_ms[0].abs() < f64::EPSILON);
            prop_assert!(shown_ms.iter().all(|ms| *ms <= length_ms) && length_ms * speed < 60_000.0);
        }
    }
}
