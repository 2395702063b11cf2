//! The closing card: what came of a complete answer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use super::paint::{Title, heading, lines};
use super::theme::Role;
use crate::playground::state::Screen;

/// What came of the answer.
pub(super) fn closing(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let title = Title::new(" how it was written ", look.style(Role::Title));
    let inner = heading(buffer, place, look, &title, None, false);
    lines(buffer, inner, look, &screen.scene.closing, 0);
}
