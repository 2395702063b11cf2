//! The members' panes: framed with their text, in the small class a line each; those away as lines below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::paint::{Pen, Title, frame, framed};
use super::theme::Role;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::action::Action;
use crate::playground::state::layout::{Class, LINE_HEAD, Layout, Part};
use crate::playground::state::scene::draft::{BEYOND, PaneText, REMARK};
use crate::playground::state::scene::pane::{Activity, Pane, figures};

/// Every pane in sight.
pub(super) fn panes(buffer: &mut Buffer, layout: &Layout, look: &Look<'_>, screen: &Screen) {
    if let Some(rule) = layout.panes_rule {
        let mut title = Title::new(" drafts ", look.style(Role::Title));
        if layout.page.1 > 1 {
            title.push(display!(" {} of {} ", layout.page.0, layout.page.1), look.style(Role::Dim));
        }
        frame(buffer, rule, look, &title, None, false);
    }
    for (member, place) in &layout.panes {
        let (Some(pane), Some(text)) = (screen.scene.panes.get(member.0), screen.scene.texts.get(member.0)) else { continue };
        let focused = !screen.writing.active && screen.looking.overlay.is_none() && screen.looking.focus == Part::Pane(*member);
        if place.height == 1 {
            row(buffer, *place, look, screen, pane, text, focused);
        } else {
            boxed(buffer, layout, *place, look, screen, pane, text, focused);
        }
    }
    if let Some(place) = layout.away {
        away(buffer, place, look, screen);
    }
    if layout.page.1 > 1 && layout.class != Class::Small && !screen.looking.zoomed {
        let next = screen.keymap.key(Action::FocusNext);
        let text = display!(" panes {} of {} ({next}) ", layout.page.0, layout.page.1);
        let row = Rect { height: 1, x: layout.body.x + 2, width: layout.body.width - 4, y: layout.body.y };
        Pen::new(buffer, row, 0)
            .skip(row.width.saturating_sub(text.chars().count() as u16))
            .write(&text, look.style(Role::Accent));
    }
}

/// The style of what a member is doing.
pub(super) fn activity_style(look: &Look<'_>, activity: Activity) -> Style {
    look.style(match activity {
        Activity::Ready | Activity::Waiting | Activity::Lost => Role::Dim,
        Activity::Connecting | Activity::Drafting | Activity::Scoring => Role::Busy,
        Activity::Won => Role::Winner,
        Activity::Exited | Activity::Excluded => Role::Exit,
        Activity::Away | Activity::Failed => Role::Error,
    })
}

#[expect(clippy::too_many_arguments, reason = "each is one thing that the frame shows")]
fn boxed(
    buffer: &mut Buffer,
    layout: &Layout,
    place: Rect,
    look: &Look<'_>,
    screen: &Screen,
    pane: &Pane,
    text: &PaneText,
    focused: bool,
) {
    let answer = screen.answers.session.answer(screen.shown().0);
    let label = &answer.labels[pane.member.0];
    let border = match (focused, pane.activity) {
        (true, _) => look.style(Role::BorderFocus),
        // Its colour only: a frame in bold or underlined would fall apart.
        (false, Activity::Won) => Style { fg: look.style(Role::Winner).fg, ..look.style(Role::Border) },
        (false, _) => look.style(Role::Border),
    };
    let status = activity_style(look, pane.activity);
    let member = look.style(Role::Member(pane.member.0 as u8));
    let mut title = Title::new(display!(" {} {} ", label.letter, label.name), member);
    title.push(display!("{} {} ", look.glyphs.activity(pane.activity), pane.activity.word()), status);
    title.push(display!("· {} ", label.kind), look.style(Role::Dim));
    let room = usize::from(place.width).saturating_sub(title.width() + 2);
    let scores = pane.scores.iter().filter(|words| !words.is_empty()).map(|words| display!("· {words} "));
    if let Some(scores) = scores.into_iter().find(|words| words.chars().count() <= room) {
        title.push(scores, look.style(Role::Accent));
    }
    let figures = figures(pane, usize::from(place.width).saturating_sub(4));
    let foot = (!figures.is_empty()).then(|| Title::new(display!(" {figures} "), look.style(Role::Dim)));
    framed(buffer, place, look, &title, foot.as_ref(), border);
    let inside = layout.pane_text(place);
    let top = screen.looking.pane_top(pane.member);
    for row in 0..inside.height {
        draft_line(buffer, inside, row, look, (pane, text), top + usize::from(row));
    }
}

fn draft_line(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, (pane, text): (&Pane, &PaneText), line: usize) {
    if line >= text.flow().lines() {
        return;
    }
    let mut pen = Pen::new(buffer, area, row);
    for piece in text.flow().line(line) {
        let style = match (piece.tag, text.shade(piece.tag)) {
            (REMARK, _) if pane.activity == Activity::Failed => look.style(Role::Error),
            (BEYOND | REMARK, _) => look.style(Role::Dim),
            (_, Some(shade)) => look.style(Role::Heat(shade)),
            (_, None) => look.style(Role::Text),
        };
        pen.write(piece.text, style);
    }
}

/// A member in one line: letter, name, what it is doing, and the end of its draft while tokens come, else the start.
fn row(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen, pane: &Pane, text: &PaneText, focused: bool) {
    let answer = screen.answers.session.answer(screen.shown().0);
    let label = &answer.labels[pane.member.0];
    let member = look.style(Role::Member(pane.member.0 as u8));
    let head = if focused { member.patch(look.style(Role::Selection)) } else { member };
    let cut = look.glyphs.ellipsis();
    Pen::new(buffer, place, 0)
        .write(&display!("{} ", label.letter), head)
        .column(&label.name, LINE_HEAD - 5, false, head, cut)
        .skip(1)
        .write(look.glyphs.activity(pane.activity), activity_style(look, pane.activity));
    let inside = Rect { x: place.x + LINE_HEAD, width: place.width.saturating_sub(LINE_HEAD + 1), ..place };
    let lines = text.flow().lines();
    if lines == 0 {
        Pen::new(buffer, inside, 0).write(pane.activity.word(), look.style(Role::Dim));
        return;
    }
    let line = screen.looking.pane_top(pane.member);
    draft_line(buffer, inside, 0, look, (pane, text), line);
    if lines > 1 {
        let end = Rect { x: place.x + place.width - 1, width: 1, ..place };
        Pen::new(buffer, end, 0).write(cut, look.style(Role::Dim));
    }
}

/// Those that are away, a line each: who, why, when.
fn away(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let answer = screen.answers.session.answer(screen.shown().0);
    let gone: Vec<&Pane> = screen.scene.panes.iter().filter(|pane| pane.away).collect();
    for (row, pane) in gone.iter().take(usize::from(place.height)).enumerate() {
        let last = row + 1 == usize::from(place.height) && gone.len() > row + 1;
        let mut pen = Pen::new(buffer, place, row as u16);
        let label = &answer.labels[pane.member.0];
        let style = activity_style(look, pane.activity);
        pen.write(&display!(" {} {} ", label.letter, label.name), look.style(Role::Member(pane.member.0 as u8)))
            .write(&display!("{} {} · ", look.glyphs.activity(pane.activity), pane.activity.word()), style);
        let more = if last { display!("  (and {} more)", gone.len() - row - 1) } else { DisplayText::new() };
        let room = pen.room().saturating_sub(more.chars().count() as u16 + 1);
        let note = room.min(pane.note.width() as u16);
        let dim = look.style(Role::Dim);
        pen.column(&pane.note, note, false, dim, look.glyphs.ellipsis()).write(&more, dim);
    }
}
