//! What keys mean now, and which of them a person is told of.

use super::action::{Action, Context};
use super::heat_map::Progress;
use super::overlay::Overlay;
use super::scene::status::RunState;
use super::{Source, State};

impl State {
    /// Where keys go now.
    #[must_use]
    pub fn context(&self) -> Context {
        match &self.overlay {
            Some(Overlay::List(_)) => Context::List,
            Some(Overlay::Roster(_)) => Context::Roster,
            Some(Overlay::HeatMap(_)) => Context::HeatMap,
            Some(Overlay::Tuning(_)) => Context::Tuning,
            Some(Overlay::Leave(_)) => Context::Question,
            Some(Overlay::Entry(_)) => Context::Prompt,
            None if self.writing => Context::Prompt,
            Some(
                Overlay::Help(_)
                | Overlay::Why(_)
                | Overlay::Chart(_)
                | Overlay::Single(_)
                | Overlay::Waterfall(..)
                | Overlay::Log(_)
                | Overlay::Compare(..),
            )
            | None => Context::Keys,
        }
    }

    /// What a person may want now: keys and what they do, the likeliest first.
    pub(super) fn hints(&self, state: RunState) -> Vec<(String, String)> {
        if let Some(first) = self.pending.first() {
            let continuations = self.keymap.continuations(self.context(), *first);
            return continuations
                .into_iter()
                .map(|(key, action)| (format!("{first} {key}"), action.entry().hint.to_owned()))
                .collect();
        }
        let replay = matches!(self.source, Source::Replay(_));
        let stands = match &self.source {
            Source::Replay(replay) => !replay.playing,
            Source::Live => self.is_paused(),
        };
        let entry = matches!(self.overlay, Some(Overlay::Entry(_)));
        let hint = |action: &Action| {
            let word = match action {
                Action::RunPause if stands => "go on",
                Action::Send if entry => "accept",
                Action::LeavePrompt if entry => "leave it",
                Action::Stop if replay => "to the end",
                Action::Stop if self.waits_for_members() => "do not wait",
                Action::Again if replay => "from the start",
                other => other.entry().hint,
            };
            (self.keymap.key(*action), word.to_owned())
        };
        self.likely(state).iter().map(hint).filter(|(key, _)| !key.is_empty()).collect()
    }

    /// The actions that are likeliest now.
    fn likely(&self, state: RunState) -> &'static [Action] {
        match (self.context(), &self.overlay) {
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
            (Context::HeatMap, _) => self.likely_on_the_map(),
            (Context::Question, _) => &[Action::Yes, Action::No],
            (Context::Prompt, Some(_)) => &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::Edit],
            (_, Some(Overlay::Waterfall(..))) => {
                &[Action::Back, Action::Waterfall, Action::PreviousRound, Action::NextRound, Action::ScrollDown, Action::ScrollUp]
            }
            (_, Some(Overlay::Chart(_))) => {
                &[Action::Back, Action::Chart, Action::PreviousRound, Action::NextRound, Action::Tune]
            }
            (_, Some(Overlay::Why(_) | Overlay::Single(_))) => {
                &[Action::Back, Action::PreviousRound, Action::NextRound, Action::ScrollDown, Action::ScrollUp]
            }
            (_, Some(_)) => &[Action::Back, Action::ScrollDown, Action::ScrollUp, Action::PageDown, Action::End],
            (Context::Prompt, _) => {
                &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::EarlierQuestion, Action::Edit, Action::QuitAtOnce]
            }
            (_, None) if self.waits_for_members() => &[Action::Stop, Action::Roster, Action::Log, Action::Help, Action::Quit],
            (_, None) if state.is_busy() || state == RunState::Paused => &[
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

    fn likely_on_the_map(&self) -> &'static [Action] {
        match self.heat_map.as_ref().map(|map| &map.progress) {
            None => &[Action::Sweep, Action::MapClose],
            Some(Progress::Going) => &[Action::MapOpen, Action::MapDown, Action::MapRight, Action::MapClose, Action::SweepStop],
            Some(Progress::Done | Progress::Stopped | Progress::Failed(_)) => {
                &[Action::MapOpen, Action::MapDown, Action::MapRight, Action::MapClose, Action::Sweep]
            }
        }
    }
}
