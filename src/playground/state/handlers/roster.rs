//! The roster: seeing the available models, choosing which take part, probing them.

use super::handles::handles;
use super::members::Members;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::log::Level;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::settings::Settings;
use crate::playground::state::roster::Roster;
use crate::playground::state::roster::compose::Compose;

handles! {
    /// What composing the ensemble may change.
    Composing
    changes answers: Answers, looking: Looking, knobs: Knobs, roster: Roster, settings: Settings, notices: Notices;
    reads keymap: Keymap;
}

impl Composing<'_> {
    pub(super) fn members(&mut self) -> Members<'_> {
        Members {
            answers: self.answers,
            looking: self.looking,
            knobs: self.knobs,
            roster: self.roster,
            settings: self.settings,
            notices: self.notices,
        }
    }

    /// Opens the roster, or closes it if it is open. Models that are at hand, or take part, are probed if they never were; remote
    /// ones, or those that would have to be loaded, only when they are chosen.
    pub(super) fn roster(&mut self) -> Vec<Effect> {
        if matches!(self.looking.overlay, Some(Overlay::Roster(_))) {
            self.looking.overlay = None;
            return Vec::new();
        }
        self.looking.overlay = Some(Overlay::Roster(Compose::default()));
        let mut effects = self.members().connect_at_hand();
        effects.extend(self.scan());
        effects
    }

    pub(super) fn roster_move(&mut self, step: isize) {
        if let Some(Overlay::Roster(compose)) = &mut self.looking.overlay {
            compose.move_by(self.roster, step);
        }
    }

    /// Chooses the marked model, or removes it; a chosen one is probed, so that the result is visible before it is used.
    pub(super) fn roster_toggle(&mut self) -> Vec<Effect> {
        let Some(Overlay::Roster(compose)) = &mut self.looking.overlay else { return Vec::new() };
        let Some(row) = compose.toggle(self.roster) else { return Vec::new() };
        let is_ready = self.roster.row(row).is_some_and(|known| known.standing.capabilities().is_some());
        if is_ready { Vec::new() } else { self.members().connect(&[row], false) }
    }

    pub(super) fn roster_role(&mut self) {
        if let Some(Overlay::Roster(compose)) = &mut self.looking.overlay {
            compose.next_role(self.roster);
        }
    }

    pub(super) fn roster_weight(&mut self, steps: f64) {
        if let Some(Overlay::Roster(compose)) = &mut self.looking.overlay {
            compose.change_weight(self.roster, self.knobs.params.weights, steps);
        }
    }

    /// Probes the marked model again.
    pub(super) fn roster_connect(&mut self) -> Vec<Effect> {
        let Some(Overlay::Roster(compose)) = &self.looking.overlay else { return Vec::new() };
        let marked = compose.marked(self.roster);
        marked.map_or_else(Vec::new, |row| self.members().connect(&[row], true))
    }

    /// Searches the usual ports of this machine, and model files.
    pub(super) fn scan(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.roster.scan() {
            effects.push(Effect::Scan);
        }
        if self.roster.look() {
            effects.push(Effect::FindFiles(self.roster.named_files()));
        }
        effects
    }

    /// Uses the ensemble for the next question. The current answer continues with its own members.
    pub(super) fn roster_take(&mut self) -> Vec<Effect> {
        let Some(Overlay::Roster(compose)) = &self.looking.overlay else { return Vec::new() };
        let ensemble = match compose.ensemble(self.roster) {
            Ok(ensemble) => ensemble,
            Err(error) => {
                let (action, does) = error.remedy();
                self.notices.say(Level::Error, &format!("{error}: `{}` {does}", self.keymap.key(action)));
                return Vec::new();
            }
        };
        self.looking.overlay = None;
        let changed = self.roster.ensemble() != ensemble;
        self.roster.take(ensemble);
        let idle = self.roster.idle_files();
        self.roster.let_go(&idle);
        let mut effects: Vec<Effect> = idle.into_iter().map(Effect::LetGo).collect();
        effects.extend(self.members().connect_missing());
        self.members().show_ensemble();
        if changed {
            let who = self.roster.names().join(", ");
            self.notices.say(Level::Info, &format!("the next question goes to {who}"));
        }
        effects.extend(self.members().ask_if_settled());
        effects
    }
}
