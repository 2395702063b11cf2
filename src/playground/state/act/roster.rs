//! The roster: seeing who there is, choosing who takes part, asking what they can do.

use super::super::State;
use super::super::log::Level;
use super::super::message::Effect;
use super::super::overlay::Overlay;
use super::super::roster::compose::Compose;
use super::super::roster::{Origin, RowId, Standing};

impl State {
    /// Opens the roster, or closes it where it is open. Who is at hand, or takes part, is asked what it can do if that was never
    /// asked; who is far away, or would have to be loaded, only when it is chosen.
    pub(super) fn roster(&mut self) -> Vec<Effect> {
        if matches!(self.overlay, Some(Overlay::Roster(_))) {
            self.overlay = None;
            return Vec::new();
        }
        self.overlay = Some(Overlay::Roster(Compose::default()));
        let mut effects = self.connect_at_hand();
        effects.extend(self.scan());
        effects
    }

    /// Asks built-in models, servers that were found and members of the ensemble what they can do, where nobody asked yet.
    pub(in super::super) fn connect_at_hand(&mut self) -> Vec<Effect> {
        let rows = self.roster.rows().iter().enumerate();
        let at_hand = rows.filter(|(place, known)| {
            let is_near = matches!(known.origin, Origin::BuiltIn | Origin::Found) || self.roster.takes_part(RowId(*place));
            is_near && known.standing == Standing::Unknown
        });
        let at_hand: Vec<RowId> = at_hand.map(|(place, _)| RowId(place)).collect();
        self.connect(&at_hand, false)
    }

    pub(super) fn roster_move(&mut self, step: isize) {
        if let Some(Overlay::Roster(compose)) = &mut self.overlay {
            compose.move_by(&self.roster, step);
        }
    }

    /// Chooses the marked model, or not; one that is chosen is asked what it can do, so that it is seen before it is taken.
    pub(super) fn roster_toggle(&mut self) -> Vec<Effect> {
        let Some(Overlay::Roster(compose)) = &mut self.overlay else { return Vec::new() };
        let Some(row) = compose.toggle(&self.roster) else { return Vec::new() };
        let is_ready = self.roster.row(row).is_some_and(|known| known.standing.capabilities().is_some());
        if is_ready { Vec::new() } else { self.connect(&[row], false) }
    }

    pub(super) fn roster_role(&mut self) {
        if let Some(Overlay::Roster(compose)) = &mut self.overlay {
            compose.next_role(&self.roster);
        }
    }

    pub(super) fn roster_weight(&mut self, steps: f64) {
        if let Some(Overlay::Roster(compose)) = &mut self.overlay {
            compose.change_weight(&self.roster, self.params.weights, steps);
        }
    }

    /// Asks the marked model again what it can do.
    pub(super) fn roster_connect(&mut self) -> Vec<Effect> {
        let Some(Overlay::Roster(compose)) = &self.overlay else { return Vec::new() };
        let marked = compose.marked(&self.roster);
        marked.map_or_else(Vec::new, |row| self.connect(&[row], true))
    }

    /// Looks at the usual ports of this machine, and for model files.
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

    /// Takes the ensemble for the next question. An answer that is being written goes on with those who began it.
    pub(super) fn roster_take(&mut self) -> Vec<Effect> {
        let Some(Overlay::Roster(compose)) = &self.overlay else { return Vec::new() };
        let ensemble = match compose.ensemble(&self.roster) {
            Ok(ensemble) => ensemble,
            Err(error) => {
                self.say(Level::Error, &error.to_string());
                return Vec::new();
            }
        };
        self.overlay = None;
        let changed = self.roster.ensemble() != ensemble;
        self.roster.take(ensemble);
        let idle = self.roster.idle_files();
        self.roster.let_go(&idle);
        let mut effects: Vec<Effect> = idle.into_iter().map(Effect::LetGo).collect();
        effects.extend(self.connect_missing());
        self.show_ensemble();
        if changed {
            let who = self.roster.names().join(", ");
            self.say(Level::Info, &format!("the next question goes to {who}"));
        }
        effects.extend(self.ask_if_settled());
        effects
    }
}
