//! Placing words on the screen: the few strokes that all parts are drawn with.
//!
//! Owns every word that reaches a buffer: nothing else in the view writes into one, and it takes only what has been cleaned
//! ([`DisplayStr`]).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::theme::Role;
use crate::clean::{DisplayStr, DisplayText};
use crate::playground::state::glyphs::stand_in;
use crate::playground::state::prose::{self, Tone};

/// A line of an area, written from left to right.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// At the start of a row (from 0) of an area. A row outside takes nothing.
    pub fn new(buffer: &'a mut Buffer, area: Rect, row: u16) -> Self {
        let inside = row < area.height;
        Self { buffer, x: area.x, y: area.y + row, end: if inside { area.x + area.width } else { area.x } }
    }

    /// Columns that are left.
    #[must_use]
    pub fn room(&self) -> u16 {
        self.end - self.x
    }

    /// Where it writes next, on its last column where it is full.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { x: self.x.min(self.end.saturating_sub(1)), y: self.y }
    }

    /// Writes what fits.
    pub fn write<'t>(&mut self, text: impl Into<DisplayStr<'t>>, style: Style) -> &mut Self {
        self.put(text.into(), self.room(), style);
        self
    }

    fn put(&mut self, text: DisplayStr<'_>, columns: u16, style: Style) {
        if columns > 0 {
            (self.x, _) = self.buffer.set_stringn(self.x, self.y, text, usize::from(columns), style);
        }
    }

    /// Writes into this many columns: filled up with blanks, or cut with a mark.
    pub fn column<'t>(
        &mut self,
        text: impl Into<DisplayStr<'t>>,
        width: u16,
        right: bool,
        style: Style,
        cut: &'static str,
    ) -> &mut Self {
        let text = text.into();
        let width = width.min(self.room());
        let blanks = usize::from(width).saturating_sub(text.width());
        let end = self.x + width;
        if text.width() > usize::from(width) {
            if width > 0 {
                self.put(text, width - 1, style);
                self.x = end - 1;
                self.write(cut, style);
            }
        } else {
            self.x += if right { blanks as u16 } else { 0 };
            self.write(text, style);
        }
        self.x = end;
        self
    }

    /// Leaves columns free.
    pub fn skip(&mut self, columns: u16) -> &mut Self {
        self.x = (self.x + columns).min(self.end);
        self
    }
}

/// Words in the frame of a part, each with its style.
pub struct Title(Vec<(DisplayText, Style)>);

impl Title {
    pub fn new(text: impl Into<DisplayText>, style: Style) -> Self {
        Self(vec![(text.into(), style)])
    }

    /// With further words behind it.
    pub fn push(&mut self, text: impl Into<DisplayText>, style: Style) {
        self.0.push((text.into(), style));
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| text.width()).sum()
    }

    /// In this many columns: cut with a mark where it is wider.
    fn fitted(&self, columns: u16, mark: &'static str) -> Self {
        let mut room = usize::from(columns);
        if self.width() <= room {
            return Self(self.0.clone());
        }
        room = room.saturating_sub(mark.width());
        let mut fitted = Vec::new();
        for (text, style) in &self.0 {
            if text.width() <= room {
                room -= text.width();
                fitted.push((text.clone(), *style));
                continue;
            }
            let mut used = 0;
            let beyond = |(_, cluster): &(usize, &str)| {
                used += cluster.width();
                used > room
            };
            let end = text.grapheme_indices(true).find(beyond).map_or(text.len(), |(at, _)| at);
            fitted.extend([(text.as_display().slice(..end).into(), *style), (mark.into(), *style)]);
            break;
        }
        Self(fitted)
    }

    fn line(&self) -> Line<'_> {
        self.0.iter().map(|(text, style)| Span::styled(text.as_str(), *style)).collect()
    }
}

