//! The mouse: the wheel scrolls what is under it, a click focuses or selects a round.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::handles::handles;
use super::looking::look_at;
use super::scrolling::Scrolling;
use crate::playground::state::layout::{Part, TIMELINE_HEAD};
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::looking::{Look, Looking};
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::writing::Writing;

/// How many lines one turn of the wheel scrolls.
const WHEEL: isize = 3;

handles! {
    /// What the mouse may change.
    Mouse
    changes answers: Answers, looking: Looking, writing: Writing, notices: Notices;
}

impl Mouse<'_> {
    fn scrolling(&mut self) -> Scrolling<'_> {
        Scrolling { answers: self.answers, looking: self.looking, notices: self.notices }
    }

    pub(in crate::playground::state) fn mouse(&mut self, mouse: MouseEvent) {
        let lines = match mouse.kind {
            MouseEventKind::ScrollUp => -WHEEL,
            MouseEventKind::ScrollDown => WHEEL,
            MouseEventKind::Down(MouseButton::Left) if self.looking.overlay.is_none() => {
                return self.click(mouse.column, mouse.row);
            }
            _ => return,
        };
        let under = self.looking.laid.layout.as_ref().and_then(|layout| layout.part_at(mouse.column, mouse.row));
        if self.looking.overlay.is_some() {
            self.scrolling().scroll(lines);
        } else if let Some(part) = under {
            self.scrolling().scroll_part(part, lines);
        }
    }

    fn click(&mut self, x: u16, y: u16) {
        let Some(layout) = self.looking.laid.layout.clone() else { return };
        if layout.prompt.contains(Position { x, y }) {
            self.writing.active = true;
            return;
        }
        if layout.timeline.contains(Position { x, y }) {
            let tick = x.checked_sub(layout.timeline.x + TIMELINE_HEAD).map(|x| usize::from(x) / 2);
            if let Some(tick) = tick.and_then(|tick| self.looking.laid.ticks.get(tick)) {
                let (answer, _) = self.looking.shown(&self.answers.session);
                look_at(self.answers, self.looking, Look { answer, round: *tick });
            }
            return;
        }
        let place = layout.transcript_text().map(|text| (y.saturating_sub(text.y), x.saturating_sub(text.x)));
        if let Some(part) = layout.part_at(x, y) {
            self.writing.active = false;
            self.looking.focus_on(part);
            if let (Part::Transcript, Some((answer, round))) =
                (part, place.and_then(|(row, column)| self.answers.transcript.round_at(row.into(), column.into())))
            {
                look_at(self.answers, self.looking, Look { answer, round });
            }
        }
    }
}
