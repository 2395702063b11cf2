//! The transcript: the visible slice of the conversation, each span in its author's colour, the authors' letters beside it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::Look;
use super::paint::{Pen, Title, heading, lines, scroll_bar};
use super::theme::Role;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::layout::GUTTER;
use crate::playground::state::transcript::Span;

/// The most letters beside a line.
const LETTERS: usize = 3;

/// The conversation.
pub(super) fn transcript(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen, focused: bool) {
    let transcript = &screen.answers.transcript;
    let total = transcript.flow().lines();
    let title = Title::new(" answer ", look.style(Role::Title));
    let below = total.saturating_sub(transcript.top() + transcript.height());
    let foot =
        (below > 0 && !transcript.follows()).then(|| Title::new(display!(" {below} more below "), look.style(Role::Accent)));
    let inner = heading(buffer, place, look, &title, foot.as_ref(), focused);
    let text = Rect { x: inner.x + GUTTER, width: inner.width.saturating_sub(GUTTER + 1), ..inner };
    if transcript.flow().is_empty() {
        return lines(buffer, text, look, &screen.scene.welcome, 0);
    }
    for row in 0..inner.height {
        let number = transcript.top() + usize::from(row);
        if number < total {
            gutter(buffer, inner, row, look, screen, number);
            line(buffer, text, row, look, screen, number);
        }
    }
    let bar = Rect { x: inner.x + inner.width.saturating_sub(1), width: 1, ..inner };
    scroll_bar(buffer, bar, look, transcript.top(), total);
}

/// The letters of those who wrote what stands on the line, in order.
fn gutter(buffer: &mut Buffer, inner: Rect, row: u16, look: &Look<'_>, screen: &Screen, number: usize) {
    let mut pen = Pen::new(buffer, inner, row);
    let spans = screen.answers.transcript.flow().tags_on(number).filter_map(|tag| screen.answers.transcript.span(tag));
    for (written, span) in spans.enumerate() {
        if written == LETTERS {
            pen.write("+", look.style(Role::Dim));
            return;
        }
        match span {
            Span::Question => {
                pen.write(">", look.style(Role::Strong));
            }
            Span::Segment { answer, author: Some(author), .. } if screen.settings.authors => {
                let letter = DisplayText::from(screen.answers.session.answer(answer).letter(author));
                pen.write(&letter, look.style(Role::Member(author.0 as u8)));
            }
            Span::Segment { author: None, .. } if screen.settings.authors => {
                pen.write(look.glyphs.person(), look.style(Role::Override));
            }
            Span::Segment { .. } | Span::Earlier => {}
        }
    }
}

fn line(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, screen: &Screen, number: usize) {
    let mut pen = Pen::new(buffer, area, row);
    for piece in screen.answers.transcript.flow().line(number) {
        let style = match screen.answers.transcript.span(piece.tag) {
            Some(Span::Question) => look.style(Role::Strong),
            Some(Span::Segment { answer, round, author }) => {
                let own = match author {
                    Some(author) if screen.settings.authors => look.style(Role::Member(author.0 as u8)),
                    Some(_) | None => look.style(Role::Text),
                };
                let shown = screen.shown() == (answer, Some(round));
                match screen.looking.round {
                    Some(_) if shown => own.patch(look.style(Role::Selection)),
                    // What has just been accepted.
                    None if shown && screen.is_busy() => own.add_modifier(Modifier::BOLD),
                    Some(_) | None => own,
                }
            }
            Some(Span::Earlier) | None => look.style(Role::Text),
        };
        pen.write(piece.text, style);
    }
}
