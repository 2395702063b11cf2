//! The answers of the conversation: their runs, where events come from, and what waits for members.
//!
//! Owns everything that events change. [`looking`](super::looking) owns what the user looks at.

use super::looking::Look;
use super::run_state::{RunState, run_state};
pub use super::source::{Replay, Source, TakingUp};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Limit, SegmentId};
use crate::engine::fusion::params::{Knob, Value};
use crate::engine::fusion::run::{Phase, Run};
use crate::playground::state::action::Page;
use crate::playground::state::session::Session;
use crate::playground::state::transcript::Transcript;

/// A conversation that waits below a recording that was opened over it, as it was.
#[derive(Debug, Clone)]
pub struct SetAside {
    /// Its answers.
    pub answers: Answers,
    /// The round that was looked at.
    pub round: Option<Look>,
    /// The knobs that apply when its answer continues.
    pub tuned: Vec<(&'static Knob, Value)>,
    /// The page that the recording was opened from.
    pub page: Option<Page>,
}

/// The answers of the conversation.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The answers, each with its run.
    pub session: Session,
    /// The conversation as shown for reading.
    pub transcript: Transcript,
    /// Where events come from.
    pub source: Source,
    /// The question that waits for members that are connecting.
    pub waiting: Option<Conversation>,
    /// The question that was written last, until its run starts.
    pub asked: Option<String>,
    /// Whether a run is being resumed.
    pub taking_up: TakingUp,
    /// The run's clock, in milliseconds since its start.
    pub now_ms: f64,
    /// The conversation below a recording that was opened over it.
    pub below: Option<Box<SetAside>>,
}

impl Answers {
    /// Before the first question.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self {
            session,
            transcript: Transcript::default(),
            source: Source::Live,
            waiting: None,
            asked: None,
            taking_up: TakingUp::Not,
            now_ms: 0.0,
            below: None,
        }
    }

    /// What the newest run is doing.
    #[must_use]
    pub fn run_state(&self) -> RunState {
        if self.taking_up != TakingUp::Not {
            return RunState::Continuing;
        }
        run_state(self.session.newest(), &self.source, self.session.is_asking(), self.waits_for_members())
    }

    /// Shows a question whose run is yet to start.
    pub fn ask(&mut self, question: &str) {
        self.asked = Some(question.to_owned());
        self.transcript.ask(question);
    }

    /// Whether the run stands still after a decision, so that it can be read, and goes on by itself.
    #[must_use]
    pub fn lingers(&self) -> bool {
        let Some(answer) = self.session.newest().filter(|_| self.source == Source::Live && !self.session.is_asking()) else {
            return false;
        };
        let decided = answer.run.rounds.last().is_some_and(|round| round.accepted.is_some());
        decided && answer.is_going() && answer.run.phase == Phase::Running
    }

    /// Whether a question waits for members that are connecting.
    #[must_use]
    pub fn waits_for_members(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether the newest run is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.session.newest().is_some_and(|answer| answer.run.phase == Phase::Paused)
    }

    /// Whether an answer is being written, not replayed.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.session.is_going() && self.source == Source::Live
    }

    /// Whether a recorded run is being replayed.
    #[must_use]
    pub fn is_replay(&self) -> bool {
        matches!(self.source, Source::Replay(_))
    }

    /// Whether the newest run is over without a whole answer, so that it can be continued: a recording that breaks off, a run that
    /// was lost, stopped, or ended by a limit.
    #[must_use]
    pub fn can_be_continued(&self) -> bool {
        match self.run_state() {
            RunState::RecordingEnds
            | RunState::BrokenOff
            | RunState::Stopped
            | RunState::Failed
            | RunState::Limit(Limit::Tokens | Limit::Rounds) => true,
            RunState::Limit(Limit::Context)
            | RunState::Ready
            | RunState::Waiting
            | RunState::Starting
            | RunState::Answering
            | RunState::Pausing
            | RunState::Paused
            | RunState::Answered
            | RunState::Continuing => false,
        }
    }

    /// The newest run, if it can be changed while the answer at this index is shown; otherwise the reason why not.
    pub fn changeable(&self, shown: usize) -> Result<&Run, &'static str> {
        match (self.session.newest(), self.session.is_asking()) {
            (None, _) | (_, true) => Err("there is no answer to change yet"),
            (Some(_), false) if shown + 1 != self.session.answers().len() => {
                Err("only the newest answer can be changed: those before it were answered to already")
            }
            (Some(answer), false) => Ok(&answer.run),
        }
    }

    /// The segment accepted in a round; `None` while that round is open.
    #[must_use]
    pub fn segment_of(&self, answer: usize, round: Option<usize>) -> Option<SegmentId> {
        let run = &self.session.answers().get(answer)?.run;
        run.rounds.get(round?)?.accepted.as_ref()?;
        run.tree.path(run.tree.head()).get(round?).copied()
    }

    /// The text accepted in a round.
    #[must_use]
    pub fn text_of(&self, (answer, round): (usize, Option<usize>)) -> Option<String> {
        let accepted = self.session.answer(answer).round(round?)?.accepted.as_ref()?;
        Some(accepted.text.to_string())
    }
}
