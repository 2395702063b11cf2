//! The guided tour: to the next stop and back.

use super::asking::Asking;
use super::handles::handles;
use super::looking::look_at;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::round::Command;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::log::Level;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::answers::Source;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Look;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::settings::Settings;
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::roster::Roster;
use crate::playground::state::tour::{SEED, STOPS, Then, Tour};

handles! {
    /// What the tour may change.
    Touring
    changes answers: Answers, looking: Looking, writing: Writing, knobs: Knobs, roster: Roster, settings: Settings,
        notices: Notices, tour: Option<Tour>;
    reads keymap: Keymap;
}

impl Touring<'_> {
    pub(super) fn asking(&mut self) -> Asking<'_> {
        Asking {
            answers: self.answers,
            looking: self.looking,
            writing: self.writing,
            knobs: self.knobs,
            roster: self.roster,
            settings: self.settings,
            notices: self.notices,
            keymap: self.keymap,
        }
    }

    /// Starts at the first stop.
    pub(in crate::playground::state) fn begin_tour(&mut self) -> Vec<Effect> {
        self.stop_at(0)
    }

    pub(super) fn tour_by(&mut self, step: isize) -> Vec<Effect> {
        let Some(tour) = *self.tour else {
            self.notices.say(Level::Info, "there is a guided tour of five stops: `specfuse demo`");
            return Vec::new();
        };
        if tour.is_over() {
            return self.at_the_end(step);
        }
        if let Some(at) = tour.at.checked_add_signed(step).filter(|at| *at < STOPS.len()) {
            return self.stop_at(at);
        }
        if step < 0 {
            self.notices.say(Level::Info, "this is the first stop");
        } else {
            // What the last stop shows stays, so that there is a way back to it.
            *self.tour = Some(Tour { at: STOPS.len(), ..tour });
            self.looking.overlay = None;
        }
        Vec::new()
    }

    /// Goes back to the last stop, which is asked again if something else was asked since.
    fn at_the_end(&mut self, step: isize) -> Vec<Effect> {
        if step > 0 {
            let (back, write) = (self.keymap.key(Action::TourBack), self.keymap.key(Action::Write));
            let text = format!("this is the end of the tour: `{write}` asks a question of your own, `{back}` goes back");
            self.notices.say(Level::Info, &text);
            return Vec::new();
        }
        let last = STOPS.len() - 1;
        if !Tour::is_asked(STOPS[last].question, self.answers) {
            return self.stop_at(last);
        }
        if let Some(tour) = self.tour.as_mut() {
            tour.at = last;
        }
        Vec::new()
    }

    /// Asks a stop's question, under its knobs; whatever was in progress ends.
    fn stop_at(&mut self, at: usize) -> Vec<Effect> {
        let tour = Tour { at, shown: false };
        let stop = tour.stop();
        *self.tour = Some(tour);
        (self.knobs.params, self.knobs.seed) = (stop.params(), SEED);
        self.answers.session.begin_with_another();
        self.answers.transcript.rebuild(&[]);
        self.answers.ask(stop.question);
        (self.looking.overlay, self.looking.zoomed) = (None, false);
        self.answers.source = Source::Live;
        self.settings.pace = Some(stop.pace);
        let mut effects = vec![Effect::Pace(self.settings.pace), Effect::Drop];
        effects.extend(self.asking().ask(Conversation::question(stop.question)));
        effects
    }

    /// What is written again was read before: its decisions do not wait.
    pub(in crate::playground::state) fn hurry(&self, effects: &mut Vec<Effect>) {
        if self.tour.is_none() {
            return;
        }
        for effect in &mut *effects {
            if let Effect::TakeUp(taken) = effect {
                taken.commands.retain(|command| !matches!(command, Command::Linger { .. }));
            }
        }
        if effects.iter().any(|effect| matches!(effect, Effect::Order(Command::Rewind { .. }))) {
            effects.push(Effect::Order(Command::Linger { ms: 0.0 }));
        }
    }

    /// Shows a stop's page once its answer is complete.
    pub(in crate::playground::state) fn show_stop(&mut self) {
        let Some(tour) = self.tour.as_mut().filter(|tour| !tour.shown && !tour.is_over()) else { return };
        tour.shown = true;
        let stop = tour.stop();
        let Some(newest) = self.answers.session.newest() else { return };
        let known = match stop.then {
            Then::Nothing => None,
            Then::Look(number) => Some((number.saturating_sub(1), false)),
            Then::Chart(number) => Some((number.saturating_sub(1), true)),
        };
        let Some((round, chart)) = (if self.roster.is_plain() { known } else { stop.seek.find(newest) }) else { return };
        let answer = self.answers.session.answers().len().saturating_sub(1);
        look_at(self.answers, self.looking, Look { answer, round });
        if chart {
            self.looking.overlay = Some(Overlay::page(Page::Retention));
        }
    }
}
