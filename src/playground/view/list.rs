//! A list to choose from: what was typed, and below it the entries that match, in columns.
//!
//! Keys are never cut. Of the short columns next to a title those of the least worth are left out where there is no room.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::paint::{Pen, scroll_bar};
use super::theme::Role;
use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::action::Action;
use crate::playground::state::laid::LIST_HEAD;
use crate::playground::state::picker::{Item, Picker, PickerKind};

/// Columns between two columns.
const GAP: u16 = 2;
/// Columns before the title: the mark.
const MARK: u16 = 2;
/// The narrowest detail that is worth its place beside further columns.
const DETAIL: u16 = 16;

/// What was typed and what answers it; returns where the caret is.
pub(super) fn list(buffer: &mut Buffer, area: Rect, look: &Look<'_>, picker: &Picker, screen: &Screen) -> Position {
    let cursor = look.style(Role::Cursor);
    let count = count(picker);
    let mut pen = Pen::new(buffer, area, 0);
    pen.write("> ", look.style(Role::Accent));
    let room = usize::from(pen.room()).saturating_sub(1 + count.width());
    pen.write(end(picker.typed.as_display(), room), look.style(Role::Text));
    let caret = pen.position();
    pen.write(" ", cursor);
    if picker.typed.is_empty() {
        pen.skip(1).write(&by_letter(picker), look.style(Role::Dim));
    }
    let right = Rect { x: area.x + area.width.saturating_sub(count.width() as u16), width: count.width() as u16, ..area };
    Pen::new(buffer, right, 0).write(&count, look.style(Role::Dim));
    let rows = Rect { y: area.y + LIST_HEAD, height: area.height.saturating_sub(LIST_HEAD), ..area };
    if picker.entries().len() == 0 {
        let choose = screen.keymap.key(Action::Choose);
        for (row, line) in nothing(picker, &choose).into_iter().enumerate() {
            Pen::new(buffer, rows, row as u16).write(&line, look.style(Role::Dim));
        }
        return caret;
    }
    let top = picker.top(rows.height.into());
    let columns = Columns::of(picker, rows.width);
    for (row, (place, item)) in picker.entries().enumerate().skip(top).take(usize::from(rows.height)).enumerate() {
        columns.row(buffer, rows, row as u16, look, item, place == picker.selected());
    }
    let bar = Rect { x: area.x + area.width, width: 1, ..rows };
    scroll_bar(buffer, bar.intersection(buffer.area), look, top, picker.entries().len());
    caret
}

/// How many entries match, where that is fewer than there are, or where they are searched line by line.
fn count(picker: &Picker) -> DisplayText {
    let (found, all) = (picker.entries().len(), picker.items().len());
    if found < all || picker.kind == PickerKind::Help { display!("{found} of {all}") } else { DisplayText::new() }
}

