//! The mouse: the wheel scrolls what is under it, a click selects what it hits.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::handles::handles;
use super::lengths::Comparing;
use super::looking::look_at;
use super::scrolling::Scrolling;
use super::tuning::Tuning;
use crate::playground::state::State;
use crate::playground::state::action::{ACTIONS, Action, Page};
use crate::playground::state::layout::{Part, TIMELINE_HEAD};
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::looking::{Look, Looking};
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::scene::heat_map::setting_at;
use crate::playground::state::scene::lengths::length_at;

/// How many lines one turn of the wheel scrolls.
const WHEEL: isize = 3;

/// Handles what the mouse did.
pub(in crate::playground::state) fn mouse(state: &mut State, mouse: MouseEvent) -> Vec<Effect> {
    let at = Position { x: mouse.column, y: mouse.row };
    match mouse.kind {
        MouseEventKind::ScrollUp => turned(state, at, -1),
        MouseEventKind::ScrollDown => turned(state, at, 1),
        MouseEventKind::Down(MouseButton::Left) => clicked(state, at),
        // What is pulled along a track follows.
        MouseEventKind::Drag(MouseButton::Left) if matches!(state.looking.overlay, Some(Overlay::Tuning(_))) => {
            Tuning::from(state).drag(at);
            Vec::new()
        }
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => Vec::new(),
    }
}

/// The wheel: one entry of what is chosen from, one round of the timeline, lines of a text.
fn turned(state: &mut State, at: Position, direction: isize) -> Vec<Effect> {
    let by = |back, on| if direction < 0 { back } else { on };
    match &state.looking.overlay {
        Some(Overlay::List(_)) => return state.act(by(Action::ListUp, Action::ListDown)),
        Some(Overlay::Tuning(_)) if state.looking.laid.popup.contains(at) => {
            return state.act(by(Action::TuneUp, Action::TuneDown));
        }
        Some(Overlay::Roster(_)) => return state.act(by(Action::RosterUp, Action::RosterDown)),
        Some(Overlay::Page(..) | Overlay::Entry(_) | Overlay::Leave(_)) => {
            Scrolling::from(state).scroll(direction * WHEEL);
            return Vec::new();
        }
        // The panel is beside the other parts, which scroll as without it.
        Some(Overlay::Tuning(_)) | None => {}
    }
    let Some(layout) = state.looking.laid.layout.as_ref() else { return Vec::new() };
    if layout.timeline.contains(at) {
        return state.act(by(Action::PreviousRound, Action::NextRound));
    }
    if let Some(part) = layout.part_at(at.x, at.y) {
        Scrolling::from(state).scroll_part(part, direction * WHEEL);
    }
    Vec::new()
}

fn clicked(state: &mut State, at: Position) -> Vec<Effect> {
    if let Some(action) = hint_at(state, at) {
        state.notices.notice = None;
        return pressed(state, action);
    }
    if let Some(Overlay::List(picker)) = &mut state.looking.overlay {
        let rows = state.looking.laid.list_rows();
        let top = picker.top(rows.height.into());
        let is_there = rows.contains(at) && picker.mark_at(top + usize::from(at.y - rows.y));
        return if is_there { state.choose() } else { Vec::new() };
    }
    match &mut state.looking.overlay {
        None => Mouse::from(state).click(at),
        Some(Overlay::Roster(compose)) => {
            let Some((row, chooses)) = state.looking.laid.roster_at(at) else { return Vec::new() };
            compose.mark(row);
            return if chooses { state.act(Action::RosterToggle) } else { Vec::new() };
        }
        Some(Overlay::Tuning(_)) => Tuning::from(state).click(at),
        Some(Overlay::Page(Page::Lengths, scroll)) => {
            let (text, top) = (state.looking.laid.overlay_text(), scroll.top);
            let length = place_in(text, top, at).and_then(|place| length_at(state, text.width, place));
            Comparing::from(state).mark(length);
        }
        Some(Overlay::Page(Page::HeatMap, scroll)) => {
            let (text, top) = (state.looking.laid.overlay_text(), scroll.top);
            let setting = place_in(text, top, at).and_then(|place| setting_at(state, text.width, place));
            if let (Some(map), Some(setting)) = (&mut state.heat_map, setting) {
                map.marked = setting;
            }
        }
        Some(overlay) if overlay.is_chart() => {
            if let Some(round) = state.looking.laid.chart_round_at(at) {
                Mouse::from(state).look(round);
            }
        }
        Some(Overlay::Page(..) | Overlay::List(_) | Overlay::Entry(_) | Overlay::Leave(_)) => {}
    }
    Vec::new()
}

/// The line and column of a text, of which `top` is the first line in sight, at a position.
fn place_in(text: Rect, top: usize, at: Position) -> Option<(usize, usize)> {
    text.contains(at).then(|| (top + usize::from(at.y - text.y), usize::from(at.x - text.x)))
}

/// Does what a key of the hint line does.
fn pressed(state: &mut State, action: Action) -> Vec<Effect> {
    state.pressed.pending.clear();
    state.act(action)
}

/// The action of the hint at a position.
fn hint_at(state: &State, at: Position) -> Option<Action> {
    let laid = &state.looking.laid;
    let on_line = laid.layout.as_ref().is_some_and(|layout| layout.hints.contains(at));
    let hint = laid.hints.iter().filter(|_| on_line).find(|hint| hint.columns.contains(&at.x))?;
    ACTIONS.iter().find(|entry| entry.name == hint.action).map(|entry| entry.action)
}

handles! {
    /// What a click on the screen itself may change.
    Mouse
    changes answers: Answers, looking: Looking, writing: Writing;
}

impl Mouse<'_> {
    fn click(&mut self, at: Position) {
        let Some(layout) = self.looking.laid.layout.clone() else { return };
        if layout.prompt.contains(at) {
            self.writing.active = true;
            return;
        }
        if layout.timeline.contains(at) {
            let tick = at.x.checked_sub(layout.timeline.x + TIMELINE_HEAD).map(|x| usize::from(x) / 2);
            if let Some(tick) = tick.and_then(|tick| self.looking.laid.ticks.get(tick)) {
                self.look(*tick);
            }
            return;
        }
        if let Some(tick) = self.looking.laid.chart_round_at(at) {
            self.look(tick);
            return;
        }
        let place = layout.transcript_text().map(|text| (at.y.saturating_sub(text.y), at.x.saturating_sub(text.x)));
        let Some(part) = layout.part_at(at.x, at.y) else { return };
        self.writing.active = false;
        match part {
            Part::Ranking => {
                let (top, zoomed) = (self.looking.table_top, self.looking.zoomed);
                let member = self.looking.laid.ranked_at(at.y, top);
                let pane = member.and_then(|member| self.looking.laid.panes.get(member.0));
                let focused = pane.filter(|pane| pane.away.is_none() && !zoomed).map(|pane| Part::Pane(pane.member));
                self.looking.focus_on(focused.unwrap_or(part));
            }
            Part::Pane(_) => self.looking.focus_on(part),
            Part::Transcript => {
                self.looking.focus_on(part);
                let round = place.and_then(|(row, column)| self.answers.transcript.round_at(row.into(), column.into()));
                if let Some((answer, round)) = round {
                    look_at(self.answers, self.looking, Look { answer, round });
                }
            }
        }
    }

    /// Looks at a round of the answer in sight.
    fn look(&mut self, round: usize) {
        let (answer, _) = self.looking.shown(&self.answers.session);
        look_at(self.answers, self.looking, Look { answer, round });
    }
}
