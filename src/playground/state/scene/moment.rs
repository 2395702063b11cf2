//! What there is to say where no round says it: before the first, while members connect, and when a run is over without a whole
//! answer. Each sentence names the way on.

use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::run::Round;
use crate::playground::state::State;
use crate::playground::state::action::Action;
use crate::playground::state::answer::Answer;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::parts::run_state::RunState;
use crate::playground::state::parts::source::{Replay, Source};
use crate::playground::state::prose::{Prose, Tone, wrap};
use crate::playground::state::roster::Standing;

/// The sentence; `None` if the round that is shown says what happens.
#[must_use]
pub fn moment(state: &State, answer: &Answer, round: Option<&Round>) -> Option<DisplayText> {
    if state.answers.waits_for_members() {
        return Some("your question waits until enough models are connected".into());
    }
    if state.looking.round.is_some() {
        return None;
    }
    let key = |action| state.keymap.key(action);
    let go_on = key(Action::RunPause);
    match state.answers.run_state() {
        RunState::Continuing => Some("the run is taken up again: its models connect and read the text so far".into()),
        RunState::Ready if no_member_can_be_reached(state, answer) => {
            Some(display!("no model can be reached: `{}` shows why and offers others", key(Action::Roster)))
        }
        RunState::Ready if round.is_none() => Some("ask something, and watch the models write the answer together".into()),
        RunState::Paused if round.is_none() => match &state.answers.source {
            Source::Replay(replay) => {
                Some(display!("{} is open: `{go_on}` plays it, `{}` one round", replay.file, key(Action::Step)))
            }
            Source::Live => None,
        },
        RunState::Starting if state.answers.session.is_asking() => Some("every member reads the question".into()),
        RunState::Ready
        | RunState::Waiting
        | RunState::Starting
        | RunState::Answering
        | RunState::Pausing
        | RunState::Paused
        | RunState::Answered
        | RunState::Stopped
        | RunState::Failed
        | RunState::BrokenOff
        | RunState::RecordingEnds
        | RunState::Limit(_) => None,
    }
}

fn no_member_can_be_reached(state: &State, answer: &Answer) -> bool {
    let away = |standing: &Standing| matches!(standing, Standing::Away(_));
    state.answers.session.answers().is_empty() && !answer.standings.is_empty() && answer.standings.iter().all(away)
}

/// What is in the place of the answer before anything of a recording was played.
#[must_use]
pub fn of_recording(replay: &Replay, keymap: &Keymap, width: u16) -> Prose {
    let mut prose = Prose::new();
    wrap(&mut prose, Vec::new(), Tone::Strong, &display!("a recorded run: {}", replay.file), width, 0);
    prose.push(Vec::new());
    let keys = [
        (Action::RunPause, "plays it, or pauses"),
        (Action::Step, "plays one round"),
        (Action::Stop, "goes to its end"),
        (Action::Faster, "plays faster"),
    ];
    for (action, meaning) in keys {
        let head = vec![(Tone::Key, display!("{:<7}", keymap.key(action)))];
        wrap(&mut prose, head, Tone::Dim, meaning, width, 7);
    }
    prose
}