/// The letters that choose an entry at once.
fn by_letter(picker: &Picker) -> DisplayText {
    let mut letters: Vec<char> = picker.entries().flat_map(|item| item.letters.iter().copied()).collect();
    letters.sort_unstable();
    let letters: Vec<DisplayText> = letters.into_iter().map(DisplayText::from).collect();
    if letters.is_empty() { DisplayText::new() } else { display!("{} chooses at once", DisplayText::joined(&letters, " ")) }
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

/// What is said where no entry matches.
fn nothing(picker: &Picker, choose: &str) -> Vec<DisplayText> {
    match picker.kind {
        PickerKind::ExportAs => vec![
            "a new file: .md, .html or .json, .svg for a picture,".into(),
            ".cast or .animation.svg for a film of the run".into(),
        ],
        PickerKind::SaveAs => vec!["a new file; one that exists is never overwritten".into()],
        PickerKind::Traces => vec![display!("no recorded run of that name; {choose} opens the file that you typed")],
        PickerKind::Against => vec![display!("no recorded run of that name; {choose} reads the file that you typed")],
        PickerKind::Help => vec!["no line of the help holds that".into()],
        PickerKind::Commands
        | PickerKind::Themes
        | PickerKind::Candidates
        | PickerKind::Branches
        | PickerKind::Compare
        | PickerKind::Members(_) => vec!["nothing of that name".into()],
    }
}

/// The widths of the columns of a list.
struct Columns {
    /// Whether the keys are left of the title.
    keys_first: bool,
    title: u16,
    keys: u16,
    further: Vec<u16>,
}

impl Columns {
    fn of(picker: &Picker, width: u16) -> Self {
        let widest = |text: fn(&Item) -> &DisplayText| picker.entries().map(|item| text(item).width()).max().unwrap_or(0) as u16;
        let keys_first = picker.kind == PickerKind::Help;
        let keys = widest(|item| &item.keys).min(width.saturating_sub(MARK) / 2);
        let room = width.saturating_sub(MARK + 1).saturating_sub(if keys > 0 { keys + GAP } else { 0 });
        let has_columns = picker.entries().any(|item| !item.columns.is_empty());
        let most = match (keys_first, has_columns) {
            (true, _) => room,
            (false, true) => room * 2 / 5,
            (false, false) => room / 2,
        };
        let title = widest(|item| &item.title).min(most);
        let mut room = room.saturating_sub(title + GAP);
        let has_detail = picker.entries().any(|item| !item.detail.is_empty());
        let kept = if has_detail { DETAIL + GAP } else { 0 };
        let count = picker.entries().map(|item| item.columns.len()).max().unwrap_or(0);
        let mut columns = Vec::new();
        for place in 0..count {
            let width = picker.entries().filter_map(|item| item.columns.get(place)).map(|text| text.width()).max().unwrap_or(0);
            let width = width as u16;
            // A column that is empty throughout takes no place.
            let taken = if width == 0 { 0 } else { width + GAP };
            // The first is cut rather than left out.
            let first = columns.is_empty();
            let width = if first { width.min(room) } else { width };
            let fits = first || taken + kept <= room + GAP;
            room = if fits { room.saturating_sub(taken) } else { room };
            columns.push(if fits { width } else { 0 });
        }
        // What is left goes to the last, which is usually a text that says something cut as well.
        if let Some(last) = columns.last_mut().filter(|last| **last == 0 && kept == 0 && room >= DETAIL) {
            *last = room;
        }
        Self { keys_first, title, keys, further: columns }
    }

    fn row(&self, buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, item: &Item, marked: bool) {
        let style = |role| if marked { look.style(role).patch(look.style(Role::Selection)) } else { look.style(role) };
        let plain = style(if item.unavailable.is_some() { Role::Dim } else { Role::Text });
        let keys = style(if item.unavailable.is_some() { Role::Dim } else { Role::Key });
        let cut = look.glyphs.ellipsis();
        let mut pen = Pen::new(buffer, area, row);
        pen.write(if marked { "> " } else { "  " }, style(Role::Accent));
        if self.keys_first {
            self.keys(&mut pen, item, keys, cut);
        }
        pen.column(&item.title, self.title, false, plain, cut).skip(GAP);
        if !self.keys_first {
            self.keys(&mut pen, item, keys, cut);
        }
        for (text, width) in item.columns.iter().zip(&self.further).filter(|(_, width)| **width > 0) {
            pen.column(text, *width, false, style(column_role(text)), cut).skip(GAP);
        }
        let room = pen.room().saturating_sub(1);
        let detail = item.unavailable.as_ref().map_or_else(|| item.detail.clone(), |why| display!("not now: {why}"));
        pen.column(&detail, room, false, style(Role::Dim), cut);
    }

    fn keys(&self, pen: &mut Pen<'_>, item: &Item, style: Style, cut: &'static str) {
        if self.keys > 0 {
            pen.column(&item.keys, self.keys, false, style, cut).skip(GAP);
        }
    }
}

/// What is right or wrong has the colour of that; what is not finished is neither.
fn column_role(text: &DisplayText) -> Role {
    match text.split(' ').collect::<Vec<_>>()[..] {
        [found, "of", all, "right"] if found == all => Role::Ok,
        [_, "of", _, "right"] => Role::Error,
        _ => Role::Dim,
    }
}
