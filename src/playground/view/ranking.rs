//! The ranking table: as many of its columns as fit, the most telling first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Look;
use super::exits;
use super::paint::{Pen, Title, heading, scroll_bar};
use super::theme::Role;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::scene::matrix::Cell;
use crate::playground::state::scene::pane::Activity;
use crate::playground::state::scene::table::Row;
use crate::playground::state::scene::{figure, heat};

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Rank,
    Member,
    Bar,
    Score,
    /// The score under the knobs that are tried, and how far the rank moves.
    Tried,
    /// Each verifier's score in this many columns.
    Verifiers(u16),
    Margin,
    /// The curve of the retention, and the distance to the threshold.
    Stays,
    Retention,
    Cumulative,
    Weight,
    Status,
}

impl Column {
    fn width(self, verifiers: usize) -> u16 {
        match self {
            Self::Rank | Self::Member if self == Self::Rank => 3,
            Self::Rank | Self::Member => 11,
            Self::Bar | Self::Score => 6,
            Self::Tried => 10,
            Self::Verifiers(each) => each * verifiers as u16 + 1,
            Self::Margin | Self::Weight | Self::Cumulative => 7,
            Self::Stays => exits::WIDTH + 1,
            Self::Retention | Self::Status => 13,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Rank => "#",
            Self::Member => "member",
            Self::Bar | Self::Verifiers(_) | Self::Stays => "",
            Self::Score => "score",
            Self::Tried => " → tried",
            Self::Margin => "margin",
            Self::Retention => "retention",
            Self::Cumulative => "Q",
            Self::Weight => "weight",
            Self::Status => " status",
        }
    }
}

/// The columns that fit, left to right. The order in which they are given room is the order of their worth.
fn columns(width: u16, verifiers: usize, tried: bool) -> Vec<Column> {
    let mut chosen = vec![Column::Rank, Column::Member, Column::Score];
    chosen.extend(tried.then_some(Column::Tried));
    // Who would win and leave is what trying is for.
    let (first, second) = if tried { (Column::Status, Column::Stays) } else { (Column::Stays, Column::Status) };
    let rest =
        [first, second, Column::Bar, Column::Verifiers(5), Column::Margin, Column::Weight, Column::Cumulative, Column::Retention];
    let mut room = width.saturating_sub(chosen.iter().map(|column| column.width(verifiers)).sum());
    let mut take = |column: Column| {
        let fits = column.width(verifiers) <= room;
        if fits {
            room -= column.width(verifiers);
            chosen.push(column);
        }
        fits
    };
    for column in rest {
        if !take(column) && column == Column::Verifiers(5) {
            take(Column::Verifiers(2));
        }
    }
    let order = |column: &Column| match column {
        Column::Rank => 0,
        Column::Member => 1,
        Column::Bar => 2,
        Column::Score => 3,
        Column::Tried => 4,
        Column::Verifiers(_) => 5,
        Column::Margin => 6,
        Column::Weight => 7,
        Column::Cumulative => 8,
        Column::Retention => 9,
        Column::Stays => 10,
        Column::Status => 11,
    };
    chosen.sort_by_key(order);
    chosen
}

