//! Presenter mode: only what an audience needs, and one moment a key.
//!
//! A round has three moments: the drafts are in, the votes are in, the decision. What comes from a live run or a recording after
//! the moment that is shown waits here until the user moves on. So the models work on while someone talks, and a recording and a
//! live run are presented alike. [`layout`] says where everything is, [`scene::presented`](super::scene::presented) what.

pub mod layout;
pub mod moment;

use std::collections::VecDeque;

use super::State;
use super::action::Action;
use super::answer::Answer;
use super::log::Level;
use super::message::{Effect, Message, ReplayOrder};
use super::overlay::Overlay;
use super::parts::answers::{Answers, Source};
use super::parts::looking::Looking;
use crate::engine::fusion::event::{Event, Milestone, Record};
use crate::engine::fusion::run::DraftState;
use crate::engine::round::Command;

/// What waits, and what is let in.
#[derive(Debug, Clone, Default)]
pub struct Presenting {
    gate: Gate,
    held: VecDeque<Message>,
}

/// What is let in while nothing waits; behind what waits everything does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Gate {
    /// The question or a decision is shown: what belongs to it comes in, the next round does not.
    #[default]
    Resting,
    /// The user has moved on: everything until the next moment.
    Open,
    /// The drafts are shown: nothing comes in.
    Drafts,
    /// The votes are shown: nothing comes in.
    Votes,
    /// Everything, always: a film has a pace of its own.
    Removed,
}

impl Presenting {
    /// The layout alone: nothing waits.
    #[must_use]
    pub fn without_waiting() -> Self {
        Self { gate: Gate::Removed, held: VecDeque::new() }
    }

    /// From the middle of a run on: what is under way goes on until its next moment.
    fn from_here(answers: &Answers) -> Self {
        let under_way = answers.session.newest().is_some_and(|answer| answer.run.open_round().is_some());
        Self { gate: if under_way { Gate::Open } else { Gate::Resting }, held: VecDeque::new() }
    }

    /// Whether something waits for the user.
    #[must_use]
    pub fn waits(&self) -> bool {
        !self.held.is_empty() || matches!(self.gate, Gate::Drafts | Gate::Votes)
    }

    fn forget(&mut self) {
        if self.gate != Gate::Removed {
            *self = Self::default();
        }
    }

    /// Whether the moment that is shown comes before this message.
    fn stops(&self, message: &Message) -> bool {
        let milestone = if let Message::Record(record) = message { record.event.milestone() } else { None };
        match self.gate {
            Gate::Removed => false,
            Gate::Drafts | Gate::Votes => is_of_the_run(message),
            Gate::Resting => matches!(milestone, Some(Milestone::RoundStarted | Milestone::RunFinished)),
            // Without votes the decision is the next moment.
            Gate::Open => matches!(milestone, Some(Milestone::Ranked(ranked)) if !ranked.unanimous),
        }
    }

    fn hold(&mut self, message: Message) {
        self.held.push_back(message);
        self.stay();
    }

    /// What comes next waits; the moment that it ends is shown.
    fn stay(&mut self) {
        if self.gate == Gate::Open {
            self.gate = Gate::Votes;
        }
    }
}

/// Whether a message comes from the run or the recording, and so has its turn behind what waits.
fn is_of_the_run(message: &Message) -> bool {
    matches!(message, Message::Record(_) | Message::RunEnded(_) | Message::Replayed { over: true, .. })
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
        let waits = if presenting.held.is_empty() { presenting.stops(&message) } else { is_of_the_run(&message) };
        if !waits {
            return Some(message);
        }
        presenting.hold(message);
        None
    }

    /// Shows the moment that an event completes, if it does.
    pub(super) fn stay_at_moment(&mut self, record: &Record) {
        let Some(presenting) = self.presenting.as_mut().filter(|presenting| presenting.gate != Gate::Removed) else { return };
        let complete = || self.answers.session.newest().is_some_and(|answer| completes_the_drafts(record, answer));
        let rests = match record.event.milestone() {
            Some(Milestone::RunStarted) => true,
            Some(Milestone::Accepted { text }) => !text.trim().is_empty(),
            Some(
                Milestone::RoundStarted
                | Milestone::Reopened
                | Milestone::Ranked(_)
                | Milestone::RunFinished
                | Milestone::Moved
                | Milestone::Continued,
            )
            | None => false,
        };
        if rests {
            presenting.gate = Gate::Resting;
        } else if presenting.gate == Gate::Open && complete() {
            presenting.gate = Gate::Drafts;
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
            self.presenting = Some(Presenting::from_here(&self.answers));
            return Vec::new();
        };
        presenting.held.into_iter().flat_map(|message| self.take_in(message)).collect()
    }

    /// Lets a part fill the screen, or no longer; before an audience every part stays.
    pub(super) fn fill_the_screen(&mut self, change: fn(&mut Looking)) {
        if self.presenting.is_none() {
            return change(&mut self.looking);
        }
        let everything = self.keymap.key(Action::Present);
        self.notices.say(
            Level::Info,
            &format!("presenter mode has no zoom: `{everything}` shows everything, and there a part can fill the screen"),
        );
    }

    /// Moves to the next moment, or down a page that lies over it; `None` outside presenter mode, and where no moment is to come.
    pub(super) fn next_moment(&mut self) -> Option<Vec<Effect>> {
        let to_come = self.answers.session.is_going() && !self.answers.can_be_continued();
        let presenting = self.presenting.as_mut()?;
        if let Some(page) = self.looking.overlay.as_mut().and_then(Overlay::scroll_mut) {
            page.by(page.height.saturating_sub(1).max(1).cast_signed());
            return Some(Vec::new());
        }
        if !presenting.waits() && !to_come {
            return None;
        }
        let was = std::mem::replace(&mut presenting.gate, Gate::Open);
        self.looking.round = None;
        // The result of votes that were shown.
        let mut passes = was == Gate::Votes;
        let mut effects = Vec::new();
        while let Some(presenting) = &mut self.presenting {
            let Some(message) = presenting.held.pop_front() else { break };
            if !passes && presenting.stops(&message) {
                presenting.held.push_front(message);
                presenting.stay();
                return Some(effects);
            }
            passes = false;
            effects.extend(self.take_in(message));
        }
        let goes_on = self.continues();
        if was == Gate::Open && goes_on.is_none() {
            self.say_what_is_awaited();
        }
        effects.extend(goes_on);
        Some(effects)
    }

    /// The user has moved on already, and the next moment has not come.
    fn say_what_is_awaited(&mut self) {
        let (answer, round) = self.shown();
        let answer = self.answers.session.answer(answer);
        let moment = self.moment(answer, round.and_then(|round| answer.round(round)));
        if let Some(awaited) = moment.awaited() {
            self.notices.say(Level::Info, awaited);
        }
    }

    /// What makes a run or a recording continue that stands still.
    fn continues(&self) -> Option<Effect> {
        match &self.answers.source {
            Source::Replay(replay) => (!replay.playing && !replay.over).then_some(Effect::Replay(ReplayOrder::Resume)),
            Source::Live => {
                let rests = self.settings.linger.on && self.answers.lingers();
                (self.answers.is_paused() || rests).then_some(Effect::Order(Command::Resume))
            }
        }
    }
}
