//! The prompt: framed, in the small class behind a mark.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::Look;
use super::paint::{Pen, framed};
use super::theme::Role;
use crate::playground::state::State;
use crate::playground::state::layout::Class;

/// The question being written.
pub(super) fn prompt(buffer: &mut Buffer, place: Rect, look: &Look<'_>, state: &State) {
    let mark = look.style(if state.writing { Role::Accent } else { Role::Dim });
    if look.class == Class::Small {
        Pen::new(buffer, place, 0).write("> ", mark);
        let inside = Rect { x: place.x + 2, width: place.width.saturating_sub(2), ..place };
        return state.prompt.area().render(inside, buffer);
    }
    let border = look.style(if state.writing { Role::BorderFocus } else { Role::Border });
    let inner = framed(buffer, place, look, Line::from(Span::styled(" your question ", look.style(Role::Title))), None, border);
    Pen::new(buffer, inner, 0).write("> ", mark);
    state.prompt.area().render(Rect { x: inner.x + 2, width: inner.width.saturating_sub(2), ..inner }, buffer);
}
