//! Which members are away, since when and why, and which absences apply at the current point of the answer.

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::ExitReason;

/// A member's absence.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Departure {
    pub member: MemberIndex,
    /// The round after which (by the exit rule) or in which (otherwise) it left; 0 before the first.
    pub round: usize,
    pub reason: ExitReason,
    /// The round after which it was back, if it is.
    pub returned: Option<usize>,
}

/// Which members are away, and which were brought back but have not taken part since.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Presence {
    /// Oldest first.
    pub(super) departures: Vec<Departure>,
    /// Since the last accepted round started.
    pub(super) readmitted: Vec<MemberIndex>,
}

impl Departure {
    fn is_by_rule(&self) -> bool {
        matches!(self.reason, ExitReason::Retention { .. })
    }
}

impl Presence {
    /// The member's absence that still applies.
    pub(super) fn away(&self, member: MemberIndex) -> Option<&Departure> {
        self.departures.iter().rfind(|departure| departure.member == member && departure.returned.is_none())
    }

    pub(super) fn leave(&mut self, departure: Departure) {
        self.readmitted.retain(|member| *member != departure.member);
        self.departures.push(departure);
    }

    /// Brings a member back, whatever the reason for its absence.
    pub(super) fn readmit(&mut self, member: MemberIndex, round: usize) {
        for departure in &mut self.departures {
            if departure.member == member {
                departure.returned.get_or_insert(round);
            }
        }
        self.readmitted.push(member);
    }

    /// One member's part of it.
    pub(super) fn of(&self, member: MemberIndex) -> Self {
        Self {
            departures: self.departures.iter().filter(|departure| departure.member == member).cloned().collect(),
            readmitted: self.readmitted.iter().copied().filter(|readmitted| *readmitted == member).collect(),
        }
    }

    /// Replaces one member's part.
    pub(super) fn replace(&mut self, member: MemberIndex, part: Self) {
        self.departures.retain(|departure| departure.member != member);
        self.departures.extend(part.departures);
        self.readmitted.retain(|readmitted| *readmitted != member);
        self.readmitted.extend(part.readmitted);
    }

    /// The presence after going from here to a point where `there` applied, at the end of round `round`. The exit rule's
    /// decisions are as they were there; members that failed or that the user excluded stay away, since going back fixes neither.
    pub(super) fn go_to(&self, there: &Self, round: usize) -> Self {
        let by_rule = there.departures.iter().filter(|departure| departure.is_by_rule()).cloned();
        // Rounds that were taken out get their numbers again: an absent member is absent in all of them, a returned one is back
        // there.
        let others = self.departures.iter().filter(|departure| !departure.is_by_rule()).map(|departure| Departure {
            round: departure.round.min(round.saturating_add(1)),
            returned: departure.returned.map(|returned| returned.min(round)),
            ..departure.clone()
        });
        Self { departures: by_rule.chain(others).collect(), readmitted: there.readmitted.clone() }
    }
}
