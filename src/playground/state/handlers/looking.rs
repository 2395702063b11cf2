//! Looking around: rounds, scrolling, focus, shading, overlays.

use super::handles::handles;
use crate::engine::fusion::run::Round;
use crate::playground::state::action::Page;
use crate::playground::state::log::Level;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::looking::Look;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::settings::Settings;

/// Selects a round; the newest one is followed, and the end of a complete answer is its closing card.
pub(in crate::playground::state) fn look_at(answers: &mut Answers, looking: &mut Looking, look: Look) {
    let answer = answers.session.answer(look.answer);
    let is_newest = look.answer + 1 == answers.session.answers().len();
    let only_ends = answer.round(look.round).is_some_and(Round::only_ends);
    let is_followed = if answer.is_closed() { only_ends } else { look.round + 1 == answer.run.rounds.len() };
    let round = if only_ends { answer.last_round().unwrap_or(look.round) } else { look.round };
    looking.round = (!(is_newest && is_followed)).then_some(Look { round, ..look });
    answers.transcript.show(look.answer, round);
}

handles! {
    /// What looking around may change.
    Viewing
    changes answers: Answers, looking: Looking, settings: Settings, notices: Notices;
}

impl Viewing<'_> {
    pub(super) fn previous_round(&mut self) {
        let (answer, round) = self.looking.shown(&self.answers.session);
        // The closing card lies over the last round that was contested: that one is the first to look at.
        let over = self.looking.round.is_none() && self.answers.session.answer(answer).is_closed();
        let before = if over { round } else { round.and_then(|round| round.checked_sub(1)) };
        let within = before.map(|round| Look { answer, round });
        let last = |answer: usize| Some(Look { answer, round: self.answers.session.answer(answer).last_round()? });
        let look = within.or_else(|| (0..answer).rev().find_map(last));
        match look {
            Some(look) => look_at(self.answers, self.looking, look),
            None => self.notices.say(Level::Info, "this is the first round"),
        }
    }

    pub(super) fn next_round(&mut self) {
        let (answer, round) = self.looking.shown(&self.answers.session);
        let rounds = |answer: usize| self.answers.session.answer(answer).rounds();
        let look = match round {
            Some(round) if round + 1 < rounds(answer) => Some(Look { answer, round: round + 1 }),
            Some(_) | None => {
                let after = (answer + 1..self.answers.session.answers().len()).find(|answer| rounds(*answer) > 0);
                after.map(|answer| Look { answer, round: 0 })
            }
        };
        if let Some(look) = look {
            return look_at(self.answers, self.looking, look);
        }
        // An answer without a round is followed, and behind the last round is the closing card.
        self.looking.round = None;
        self.answers.transcript.to_end();
    }

    pub(super) fn shade(&mut self) {
        self.settings.shading = self.settings.shading.next();
        self.notices.say(Level::Info, &format!("drafts: {}", self.settings.shading.in_words()));
    }

    /// Opens a page; the same key then opens the page that follows it, or closes the last.
    pub(super) fn open(&mut self, page: Page) {
        self.looking.overlay = match self.looking.overlay.as_ref().and_then(Overlay::as_page) {
            Some(open) if page.leads_to(open) => open.view().next.map(Overlay::page),
            Some(_) | None => Some(Overlay::page(page)),
        };
    }

    pub(super) fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.settings.mouse = !self.settings.mouse;
        let text = if self.settings.mouse {
            "the mouse scrolls what is under it and selects what it clicks"
        } else {
            "the mouse is left to the terminal"
        };
        self.notices.say(Level::Info, text);
        vec![Effect::Mouse(self.settings.mouse)]
    }
}
