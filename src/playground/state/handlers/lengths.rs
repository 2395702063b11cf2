//! The question at three lengths of segments: starting and stopping its runs, moving over them, keeping a length, opening a run.

use super::handles::handles;
use super::heat_map::to_sweep;
use super::recorded::open;
use super::tuning::Tuning;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::lengths::{LengthComparison, LengthsAsk, RunNews, Stage};
use crate::playground::state::log::Level;
use crate::playground::state::message::Effect;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::roster::Roster;
use crate::playground::state::tuning::ladder::Length;

/// Puts the marked length in force for the next answer; before the first start, starts.
pub(super) fn keep(state: &mut State) -> Vec<Effect> {
    let Some(length) = state.lengths.as_ref().map(|comparison| comparison.marked().length) else {
        return Comparing::from(state).start();
    };
    Tuning::from(state).set_length(length)
}

handles! {
    /// What the page of three lengths may change.
    Comparing
    changes looking: Looking, lengths: Option<LengthComparison>, notices: Notices;
    reads answers: Answers, writing: Writing, knobs: Knobs, roster: Roster, keymap: Keymap;
}

impl Comparing<'_> {
    pub(super) fn move_by(&mut self, columns: isize) {
        if let Some(comparison) = self.lengths.as_mut() {
            comparison.move_by(columns);
        }
    }

    /// Marks a length that was clicked.
    pub(super) fn mark(&mut self, column: Option<usize>) {
        if let (Some(comparison), Some(column)) = (self.lengths.as_mut(), column) {
            comparison.marked = column.min(comparison.columns.len() - 1);
        }
    }

    /// Opens the run of the marked length over the user's own answer.
    pub(super) fn open(&mut self) -> Vec<Effect> {
        let Some(comparison) = self.lengths.as_ref() else {
            let start = self.keymap.key(Action::LengthsStart);
            self.notices.say(Level::Info, &format!("there is no run yet: `{start}` plays the question at three lengths"));
            return Vec::new();
        };
        let column = comparison.marked();
        if let Some(path) = column.trace.clone() {
            return open(self.answers, self.notices, path);
        }
        let why = match column.stage {
            Stage::Waiting | Stage::Playing => "this run is not over yet",
            Stage::Over | Stage::Stopped | Stage::Failed(_) => "no trace was kept of this run",
        };
        self.notices.say(Level::Info, why);
        Vec::new()
    }

    /// Starts playing the current question at three lengths.
    pub(super) fn start(&mut self) -> Vec<Effect> {
        if self.lengths.as_ref().is_some_and(LengthComparison::is_going) {
            let stop = self.keymap.key(Action::LengthsStop);
            self.notices.say(Level::Info, &format!("the three runs are going on: `{stop}` stops them"));
            return Vec::new();
        }
        if !self.roster.connecting().is_empty() {
            self.notices.say(Level::Info, "models are still being connected: start when they are there");
            return Vec::new();
        }
        let members = self.roster.seated();
        if members.is_empty() {
            let roster = self.keymap.key(Action::Roster);
            self.notices.say(Level::Info, &format!("no model takes part: `{roster}` on the main screen chooses some"));
            return Vec::new();
        }
        let Some((prompt, seed)) = to_sweep(self.answers, self.writing, self.knobs) else {
            self.notices.say(Level::Info, "ask something first: then the question is played at three lengths");
            return Vec::new();
        };
        let in_force = self.knobs.in_force(self.answers);
        let lengths = Length::of(&in_force).around();
        *self.lengths = Some(LengthComparison::new(prompt.conversation.prompt(), lengths, Length::of(&in_force)));
        let params = lengths.map(|length| length.over(&in_force));
        vec![Effect::Lengths(Box::new(LengthsAsk { members, prompt, params, seed }))]
    }

    pub(super) fn stop(&mut self) -> Vec<Effect> {
        match self.lengths.as_mut() {
            Some(comparison) if comparison.is_going() => {
                comparison.stop();
                vec![Effect::StopLengths]
            }
            Some(_) | None => {
                self.notices.say(Level::Info, "no run is going on here");
                Vec::new()
            }
        }
    }

    /// Handles news of a run.
    pub(in crate::playground::state) fn news(&mut self, column: usize, news: RunNews) {
        let Some(comparison) = self.lengths.as_mut() else { return };
        let went_on = comparison.is_going();
        if let Some(warning) = comparison.take_in(column, news) {
            self.notices.say(Level::Warning, &warning);
        }
        if went_on && !comparison.is_going() && self.looking.page() != Some(Page::Lengths) {
            let key = self.keymap.key(Action::Open(Page::Lengths));
            self.notices.say(Level::Info, &format!("the runs at three lengths are done: `{key}` shows them"));
        }
    }
}
