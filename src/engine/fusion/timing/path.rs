//! The critical path of a round: the calls that it had to wait for, one after another.
//!
//! Found backwards. At the end the round waited for the call that ended last before it was decided; that call waited for the one
//! that ended last before it started (a member becomes free, or a candidate arrives, when a call ends); and so on back to the
//! start. Nothing waits for a dropped call.

use crate::engine::fusion::run::{Call, CallEnd};

/// Times of a trace are rounded to microseconds: times closer than this are the same moment.
pub const SLACK_MS: f64 = 0.01;

/// A part of a critical path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The call that was waited for, by its index among the round's calls; `None` if none was running, or only calls that were
    /// dropped later.
    pub call: Option<usize>,
    /// Milliseconds since the start of the run.
    pub from_ms: f64,
    /// Milliseconds since the start of the run.
    pub to_ms: f64,
}

impl Step {
    /// Its length in milliseconds.
    #[must_use]
    pub fn length_ms(&self) -> f64 {
        self.to_ms - self.from_ms
    }
}

/// The critical path through calls whose times within the round are `within`.
pub(super) fn path(calls: &[Call], within: &[(f64, f64)], (from_ms, to_ms): (f64, f64)) -> Vec<Step> {
    let mut path = Vec::new();
    let mut at = to_ms;
    let mut member = None;
    while at > from_ms {
        let ended = |place: &usize| within[*place].1;
        let before = (0..calls.len()).filter(|place| {
            let (begun, ended) = within[*place];
            calls[*place].end != CallEnd::Cancelled && begun < at && begun < ended && ended <= at + SLACK_MS
        });
        // Of calls that ended at the same moment, prefer the same member's, which became free; otherwise the one reported last.
        let last = before.clone().map(|place| ended(&place)).fold(f64::NEG_INFINITY, f64::max);
        let next = before
            .filter(|place| ended(place) >= last - SLACK_MS)
            .max_by_key(|place| (Some(calls[*place].member) == member, *place));
        let Some(place) = next else { break };
        let (begun, ended) = within[place];
        let to_ms = if ended < at - SLACK_MS {
            path.push(Step { call: None, from_ms: ended, to_ms: at });
            ended
        } else {
            at
        };
        path.push(Step { call: Some(place), from_ms: begun, to_ms });
        (at, member) = (begun, Some(calls[place].member));
    }
    if at > from_ms {
        path.push(Step { call: None, from_ms, to_ms: at });
    }
    path.reverse();
    path
}
