//! Where the time of a round goes: what each member was doing when, and which calls the round had to wait for.
//!
//! Owns the arithmetic only. The calls of a round come from its events (a trace of any version has them); the screen draws them.

mod busy;
mod path;

use super::MemberIndex;
use super::run::{Call, Round, Run};

pub use busy::Busy;
pub use path::{SLACK_MS, Step};

/// The timing of one round.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RoundTiming {
    pub number: usize,
    /// When it started, milliseconds since the start of the run.
    pub from_ms: f64,
    /// When it was decided. For an open round, and for one that the user decided, when its last call ended.
    pub to_ms: f64,
    /// What it waited for, in order of time: the steps are adjacent and fill the round from start to end.
    pub path: Vec<Step>,
    /// What each member was doing, by member.
    pub members: Vec<Busy>,
    /// Milliseconds in which any member drafted.
    pub drafting_ms: f64,
    /// Milliseconds in which any member scored and none drafted.
    pub scoring_ms: f64,
}

/// The timing of a whole run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunTiming {
    /// The accepted rounds of the current answer.
    pub rounds: Vec<RoundTiming>,
    /// What each member was doing in all of them, by member.
    pub members: Vec<Busy>,
    /// Milliseconds of the critical paths spent in each member's calls, by member.
    pub on_path_ms: Vec<f64>,
    /// The length of all rounds; time between rounds does not count.
    pub total_ms: f64,
}

impl RoundTiming {
    /// Its length in milliseconds.
    #[must_use]
    pub fn total_ms(&self) -> f64 {
        self.to_ms - self.from_ms
    }

    /// Milliseconds in which no call was running.
    #[must_use]
    pub fn idle_ms(&self) -> f64 {
        (self.total_ms() - self.drafting_ms - self.scoring_ms).max(0.0)
    }

    /// Whether the round waited for a call, given by its index in the round.
    #[must_use]
    pub fn is_critical(&self, call: usize) -> bool {
        self.path.iter().any(|step| step.call == Some(call))
    }
}

/// The times of a round; `members` is the size of the ensemble.
#[must_use]
pub fn round_timing(round: &Round, members: usize) -> RoundTiming {
    let (from_ms, to_ms) = span(round);
    let within: Vec<(f64, f64)> = round.calls.iter().map(|call| clamped(call, from_ms, to_ms)).collect();
    let (drafting_ms, scoring_ms) = busy::of_all(&round.calls, &within);
    RoundTiming {
        number: round.number,
        path: path::path(&round.calls, &within, (from_ms, to_ms)),
        members: (0..members).map(|place| busy::of(MemberIndex(place), &round.calls, &within, to_ms - from_ms)).collect(),
        from_ms,
        to_ms,
        drafting_ms,
        scoring_ms,
    }
}

/// The times of all accepted rounds of a run.
#[must_use]
pub fn run_timing(run: &Run) -> RunTiming {
    let accepted: Vec<&Round> = run.rounds.iter().map(AsRef::as_ref).filter(|round| round.accepted.is_some()).collect();
    let rounds: Vec<RoundTiming> = accepted.iter().map(|round| round_timing(round, run.members.len())).collect();
    let mut members = vec![Busy::default(); run.members.len()];
    let mut on_path_ms = vec![0.0; run.members.len()];
    for (timing, round) in rounds.iter().zip(&accepted) {
        for (sum, busy) in members.iter_mut().zip(&timing.members) {
            *sum += *busy;
        }
        for step in &timing.path {
            let member = step.call.and_then(|call| round.calls.get(call)).map(|call| call.member);
            if let Some(sum) = member.and_then(|member| on_path_ms.get_mut(member.0)) {
                *sum += step.length_ms();
            }
        }
    }
    let total_ms = rounds.iter().map(RoundTiming::total_ms).sum();
    RunTiming { rounds, members, on_path_ms, total_ms }
}

/// The start and end of a round. The user may decide long after the last call, and that time is not the members'.
fn span(round: &Round) -> (f64, f64) {
    let last = round.calls.iter().map(|call| call.ended_ms).fold(round.started_ms, f64::max);
    let decided = round.accepted.as_ref().filter(|accepted| !accepted.overridden || round.calls.is_empty());
    (round.started_ms, decided.map_or(last, |accepted| accepted.t_ms).max(round.started_ms))
}

/// A call's time within its round.
fn clamped(call: &Call, from_ms: f64, to_ms: f64) -> (f64, f64) {
    let begun = call.begun_ms.max(from_ms).min(to_ms);
    (begun, call.ended_ms.min(to_ms).max(begun))
}

/// The calls of a round in rows without overlap, each row a list of indices into the round's calls: a member that answers several
/// calls at the same time has several rows, every member with a call has at least one.
#[must_use]
pub fn rows(round: &Round) -> Vec<(MemberIndex, Vec<usize>)> {
    let mut order: Vec<(usize, &Call)> = round.calls.iter().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| one.member.cmp(&other.member).then(one.begun_ms.total_cmp(&other.begun_ms)));
    let mut rows: Vec<(MemberIndex, Vec<usize>, f64)> = Vec::new();
    for (place, call) in order {
        let free = rows.iter_mut().find(|(member, _, until)| *member == call.member && *until <= call.begun_ms + SLACK_MS);
        match free {
            Some((_, calls, until)) => {
                calls.push(place);
                *until = call.ended_ms;
            }
            None => rows.push((call.member, vec![place], call.ended_ms)),
        }
    }
    rows.into_iter().map(|(member, calls, _)| (member, calls)).collect()
}

#[cfg(test)]
mod tests;
