//! At which exit thresholds δ each member would have left a recorded run, and after which round.
//!
//! Owns the search over δ; [`rescore`](super::rescore) decides the rounds again. As long as the same members leave after the same
//! rounds, retention does not depend on δ. So a replay at one δ holds up to the lowest `retention · n` above it, where the next
//! member falls below δ / n, and the search continues just above that with another replay.

use super::MemberIndex;
use super::exit::ExitRule;
use super::params::Params;
use super::rescore::{Recorded, RescoredRound};

/// The lowest δ that is tried. At 0 exit is off.
const LOWEST: f64 = 1e-6;
/// The highest δ.
const HIGHEST: f64 = 1.0;
/// Far above the rounding of `retention < δ / n`, far below what anyone sees.
const ROUNDING: f64 = 1e-12;
/// Rounds decided again before the search takes steps of at least [`COARSE`]: a long run must not hold up a key press.
const MOST_ROUNDS: usize = 20_000;
/// The least step of the search after that.
const COARSE: f64 = 0.02;

/// Who leaves when, for every δ.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BreakPoints {
    /// In order of δ; neighbours differ.
    pub spans: Vec<Span>,
}

/// A span of δ in which the same members leave after the same rounds. It ends where the next starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The span holds for δ above this; the first for the lowest δ too.
    pub above: f64,
    /// By member: the round after which it would have left, if it would.
    pub leaves: Vec<Option<usize>>,
}

impl BreakPoints {
    /// The spans of a run of this many members under `params`, whatever their δ is.
    #[must_use]
    pub fn of(recorded: &Recorded, members: usize, params: &Params) -> Self {
        let mut spans: Vec<Span> = Vec::new();
        let (mut above, mut decided) = (0.0, 0);
        loop {
            let threshold = (above * (1.0 + ROUNDING)).max(LOWEST);
            let rounds = recorded.rescore(&Params { exit_threshold: threshold, ..params.clone() });
            let leaves = leaves(&rounds, members);
            if spans.last().is_none_or(|span| span.leaves != leaves) {
                spans.push(Span { above, leaves });
            }
            decided += rounds.len();
            let Some(next) = next(&rounds, threshold, params) else { return Self { spans } };
            above = if decided > MOST_ROUNDS { next.max(threshold + COARSE) } else { next };
            if above >= HIGHEST {
                return Self { spans };
            }
        }
    }

    /// What a member does, from the highest δ to the lowest: above which δ, and after which round it leaves, if it does.
    #[must_use]
    pub fn of_member(&self, member: MemberIndex) -> Vec<(f64, Option<usize>)> {
        let mut spans: Vec<(f64, Option<usize>)> = Vec::new();
        for span in &self.spans {
            let leaves = span.leaves.get(member.0).copied().flatten();
            if spans.last().is_none_or(|(_, known)| *known != leaves) {
                spans.push((span.above, leaves));
            }
        }
        spans.reverse();
        spans
    }
}

/// By member: the round after which it first leaves.
fn leaves(rounds: &[RescoredRound], members: usize) -> Vec<Option<usize>> {
    let mut leaves = vec![None; members];
    for round in rounds {
        for member in &round.exits {
            if let Some(known) = leaves.get_mut(member.0) {
                known.get_or_insert(round.number);
            }
        }
    }
    leaves
}

/// The lowest δ, not below `threshold`, above which another member is below δ / n.
fn next(rounds: &[RescoredRound], threshold: f64, params: &Params) -> Option<f64> {
    // Under `evidence` a member leaves only if it is short by half the floor even without its worst round.
    let short = match params.exit_settings().rule {
        ExitRule::Evidence { floor, .. } => -floor / 2.0,
        ExitRule::Off => return None,
        ExitRule::Paper { .. } => f64::INFINITY,
    };
    let standings = rounds.iter().flat_map(|round| &round.standings).filter(|standing| standing.cumulative <= short);
    let crossings = standings.map(|standing| standing.retention * (threshold / standing.threshold));
    crossings.filter(|crossing| *crossing >= threshold && crossing.is_finite()).min_by(f64::total_cmp)
}
