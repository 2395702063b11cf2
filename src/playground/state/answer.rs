//! One answer as it is played: the run built from the events, and what a screen needs beyond it.
//!
//! Owns when tokens of open drafts arrived, and which members were absent in which round. Live runs, replays and tests all feed
//! it event by event.

use super::idle::Idle;
use super::roster::Standing;
use crate::clean::{DisplayStr, DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Capabilities, Event, ExitReason, Header, Milestone, Outcome, Record, Role};
use crate::engine::fusion::run::{Departure, Phase, Round, Run};

/// A member as shown on the screen; cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its letter, by position: A for the first.
    pub letter: char,
    /// Its name.
    pub name: DisplayText,
    /// What kind of member it is.
    pub kind: DisplayText,
    /// Which model it is, how large, and how much it can read.
    pub about: DisplayText,
    /// Whether it drafts.
    pub drafts: bool,
    /// Whether it verifies.
    pub verifies: bool,
}

/// When the tokens of an open draft arrived, in milliseconds since the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Timing {
    /// The first.
    pub first_ms: Option<f64>,
    /// The last.
    pub last_ms: f64,
}

/// An answer being played.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The run built from the events.
    pub run: Run,
    /// The members, by place.
    pub labels: Vec<Label>,
    /// For the newest round, by member.
    pub timings: Vec<Timing>,
    /// Whether nothing more will come although the run has not ended: a recording that was left, a run that was lost.
    pub broken_off: bool,
    /// The standing of each member before the first question; empty in a run.
    pub standings: Vec<Standing>,
    /// How long it stood still between rounds.
    pub idle: Idle,
}

impl Answer {
    /// Before the first round.
    #[must_use]
    pub fn new(header: Header) -> Self {
        let labels = labels(&header);
        Self {
            run: Run::new(header),
            timings: vec![Timing::default(); labels.len()],
            labels,
            broken_off: false,
            standings: Vec::new(),
            idle: Idle::default(),
        }
    }

    /// What the records of a run add up to, the header first; `None` where there is none.
    #[must_use]
    pub fn of(records: &[Record]) -> Option<Self> {
        let Record { event: Event::RunStarted(header), .. } = records.first()? else { return None };
        let mut answer = Self::new((**header).clone());
        for record in records {
            answer.apply(record);
        }
        Some(answer)
    }

    /// The ensemble before the first question.
    #[must_use]
    pub fn at_rest(header: Header, standings: Vec<Standing>) -> Self {
        Self { standings, ..Self::new(header) }
    }

    /// Applies one event.
    pub fn apply(&mut self, record: &Record) {
        match record.event.milestone() {
            Some(Milestone::RoundStarted) => self.timings.fill(Timing::default()),
            Some(Milestone::Continued) => self.broken_off = false,
            Some(
                Milestone::RunStarted
                | Milestone::Reopened
                | Milestone::Ranked(_)
                | Milestone::Accepted { .. }
                | Milestone::Moved
                | Milestone::RunFinished,
            ) => {}
            None => self.time(record),
        }
        self.idle.apply(record);
        self.run.apply(record);
    }

    /// Notes when a token of an open draft arrived, and forgets those of a draft that starts again.
    fn time(&mut self, record: &Record) {
        let (Event::Token { member, .. } | Event::Redrafted { member }) = &record.event else { return };
        let Some(timing) = self.run.index(member).and_then(|member| self.timings.get_mut(member.0)) else { return };
        if matches!(record.event, Event::Redrafted { .. }) {
            *timing = Timing::default();
        } else {
            timing.first_ms.get_or_insert(record.t_ms);
            timing.last_ms = record.t_ms;
        }
    }

    /// The member's absence in a round, if it was away then. One that the exit rule removed is absent from the following round
    /// on; one that failed or was excluded immediately.
    #[must_use]
    pub fn absence(&self, member: MemberIndex, round: usize) -> Option<&Departure> {
        self.run.departures().iter().rfind(|departure| {
            let gone = match departure.reason {
                ExitReason::Retention { .. } => departure.round < round,
                ExitReason::Failures { .. }
                | ExitReason::Unusable { .. }
                | ExitReason::Late { .. }
                | ExitReason::NotReady
                | ExitReason::Excluded => departure.round <= round,
            };
            departure.member == member && gone && departure.returned.is_none_or(|returned| returned >= round)
        })
    }

