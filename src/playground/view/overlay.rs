//! What lies over the screen: words, a list, the exit chart, a question.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::chart::chart;
use super::list::list;
use super::paint::{Pen, Title, dim, framed, lines, scroll_bar};
use super::prompt::editor;
use super::roster::roster;
use super::theme::Role;
use crate::clean::DisplayStr;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::overlay::{Overlay, Scroll};
use crate::playground::state::pages::view::Body;
use crate::playground::state::prose::{Line as Words, Tone};
use crate::playground::state::tuning::panel::Panel;

/// Pieces of a knob's line before its value: the mark, whether it is tried, the name.
const VALUE: usize = 3;

/// The overlay, if there is one; returns where the caret of what is typed into it is.
pub(super) fn overlay(buffer: &mut Buffer, look: &Look<'_>, screen: &Screen) -> Option<Position> {
    let overlay = screen.looking.overlay.as_ref()?;
    let place = screen.scene.popup.intersection(buffer.area);
    if !overlay.previews() {
        // The keys that apply to it stay as they are.
        dim(buffer, look, screen.scene.layout.as_ref().map_or(Rect::ZERO, |layout| layout.hints));
    }
    Clear.render(place, buffer);
    buffer.set_style(place, look.style(Role::Text));
    let title = Title::new(display!(" {} ", overlay.title()), look.style(Role::Title));
    let inner = framed(buffer, place, look, &title, None, look.style(Role::BorderFocus));
    let text = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    match overlay {
        Overlay::Page(page, scroll) => match page.view().body {
            Body::Lines(_) => words(buffer, inner, text, look, screen, *scroll),
            Body::Chart(_) => chart(buffer, text, look, screen),
        },
        Overlay::Tuning(panel) => {
            lines(buffer, text, look, &screen.scene.overlay, 0);
            return value(text, panel, &screen.scene.overlay);
        }
        Overlay::List(picker) => return Some(list(buffer, text, look, picker, screen)),
        Overlay::Roster(_) => roster(buffer, text, look, screen),
        Overlay::Entry(_) => return editor(buffer, text, &screen.writing.segment),
        Overlay::Leave(question) => {
            let style = look.style(Role::Question);
            for (row, part) in split(question.as_display(), usize::from(text.width)).into_iter().enumerate() {
                Pen::new(buffer, text, row as u16).write(part, style);
            }
        }
    }
    None
}

/// Where the value of the marked knob is typed, if it is a number: its line starts with a mark, and the value follows the name.
fn value(place: Rect, panel: &Panel, lines: &[Words]) -> Option<Position> {
    panel.takes_numbers().then_some(())?;
    let marked = |line: &Words| line.first().is_some_and(|(tone, text)| *tone == Tone::Key && text.starts_with('>'));
    let row = u16::try_from(lines.iter().position(marked)?).ok()?;
    let before: usize = lines[usize::from(row)].iter().take(VALUE).map(|(_, text)| text.width()).sum();
    let column = u16::try_from(before + panel.typed.len()).ok()?;
    (row < place.height && column < place.width).then(|| Position { x: place.x + column, y: place.y + row })
}

/// A short sentence in at most two lines, parted at a blank.
fn split(text: DisplayStr<'_>, width: usize) -> Vec<DisplayStr<'_>> {
    if text.chars().count() <= width {
        return vec![text];
    }
    let fits = text.char_indices().take(width + 1).filter(|(_, character)| *character == ' ').last();
    fits.map_or_else(|| vec![text], |(at, _)| vec![text.slice(..at), text.slice(at..).trim_start()])
}

fn words(buffer: &mut Buffer, inner: Rect, text: Rect, look: &Look<'_>, screen: &Screen, scroll: Scroll) {
    let prose = &screen.scene.overlay;
    lines(buffer, text, look, prose, scroll.top);
    let bar = Rect { x: inner.x + inner.width.saturating_sub(1), width: 1, ..inner };
    scroll_bar(buffer, bar, look, scroll.top, prose.len());
}
