//! Which keys the hint line names: those that the user may want now, the likeliest first.

use super::status::RunState;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::{Source, State};

/// What the user may want now: keys and what they do, the likeliest first.
pub(super) fn hints(state: &State, run: RunState) -> Vec<(DisplayText, DisplayText)> {
    if let Some(first) = state.pressed.pending.first() {
        let continuations = state.keymap.continuations(state.context(), *first);
        return continuations.into_iter().map(|(key, action)| (display!("{first} {key}"), action.entry().hint.into())).collect();
    }
    let replay = matches!(state.answers.source, Source::Replay(_));
    let stands = match &state.answers.source {
        Source::Replay(replay) => !replay.playing,
        Source::Live => state.answers.is_paused(),
    };
    let entry = matches!(state.looking.overlay, Some(Overlay::Entry(_)));
    let hint = |action: &Action| {
        let word = match action {
            Action::RunPause if state.presenting.is_some() => "next",
            Action::Present if state.presenting.is_some() => "everything",
            Action::RunPause if stands => "go on",
            Action::Send if entry => "accept",
            Action::LeavePrompt if entry => "leave it",
            Action::Stop if replay => "to the end",
            Action::Stop if state.answers.waits_for_members() => "do not wait",
            Action::Again if replay => "from the start",
            other => other.entry().hint,
        };
        (clean_line(&state.keymap.key(*action)), word.into())
    };
    likely(state, run).iter().map(hint).filter(|(key, _)| !key.is_empty()).collect()
}

/// The actions that are likeliest now.
fn likely(state: &State, run: RunState) -> &'static [Action] {
    match &state.looking.overlay {
        Some(Overlay::List(_)) => &[Action::Choose, Action::ListUp, Action::ListDown, Action::CloseList, Action::ClearTyped],
        Some(Overlay::Roster(_)) => &[
            Action::RosterTake,
            Action::RosterToggle,
            Action::RosterClose,
            Action::RosterRole,
            Action::RosterHeavier,
            Action::RosterLighter,
            Action::RosterConnect,
            Action::RosterScan,
        ],
        Some(Overlay::Tuning(_)) => &[
            Action::TuneApply,
            Action::TuneForget,
            Action::TuneLower,
            Action::TuneHigher,
            Action::TuneDown,
            Action::TuneUp,
            Action::TuneDefault,
            Action::TuneDefaults,
            Action::TuneClose,
        ],
        Some(Overlay::Leave(_)) => &[Action::Yes, Action::No],
        Some(Overlay::Entry(_)) => &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::Edit],
        Some(Overlay::Page(page, _)) => (page.view().hints)(state),
        None if state.writing.active => {
            &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::EarlierQuestion, Action::Edit, Action::QuitAtOnce]
        }
        None if state.presenting.is_some() => PRESENTING,
        None if state.answers.waits_for_members() => {
            &[Action::Stop, Action::Roster, Action::Open(Page::Log), Action::Open(Page::Help), Action::Quit]
        }
        None if run.is_busy() || run == RunState::Paused => RUNNING,
        None => IDLE,
    }
}

/// Before an audience.
const PRESENTING: &[Action] = &[
    Action::RunPause,
    Action::PreviousRound,
    Action::Open(Page::Why),
    Action::Write,
    Action::Present,
    Action::Open(Page::Help),
    Action::Quit,
];

/// While an answer is being written, or stands still.
const RUNNING: &[Action] = &[
    Action::RunPause,
    Action::Step,
    Action::Stop,
    Action::PreviousRound,
    Action::Open(Page::Why),
    Action::Open(Page::Help),
    Action::Quit,
    Action::Slower,
    Action::Faster,
    Action::Zoom,
    Action::Override,
    Action::Tune,
    Action::Rewind,
    Action::Undo,
];

/// While no answer is being written.
const IDLE: &[Action] = &[
    Action::Write,
    Action::Again,
    Action::PreviousRound,
    Action::Open(Page::Why),
    Action::Open(Page::Help),
    Action::Quit,
    Action::Open(Page::Retention),
    Action::Tune,
    Action::Zoom,
    Action::Roster,
    Action::CopyAnswer,
    Action::Palette,
    Action::Override,
    Action::Rewind,
    Action::Compare,
];
