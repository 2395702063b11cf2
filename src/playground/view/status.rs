//! The status line at the top: as much as fits, the most important first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use super::paint::Pen;
use super::theme::Role;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::scene::status::{Item, RunState};

/// What the run is doing, and under which parameters.
pub(super) fn status(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let Some(status) = &screen.scene.status else { return };
    let role = match status.state {
        RunState::Ready | RunState::Stopped | RunState::Limit(_) => Role::Strong,
        RunState::Waiting | RunState::Starting | RunState::Answering | RunState::Continuing => Role::Busy,
        RunState::Pausing | RunState::Paused | RunState::BrokenOff | RunState::RecordingEnds => Role::Warn,
        RunState::Answered => Role::Done,
        RunState::Failed => Role::Error,
    };
    let mut pen = Pen::new(buffer, place, 0);
    pen.write(" SpecFuse ", look.style(Role::Title))
        .write(&display!(" {} {} ", look.glyphs.run(status.state), status.state.word()), look.style(role));
    let mut items: Vec<&Item> = status.items.iter().collect();
    let width = |items: &[&Item]| items.iter().map(|item| item.text.chars().count() + 3).sum::<usize>();
    while width(&items) > usize::from(pen.room()) {
        let Some(least) = items.iter().enumerate().max_by_key(|(_, item)| item.rank).map(|(place, _)| place) else { break };
        items.remove(least);
    }
    for item in items {
        pen.write(" · ", look.style(Role::Dim))
            .write(&item.text, look.style(if item.strong { Role::Accent } else { Role::Text }));
    }
}

/// What happens in the selected round, in a sentence.
pub(super) fn story(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let mut pen = Pen::new(buffer, place, 0);
    pen.skip(1).write(&screen.scene.sentence.about, look.style(Role::Dim));
    let room = pen.room();
    pen.column(&screen.scene.story, room, false, look.style(Role::Accent), look.glyphs.ellipsis());
}
