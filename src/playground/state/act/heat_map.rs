//! The heat map of a sweep: beginning and stopping it, walking over it, opening a cell's run.

use super::super::State;
use super::super::action::Action;
use super::super::heat_map::{Direction, HeatMap, Progress, SweepAsk, usual_grid};
use super::super::log::Level;
use super::super::message::Effect;
use super::super::overlay::{Overlay, Scroll};
use crate::engine::fusion::conversation::{Role, Turn};
use crate::prompts::Prompt;
use crate::sweep::{Finished, imply};

impl State {
    pub(super) fn heat_map(&mut self) {
        self.overlay = Some(Overlay::HeatMap(Scroll::default()));
    }

    pub(super) fn map_move(&mut self, direction: Direction) {
        if let Some(map) = &mut self.heat_map {
            map.move_to(direction);
        }
    }

    /// Opens the run of the marked setting; where nothing was swept yet, that is begun.
    pub(super) fn map_open(&mut self) -> Vec<Effect> {
        let Some(map) = &self.heat_map else { return self.sweep() };
        let answered = map.figures().get(map.marked).is_some_and(|figures| figures.answers > 0);
        if let Some(path) = map.trace().cloned() {
            return self.open(path);
        }
        self.say(Level::Info, if answered { "no trace was kept of this run" } else { "this setting is not played yet" });
        Vec::new()
    }

    /// Begins to play the question that is asked now under every setting.
    pub(super) fn sweep(&mut self) -> Vec<Effect> {
        if self.heat_map.as_ref().is_some_and(|map| map.progress == Progress::Going) {
            let stop = self.keymap.key(Action::SweepStop);
            self.say(Level::Info, &format!("a sweep is going on: `{stop}` stops it"));
            return Vec::new();
        }
        if !self.roster.connecting().is_empty() {
            self.say(Level::Info, "models are still being connected: sweep when they are there");
            return Vec::new();
        }
        let Some((prompt, seed)) = self.to_sweep() else {
            self.say(Level::Info, "ask something first: a sweep plays the question under every setting");
            return Vec::new();
        };
        let mut params = self.params.clone();
        let grid = match usual_grid() {
            Ok(grid) => grid,
            Err(error) => {
                self.say(Level::Error, &error.to_string());
                return Vec::new();
            }
        };
        // The knobs of the playground are no wish of the sweep's: what it needs is set for it alone.
        if let Err(idle) = imply(grid.axes(), &mut params, |_| false) {
            self.say(Level::Error, &idle.to_string());
            return Vec::new();
        }
        self.heat_map = Some(HeatMap::new(grid.clone(), prompt.conversation.prompt()));
        vec![Effect::Sweep(Box::new(SweepAsk { members: self.roster.seated(), prompt, grid, params, seed }))]
    }

    /// The question of the newest answer, or the one that is being written, and its seed.
    pub(in super::super) fn to_sweep(&self) -> Option<(Prompt, u64)> {
        if let Some(play) = self.session.newest() {
            let header = &play.run.header;
            let prompt = Prompt { answers: header.answers.clone(), ..Prompt::question(header.conversation.clone()) };
            return Some((prompt, header.seed));
        }
        if self.prompt.is_blank() {
            return None;
        }
        let mut conversation = self.session.play(0).run.header.conversation.clone();
        conversation.turns.push(Turn { role: Role::User, content: self.prompt.text() });
        Some((Prompt::question(conversation), self.seed))
    }

    pub(super) fn sweep_stop(&mut self) -> Vec<Effect> {
        match &mut self.heat_map {
            Some(map) if map.progress == Progress::Going => {
                map.progress = Progress::Stopped;
                vec![Effect::StopSweep]
            }
            Some(_) | None => {
                self.say(Level::Info, "no sweep is going on");
                Vec::new()
            }
        }
    }

    /// A setting was played.
    pub(in super::super) fn swept(&mut self, finished: Finished, trace: Option<std::path::PathBuf>) {
        if let Some(map) = &mut self.heat_map {
            map.finished(finished, trace);
        }
    }

    /// The sweep is over, or could not go on.
    pub(in super::super) fn sweep_ended(&mut self, error: Option<String>) {
        let Some(map) = &mut self.heat_map else { return };
        if let Some(error) = error {
            let text = format!("the sweep: {error}");
            map.progress = Progress::Failed(error);
            return self.say(Level::Error, &text);
        }
        map.progress = Progress::Done;
        if !matches!(self.overlay, Some(Overlay::HeatMap(_))) {
            let key = self.keymap.key(Action::HeatMap);
            self.say(Level::Info, &format!("the sweep is done: `{key}` shows it"));
        }
    }
}
