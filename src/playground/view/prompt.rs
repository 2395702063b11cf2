//! The prompt: framed, in the small class behind a mark.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::Look;
use super::paint::{Pen, framed, lines};
use super::theme::Role;
use crate::playground::state::State;
use crate::playground::state::layout::Class;
use crate::playground::state::prose::Line as Words;

/// The question being written.
pub(super) fn prompt(buffer: &mut Buffer, place: Rect, look: &Look<'_>, state: &State) {
    if let Some(card) = &state.scene.card {
        return tour(buffer, place, look, card);
    }
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

/// A stop of the guided tour.
fn tour(buffer: &mut Buffer, place: Rect, look: &Look<'_>, card: &[Words]) {
    let inside = if look.class == Class::Small {
        Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place }
    } else {
        let title = Line::from(Span::styled(" the tour ", look.style(Role::Title)));
        let inner = framed(buffer, place, look, title, None, look.style(Role::BorderFocus));
        Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
    };
    lines(buffer, inside, look, card, 0);
}
