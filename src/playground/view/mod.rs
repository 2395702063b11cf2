//! Drawing: functions of the state and a theme onto a frame. Nothing is computed here that could be computed before: what is
//! drawn is the [`Scene`](super::state::Scene), prepared when something changed.

mod ballots;
mod chart;
mod closing;
mod exits;
mod hint_line;
mod list;
mod overlay;
mod paint;
mod pane;
pub mod picture;
mod prompt;
mod ranking;
mod roster;
mod status;
pub mod theme;
mod timeline;
mod transcript;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::state::Screen;
use super::state::glyphs::Glyphs;
use super::state::layout::{Part, SMALLEST};
use super::state::prompt::Dress;
use paint::{Pen, Title};
use theme::{Role, Theme};

use crate::clean::DisplayStr;
use crate::display;

/// What all parts are drawn with.
pub(crate) struct Look<'a> {
    theme: &'a Theme,
    glyphs: Glyphs,
}

impl Look<'_> {
    /// The style of a role.
    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }
}

/// The styles that a theme gives to the prompt.
#[must_use]
pub fn dress(theme: &Theme) -> Dress {
    Dress { text: theme.style(Role::Text), placeholder: theme.style(Role::Dim), cursor: theme.style(Role::Cursor) }
}

/// Draws the whole screen. A frame of another size than the state was prepared for stays empty: a terminal can change its size
/// at any moment, and the news of it, which is on its way, draws the next one.
pub fn draw(frame: &mut Frame<'_>, screen: &Screen, theme: &Theme) {
    let area = frame.area();
    frame.buffer_mut().set_style(area, theme.style(Role::Text));
    if (area.width, area.height) != screen.size() {
        return;
    }
    let Some(layout) = &screen.scene.layout else { return too_small(frame, theme, screen.settings.ascii) };
    let look = Look { theme, glyphs: Glyphs::new(screen.settings.ascii) };
    let buffer = frame.buffer_mut();
    status::status(buffer, layout.status, &look, screen);
    status::story(buffer, layout.story, &look, screen);
    pane::panes(buffer, layout, &look, screen);
    let focused = |part: Part| !screen.writing.active && screen.looking.overlay.is_none() && screen.looking.focus == part;
    if let Some(place) = layout.rule {
        let rule = DisplayStr::from(look.glyphs.rule()).repeat(usize::from(place.width));
        Pen::new(buffer, place, 0).write(&rule, look.style(Role::Border));
    }
    if let Some(place) = layout.closing {
        closing::closing(buffer, place, &look, screen);
    }
    if let Some(place) = layout.ranking {
        ranking::ranking(buffer, place, &look, screen, focused(Part::Ranking));
    }
    if let Some(place) = layout.chart {
        let title = Title::new(" exit chart: retention by round ", look.style(Role::Title));
        let inner = paint::heading(buffer, place, &look, &title, None, false);
        chart::chart(buffer, inner, &look, screen);
    }
    if let Some(place) = layout.transcript {
        transcript::transcript(buffer, place, &look, screen, focused(Part::Transcript));
    }
    if let Some(place) = layout.why {
        reasons(buffer, place, &look, screen);
    }
    timeline::timeline(buffer, layout.timeline, &look, screen);
    let written = prompt::prompt(buffer, layout.prompt, &look, screen);
    hint_line::hints(buffer, layout.hints, &look, screen);
    let typed = overlay::overlay(buffer, &look, screen);
    hint_line::sheet(buffer, layout, &look, screen);
    // The terminal's own cursor, because input methods compose where it is.
    let caret = if screen.looking.overlay.is_some() { typed } else { written.filter(|_| screen.writing.active) };
    if let Some(caret) = caret {
        frame.set_cursor_position(caret);
    }
    if screen.settings.ascii {
        paint::plain(frame.buffer_mut());
    }
}

fn reasons(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let title = Title::new(" why ", look.style(Role::Title));
    let inner = paint::heading(buffer, place, look, &title, None, false);
    paint::lines(buffer, inner, look, &screen.scene.why, 0);
}

/// A friendly line where nothing else fits; the run continues.
fn too_small(frame: &mut Frame<'_>, theme: &Theme, ascii: bool) {
    let area = frame.area();
    let by = if ascii { "x" } else { "×" };
    let lines = [
        display!("SpecFuse needs {}{by}{}", SMALLEST.0, SMALLEST.1),
        display!("this terminal has {}{by}{}", area.width, area.height),
        "enlarge it; nothing is lost".into(),
    ];
    let top = area.height.saturating_sub(lines.len() as u16) / 2;
    for (row, line) in lines.iter().enumerate() {
        let left = usize::from(area.width).saturating_sub(line.chars().count()) / 2;
        let style = theme.style(if row == 0 { Role::Strong } else { Role::Text });
        Pen::new(frame.buffer_mut(), area, top + row as u16).skip(left as u16).write(line, style);
    }
}
