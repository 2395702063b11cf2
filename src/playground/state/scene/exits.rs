//! How close each member is to leaving: its retention over the last rounds as levels around the threshold, for a sparkline with
//! the threshold as its rail, and the newest value with its distance.
//!
//! Every round is measured against its own threshold δ / n, which moves when a member leaves: the rail stays where it is.

use super::super::answer::Answer;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::RankedStanding;

/// Rounds of a sparkline.
pub const ROUNDS: usize = 8;

/// The level of the threshold: levels below it are below the threshold, the others are not.
pub const RAIL: u8 = 3;

/// The highest level.
const TOP: i32 = 7;

/// Levels for each doubling of the retention.
const PER_DOUBLING: f64 = 2.0;

/// How a member stays over the last rounds.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Stays {
    /// Oldest first, at most [`ROUNDS`], from 0 to 7; `None` for a round without a standing of this member.
    pub levels: Vec<Option<u8>>,
    /// The level of the threshold.
    pub rail: u8,
    /// The newest retention.
    pub value: f64,
    /// The threshold it was compared with.
    pub threshold: f64,
    /// The value minus the threshold; negative below it.
    pub distance: f64,
}

/// How a member stays up to the round at place `last` among the run's rounds; `None` if it has no standing there.
#[must_use]
pub fn stays(answer: &Answer, last: Option<usize>, member: MemberIndex) -> Option<Stays> {
    let rounds = answer.run.rounds.get(..=last?)?;
    let name = &answer.run.member(member).header.name;
    let ranked = rounds.iter().rev().filter_map(|round| round.ranked.as_deref());
    let mut standings: Vec<Option<&RankedStanding>> =
        ranked.take(ROUNDS).map(|ranked| ranked.standings.iter().find(|standing| standing.member == *name)).collect();
    standings.reverse();
    let newest = standings.iter().rev().find_map(|standing| *standing)?;
    let level = |standing: &RankedStanding| level(standing.retention, standing.threshold);
    Some(Stays {
        levels: standings.iter().map(|standing| standing.map(level)).collect(),
        rail: RAIL,
        value: newest.retention,
        threshold: newest.threshold,
        distance: newest.retention - newest.threshold,
    })
}

/// The level of a retention: logarithmic, so that half and twice the threshold are equally far from the rail.
fn level(retention: f64, threshold: f64) -> u8 {
    let (rail, top) = (i32::from(RAIL), TOP);
    // Without a threshold no member leaves.
    if threshold <= 0.0 {
        return TOP as u8;
    }
    let doublings = (retention.max(0.0) / threshold).log2();
    let steps = (doublings * PER_DOUBLING).floor().clamp(f64::from(-rail), f64::from(top - rail)) as i32;
    (rail + steps).clamp(0, top) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_below_the_rail_exactly_when_the_member_would_leave() {
        for (retention, threshold, expected) in
            [(0.1, 0.1, 3), (0.0999, 0.1, 2), (0.05, 0.1, 1), (0.0, 0.1, 0), (0.2, 0.1, 5), (1.0, 0.1, 7), (0.0, 0.0, 7)]
        {
            assert_eq!(level(retention, threshold), expected, "{retention} of {threshold}");
        }
        for retention in (0..=1000).map(|step| f64::from(step) / 1000.0) {
            assert_eq!(level(retention, 0.25) < RAIL, retention < 0.25, "{retention}");
        }
    }
}
