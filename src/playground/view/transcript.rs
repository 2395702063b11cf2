//! The transcript: the visible slice of the conversation, each span in its author's colour, the authors' letters beside it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::Look;
use super::paint::{Pen, Title, heading, lines, scroll_bar};
use super::theme::Role;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::layout::GUTTER;
use crate::playground::state::transcript::{SegmentAuthor, Span};

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
    let selected = last_line_of_the_selected(screen, inner.height);
    let beneath = if selected.is_some() { screen.scene.beneath.as_slice() } else { &[] };
    // The lines beneath the selected segment are never the ones that do not fit.
    let needed = selected.map_or(0, |line| line + 1 + beneath.len()).saturating_sub(usize::from(inner.height));
    let (mut row, top) = (0, transcript.top().max(needed));
    for number in top..total {
        if row >= inner.height {
            break;
        }
        gutter(buffer, inner, row, look, screen, number);
        line(buffer, text, row, look, screen, number);
        row += 1;
        if selected == Some(number) {
            let rest = Rect { y: text.y + row, height: inner.height - row, ..text };
            lines(buffer, rest, look, beneath, 0);
            row += beneath.len() as u16;
        }
    }
    let bar = Rect { x: inner.x + inner.width.saturating_sub(1), width: 1, ..inner };
    scroll_bar(buffer, bar, look, transcript.top(), total);
}

/// The last line in sight of the selected segment.
fn last_line_of_the_selected(screen: &Screen, height: u16) -> Option<usize> {
    screen.looking.round?;
    let (transcript, (answer, round)) = (&screen.answers.transcript, screen.shown());
    let is_it = |span: Span| matches!(span, Span::Segment { answer: of, round: at, .. } if (of, Some(at)) == (answer, round));
    let top = transcript.top();
    let on = |number: &usize| transcript.flow().tags_on(*number).filter_map(|tag| transcript.span(tag)).any(is_it);
    (top..transcript.flow().lines().min(top + usize::from(height))).rev().find(on)
}

/// The letters of those whose segments start on the line, and the bar of the first author on it.
fn gutter(buffer: &mut Buffer, inner: Rect, row: u16, look: &Look<'_>, screen: &Screen, number: usize) {
    let transcript = &screen.answers.transcript;
    let mut pen = Pen::new(buffer, inner, row);
    if transcript.flow().tags_on(number).next().and_then(|tag| transcript.span(tag)) == Some(Span::Question) {
        pen.write(">", look.style(Role::Strong));
        return;
    }
    let Some(authors) = transcript.authors_on(number).filter(|_| screen.settings.authors) else { return };
    for author in &authors.starting {
        let (letter, style) = author_mark(look, screen, *author);
        pen.write(&letter, style);
    }
    let at = Rect { x: inner.x + GUTTER - 1, width: 1, ..inner };
    let (_, style) = author_mark(look, screen, authors.first);
    Pen::new(buffer, at, row).write(look.glyphs.segment_bar(), style);
}

/// The letter of a segment's author, and the style of what is its.
fn author_mark(look: &Look<'_>, screen: &Screen, SegmentAuthor { answer, author }: SegmentAuthor) -> (DisplayText, Style) {
    match author {
        Some(author) => {
            let letter = DisplayText::from(screen.answers.session.answer(answer).letter(author));
            (letter, look.style(Role::Member(author.0 as u8)))
        }
        None => (look.glyphs.person().into(), look.style(Role::Override)),
    }
}

fn line(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, screen: &Screen, number: usize) {
    let mut pen = Pen::new(buffer, area, row);
    for (place, piece) in screen.answers.transcript.flow().line(number).enumerate() {
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
            // At the start of a line there is one beside it already.
            Some(Span::Bar { answer, author }) if screen.settings.authors && place > 0 => {
                pen.write(look.glyphs.segment_bar(), author_mark(look, screen, SegmentAuthor { answer, author }).1);
                continue;
            }
            Some(Span::Bar { .. }) => {
                pen.skip(1);
                continue;
            }
            Some(Span::Earlier) | None => look.style(Role::Text),
        };
        pen.write(piece.text, style);
    }
}
