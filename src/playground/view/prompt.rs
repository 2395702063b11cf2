//! The prompt, behind a mark; during the tour its card.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use super::Look;
use super::paint::{Pen, lines};
use super::theme::Role;
use crate::playground::state::Screen;
use crate::playground::state::prompt::Prompt;
use crate::playground::state::prose::Line as Words;

/// The question being written; returns where its caret is.
pub(super) fn prompt(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) -> Option<Position> {
    if let Some(card) = &screen.scene.card {
        tour(buffer, place, look, card);
        return None;
    }
    let mark = look.style(if screen.writing.active { Role::Accent } else { Role::Dim });
    Pen::new(buffer, place, 0).write("> ", mark);
    editor(buffer, Rect { x: place.x + 2, width: place.width.saturating_sub(2), ..place }, &screen.writing.question)
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
    let inside = Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place };
    lines(buffer, inside, look, card, 0);
}
