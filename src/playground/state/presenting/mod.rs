//! Presenter mode: only what an audience needs, and one moment a key.
//!
//! A round has three moments: the drafts are in, the votes are in, the decision. What comes from a live run or a recording after
//! the moment that is shown waits here until the user moves on. So the models work on while someone talks, and a recording and a
//! live run are presented alike. [`layout`] says where everything is, [`scene::presented`](super::scene::presented) what.

pub mod layout;

use std::collections::VecDeque;

use super::State;
use super::answer::Answer;
use super::message::{Effect, Message, ReplayOrder};
use super::parts::answers::{Answers, Source};
use crate::engine::fusion::event::{Event, Milestone, Record};
use crate::engine::fusion::run::DraftState;
use crate::engine::round::Command;

/// What waits, and whether anything is let in.
#[derive(Debug, Clone, Default)]
pub struct Presenting {
    gate: Gate,
    held: VecDeque<Message>,
}

/// Whether what comes is let in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Gate {
    /// Until the next moment.
    #[default]
    Open,
    /// A moment is shown.
    Closed,
    /// Always: a film has a pace of its own.
    Removed,
}

impl Presenting {
    /// The layout alone: nothing waits.
    #[must_use]
    pub fn without_waiting() -> Self {
        Self { gate: Gate::Removed, held: VecDeque::new() }
    }

    /// Whether something waits for the user.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.gate == Gate::Closed
    }

    fn forget(&mut self) {
        if self.gate != Gate::Removed {
            *self = Self::default();
        }
    }
}

/// Whether a message comes from the run or the recording, and so has its turn behind what waits.
fn is_of_the_run(message: &Message) -> bool {
    matches!(message, Message::Record(_) | Message::RunEnded(_) | Message::Replayed { over: true, .. })
}

/// Whether the moment before this message is to be seen first.
fn begins_a_moment(message: &Message, answers: &Answers) -> bool {
    let (Message::Record(record), Some(answer)) = (message, answers.session.newest()) else { return false };
    let last = answer.run.rounds.last();
    let decided = || last.and_then(|round| round.accepted.as_ref()).is_some_and(|accepted| !accepted.text.trim().is_empty());
    match record.event.milestone() {
        // The question, or a decision.
        Some(Milestone::RoundStarted) => last.is_none() || decided(),
        Some(Milestone::RunFinished) => decided(),
        // Without votes the decision is the next moment.
        Some(Milestone::Ranked(ranked)) => !ranked.unanimous,
        Some(
            Milestone::RunStarted | Milestone::Accepted { .. } | Milestone::Reopened | Milestone::Moved | Milestone::Continued,
        )
        | None => false,
    }
}

/// Whether all drafts of the open round are in, with this event, and one of them says something.
fn completes_the_drafts(record: &Record, answer: &Answer) -> bool {
    let Some(round) = answer.run.open_round() else { return false };
    let says = |draft: &DraftState| matches!(draft, DraftState::Finished(finished) if !finished.draft.text().trim().is_empty());
    matches!(record.event, Event::DraftFinished(_) | Event::DraftFailed { .. })
        && !round.drafts.iter().any(|draft| matches!(draft, DraftState::Open(_)))
        && round.drafts.iter().any(says)
}

impl State {
    /// The message, unless it waits for the next moment.
    pub(super) fn admitted(&mut self, message: Message) -> Option<Message> {
        let Some(presenting) = &mut self.presenting else { return Some(message) };
        if matches!(message, Message::Opened { .. }) {
            presenting.forget();
        }
        let waits = match presenting.gate {
            Gate::Removed => false,
            Gate::Closed => is_of_the_run(&message),
            Gate::Open => begins_a_moment(&message, &self.answers),
        };
        if !waits {
            return Some(message);
        }
        presenting.gate = Gate::Closed;
        presenting.held.push_back(message);
        None
    }

    /// Shows the moment that an event completes, if it does.
    pub(super) fn stay_at_moment(&mut self, record: &Record) {
        let complete = self.answers.session.newest().is_some_and(|answer| completes_the_drafts(record, answer));
        if let Some(presenting) = self.presenting.as_mut().filter(|presenting| complete && presenting.gate == Gate::Open) {
            presenting.gate = Gate::Closed;
        }
    }

    /// What waits belongs to a run that is dropped or starts from the beginning.
    pub(super) fn forget_waiting(&mut self, effects: &[Effect]) {
        let drops = |effect: &Effect| matches!(effect, Effect::Drop | Effect::Replay(ReplayOrder::Restart));
        if let Some(presenting) = self.presenting.as_mut().filter(|_| effects.iter().any(drops)) {
            presenting.forget();
        }
    }

    /// Turns presenter mode on, or off: then everything that waits is shown.
    pub(super) fn present(&mut self) -> Vec<Effect> {
        self.looking.zoomed = false;
        let Some(presenting) = self.presenting.take() else {
            self.presenting = Some(Presenting::default());
            return Vec::new();
        };
        presenting.held.into_iter().flat_map(|message| self.take_in(message)).collect()
    }

    /// Moves to the next moment; `None` outside presenter mode, and where there is none to come.
    pub(super) fn next_moment(&mut self) -> Option<Vec<Effect>> {
        let presenting = self.presenting.as_mut().filter(|presenting| presenting.waits() || self.answers.session.is_going())?;
        presenting.gate = Gate::Open;
        self.looking.round = None;
        let mut effects = Vec::new();
        let mut first = true;
        while let Some(message) = self.presenting.as_mut().and_then(|presenting| presenting.held.pop_front()) {
            let again = !first && begins_a_moment(&message, &self.answers);
            if again && let Some(presenting) = &mut self.presenting {
                presenting.gate = Gate::Closed;
                presenting.held.push_front(message);
                return Some(effects);
            }
            effects.extend(self.take_in(message));
            first = false;
            if self.presenting.as_ref().is_none_or(Presenting::waits) {
                return Some(effects);
            }
        }
        effects.extend(self.continues());
        Some(effects)
    }

    /// What makes a run or a recording continue that stands still.
    fn continues(&self) -> Option<Effect> {
        match &self.answers.source {
            Source::Replay(replay) => (!replay.playing && !replay.over).then_some(Effect::Replay(ReplayOrder::Resume)),
            Source::Live => self.answers.is_paused().then_some(Effect::Order(Command::Resume)),
        }
    }
}
