//! The list of models while an ensemble is composed: as many columns as fit, and everything about the marked one below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use super::paint::{Pen, lines, scroll_bar};
use super::theme::Role;
use crate::playground::state::State;
use crate::playground::state::scene::pane::Activity;
use crate::playground::state::scene::roster::{Entry, Model};

/// A column that says what a model can do, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Scores,
    Address,
    Drafts,
    Model,
}

impl Column {
    /// In the order of their worth, each with its width and the blank behind it.
    const ALL: [(Self, u16); 4] = [(Self::Scores, 32), (Self::Address, 32), (Self::Drafts, 36), (Self::Model, 24)];

    fn title(self) -> &'static str {
        match self {
            Self::Scores => "scores",
            Self::Address => "where",
            Self::Drafts => "drafts",
            Self::Model => "model",
        }
    }
}

/// Columns of mark, choice, name, standing, role and weight.
const NAME: u16 = 15;
const STANDING: u16 = 13;
const ROLE: u16 = 13;
const WEIGHT: u16 = 6;

/// The list.
pub(super) fn roster(buffer: &mut Buffer, area: Rect, look: &Look<'_>, state: &State) {
    let list = &state.scene.roster;
    let rows = Rect { height: (list.height as u16).min(area.height), ..area };
    let columns = columns(area.width);
    for (at, entry) in list.entries.iter().skip(list.top).take(list.height).enumerate() {
        match entry {
            Entry::Heading(text) => heading(buffer, rows, at as u16, look, text, if list.top + at == 0 { &columns } else { &[] }),
            Entry::Model(model) => row(buffer, rows, at as u16, look, model, &columns),
        }
    }
    let bar = Rect { x: area.x + area.width, width: 1, ..rows };
    scroll_bar(buffer, bar.intersection(buffer.area), look, list.top, list.entries.len());
    let below = rows.height + 1;
    let rule = look.glyphs.rule().repeat(usize::from(area.width));
    Pen::new(buffer, area, rows.height).write(&rule, look.style(Role::Border));
    let details = Rect { y: area.y + below.min(area.height), height: area.height.saturating_sub(below), ..area };
    lines(buffer, details, look, &list.details, 0);
}

/// The columns that fit behind those that every row has; the first of them takes what is left.
fn columns(width: u16) -> Vec<(Column, u16)> {
    let mut room = width.saturating_sub(6 + NAME + STANDING + ROLE + WEIGHT);
    let mut chosen: Vec<(Column, u16)> = Vec::new();
    for (column, width) in Column::ALL {
        if chosen.is_empty() || width <= room {
            let width = width.min(room);
            room -= width;
            chosen.push((column, width));
        }
    }
    chosen
}

fn heading(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, text: &str, columns: &[(Column, u16)]) {
    let mut pen = Pen::new(buffer, area, row);
    let head = if columns.is_empty() { area.width } else { 6 + NAME };
    pen.column(text, head, false, look.style(Role::Title), look.glyphs.ellipsis());
    if columns.is_empty() {
        return;
    }
    let dim = look.style(Role::Dim);
    pen.column("state", STANDING, false, dim, "").column("does", ROLE, false, dim, "").column("weight", WEIGHT, true, dim, "");
    pen.skip(1);
    for (column, width) in columns {
        pen.column(column.title(), *width, false, dim, "");
    }
}

fn row(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, model: &Model, columns: &[(Column, u16)]) {
    let style = |role| {
        let style = look.style(role);
        if model.marked { style.patch(look.style(Role::Selection)) } else { style }
    };
    let cut = look.glyphs.ellipsis();
    let standing = match model.activity {
        Activity::Away => Role::Error,
        Activity::Connecting => Role::Busy,
        Activity::Ready => Role::Ok,
        _ => Role::Dim,
    };
    let mut pen = Pen::new(buffer, area, row);
    pen.write(if model.marked { "> " } else { "  " }, style(Role::Accent))
        .write(if model.chosen { "[x] " } else { "[ ] " }, style(if model.chosen { Role::Strong } else { Role::Dim }))
        .column(&model.name, NAME - 1, false, style(if model.chosen { Role::Strong } else { Role::Text }), cut)
        .skip(1)
        .column(
            &format!("{} {}", look.glyphs.activity(model.activity), model.standing),
            STANDING - 1,
            false,
            style(standing),
            cut,
        )
        .skip(1)
        .column(model.role, ROLE, false, style(Role::Text), cut)
        .column(&model.weight, WEIGHT - 1, true, style(Role::Text), cut)
        .skip(2);
    if !model.remark.is_empty() {
        let room = pen.room();
        pen.column(
            &model.remark,
            room,
            false,
            style(if model.activity == Activity::Away { Role::Error } else { Role::Dim }),
            cut,
        );
        return;
    }
    for (column, width) in columns {
        let text = match column {
            Column::Scores => model.scores,
            Column::Address => &model.address,
            Column::Drafts => model.drafts,
            Column::Model => &model.model,
        };
        pen.column(text, width.saturating_sub(1), false, style(Role::Text), cut).skip(1);
    }
}