/// The title of a part on a rule, the foot at its right; returns what is below it.
pub fn heading(buffer: &mut Buffer, area: Rect, look: &Look<'_>, title: &Title, foot: Option<&Title>, focused: bool) -> Rect {
    if area.height == 0 {
        return area;
    }
    let border = look.style(if focused { Role::BorderFocus } else { Role::Border });
    let rule = Rect { height: 1, ..area };
    Pen::new(buffer, rule, 0).write(&DisplayStr::from(look.glyphs.rule()).repeat(usize::from(area.width)), border);
    let (room, cut) = (area.width.saturating_sub(2), look.glyphs.ellipsis());
    buffer.set_line(area.x + 1.min(area.width), area.y, &title.fitted(room, cut).line(), room);
    if let Some(foot) = foot {
        let width = (foot.width() as u16).min(area.width.saturating_sub(title.width() as u16 + 4));
        buffer.set_line(area.x + area.width.saturating_sub(width + 1), area.y, &foot.fitted(width, cut).line(), width);
    }
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// A frame around what lies over the screen; returns the inside.
pub fn framed(buffer: &mut Buffer, area: Rect, look: &Look<'_>, title: &Title, foot: Option<&Title>, border: Style) -> Rect {
    let title = title.fitted(area.width.saturating_sub(2), look.glyphs.ellipsis());
    let mut block = Block::bordered().border_set(look.glyphs.border()).border_style(border).title_top(title.line());
    if let Some(foot) = foot {
        block = block.title_bottom(foot.line().right_aligned());
    }
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

/// The style of a tone.
#[must_use]
pub fn tone(look: &Look<'_>, tone: Tone) -> Style {
    let style = look.style(match tone {
        Tone::Plain => Role::Text,
        Tone::Dim => Role::Dim,
        Tone::Strong => Role::Strong,
        Tone::Heading => Role::Title,
        Tone::Key => Role::Key,
        Tone::Good => Role::Ok,
        Tone::Warning => Role::Warn,
        Tone::Bad => Role::Error,
        Tone::Differs => Role::Override,
        Tone::Heat(step) | Tone::Ground(step) => Role::Heat(step),
        Tone::Member(place) => Role::Member(place as u8),
    });
    match tone {
        // Not by its colour alone.
        Tone::Differs => style.add_modifier(Modifier::UNDERLINED),
        // The ramp's colours are made to be read on the screen's ground, so the ground is read on them as well.
        Tone::Ground(_) => style.add_modifier(Modifier::REVERSED),
        Tone::Plain
        | Tone::Dim
        | Tone::Strong
        | Tone::Heading
        | Tone::Key
        | Tone::Good
        | Tone::Warning
        | Tone::Bad
        | Tone::Heat(_)
        | Tone::Member(_) => style,
    }
}

/// Lines of words, from one of them on; one that is too wide is cut with a mark.
pub fn lines(buffer: &mut Buffer, area: Rect, look: &Look<'_>, prose: &[prose::Line], top: usize) {
    for (row, line) in prose.iter().skip(top).take(usize::from(area.height)).enumerate() {
        let mut pen = Pen::new(buffer, area, row as u16);
        for (meant, text) in line {
            pen.write(text, tone(look, *meant));
        }
        let columns: usize = line.iter().map(|(_, text)| text.width()).sum();
        if let (true, Some((meant, _))) = (columns > usize::from(area.width) && area.width > 0, line.last()) {
            let end = Rect { x: area.x + area.width - 1, width: 1, ..area };
            Pen::new(buffer, end, row as u16).write(look.glyphs.ellipsis(), tone(look, *meant));
        }
    }
}

/// Draws everything but a part in the colours of secondary text: what is behind a sheet has no hue.
pub fn dim(buffer: &mut Buffer, look: &Look<'_>, but: Rect) {
    let style = Style::reset().patch(look.style(Role::Text)).patch(look.style(Role::Dim));
    let area = buffer.area;
    for position in area.positions().filter(|position| !but.contains(*position)) {
        buffer[position].set_style(style);
    }
}

/// The marks that words have between and behind them, in ASCII. What a model says stays as it is: it has no stand-in.
pub fn plain(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if let Some(stand_in) = stand_in(cell.symbol()) {
            cell.set_symbol(stand_in);
        }
    }
}

/// A scroll bar in one column; nothing where everything fits.
pub fn scroll_bar(buffer: &mut Buffer, column: Rect, look: &Look<'_>, top: usize, total: usize) {
    let height = usize::from(column.height);
    if total <= height || height == 0 {
        return;
    }
    let (track, thumb) = look.glyphs.scroll_bar();
    let size = (height * height / total).max(1);
    let at = (height - size) * top / (total - height);
    for row in 0..height {
        let (mark, role) = if (at..at + size).contains(&row) { (thumb, Role::Border) } else { (track, Role::Dim) };
        Pen::new(buffer, column, row as u16).write(mark, look.style(role));
    }
}
