//! The members' panes: side by side with their text and the votes on it, or a row each; those never there as lines below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::ballots::{Ballots, ballots};
use super::exits::{self, exits};
use super::paint::{Pen, Title, heading};
use super::theme::Role;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::playground::state::Screen;
use crate::playground::state::answer::Label;
use crate::playground::state::layout::{Layout, Part, ROW_HEAD, STRIP};
use crate::playground::state::scene::draft::{BEYOND, PaneText, REMARK};
use crate::playground::state::scene::figure;
use crate::playground::state::scene::pane::{Activity, Pane, figures};
use crate::playground::state::scene::votes::Votes;

/// One member as its pane shows it.
#[derive(Clone, Copy)]
struct Shown<'a> {
    pane: &'a Pane,
    text: &'a PaneText,
    votes: &'a Votes,
    label: &'a Label,
    focused: bool,
}

/// Every pane in sight, and every member that has none.
pub(super) fn panes(buffer: &mut Buffer, layout: &Layout, look: &Look<'_>, screen: &Screen) {
    if let Some(place) = layout.heads {
        heads(buffer, place, layout, look, screen);
    }
    for (member, place) in &layout.panes {
        let Some(shown) = shown(screen, *member) else { continue };
        if place.height == 1 {
            row(buffer, *place, layout, look, screen, shown);
        } else {
            column(buffer, *place, layout, look, screen, shown);
        }
    }
    if let Some(place) = layout.strip {
        strip(buffer, place, layout, look, screen);
    }
    if let Some(place) = layout.away {
        away(buffer, place, look, screen);
    }
}

fn shown(screen: &Screen, member: MemberIndex) -> Option<Shown<'_>> {
    let answer = screen.answers.session.answer(screen.shown().0);
    Some(Shown {
        pane: screen.scene.panes.get(member.0)?,
        text: screen.scene.texts.get(member.0)?,
        votes: screen.scene.votes.get(member.0)?,
        label: answer.labels.get(member.0)?,
        focused: !screen.writing.active && screen.looking.overlay.is_none() && screen.looking.focus == Part::Pane(member),
    })
}

/// The style of what a member is doing.
pub(super) fn activity_style(look: &Look<'_>, activity: Activity) -> Style {
    look.style(match activity {
        Activity::Ready | Activity::Waiting | Activity::Lost | Activity::Stopped => Role::Dim,
        Activity::Connecting | Activity::Drafting | Activity::Scoring => Role::Busy,
        Activity::Won => Role::Winner,
        Activity::Exited | Activity::Excluded => Role::Exit,
        Activity::Away | Activity::Failed => Role::Error,
    })
}

/// The style of a member's letter and name.
fn name_style(look: &Look<'_>, shown: Shown<'_>) -> Style {
    let member = look.style(if shown.pane.away { Role::Dim } else { Role::Member(shown.pane.member.0 as u8) });
    if shown.focused { member.patch(look.style(Role::Selection)) } else { member }
}

