//! The time in which a run stood still between two rounds, so that its clock counts the models' time and not the reader's.
//!
//! Between an accepted segment and the next round nothing is asked of any member: the user reads, or the run is paused, or it was
//! closed and taken up on another day. A trace has the times of the wall; this is what to subtract.

use crate::engine::fusion::event::{Event, Record};

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
        let stops = matches!(
            record.event,
            Event::Accepted { .. } | Event::Rewound { .. } | Event::Returned { .. } | Event::Continued | Event::RunFinished(_)
        );
        let starts = matches!(record.event, Event::RoundStarted { .. } | Event::Reopened { .. });
        if stops {
            self.since_ms.get_or_insert(record.t_ms);
        } else if starts && let Some(since) = self.since_ms.take() {
            self.before_ms += (record.t_ms - since).max(0.0);
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
