//! The time in which a run stood still between two rounds, so that its clock counts the models' time and not the reader's.
//!
//! Between an accepted segment and the next round nothing is asked of any member: the user reads, or the run is paused, or it was
//! closed and taken up on another day. A trace has the times of the wall; this is what to subtract.

use crate::engine::fusion::event::Record;

/// How long a run stood still.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Idle {
    /// Milliseconds, of all times but the present one.
    before_ms: f64,
    /// Since when it stands still, if it does.
    since_ms: Option<f64>,
}

impl Idle {
    /// Takes in one event.
    pub fn apply(&mut self, record: &Record) {
        match record.event.leaves_round_open() {
            Some(false) => {
                self.since_ms.get_or_insert(record.t_ms);
            }
            Some(true) => self.before_ms += self.since_ms.take().map_or(0.0, |since| (record.t_ms - since).max(0.0)),
            None => {}
        }
    }

    /// How long the run worked until now, in milliseconds.
    #[must_use]
    pub fn worked_ms(&self, now_ms: f64) -> f64 {
        (self.since_ms.unwrap_or(now_ms) - self.before_ms).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::Event;

    #[test]
    fn the_time_between_rounds_does_not_count() {
        let started = || Event::RoundStarted { drafters: vec![], verifiers: vec![], ahead: None };
        let accepted = || {
            let (member, text) = (Some("a".into()), "x".to_owned());
            Event::Accepted { member, authors: vec![], text, tokens: 1, ends: false, overridden: false, edited: false }
        };
        let mut idle = Idle::default();
        let mut at = |t_ms: f64, event: Event| {
            idle.apply(&Record { t_ms, round: 1, event });
            idle.worked_ms(t_ms + 5.0)
        };
        let worked = [
            at(10.0, started()),
            at(100.0, accepted()),
            at(120.0, Event::Paused),
            // A day later.
            at(86_400_000.0, Event::Continued),
            at(86_400_100.0, started()),
            at(86_400_200.0, accepted()),
        ];
        assert_eq!(worked.map(|ms| ms.round() as u64), [15, 100, 100, 100, 105, 200]);
    }
}
