//! The hint line at the bottom: what there is to say, and what the user can do now; what needs several lines as a sheet above the
//! prompt.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::Look;
use super::paint::{Pen, lines};
use super::theme::Role;
use crate::playground::state::Screen;
use crate::playground::state::layout::Layout;
use crate::playground::state::log::Level;
use crate::playground::state::scene::hints::places;

/// What there is to say if it fits on the line, then as many hints as do.
pub(super) fn hints(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let scene = &screen.scene;
    if let Some(notice) = screen.notices.notice.as_ref().filter(|_| scene.notice > 0) {
        let role = match notice.level {
            Level::Info => Role::Hint,
            Level::Warning => Role::Warn,
            Level::Error => Role::Error,
        };
        Pen::new(buffer, place, 0).skip(1).write(&notice.text, look.style(role));
    }
    for (at, hint) in places(&scene.hints, place.width, scene.notice) {
        let Some(hint) = scene.hints.get(hint) else { continue };
        Pen::new(buffer, place, 0)
            .skip(at.start)
            .write(&hint.key, look.style(Role::Key))
            .skip(1)
            .write(&hint.word, look.style(if scene.notice > 0 { Role::Dim } else { Role::Hint }));
    }
}

/// What needs several lines: a long message, or the keys that can follow the one that was pressed. It lies above the prompt, so that
/// neither what is typed nor the hints are hidden.
pub(super) fn sheet(buffer: &mut Buffer, layout: &Layout, look: &Look<'_>, screen: &Screen) {
    let sheet = &screen.scene.sheet;
    let height = (sheet.len() as u16).min(layout.prompt.y);
    if height == 0 {
        return;
    }
    let place = Rect { x: 0, y: layout.prompt.y - height, width: layout.hints.width, height };
    Clear.render(place, buffer);
    buffer.set_style(place, look.style(Role::Text));
    let text = Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place };
    lines(buffer, text, look, sheet, 0);
}
