//! One answer as it is played: the run that the events add up to, and what a screen wants to know beyond it.
//!
//! Owns when tokens of open drafts came, and who was absent in which round. A live run, a replay and a test all come in here, event by event.

use super::roster::Standing;
use crate::clean::{DisplayStr, DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Capabilities, Event, ExitReason, Header, Record, Role};
use crate::engine::fusion::run::{Departure, Phase, Round, Run};

/// A member as the screen calls it; cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its letter, by place: A for the first.
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

/// When the tokens of an open draft came, in milliseconds since the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Timing {
    /// The first.
    pub first_ms: Option<f64>,
    /// The last.
    pub last_ms: f64,
}

/// An answer being played.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    /// What the events add up to.
    pub run: Run,
    /// The members, by place.
    pub labels: Vec<Label>,
    /// Of the newest round, by place.
    pub timings: Vec<Timing>,
    /// Whether nothing more comes although the run has not ended: a recording that was left, a run that was lost.
    pub broken_off: bool,
    /// How each member stands, by place, before anything was asked; empty in a run.
    pub standings: Vec<Standing>,
}

impl Play {
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
        }
    }

    /// The ensemble before anything was asked.
    #[must_use]
    pub fn at_rest(header: Header, standings: Vec<Standing>) -> Self {
        Self { standings, ..Self::new(header) }
    }

    /// Takes in one event.
    pub fn apply(&mut self, record: &Record) {
        match &record.event {
            Event::RoundStarted { .. } => self.timings.fill(Timing::default()),
            Event::Token { member, .. } => {
                if let Some(member) = self.run.index(member) {
                    let timing = &mut self.timings[member.0];
                    timing.first_ms.get_or_insert(record.t_ms);
                    timing.last_ms = record.t_ms;
                }
            }
            Event::Redrafted { member } => {
                if let Some(member) = self.run.index(member) {
                    self.timings[member.0] = Timing::default();
                }
            }
            // Someone continues with it.
            Event::Continued => self.broken_off = false,
            Event::RunStarted(_)
            | Event::DraftFinished(_)
            | Event::DraftFailed { .. }
            | Event::Score { .. }
            | Event::ScoreFailed { .. }
            | Event::TierLowered { .. }
            | Event::Late { .. }
            | Event::Joined { .. }
            | Event::Ranked(_)
            | Event::SetAside { .. }
            | Event::Accepted { .. }
            | Event::Steered { .. }
            | Event::Reopened { .. }
            | Event::Cancelled { .. }
            | Event::Used { .. }
            | Event::Exited { .. }
            | Event::Readmitted { .. }
            | Event::Measured { .. }
            | Event::Predicted { .. }
            | Event::WeightSet { .. }
            | Event::Rewound { .. }
            | Event::Returned { .. }
            | Event::Undone
            | Event::Redone
            | Event::ParamsChanged { .. }
            | Event::Paused
            | Event::Resumed
            | Event::Warning { .. }
            | Event::RunFinished(_) => {}
        }
        self.run.apply(record);
    }

    /// The member's absence in a round, if it was away then. One that the exit rule sent away is absent from the round after;
    /// one that failed or was excluded at once.
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

    /// Nothing more comes.
    pub fn break_off(&mut self) {
        self.broken_off = self.is_going();
    }

    /// The round at a place.
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

/// How a run's members are called on the screen.
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

/// What is said of a model before the first round: also how it scores, where that is not exact.
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

/// The letter of the member at a place: A to Z, then a to z.
#[must_use]
pub fn letter(place: usize) -> char {
    ('A'..='Z').chain('a'..='z').nth(place).unwrap_or('?')
}
