//! The heat map of a sweep: starting and stopping it, moving over it, opening a cell's run.

use super::handles::handles;
use super::recorded::open;
use super::tuning::Tuning;
use crate::engine::fusion::conversation::{Role, Turn};
use crate::playground::state::State;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::heat_map::{Direction, HeatMap, Progress, SweepAsk, usual_grid};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::log::Level;
use crate::playground::state::message::Effect;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::roster::Roster;
use crate::prompts::Prompt;
use crate::sweep::{Finished, imply};

/// The question of the newest answer, or the one being written, and its seed.
pub(in crate::playground::state) fn to_sweep(answers: &Answers, writing: &Writing, knobs: &Knobs) -> Option<(Prompt, u64)> {
    if let Some(answer) = answers.session.newest() {
        let header = &answer.run.header;
        let prompt = Prompt { answers: header.answers.clone(), ..Prompt::question(header.conversation.clone()) };
        return Some((prompt, header.seed));
    }
    if writing.question.is_blank() {
        return None;
    }
    let mut conversation = answers.session.answer(0).run.header.conversation.clone();
    conversation.turns.push(Turn { role: Role::User, content: writing.question.text() });
    Some((Prompt::question(conversation), knobs.seed))
}

/// Puts the marked setting in force for the next answer.
pub(super) fn apply(state: &mut State) -> Vec<Effect> {
    let Some(map) = state.heat_map.as_ref() else {
        let sweep = state.keymap.key(Action::Sweep);
        state.notices.say(Level::Info, &format!("there is no setting yet: `{sweep}` plays the question under several"));
        return Vec::new();
    };
    let name = map.grid.name(map.marked);
    let values = map.values([&state.knobs.in_force(&state.answers), &state.knobs.params], map.marked);
    let mut tuning = Tuning::from(&mut *state);
    if tuning.refuses_while_trying() {
        return Vec::new();
    }
    let changes = tuning.not_in_force(&values);
    if changes.is_empty() {
        state.notices.say(Level::Info, &format!("in force already: {name}"));
        return Vec::new();
    }
    // What it compared with is not in force any more.
    tuning.knobs.tuning.forget_applied();
    let (effects, when) = tuning.put_in_force(&changes);
    let values: Vec<String> = changes.iter().map(|(knob, value)| format!("{} {value}", knob.name)).collect();
    state.notices.say(Level::Info, &format!("{when}: {}", values.join(", ")));
    effects
}

handles! {
    /// What a sweep may change.
    Sweeping
    changes looking: Looking, heat_map: Option<HeatMap>, notices: Notices;
    reads answers: Answers, writing: Writing, knobs: Knobs, roster: Roster, keymap: Keymap;
}

impl Sweeping<'_> {
    pub(super) fn map_move(&mut self, direction: Direction) {
        if let Some(map) = self.heat_map.as_mut() {
            map.move_to(direction);
        }
    }

    /// Shows the next figure of every setting.
    pub(super) fn next_metric(&mut self) {
        if let Some(map) = self.heat_map.as_mut() {
            map.next_metric();
        }
    }

    /// Opens the run of the marked setting; if there is no sweep yet, starts it.
    pub(super) fn map_open(&mut self) -> Vec<Effect> {
        let Some(map) = self.heat_map.as_ref() else { return self.sweep() };
        let answered = map.figures().get(map.marked).is_some_and(|figures| figures.answers > 0);
        if let Some(path) = map.trace().cloned() {
            return open(self.answers, self.notices, path);
        }
        self.notices.say(Level::Info, if answered { "no trace was kept of this run" } else { "this setting is not played yet" });
        Vec::new()
    }

    /// Starts playing the current question under every setting.
    pub(super) fn sweep(&mut self) -> Vec<Effect> {
        if self.heat_map.as_ref().is_some_and(|map| map.progress == Progress::Going) {
            let stop = self.keymap.key(Action::SweepStop);
            self.notices.say(Level::Info, &format!("a sweep is going on: `{stop}` stops it"));
            return Vec::new();
        }
        if !self.roster.connecting().is_empty() {
            self.notices.say(Level::Info, "models are still being connected: sweep when they are there");
            return Vec::new();
        }
        let Some((prompt, seed)) = to_sweep(self.answers, self.writing, self.knobs) else {
            self.notices.say(Level::Info, "ask something first: a sweep plays the question under every setting");
            return Vec::new();
        };
        let mut params = self.knobs.params.clone();
        let grid = match usual_grid() {
            Ok(grid) => grid,
            Err(error) => {
                self.notices.say(Level::Error, &error.to_string());
                return Vec::new();
            }
        };
        // The playground's knobs are not wishes for the sweep: what it needs is set for it only.
        if let Err(idle) = imply(grid.axes(), &mut params, |_| false) {
            self.notices.say(Level::Error, &idle.to_string());
            return Vec::new();
        }
        *self.heat_map = Some(HeatMap::new(grid.clone(), prompt.conversation.prompt()));
        vec![Effect::Sweep(Box::new(SweepAsk { members: self.roster.seated(), prompt, grid, params, seed }))]
    }

    pub(super) fn sweep_stop(&mut self) -> Vec<Effect> {
        match self.heat_map.as_mut() {
            Some(map) if map.progress == Progress::Going => {
                map.progress = Progress::Stopped;
                vec![Effect::StopSweep]
            }
            Some(_) | None => {
                self.notices.say(Level::Info, "no sweep is going on");
                Vec::new()
            }
        }
    }

    /// Handles a setting that was played.
    pub(in crate::playground::state) fn swept(&mut self, finished: Finished, trace: Option<std::path::PathBuf>) {
        if let Some(map) = self.heat_map.as_mut() {
            map.finished(finished, trace);
        }
    }

    /// Handles the end of the sweep, or its failure.
    pub(in crate::playground::state) fn sweep_ended(&mut self, error: Option<String>) {
        let Some(map) = self.heat_map.as_mut() else { return };
        if let Some(error) = error {
            let text = format!("the sweep: {error}");
            map.progress = Progress::Failed(error);
            return self.notices.say(Level::Error, &text);
        }
        map.progress = Progress::Done;
        if self.looking.page() != Some(Page::HeatMap) {
            let key = self.keymap.key(Action::Open(Page::HeatMap));
            self.notices.say(Level::Info, &format!("the sweep is done: `{key}` shows it"));
        }
    }
}
