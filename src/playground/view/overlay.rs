//! What lies over the screen: words, a list, the exit chart, a question.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use super::Look;
use super::chart::chart;
use super::list::list;
use super::paint::{Pen, Title, dim, framed, heading, lines, scroll_bar};
use super::prompt::editor;
use super::roster::roster;
use super::theme::Role;
use crate::clean::DisplayStr;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::layout::dock;
use crate::playground::state::overlay::{Overlay, Scroll};
use crate::playground::state::pages::view::Body;

/// The overlay, if there is one; returns where the caret of what is typed into it is.
pub(super) fn overlay(buffer: &mut Buffer, look: &Look<'_>, screen: &Screen) -> Option<Position> {
    let overlay = screen.looking.overlay.as_ref()?;
    let place = screen.scene.popup.intersection(buffer.area);
    if matches!(overlay, Overlay::Tuning(_)) {
        return tuning(buffer, place, look, screen);
    }
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
        Overlay::Tuning(_) => return None,
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

/// The tuning panel, beside what it changes; returns where the caret of what is typed is.
fn tuning(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) -> Option<Position> {
    Clear.render(place, buffer);
    buffer.set_style(place, look.style(Role::Text));
    let mut inside = place;
    if dock::is_column(place) && place.width > 0 {
        (inside.x, inside.width) = (place.x + 1, place.width - 1);
        for row in 0..place.height {
            Pen::new(buffer, place, row).write(look.glyphs.border().vertical_left, look.style(Role::BorderFocus));
        }
    }
    let title = Title::new(" tuning ", look.style(Role::Title));
    let mut foot = Title::new(display!(" {} ", look.glyphs.in_force()), look.style(Role::Strong));
    foot.push("in force ", look.style(Role::Dim));
    foot.push(display!(" {} ", look.glyphs.tried()), look.style(Role::Warn));
    foot.push("tried ", look.style(Role::Dim));
    heading(buffer, inside, look, &title, Some(&foot), true);
    let text = dock::text(place);
    lines(buffer, text, look, &screen.scene.overlay, 0);
    let (line, column) = screen.scene.tuning.caret?;
    let (x, y) = (u16::try_from(column).ok()?, u16::try_from(line).ok()?);
    (y < text.height && x < text.width).then(|| Position { x: text.x + x, y: text.y + y })
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