/// The ranking of the selected round.
pub(super) fn ranking(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen, focused: bool) {
    let table = &screen.scene.table;
    let mut title = Title::new(" ranking ", look.style(Role::Title));
    if table.number > 0 {
        let which = if table.is_of_the_round_before { "the last round," } else { "round" };
        title.push(display!("{which} {} ", table.number), look.style(Role::Dim));
    }
    let (voted, of) = table.votes;
    if of > 0 && !table.has_all_votes() {
        title.push(display!("· {voted}/{of} votes complete "), look.style(Role::Busy));
    }
    if table.number > 0 {
        title.push(display!("· {} ", table.rule), look.style(Role::Dim));
    }
    let inner = heading(buffer, place, look, &title, None, focused);
    let columns = columns(inner.width.saturating_sub(1), table.verifiers.len(), table.has_tried());
    header(buffer, inner, look, screen, &columns);
    let rows = Rect { y: inner.y + 1.min(inner.height), height: inner.height.saturating_sub(1), ..inner };
    let top = screen.looking.table_top.min(table.rows.len().saturating_sub(usize::from(rows.height)));
    let mut drawn = Vec::new();
    for (at, row) in table.rows.iter().skip(top).take(usize::from(rows.height)).enumerate() {
        let mut pen = Pen::new(buffer, rows, at as u16);
        for column in &columns {
            if *column == Column::Stays {
                let x = rows.x + rows.width - pen.room() + 1;
                let stays = Rect { x, y: rows.y + at as u16, width: exits::WIDTH, height: 1 };
                pen.skip(column.width(0));
                drawn.push((stays, row.member));
                continue;
            }
            cells(&mut pen, *column, look, screen, row);
        }
    }
    for (stays, member) in drawn {
        exits::exits(buffer, stays, look, screen, member);
    }
    if table.is_of_the_round_before {
        buffer.set_style(rows, Style { fg: look.style(Role::Dim).fg, ..Style::default() });
    }
    let bar = Rect { x: inner.x + inner.width.saturating_sub(1), width: 1, ..rows };
    scroll_bar(buffer, bar, look, top, table.rows.len());
}

/// The columns' heads.
fn header(buffer: &mut Buffer, inner: Rect, look: &Look<'_>, screen: &Screen, columns: &[Column]) {
    let table = &screen.scene.table;
    let answer = screen.answers.session.answer(screen.shown().0);
    let dim = look.style(Role::Dim);
    let mut pen = Pen::new(buffer, inner, 0);
    for column in columns {
        let width = column.width(table.verifiers.len());
        if let Column::Verifiers(each) = column {
            for verifier in &table.verifiers {
                let letter = DisplayText::from(answer.letter(*verifier));
                pen.skip(each - 1);
                pen.column(&letter, 1, true, look.style(Role::Member(verifier.0 as u8)), "");
            }
            pen.skip(1);
            continue;
        }
        if *column == Column::Stays {
            let head = exits::head(screen.scene.exit_threshold, screen.scene.tried_threshold, width);
            pen.column(&head, width, true, dim, "");
            continue;
        }
        let right = matches!(column, Column::Score | Column::Margin | Column::Cumulative | Column::Weight | Column::Retention);
        pen.column(column.title(), width, right, dim, "");
    }
}

fn cells(pen: &mut Pen<'_>, column: Column, look: &Look<'_>, screen: &Screen, row: &Row) {
    let table = &screen.scene.table;
    let answer = screen.answers.session.answer(screen.shown().0);
    let width = column.width(table.verifiers.len());
    let cut = look.glyphs.ellipsis();
    let text = look.style(Role::Text);
    let number = |value: Option<f64>| value.map_or_else(DisplayText::new, figure);
    match column {
        Column::Rank => {
            let rank = row.rank.map_or_else(DisplayText::new, |rank| display!("{rank}"));
            pen.column(&rank, width - 1, true, look.style(Role::Dim), cut).skip(1);
        }
        Column::Member => {
            let role = if row.leaves { Role::Exit } else { Role::Member(row.member.0 as u8) };
            let name = display!("{} {}", answer.letter(row.member), answer.name(row.member));
            pen.column(&name, width - 1, false, look.style(role), cut).skip(1);
        }
        Column::Bar => {
            let of = if table.has_all_votes() { Glyphs::bar } else { Glyphs::hollow_bar };
            let bar = of(look.glyphs, row.share, width - 1);
            pen.column(&bar, width - 1, false, look.style(if row.accepted { Role::Winner } else { Role::Gauge }), "").skip(1);
        }
        Column::Score => {
            let style = look.style(if table.has_all_votes() { Role::Strong } else { Role::Dim });
            pen.column(&number(row.score), width, true, style, cut);
        }
        Column::Tried => {
            let (text, moves) = tried(row);
            pen.column(&text, width, false, look.style(if moves { Role::Warn } else { Role::Dim }), "");
        }
        Column::Verifiers(each) => {
            for place in 0..table.verifiers.len() {
                let (text, style) = row.cells.get(place).map_or((DisplayText::new(), text), |cell| cell_text(look, cell, each));
                pen.column(&text, each, true, style, "");
            }
            pen.skip(1);
        }
        Column::Margin => {
            let style = if row.rank == Some(1) { text } else { look.style(Role::Dim) };
            pen.column(&margin(row), width, true, style, cut);
        }
        Column::Weight => {
            pen.column(&number(row.weight), width, true, text, cut);
        }
        Column::Cumulative => {
            pen.column(&number(row.cumulative), width, true, text, cut);
        }
        Column::Stays => {
            pen.skip(width);
        }
        Column::Retention => {
            let (retention, role) = retention(row);
            pen.column(&retention, width, true, look.style(role), cut);
        }
        Column::Status => {
            let (room, style) = (pen.room().saturating_sub(3), status_style(look, row));
            let status = row.status_in(room);
            pen.skip(1).write(look.glyphs.activity(row.activity), style).skip(1).column(status, room, false, style, cut);
        }
    }
}

