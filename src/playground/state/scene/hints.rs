//! Which keys the hint line names: those that the user may want now, the likeliest first.

use super::status::RunState;
use crate::playground::state::action::{Action, Context};
use crate::playground::state::heat_map::{HeatMap, Progress};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::{Source, State};

/// What a person may want now: keys and what they do, the likeliest first.
pub(super) fn hints(state: &State, run: RunState) -> Vec<(String, String)> {
    if let Some(first) = state.pressed.pending.first() {
        let continuations = state.keymap.continuations(state.context(), *first);
        return continuations
            .into_iter()
            .map(|(key, action)| (format!("{first} {key}"), action.entry().hint.to_owned()))
            .collect();
    }
    let replay = matches!(state.answers.source, Source::Replay(_));
    let stands = match &state.answers.source {
        Source::Replay(replay) => !replay.playing,
        Source::Live => state.answers.is_paused(),
    };
    let entry = matches!(state.looking.overlay, Some(Overlay::Entry(_)));
    let hint = |action: &Action| {
        let word = match action {
            Action::RunPause if stands => "go on",
            Action::Send if entry => "accept",
            Action::LeavePrompt if entry => "leave it",
            Action::Stop if replay => "to the end",
            Action::Stop if state.answers.waits_for_members() => "do not wait",
            Action::Again if replay => "from the start",
            other => other.entry().hint,
        };
        (state.keymap.key(*action), word.to_owned())
    };
    likely(state, run).iter().map(hint).filter(|(key, _)| !key.is_empty()).collect()
}

/// The actions that are likeliest now.
fn likely(state: &State, run: RunState) -> &'static [Action] {
    match (state.context(), &state.looking.overlay) {
        (Context::List, _) => &[Action::Choose, Action::ListUp, Action::ListDown, Action::CloseList, Action::ClearTyped],
        (Context::Roster, _) => &[
            Action::RosterTake,
            Action::RosterToggle,
            Action::RosterClose,
            Action::RosterRole,
            Action::RosterHeavier,
            Action::RosterLighter,
            Action::RosterConnect,
            Action::RosterScan,
        ],
        (Context::Tuning, _) => &[
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
        (Context::HeatMap, _) => likely_on_the_map(state.heat_map.as_ref()),
        (Context::Question, _) => &[Action::Yes, Action::No],
        (Context::Prompt, Some(_)) => &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::Edit],
        (_, Some(Overlay::Waterfall(..))) => {
            &[Action::Back, Action::Waterfall, Action::PreviousRound, Action::NextRound, Action::ScrollDown, Action::ScrollUp]
        }
        (_, Some(Overlay::Chart(_))) => &[Action::Back, Action::Chart, Action::PreviousRound, Action::NextRound, Action::Tune],
        (_, Some(Overlay::Why(_) | Overlay::Single(_))) => {
            &[Action::Back, Action::PreviousRound, Action::NextRound, Action::ScrollDown, Action::ScrollUp]
        }
        (_, Some(_)) => &[Action::Back, Action::ScrollDown, Action::ScrollUp, Action::PageDown, Action::End],
        (Context::Prompt, _) => {
            &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::EarlierQuestion, Action::Edit, Action::QuitAtOnce]
        }
        (_, None) if state.answers.waits_for_members() => {
            &[Action::Stop, Action::Roster, Action::Log, Action::Help, Action::Quit]
        }
        (_, None) if run.is_busy() || run == RunState::Paused => &[
            Action::RunPause,
            Action::Step,
            Action::Stop,
            Action::PreviousRound,
            Action::Why,
            Action::Help,
            Action::Quit,
            Action::Slower,
            Action::Faster,
            Action::Zoom,
            Action::Override,
            Action::Tune,
            Action::Rewind,
            Action::Undo,
        ],
        (_, None) => &[
            Action::Write,
            Action::Again,
            Action::PreviousRound,
            Action::Why,
            Action::Help,
            Action::Quit,
            Action::Chart,
            Action::Tune,
            Action::Zoom,
            Action::Roster,
            Action::CopyAnswer,
            Action::Palette,
            Action::Override,
            Action::Rewind,
            Action::Compare,
        ],
    }
}

fn likely_on_the_map(map: Option<&HeatMap>) -> &'static [Action] {
    match map.map(|map| &map.progress) {
        None => &[Action::Sweep, Action::MapClose],
        Some(Progress::Going) => &[Action::MapOpen, Action::MapDown, Action::MapRight, Action::MapClose, Action::SweepStop],
        Some(Progress::Done | Progress::Stopped | Progress::Failed(_)) => {
            &[Action::MapOpen, Action::MapDown, Action::MapRight, Action::MapClose, Action::Sweep]
        }
    }
}
