//! Looking: rounds, scrolling, focus, shading, what lies over the screen.

use super::super::layout::Part;
use super::super::log::Level;
use super::super::message::Effect;
use super::super::overlay::{Overlay, Page, Scroll};
use super::super::scene::chart::Curve;
use super::super::{Look, State};

impl State {
    pub(super) fn previous_round(&mut self) {
        let (play, round) = self.shown();
        let within = round.and_then(|round| round.checked_sub(1)).map(|round| Look { play, round });
        let last = |play: usize| Some(Look { play, round: self.session.play(play).run.rounds.len().checked_sub(1)? });
        let look = within.or_else(|| (0..play).rev().find_map(last));
        match look {
            Some(look) => self.look_at(look),
            None => self.say(Level::Info, "this is the first round"),
        }
    }

    pub(super) fn next_round(&mut self) {
        let (play, round) = self.shown();
        let rounds = |play: usize| self.session.play(play).run.rounds.len();
        let look = match round {
            Some(round) if round + 1 < rounds(play) => Some(Look { play, round: round + 1 }),
            Some(_) | None => {
                let after = (play + 1..self.session.plays().len()).find(|play| rounds(*play) > 0);
                after.map(|play| Look { play, round: 0 })
            }
        };
        match look {
            Some(look) => self.look_at(look),
            // An answer without a round yet is followed.
            None => self.look = None,
        }
    }

    /// Looks at a round; the newest one is looked at by looking at none.
    pub(in super::super) fn look_at(&mut self, look: Look) {
        let newest = self.session.plays().len().checked_sub(1);
        let last = self.session.newest().and_then(|play| play.run.rounds.len().checked_sub(1));
        let is_newest = (newest, last) == (Some(look.play), Some(look.round));
        self.look = (!is_newest).then_some(look);
        self.transcript.show(look.play, look.round);
    }

    pub(super) fn back(&mut self) {
        if self.overlay.take().is_some() {
        } else if self.tuning.is_trying() {
            self.tuning.forget();
        } else if self.zoomed {
            self.zoomed = false;
        } else if self.look.take().is_some() {
            self.transcript.to_end();
        }
    }

    /// Lines of a page of what scrolls now.
    pub(super) fn page(&self) -> isize {
        let height = self.overlay.as_ref().and_then(Overlay::height).unwrap_or_else(|| self.part_height(self.focus));
        height.saturating_sub(1).max(1).cast_signed()
    }

    pub(super) fn half_page(&self) -> isize {
        (self.page() / 2).max(1)
    }

    pub(super) fn part_height(&self, part: Part) -> usize {
        let Some(layout) = &self.scene.layout else { return 1 };
        let place = match part {
            Part::Pane(member) => layout.panes.iter().find(|(of, _)| *of == member).map(|(_, place)| layout.pane_text(*place)),
            Part::Ranking => layout.ranking.map(|place| layout.inner(place)),
            Part::Transcript => layout.transcript_text(),
        };
        place.map_or(1, |place| usize::from(place.height))
    }

    pub(in super::super) fn scroll(&mut self, lines: isize) {
        match &mut self.overlay {
            Some(overlay) => {
                if let Some(scroll) = overlay.scroll() {
                    scroll.by(lines);
                }
            }
            None => self.scroll_part(self.focus, lines),
        }
    }

    pub(in super::super) fn scroll_part(&mut self, part: Part, lines: isize) {
        let height = self.part_height(part);
        match part {
            Part::Transcript => self.transcript.scroll(lines),
            Part::Pane(member) => {
                if let Some(text) = self.texts.get_mut(member.0) {
                    text.scroll(lines, height);
                }
            }
            Part::Ranking => {
                let last = (self.scene.table.rows.len() + 1).saturating_sub(height);
                self.scene.table_top = self.scene.table_top.saturating_add_signed(lines).min(last);
            }
        }
    }

    pub(in super::super) fn focus_on(&mut self, part: Part) {
        self.focus = part;
        if let Part::Pane(member) = part {
            self.pane = member;
        }
    }

    pub(super) fn focus_by(&mut self, step: isize) {
        let parts = self.parts();
        let at = parts.iter().position(|part| *part == self.focus).unwrap_or(parts.len() - 1);
        let next = (at.cast_signed() + step).rem_euclid(parts.len().cast_signed()).cast_unsigned();
        self.focus_on(parts[next]);
    }

    pub(super) fn focus_pane(&mut self, number: u8) {
        let place = usize::from(number).saturating_sub(1);
        match self.scene.panes.get(place) {
            Some(pane) if pane.away => {
                let text = format!("{} is away: {}", self.session.play(self.shown().0).name(pane.member), pane.note);
                self.say(Level::Info, &text);
            }
            Some(pane) => self.focus_on(Part::Pane(pane.member)),
            None => self.say(Level::Info, &format!("there is no member {number}")),
        }
    }

    pub(super) fn shade(&mut self) {
        self.settings.shading = self.settings.shading.next();
        self.say(Level::Info, &format!("drafts: {}", self.settings.shading.in_words()));
    }

    /// The exit chart, then the weights, then nothing.
    pub(super) fn chart(&mut self) {
        self.overlay = match self.overlay {
            Some(Overlay::Chart(Curve::Retention)) => Some(Overlay::Chart(Curve::Weights)),
            Some(Overlay::Chart(Curve::Weights)) => None,
            Some(_) | None => Some(Overlay::Chart(Curve::Retention)),
        };
    }

    /// Opens an overlay, or closes it where it is open.
    pub(super) fn toggle(&mut self, overlay: Overlay) {
        let open = self.overlay.as_ref().is_some_and(|open| open.title() == overlay.title());
        self.overlay = (!open).then_some(overlay);
    }

    /// The round's time, then the run's, then neither.
    pub(super) fn waterfall(&mut self) {
        self.overlay = match self.overlay {
            Some(Overlay::Waterfall(Page::Round, _)) => Some(Overlay::Waterfall(Page::Run, Scroll::default())),
            Some(Overlay::Waterfall(Page::Run, _)) => None,
            Some(_) | None => Some(Overlay::Waterfall(Page::Round, Scroll::default())),
        };
    }

    pub(super) fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.settings.mouse = !self.settings.mouse;
        let text = if self.settings.mouse { "the mouse scrolls and focuses" } else { "the mouse is left to the terminal" };
        self.say(Level::Info, text);
        vec![Effect::Mouse(self.settings.mouse)]
    }
}
