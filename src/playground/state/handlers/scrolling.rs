//! Moving within the screen: scrolling, paging, the focus.

use super::handles::handles;
use crate::playground::state::layout::Part;
use crate::playground::state::log::Level;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;

handles! {
    /// What scrolling and focusing may change.
    Scrolling
    changes answers: Answers, looking: Looking, notices: Notices;
}

impl Scrolling<'_> {
    /// Scrolls by pages of what scrolls now.
    pub(super) fn by_page(&mut self, pages: isize) {
        self.scroll(pages * self.page());
    }

    /// Scrolls by half pages.
    pub(super) fn by_half_page(&mut self, halves: isize) {
        self.scroll(halves * (self.page() / 2).max(1));
    }

    fn page(&self) -> isize {
        let overlay = self.looking.overlay.as_ref().and_then(Overlay::scroll).map(|scroll| scroll.height);
        let height = overlay.unwrap_or_else(|| self.looking.laid.part_height(self.looking.focus));
        height.saturating_sub(1).max(1).cast_signed()
    }

    /// Scrolls by lines: the overlay, or else the focused part.
    pub(in crate::playground::state) fn scroll(&mut self, lines: isize) {
        match &mut self.looking.overlay {
            Some(overlay) => {
                if let Some(scroll) = overlay.scroll_mut() {
                    scroll.by(lines);
                }
            }
            None => self.scroll_part(self.looking.focus, lines),
        }
    }

    /// Scrolls a part by lines.
    pub(in crate::playground::state) fn scroll_part(&mut self, part: Part, lines: isize) {
        match part {
            Part::Transcript => self.answers.transcript.scroll(lines),
            Part::Pane(member) => self.looking.scroll_pane(member, lines),
            Part::Ranking => self.looking.scroll_table(lines),
        }
    }

    pub(super) fn focus_by(&mut self, step: isize) {
        let parts = self.looking.laid.parts();
        let at = parts.iter().position(|part| *part == self.looking.focus).unwrap_or(parts.len() - 1);
        let next = (at.cast_signed() + step).rem_euclid(parts.len().cast_signed()).cast_unsigned();
        self.looking.focus_on(parts[next]);
    }

    pub(super) fn focus_pane(&mut self, number: u8) {
        let pane = self.looking.laid.panes.get(usize::from(number).saturating_sub(1));
        let (answer, _) = self.looking.shown(&self.answers.session);
        match pane.map(|pane| (pane.member, &pane.away)) {
            Some((member, Some(why))) => {
                let text = format!("{} is away: {why}", self.answers.session.answer(answer).name(member));
                self.notices.say(Level::Info, &text);
            }
            Some((member, None)) => self.looking.focus_on(Part::Pane(member)),
            None => self.notices.say(Level::Info, &format!("there is no member {number}")),
        }
    }
}
