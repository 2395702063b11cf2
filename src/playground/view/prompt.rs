//! The prompt: framed, in the small class behind a mark.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use super::Look;
use super::paint::{Pen, Title, framed, lines};
use super::theme::Role;
use crate::playground::state::Screen;
use crate::playground::state::layout::Class;
use crate::playground::state::prompt::Prompt;
use crate::playground::state::prose::Line as Words;

/// The question being written; returns where its caret is.
pub(super) fn prompt(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) -> Option<Position> {
    if let Some(card) = &screen.scene.card {
        tour(buffer, place, look, card);
        return None;
    }
    let mark = look.style(if screen.writing.active { Role::Accent } else { Role::Dim });
    if look.class == Class::Small {
        Pen::new(buffer, place, 0).write("> ", mark);
        let inside = Rect { x: place.x + 2, width: place.width.saturating_sub(2), ..place };
        return editor(buffer, inside, &screen.writing.question);
    }
    let border = look.style(if screen.writing.active { Role::BorderFocus } else { Role::Border });
    let title = Title::new(" your question ", look.style(Role::Title));
    let inner = framed(buffer, place, look, &title, None, border);
    Pen::new(buffer, inner, 0).write("> ", mark);
    editor(buffer, Rect { x: inner.x + 2, width: inner.width.saturating_sub(2), ..inner }, &screen.writing.question)
}

/// A text that is edited; returns where its caret is, if that is in sight. The library draws what is in its editor: a [`Prompt`]
/// lets only clean text in.
pub(super) fn editor(buffer: &mut Buffer, place: Rect, prompt: &Prompt) -> Option<Position> {
    let area = prompt.area();
    area.render(place, buffer);
    let (cursor, (top, left)) = (area.screen_cursor(), area.scroll_offset());
    let row = u16::try_from(cursor.row.checked_sub(top.into())?).ok()?;
    // Behind a line that fills its row the caret stays on the last column.
    let column = u16::try_from(cursor.col.checked_sub(left.into())?).ok()?.min(place.width.checked_sub(1)?);
    (row < place.height).then(|| Position { x: place.x + column, y: place.y + row })
}

/// A stop of the guided tour.
fn tour(buffer: &mut Buffer, place: Rect, look: &Look<'_>, card: &[Words]) {
    let inside = if look.class == Class::Small {
        Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place }
    } else {
        let title = Title::new(" the tour ", look.style(Role::Title));
        let inner = framed(buffer, place, look, &title, None, look.style(Role::BorderFocus));
        Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
    };
    lines(buffer, inside, look, card, 0);
}
