//! Who is away, since when and why, and what of it holds where the answer stands.

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::ExitReason;

/// A member's absence.
#[derive(Debug, Clone, PartialEq)]
pub struct Departure {
    /// Who.
    pub member: MemberIndex,
    /// The round after which (by the exit rule) or in which (otherwise) it left; 0 before the first.
    pub round: usize,
    /// Why.
    pub reason: ExitReason,
    /// The round after which it was back, if it is.
    pub returned: Option<usize>,
}

/// Who is away, and who was brought back and has not taken part since.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Presence {
    /// Oldest first.
    pub(super) departures: Vec<Departure>,
    /// Since the last round that was accepted started.
    pub(super) readmitted: Vec<MemberIndex>,
}

impl Departure {
    fn is_by_rule(&self) -> bool {
        matches!(self.reason, ExitReason::Retention { .. })
    }
}

impl Presence {
    /// The member's absence that still holds.
    pub(super) fn away(&self, member: MemberIndex) -> Option<&Departure> {
        self.departures.iter().rfind(|departure| departure.member == member && departure.returned.is_none())
    }

    pub(super) fn leave(&mut self, departure: Departure) {
        self.readmitted.retain(|member| *member != departure.member);
        self.departures.push(departure);
    }

    /// Brings a member back, whatever it was away for.
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

    /// Puts another part in the place of one member's.
    pub(super) fn replace(&mut self, member: MemberIndex, part: Self) {
        self.departures.retain(|departure| departure.member != member);
        self.departures.extend(part.departures);
        self.readmitted.retain(|readmitted| *readmitted != member);
        self.readmitted.extend(part.readmitted);
    }

    /// What holds after going from here to where `there` held, at the end of round `round`. What the exit rule decided is as it
    /// was there; members that failed or that the user sent away stay away, since going back mends neither.
    pub(super) fn go_to(&self, there: &Self, round: usize) -> Self {
        let by_rule = there.departures.iter().filter(|departure| departure.is_by_rule()).cloned();
        // Rounds that were taken out are numbered again: who is away is so in all of them, who was back is there.
        let others = self.departures.iter().filter(|departure| !departure.is_by_rule()).map(|departure| Departure {
            round: departure.round.min(round.saturating_add(1)),
            returned: departure.returned.map(|returned| returned.min(round)),
            ..departure.clone()
        });
        Self { departures: by_rule.chain(others).collect(), readmitted: there.readmitted.clone() }
    }
}