/// Name and score, the draft below, the votes on it below that.
fn column(buffer: &mut Buffer, place: Rect, layout: &Layout, look: &Look<'_>, screen: &Screen, shown: Shown<'_>) {
    let Shown { pane, votes, label, .. } = shown;
    let status = activity_style(look, pane.activity);
    let score = scores(votes);
    let score_width = if score.is_empty() { 0 } else { score.width() as u16 + 1 };
    let title = Rect { width: place.width - score_width.min(place.width), height: 1, ..place };
    let mut pen = Pen::new(buffer, title, 0);
    let name = display!("{} {}", label.letter, label.name);
    let name_width = (name.width() as u16).min(pen.room().saturating_sub(3));
    pen.column(&name, name_width, false, name_style(look, shown), look.glyphs.ellipsis())
        .skip(1)
        .write(look.glyphs.activity(pane.activity), status)
        .skip(1);
    let words = [pane.activity.word()].into_iter().chain(pane.scores.iter().copied()).chain([label.kind.as_str()]);
    for (place, word) in words.filter(|word| !word.is_empty()).enumerate() {
        let word = if place == 0 { clean_line(word) } else { display!("· {}", clean_line(word)) };
        if word.width() < usize::from(pen.room()) {
            pen.write(&word, if place == 0 { status } else { look.style(Role::Dim) }).skip(1);
        }
    }
    let at = Rect { x: place.x + place.width.saturating_sub(score_width), width: score_width, height: 1, ..place };
    Pen::new(buffer, at, 0).column(&score, score_width, true, score_style(look, votes), "");
    let inside = layout.pane_text(place);
    let top = screen.looking.pane_top(pane.member);
    for row in 0..inside.height {
        draft_line(buffer, inside, row, look, shown, top + usize::from(row));
    }
    let foot = Rect { y: place.y + place.height - 1, height: 1, ..place };
    let ballot = Ballots { cells: &votes.cells, deciding: screen.scene.deciding.filter(|_| votes.best), narrow: false };
    let drawn = ballots(buffer, foot, look, screen, &ballot);
    let room = usize::from(foot.width.saturating_sub(drawn + 2));
    let figures = if screen.presenting.is_some() { DisplayText::new() } else { figures(pane, room) };
    if figures.width() <= room {
        let at = Rect { x: foot.x + drawn, width: foot.width - drawn, ..foot };
        let width = at.width;
        Pen::new(buffer, at, 0).column(&figures, width, true, look.style(Role::Dim), "");
    }
}

/// The score, and behind an arrow the one under the knobs that are tried.
fn scores(votes: &Votes) -> DisplayText {
    match (votes.score, votes.tried) {
        (Some(score), Some(tried)) => display!("{} → {}", figure(score), figure(tried)),
        (Some(score), None) => figure(score),
        (None, _) => DisplayText::new(),
    }
}

fn score_style(look: &Look<'_>, votes: &Votes) -> Style {
    let role = match (votes.best, votes.rank) {
        (true, _) => Role::Winner,
        (false, Some(_)) => Role::Strong,
        (false, None) => Role::Dim,
    };
    look.style(role)
}

fn draft_line(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, shown: Shown<'_>, line: usize) {
    let Shown { pane, text, .. } = shown;
    if line >= text.flow().lines() {
        return;
    }
    let mut pen = Pen::new(buffer, area, row);
    for piece in text.flow().line(line) {
        let style = match (piece.tag, text.shade(piece.tag)) {
            (REMARK, _) if pane.activity == Activity::Failed => look.style(Role::Error),
            (BEYOND | REMARK, _) => look.style(Role::Dim),
            (tag, _) if text.is_shared(tag) => look.style(Role::Dim),
            (_, Some(shade)) => look.style(Role::Heat(shade)),
            (_, None) => look.style(Role::Text),
        };
        // A token starts with the blank that parts it from the one before: no underline runs through that.
        let word = piece.text.trim_start_blanks();
        let blanks = piece.text.slice(..piece.text.len() - word.len());
        pen.write(blanks, look.style(Role::Text)).write(word, style);
    }
}

/// A member in a row: letter, name, what it is doing, its draft, the votes on it, their score, and how long it stays.
fn row(buffer: &mut Buffer, place: Rect, layout: &Layout, look: &Look<'_>, screen: &Screen, shown: Shown<'_>) {
    let Shown { pane, text, votes, label, .. } = shown;
    let cut = look.glyphs.ellipsis();
    let head = name_style(look, shown);
    Pen::new(buffer, place, 0)
        .write(&display!("{} ", label.letter), head)
        .column(&label.name, ROW_HEAD - 5, false, head, cut)
        .skip(1)
        .write(look.glyphs.activity(pane.activity), activity_style(look, pane.activity));
    let inside = layout.pane_text(place);
    let lines = text.flow().lines();
    if lines == 0 {
        Pen::new(buffer, inside, 0).write(pane.activity.word(), look.style(Role::Dim));
    } else {
        draft_line(buffer, inside, 0, look, shown, screen.looking.pane_top(pane.member));
        if lines > 1 {
            let written: usize = text.flow().line(screen.looking.pane_top(pane.member)).map(|piece| piece.text.width()).sum();
            let end = Rect { x: inside.x + inside.width.min(written as u16), width: 1, ..place };
            Pen::new(buffer, end, 0).write(cut, look.style(Role::Dim));
        }
    }
    let tail = layout.tail;
    let mut x = place.x + place.width - tail.columns();
    let mut part = |width: u16| {
        let at = Rect { x, width, height: 1, ..place };
        x += width;
        at
    };
    let (votes_at, score_at, stays_at) = (part(tail.ballots), part(tail.score), part(tail.stays));
    let ballot = Ballots { cells: &votes.cells, deciding: screen.scene.deciding.filter(|_| votes.best), narrow: true };
    ballots(buffer, Rect { width: votes_at.width.saturating_sub(1), ..votes_at }, look, screen, &ballot);
    let score = scores(votes);
    Pen::new(buffer, score_at, 0).column(&score, tail.score.saturating_sub(1), true, score_style(look, votes), "");
    exits(buffer, stays_at, look, screen, pane.member);
}

