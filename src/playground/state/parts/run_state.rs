//! What a run is doing, in one word.

use super::source::Source;
use crate::engine::fusion::event::{Limit, Outcome};
use crate::engine::fusion::run::Phase;
use crate::playground::state::answer::Answer;

/// What the run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Nothing was asked yet.
    Ready,
    /// A question waits for members that are connecting.
    Waiting,
    /// The members read the question.
    Starting,
    /// Rounds continue.
    Answering,
    /// The open round is the last until the user resumes.
    Pausing,
    /// No round starts until the user resumes.
    Paused,
    /// The answer is complete.
    Answered,
    /// A limit ended it.
    Limit(Limit),
    /// It is being taken up again.
    Continuing,
    /// The user ended it.
    Stopped,
    /// No drafter was left.
    Failed,
    /// The run was lost before its end.
    BrokenOff,
    /// Everything that was recorded was played, and it is not a whole answer.
    RecordingEnds,
}

impl RunState {
    /// The state in a word or two.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Starting => "reading",
            Self::Answering => "answering",
            Self::Pausing => "pausing after this round",
            Self::Paused => "paused",
            Self::Answered => "answered",
            Self::Limit(Limit::Tokens) => "stopped at max-tokens",
            Self::Limit(Limit::Rounds) => "stopped at max-rounds",
            Self::Limit(Limit::Context) => "the context is full",
            Self::Continuing => "continuing …",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::BrokenOff => "broken off",
            Self::RecordingEnds => "the recording ends here",
        }
    }

    /// Whether something happens without a key being pressed.
    #[must_use]
    pub fn is_busy(self) -> bool {
        match self {
            Self::Waiting | Self::Starting | Self::Answering | Self::Pausing | Self::Continuing => true,
            Self::Ready
            | Self::Paused
            | Self::Answered
            | Self::Limit(_)
            | Self::Stopped
            | Self::Failed
            | Self::BrokenOff
            | Self::RecordingEnds => false,
        }
    }
}

/// What the run is doing; `asking`: a question is on its way, `waits`: it waits for members.
#[must_use]
pub fn run_state(answer: Option<&Answer>, source: &Source, asking: bool, waits: bool) -> RunState {
    let Some(answer) = answer.filter(|_| !asking) else {
        return match source {
            // Nothing of it was played yet.
            Source::Replay(replay) if !replay.playing => RunState::Paused,
            Source::Replay(_) => RunState::Starting,
            Source::Live if waits => RunState::Waiting,
            Source::Live if asking => RunState::Starting,
            Source::Live => RunState::Ready,
        };
    };
    let open = answer.run.open_round().is_some();
    match (&answer.run.phase, source) {
        (Phase::Finished(Outcome::Answered), _) => RunState::Answered,
        (Phase::Finished(Outcome::TokenLimit), _) => RunState::Limit(Limit::Tokens),
        (Phase::Finished(Outcome::RoundLimit), _) => RunState::Limit(Limit::Rounds),
        (Phase::Finished(Outcome::ContextLimit), _) => RunState::Limit(Limit::Context),
        (Phase::Finished(Outcome::Stopped), _) => RunState::Stopped,
        (Phase::Finished(Outcome::NoMembers { .. }), _) => RunState::Failed,
        (_, Source::Replay(replay)) if replay.over => RunState::RecordingEnds,
        (Phase::Running | Phase::Paused, _) if answer.broken_off => RunState::BrokenOff,
        (_, Source::Replay(replay)) if !replay.playing => RunState::Paused,
        (Phase::Paused, _) if open => RunState::Pausing,
        (Phase::Paused, _) => RunState::Paused,
        (Phase::Running, _) => RunState::Answering,
    }
}
