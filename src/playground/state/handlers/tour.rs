//! The guided tour: to the next stop and back.

use super::asking::Asking;
use super::handles::handles;
use super::looking::look_at;
use crate::engine::fusion::conversation::Conversation;
use crate::playground::state::action::Page;
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

/// Tokens per second at a stop that shows the answer growing.
const SLOW: u32 = 15;

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
        if let Some(at) = tour.at.checked_add_signed(step).filter(|at| *at < STOPS.len()) {
            return self.stop_at(at);
        }
        self.notices.say(
            Level::Info,
            if step < 0 { "this is the first stop" } else { "this was the last stop: ask something, or leave" },
        );
        Vec::new()
    }

    /// Asks a stop's question, under its knobs; whatever was in progress ends.
    fn stop_at(&mut self, at: usize) -> Vec<Effect> {
        let tour = Tour { at, shown: false };
        let stop = tour.stop();
        *self.tour = Some(tour);
        (self.knobs.params, self.knobs.seed) = (stop.params(), SEED);
        self.answers.session.clear();
        self.answers.transcript.rebuild(&[]);
        (self.looking.overlay, self.looking.zoomed) = (None, false);
        self.answers.source = Source::Live;
        self.settings.pace = stop.slow.then_some(SLOW);
        let mut effects = vec![Effect::Pace(self.settings.pace), Effect::Drop];
        effects.extend(self.asking().ask(Conversation::question(stop.question)));
        effects
    }

    /// Shows a stop's page once its answer is complete.
    pub(in crate::playground::state) fn show_stop(&mut self) {
        let Some(tour) = self.tour.as_mut().filter(|tour| !tour.shown) else { return };
        tour.shown = true;
        let then = tour.stop().then;
        let (Then::Look(number) | Then::Chart(number)) = then else { return };
        let answer = self.answers.session.answers().len().saturating_sub(1);
        look_at(self.answers, self.looking, Look { answer, round: number.saturating_sub(1) });
        if matches!(then, Then::Chart(_)) {
            self.looking.overlay = Some(Overlay::page(Page::Retention));
        }
    }
}
