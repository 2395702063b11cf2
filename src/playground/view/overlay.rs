//! What lies over the screen: words, a list, the exit chart, a question.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::chart::chart;
use super::paint::{Pen, Title, dim, framed, lines, scroll_bar};
use super::prompt::editor;
use super::roster::roster;
use super::theme::Role;
use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::action::Action;
use crate::playground::state::overlay::{Overlay, Scroll};
use crate::playground::state::pages::view::Body;
use crate::playground::state::picker::{Picker, PickerKind};
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
        Overlay::List(picker) => return Some(list(buffer, text, look, picker, &screen.keymap.key(Action::Choose))),
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

/// The end of a text, in this many columns at the most.
fn end(text: DisplayStr<'_>, columns: usize) -> DisplayStr<'_> {
    let mut width = 0;
    let fits = text.grapheme_indices(true).rev().take_while(|(_, cluster)| {
        width += cluster.width();
        width <= columns
    });
    fits.last().map_or(DisplayStr::default(), |(at, _)| text.slice(at..))
}

/// What was typed and what answers it; returns where the caret is.
fn list(buffer: &mut Buffer, area: Rect, look: &Look<'_>, picker: &Picker, choose: &str) -> Position {
    let cursor = look.style(Role::Cursor);
    let mut pen = Pen::new(buffer, area, 0);
    pen.write("> ", look.style(Role::Accent));
    let room = usize::from(pen.room()).saturating_sub(1);
    pen.write(end(picker.typed.as_display(), room), look.style(Role::Text));
    let caret = pen.position();
    pen.write(" ", cursor);
    found(buffer, area, look, picker, choose);
    caret
}

fn found(buffer: &mut Buffer, area: Rect, look: &Look<'_>, picker: &Picker, choose: &str) {
    let entries = picker.entries();
    let rows = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    if entries.len() == 0 {
        let hint: DisplayText = match picker.kind {
            PickerKind::ExportAs => "a new file; .md, .html, .json or .svg (a picture of the screen) says what it becomes".into(),
            PickerKind::SaveAs => "a new file; one that exists is never overwritten".into(),
            PickerKind::Traces => display!("no recorded run of that name; {choose} opens the file that you typed"),
            PickerKind::Against => display!("no recorded run of that name; {choose} reads the file that you typed"),
            PickerKind::Commands | PickerKind::Themes | PickerKind::Candidates | PickerKind::Branches | PickerKind::Compare => {
                "nothing of that name".into()
            }
        };
        for (row, part) in split(hint.as_display(), usize::from(rows.width)).into_iter().enumerate() {
            Pen::new(buffer, rows, row as u16).write(part, look.style(Role::Dim));
        }
        return;
    }
    let top = (picker.selected() + 1).saturating_sub(usize::from(rows.height.max(1)));
    let total = entries.len();
    for (row, (place, item)) in picker.entries().enumerate().skip(top).take(usize::from(rows.height)).enumerate() {
        let marked = place == picker.selected();
        let style = |role| if marked { look.style(role).patch(look.style(Role::Selection)) } else { look.style(role) };
        let cut = look.glyphs.ellipsis();
        let title = match picker.kind {
            PickerKind::Traces | PickerKind::Against => rows.width.saturating_sub(28),
            PickerKind::Commands | PickerKind::Themes | PickerKind::SaveAs | PickerKind::ExportAs | PickerKind::Candidates => 22,
            PickerKind::Branches | PickerKind::Compare => 26,
        };
        let mut pen = Pen::new(buffer, rows, row as u16);
        pen.write(if marked { "> " } else { "  " }, style(Role::Accent)).column(
            &item.title,
            title,
            false,
            style(Role::Text),
            cut,
        );
        let room = pen.room().saturating_sub(2);
        pen.skip(1).column(&item.detail, room, false, style(Role::Dim), cut);
    }
    let bar = Rect { x: area.x + area.width, width: 1, ..rows };
    scroll_bar(buffer, bar.intersection(buffer.area), look, top, total);
}
