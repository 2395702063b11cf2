//! What a member was doing in a round, as lengths of time that add up to the round's.

use std::ops::AddAssign;

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::{Call, CallEnd, Work};

/// A member's time in milliseconds. If it did several things at the same time, the first field here counts, so that they add up
/// to the length of the round.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Busy {
    /// From the request for a draft to its first token.
    pub first_token_ms: f64,
    /// From the first token to the end of a draft.
    pub drafting_ms: f64,
    /// Scoring.
    pub scoring_ms: f64,
    /// On calls that failed.
    pub failed_ms: f64,
    /// On calls that were dropped.
    pub cancelled_ms: f64,
    /// Idle, with no request.
    pub waiting_ms: f64,
}

impl Busy {
    /// Everything, including waiting: the length of the round.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn total_ms(&self) -> f64 {
        self.at_work_ms() + self.failed_ms + self.cancelled_ms + self.waiting_ms
    }

    /// Drafting and scoring.
    #[must_use]
    pub fn at_work_ms(&self) -> f64 {
        self.first_token_ms + self.drafting_ms + self.scoring_ms
    }
}

impl AddAssign for Busy {
    fn add_assign(&mut self, other: Self) {
        self.first_token_ms += other.first_token_ms;
        self.drafting_ms += other.drafting_ms;
        self.scoring_ms += other.scoring_ms;
        self.failed_ms += other.failed_ms;
        self.cancelled_ms += other.cancelled_ms;
        self.waiting_ms += other.waiting_ms;
    }
}

/// What a stretch of time was spent on; if several overlap, the lesser one counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doing {
    FirstToken,
    Drafting,
    Scoring,
    Failed,
    Cancelled,
}

type Stretch = (Doing, f64, f64);

/// A member's time in a round of this many milliseconds.
pub(super) fn of(member: MemberIndex, calls: &[Call], within: &[(f64, f64)], total_ms: f64) -> Busy {
    let own = calls.iter().zip(within).filter(|(call, _)| call.member == member);
    let stretches: Vec<Stretch> = own.flat_map(|(call, within)| stretches(call, *within)).collect();
    let mut busy = Busy::default();
    let mut at_something = 0.0;
    for (doing, length) in lengths(&stretches) {
        at_something += length;
        match doing {
            Doing::FirstToken => busy.first_token_ms += length,
            Doing::Drafting => busy.drafting_ms += length,
            Doing::Scoring => busy.scoring_ms += length,
            Doing::Failed => busy.failed_ms += length,
            Doing::Cancelled => busy.cancelled_ms += length,
        }
    }
    busy.waiting_ms = (total_ms - at_something).max(0.0);
    busy
}

/// Milliseconds in which any member drafted, and in which any scored and none drafted, whatever the outcome.
pub(super) fn of_all(calls: &[Call], within: &[(f64, f64)]) -> (f64, f64) {
    let kind = |call: &Call| match call.work {
        Work::Draft { .. } => Doing::Drafting,
        Work::Score { .. } => Doing::Scoring,
    };
    let stretches: Vec<Stretch> = calls.iter().zip(within).map(|(call, (from, to))| (kind(call), *from, *to)).collect();
    lengths(&stretches).into_iter().fold((0.0, 0.0), |(drafting, scoring), (doing, length)| match doing {
        Doing::FirstToken | Doing::Drafting => (drafting + length, scoring),
        Doing::Scoring | Doing::Failed | Doing::Cancelled => (drafting, scoring + length),
    })
}

fn stretches(call: &Call, (from, to): (f64, f64)) -> Vec<Stretch> {
    match (call.end, call.work) {
        (CallEnd::Failed, _) => vec![(Doing::Failed, from, to)],
        (CallEnd::Cancelled, _) => vec![(Doing::Cancelled, from, to)],
        (CallEnd::Answered, Work::Score { .. }) => vec![(Doing::Scoring, from, to)],
        (CallEnd::Answered, Work::Draft { first_token_ms: None }) => vec![(Doing::Drafting, from, to)],
        (CallEnd::Answered, Work::Draft { first_token_ms: Some(first) }) => {
            let first = (call.begun_ms + first).max(from).min(to);
            vec![(Doing::FirstToken, from, first), (Doing::Drafting, first, to)]
        }
    }
}

/// How long each activity was the foremost one, in pieces.
fn lengths(stretches: &[Stretch]) -> Vec<(Doing, f64)> {
    let mut moments: Vec<f64> = stretches.iter().flat_map(|(_, from, to)| [*from, *to]).collect();
    moments.sort_by(f64::total_cmp);
    moments.dedup();
    let foremost = |from: f64, to: f64| {
        let at_once = stretches.iter().filter(|(_, begun, ended)| *begun <= from && *ended >= to);
        at_once.map(|(doing, _, _)| *doing).min()
    };
    let pairs = moments.windows(2).filter_map(|pair| match pair {
        [from, to] => foremost(*from, *to).map(|doing| (doing, to - from)),
        _ => None,
    });
    pairs.collect()
}
