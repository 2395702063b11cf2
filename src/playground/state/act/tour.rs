//! The guided tour: to the next stop and back.

use super::super::log::Level;
use super::super::message::Effect;
use super::super::tour::{SEED, STOPS, Tour};
use super::super::{Source, State};
use crate::engine::fusion::conversation::Conversation;

/// Tokens a second at a stop where the answer is watched as it grows.
const SLOW: u32 = 15;

impl State {
    /// To the first stop.
    pub(in super::super) fn begin_tour(&mut self) -> Vec<Effect> {
        self.stop_at(0)
    }

    pub(super) fn tour_by(&mut self, step: isize) -> Vec<Effect> {
        let Some(tour) = self.tour else {
            self.say(Level::Info, "there is a guided tour of five stops: `specfuse demo`");
            return Vec::new();
        };
        if let Some(at) = tour.at.checked_add_signed(step).filter(|at| *at < STOPS.len()) {
            return self.stop_at(at);
        }
        self.say(
            Level::Info,
            if step < 0 { "this is the first stop" } else { "this was the last stop: ask something, or leave" },
        );
        Vec::new()
    }

    /// Asks what a stop asks, under its knobs; whatever was going on before ends.
    fn stop_at(&mut self, at: usize) -> Vec<Effect> {
        let tour = Tour { at, shown: false };
        let stop = tour.stop();
        self.tour = Some(tour);
        (self.params, self.seed) = (stop.params(), SEED);
        self.session.clear();
        self.transcript.rebuild(&[]);
        (self.overlay, self.zoomed, self.source) = (None, false, Source::Live);
        self.settings.pace = stop.slow.then_some(SLOW);
        let mut effects = vec![Effect::Pace(self.settings.pace), Effect::Drop];
        effects.extend(self.ask(Conversation::question(stop.question)));
        effects
    }
}