/// By how much it leads or is behind; only a lead has a sign.
fn margin(row: &Row) -> DisplayText {
    match row.margin {
        Some(margin) if row.rank == Some(1) && margin > 0.0 => display!("+{}", figure(margin)),
        Some(margin) => figure(margin),
        None => DisplayText::new(),
    }
}

/// The score under the knobs that are tried, with an arrow and how far the rank would move; whether it does.
fn tried(row: &Row) -> (DisplayText, bool) {
    let Some((score, rank)) = row.tried else { return (DisplayText::new(), false) };
    let score = figure(score);
    match row.rank {
        Some(now) if rank < now => (display!(" → {score:<5}▲{}", now - rank), true),
        Some(now) if rank > now => (display!(" → {score:<5}▼{}", rank - now), true),
        Some(_) | None => (display!(" → {score}"), false),
    }
}

/// A member's retention and the threshold that it is compared with.
fn retention(row: &Row) -> (DisplayText, Role) {
    let Some((retention, threshold)) = row.retention else { return (DisplayText::new(), Role::Text) };
    let (sign, role) = if retention < threshold { ('<', Role::Warn) } else { ('/', Role::Text) };
    (display!("{} {sign} {}", figure(retention), figure(threshold)), role)
}

fn status_style(look: &Look<'_>, row: &Row) -> Style {
    look.style(match row.activity {
        _ if row.leaves => Role::Exit,
        Activity::Won => Role::Winner,
        Activity::Connecting | Activity::Drafting | Activity::Scoring => Role::Busy,
        Activity::Away | Activity::Failed => Role::Error,
        Activity::Ready | Activity::Waiting | Activity::Lost | Activity::Exited | Activity::Excluded | Activity::Stopped => {
            Role::Dim
        }
    })
}

/// A verifier's score; in two columns one digit of it, tenths from 0 to 9.
fn cell_text(look: &Look<'_>, cell: &Cell, width: u16) -> (DisplayText, Style) {
    match cell {
        Cell::None => (DisplayText::new(), look.style(Role::Dim)),
        Cell::Open => (if width < 3 { "." } else { "·" }.into(), look.style(Role::Dim)),
        Cell::Failed(_) => (if width < 4 { "!" } else { "err" }.into(), look.style(Role::Error)),
        Cell::Score { score, share, .. } => {
            let text = if width < 5 { display!("{}", (share * 9.99) as u8) } else { short(*score) };
            (text, look.style(Role::Heat(heat(*share))))
        }
    }
}

/// A figure in at most four characters.
fn short(score: f64) -> DisplayText {
    let text = figure(score);
    if text.len() <= 4 { text } else { display!("{}", text[..4].trim_end_matches('.')) }
}