/// What the columns of the rows are.
fn heads(buffer: &mut Buffer, place: Rect, layout: &Layout, look: &Look<'_>, screen: &Screen) {
    heading(buffer, place, look, &Title::new(" drafts ", look.style(Role::Title)), None, false);
    let tail = layout.tail;
    let dim = look.style(Role::Dim);
    let tried = screen.scene.votes.iter().any(|votes| votes.tried.is_some());
    let score = if tried { "score → tried" } else { "score" };
    let exits = exits::head(screen.scene.exit_threshold, screen.scene.tried_threshold, tail.stays);
    // Behind a column's last figure is a blank, but at the edge. The first name may reach to the left: there is only the rule.
    let ends = [tail.score + tail.stays + 1, tail.stays + 1, 0];
    for (name, end) in ["votes".into(), score.into(), exits].into_iter().zip(ends) {
        let width = name.width() as u16;
        if tail.ballots > 0 || name != "votes" {
            Pen::new(buffer, place, 0).skip(place.width.saturating_sub(end + width)).write(&name, dim);
        }
    }
}

/// The members that have no row, side by side: letter, name, score.
fn strip(buffer: &mut Buffer, place: Rect, layout: &Layout, look: &Look<'_>, screen: &Screen) {
    let is_shown = |member: MemberIndex| layout.panes.iter().any(|(of, _)| *of == member);
    let rest = screen.scene.panes.iter().filter(|pane| !pane.never && !is_shown(pane.member));
    let across = (place.width / STRIP).max(1);
    for (at, pane) in rest.enumerate() {
        let Some(shown) = shown(screen, pane.member) else { continue };
        let (x, y) = (at as u16 % across * STRIP, at as u16 / across);
        let cell = Rect { x: place.x + x, width: STRIP.min(place.width), ..place };
        let score = shown.votes.score.map_or_else(DisplayText::new, figure);
        Pen::new(buffer, cell, y)
            .write(&display!("{} ", shown.label.letter), name_style(look, shown))
            .column(&shown.label.name, STRIP - 9, false, name_style(look, shown), look.glyphs.ellipsis())
            .column(&score, 5, true, score_style(look, shown.votes), "");
    }
}

/// Those that were never there, a line each: who, why.
fn away(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let answer = screen.answers.session.answer(screen.shown().0);
    let gone: Vec<&Pane> = screen.scene.panes.iter().filter(|pane| pane.never).collect();
    for (row, pane) in gone.iter().take(usize::from(place.height)).enumerate() {
        let last = row + 1 == usize::from(place.height) && gone.len() > row + 1;
        let mut pen = Pen::new(buffer, place, row as u16);
        let label = &answer.labels[pane.member.0];
        let style = activity_style(look, pane.activity);
        pen.write(&display!("{} {} ", label.letter, label.name), look.style(Role::Member(pane.member.0 as u8)))
            .write(&display!("{} {} · ", look.glyphs.activity(pane.activity), pane.activity.word()), style);
        let more = if last { display!("  (and {} more)", gone.len() - row - 1) } else { DisplayText::new() };
        let room = pen.room().saturating_sub(more.chars().count() as u16 + 1);
        let note = room.min(pane.note.width() as u16);
        let dim = look.style(Role::Dim);
        pen.column(&pane.note, note, false, dim, look.glyphs.ellipsis()).write(&more, dim);
    }
}
