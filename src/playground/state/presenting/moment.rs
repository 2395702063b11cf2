//! Which moment of a run an audience sees, and what it is called.

use super::Gate;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::run::{DraftState, Phase, Round};
use crate::playground::state::State;
use crate::playground::state::answer::Answer;

/// A moment, or what happens on the way to the next one; with the number of its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the first round.
    Question,
    /// The round before is decided and still in sight, but the user has moved on: nothing of this round has come yet.
    Next(usize),
    /// Drafts come.
    Drafting(usize),
    /// They are in.
    Drafts(usize),
    /// Votes come.
    Voting(usize),
    /// They are in.
    Votes(usize),
    /// A draft was accepted.
    Decision(usize),
    /// The run is over.
    End,
}

impl Moment {
    /// What it is called.
    #[must_use]
    pub fn title(self) -> DisplayText {
        match self {
            Self::Question => "the question".into(),
            Self::Next(number) | Self::Drafting(number) => display!("round {number} · drafting"),
            Self::Drafts(number) => display!("round {number} · the drafts"),
            Self::Voting(number) => display!("round {number} · voting"),
            Self::Votes(number) => display!("round {number} · the votes"),
            Self::Decision(number) => display!("round {number} · the decision"),
            Self::End => "the end".into(),
        }
    }

    /// What is still to come, where the user has moved on and it has not come yet.
    pub(super) fn awaited(self) -> Option<&'static str> {
        match self {
            Self::Question => Some("the members still read the question"),
            Self::Next(_) | Self::Drafting(_) => Some("the members are still drafting"),
            Self::Drafts(_) | Self::Voting(_) => Some("the members are still voting"),
            Self::Votes(_) | Self::Decision(_) | Self::End => None,
        }
    }
}

impl State {
    /// The moment that is shown with this round.
    #[must_use]
    pub fn moment(&self, answer: &Answer, round: Option<&Round>) -> Moment {
        let Some(round) = round else { return Moment::Question };
        let follows = self.looking.round.is_none();
        if follows && matches!(answer.run.phase, Phase::Finished(_)) {
            return Moment::End;
        }
        let gate = self.presenting.as_ref().filter(|_| follows && answer.is_going()).map(|presenting| presenting.gate);
        let number = round.number;
        if round.accepted.is_some() {
            let open = answer.run.open_round().map_or(number + 1, |open| open.number);
            return if gate == Some(Gate::Open) { Moment::Next(open) } else { Moment::Decision(number) };
        }
        if round.drafts.iter().any(|draft| matches!(draft, DraftState::Open(_))) {
            return Moment::Drafting(number);
        }
        match gate {
            Some(Gate::Drafts) => Moment::Drafts(number),
            Some(Gate::Open | Gate::Removed) => Moment::Voting(number),
            Some(Gate::Votes | Gate::Resting) | None => Moment::Votes(number),
        }
    }
}