    /// Whether rounds continue.
    #[must_use]
    pub fn is_going(&self) -> bool {
        !self.broken_off && !matches!(self.run.phase, Phase::Finished(_))
    }

    /// Whether a closing card shows what came of it: it is complete, or a limit ended it, and something was accepted.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        let closed = match &self.run.phase {
            Phase::Finished(Outcome::Answered | Outcome::TokenLimit | Outcome::RoundLimit | Outcome::ContextLimit) => true,
            Phase::Finished(Outcome::Stopped | Outcome::NoMembers { .. }) | Phase::Running | Phase::Paused => false,
        };
        closed && self.run.rounds.iter().any(|round| round.accepted.is_some() && !round.only_ends())
    }

    /// The index of the last round that is worth a look: a round that only ends the answer has nothing to show.
    #[must_use]
    pub fn last_round(&self) -> Option<usize> {
        let rounds = &self.run.rounds;
        rounds.iter().rposition(|round| !round.only_ends()).or_else(|| rounds.len().checked_sub(1))
    }

    /// How many rounds there are to a reader: one that only ends the answer is none.
    #[must_use]
    pub fn rounds(&self) -> usize {
        self.last_round().map_or(0, |last| last + 1)
    }

    /// The index of the last round that scores decided; without one, of the last round that is worth a look.
    #[must_use]
    pub fn last_contested(&self) -> Option<usize> {
        self.run.rounds.iter().rposition(|round| !round.only_ends() && round.is_contested()).or_else(|| self.last_round())
    }

    /// Marks that nothing more will come.
    pub fn break_off(&mut self) {
        self.broken_off = self.is_going();
    }

    /// The round at an index.
    #[must_use]
    pub fn round(&self, place: usize) -> Option<&Round> {
        self.run.rounds.get(place).map(AsRef::as_ref)
    }

    /// The letter of a member.
    #[must_use]
    pub fn letter(&self, member: MemberIndex) -> char {
        self.labels.get(member.0).map_or('?', |label| label.letter)
    }

    /// The name of a member.
    #[must_use]
    pub fn name(&self, member: MemberIndex) -> DisplayStr<'_> {
        self.labels.get(member.0).map_or("?".into(), |label| label.name.as_display())
    }
}

/// The labels of a run's members on the screen.
#[must_use]
pub fn labels(header: &Header) -> Vec<Label> {
    let members = header.members.iter().enumerate();
    members
        .map(|(place, member)| Label {
            letter: letter(place),
            name: clean_line(&member.name),
            kind: clean_line(&member.capabilities.kind),
            about: about(&member.capabilities),
            drafts: member.role != Role::Verify,
            verifies: member.role != Role::Draft && member.capabilities.tier.scores(),
        })
        .collect()
}

/// A model's description before the first round, including how it scores if that is not exact.
fn about(capabilities: &Capabilities) -> DisplayText {
    let mut parts = vec![model(capabilities)];
    if capabilities.tier.judges() {
        parts.push(capabilities.tier.in_words().into());
    }
    parts.retain(|part| !part.is_empty());
    DisplayText::joined(&parts, " · ")
}

/// Which model it is, how large, and how much it can read.
#[must_use]
pub fn model(capabilities: &Capabilities) -> DisplayText {
    let mut parts = vec![clean_line(&capabilities.model)];
    parts.extend(capabilities.parameters.map(|parameters| match parameters {
        0..1_000_000 => display!("{:.0} thousand parameters", parameters as f64 / 1e3),
        1_000_000..1_000_000_000 => display!("{:.1} million parameters", parameters as f64 / 1e6),
        _ => display!("{:.1} billion parameters", parameters as f64 / 1e9),
    }));
    parts.extend(capabilities.context_tokens.map(|tokens| display!("reads up to {tokens} tokens")));
    parts.retain(|part| !part.is_empty());
    DisplayText::joined(&parts, " · ")
}

/// The letter of the member at an index: A to Z, then a to z.
#[must_use]
pub fn letter(place: usize) -> char {
    ('A'..='Z').chain('a'..='z').nth(place).unwrap_or('?')
}
