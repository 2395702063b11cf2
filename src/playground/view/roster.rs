//! The list of models while an ensemble is composed: as many columns as fit, and everything about the marked one below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Look;
use super::paint::{Pen, lines, scroll_bar};
use super::pane::activity_style;
use super::theme::Role;
use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::scene::files::Cells;
use crate::playground::state::scene::roster::{Entry, Model};

/// A column that says what a model can do, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Scores,
    Address,
    Drafts,
    Model,
    Context,
}

impl Column {
    /// In the order of their worth, each with its width and the blank behind it.
    const ALL: [(Self, u16); 5] =
        [(Self::Scores, 32), (Self::Address, 26), (Self::Drafts, 36), (Self::Model, 24), (Self::Context, 10)];

    fn title(self) -> &'static str {
        match self {
            Self::Scores => "scores, or why not",
            Self::Address => "where",
            Self::Drafts => "drafts",
            Self::Model => "model",
            Self::Context => "context",
        }
    }

    fn text(self, model: &Model) -> DisplayStr<'_> {
        match self {
            Self::Scores => model.scores.into(),
            Self::Address => model.address.as_display(),
            Self::Drafts => model.drafts.into(),
            Self::Model => model.model.as_display(),
            Self::Context => model.context.as_display(),
        }
    }
}

/// A column of a model in a file, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileColumn {
    Size,
    Quantisation,
    Memory,
    Parameters,
    Architecture,
    Whose,
    Context,
}

impl FileColumn {
    /// In the order of their worth, each with its width and the blank behind it.
    const ALL: [(Self, u16); 7] = [
        (Self::Size, 7),
        (Self::Quantisation, 8),
        (Self::Memory, 8),
        (Self::Parameters, 7),
        (Self::Architecture, 12),
        (Self::Whose, 16),
        (Self::Context, 8),
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Quantisation => "stored",
            Self::Memory => "memory",
            Self::Parameters => "params",
            Self::Architecture => "kind",
            Self::Whose => "of",
            Self::Context => "context",
        }
    }

    fn text(self, cells: &Cells) -> DisplayStr<'_> {
        match self {
            Self::Size => cells.size.as_display(),
            Self::Quantisation => cells.quantisation.as_display(),
            Self::Memory => cells.fit.into(),
            Self::Parameters => cells.parameters.as_display(),
            Self::Architecture => cells.architecture.as_display(),
            Self::Whose => cells.whose.as_display(),
            Self::Context => cells.context.as_display(),
        }
    }

    /// Whether its entries are numbers.
    fn is_right(self) -> bool {
        matches!(self, Self::Size | Self::Parameters | Self::Context)
    }
}

/// Columns of mark and choice, of the name, standing, role and weight.
const MARKS: u16 = 6;
const NAME: u16 = 14;
const STANDING: u16 = 13;
const ROLE: u16 = 13;
const WEIGHT: u16 = 6;

/// The list.
pub(super) fn roster(buffer: &mut Buffer, area: Rect, look: &Look<'_>, screen: &Screen) {
    let list = &screen.scene.roster;
    let rows = Rect { height: (list.height as u16).min(area.height), ..area };
    let (name, columns) = columns(area.width);
    for (at, entry) in list.entries.iter().skip(list.top).take(list.height).enumerate() {
        match entry {
            Entry::Heading(text) => {
                heading(buffer, rows, at as u16, look, text, (list.top + at == 0).then_some((name, columns.as_slice())));
            }
            Entry::Files(text) => over_files(buffer, rows, at as u16, look, text, name),
            Entry::Model(model) => row(buffer, rows, at as u16, look, model, (name, &columns)),
        }
    }
    let bar = Rect { x: area.x + area.width, width: 1, ..rows };
    scroll_bar(buffer, bar.intersection(buffer.area), look, list.top, list.entries.len());
    let below = rows.height + 1;
    let rule = DisplayStr::from(look.glyphs.rule()).repeat(usize::from(area.width));
    Pen::new(buffer, area, rows.height).write(&rule, look.style(Role::Border));
    let details = Rect { y: area.y + below.min(area.height), height: area.height.saturating_sub(below), ..area };
    lines(buffer, details, look, &list.details, 0);
}

/// The width of the names, and the columns that fit behind those that every row has. The first of these takes what there is,
/// long names what is left of it.
fn columns(width: u16) -> (u16, Vec<(Column, u16)>) {
    let mut room = width.saturating_sub(MARKS + NAME + STANDING + ROLE + WEIGHT);
    let mut chosen: Vec<(Column, u16)> = Vec::new();
    for (column, width) in Column::ALL {
        if chosen.is_empty() || width <= room {
            let width = width.min(room);
            room -= width;
            chosen.push((column, width));
        }
    }
    (NAME + room.min(NAME), chosen)
}

/// A heading; with the columns' heads beside it where they are given.
fn heading(
    buffer: &mut Buffer,
    area: Rect,
    row: u16,
    look: &Look<'_>,
    text: &DisplayText,
    columns: Option<(u16, &[(Column, u16)])>,
) {
    let mut pen = Pen::new(buffer, area, row);
    let head = columns.map_or(area.width, |(name, _)| MARKS + name);
    pen.column(text, head, false, look.style(Role::Title), look.glyphs.ellipsis());
    let Some((_, columns)) = columns else { return };
    let dim = look.style(Role::Dim);
    pen.column("state", STANDING, false, dim, "")
        .column("does", ROLE - 1, false, dim, "")
        .column("weight", WEIGHT, true, dim, "");
    pen.skip(1);
    for (column, width) in columns {
        pen.column(column.title(), *width, false, dim, "");
    }
}

/// The heading over models in files, with the columns that these have.
fn over_files(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, text: &DisplayText, name: u16) {
    let mut pen = Pen::new(buffer, area, row);
    pen.column(text, MARKS + name + STANDING + ROLE + WEIGHT, false, look.style(Role::Title), look.glyphs.ellipsis());
    file_columns(&mut pen, look.style(Role::Dim), look.glyphs.ellipsis(), |column| column.title().into());
}

/// As many columns of a model in a file as there is room for.
fn file_columns<'a>(pen: &mut Pen<'_>, style: Style, cut: &'static str, text: impl Fn(FileColumn) -> DisplayStr<'a>) {
    for (column, width) in FileColumn::ALL {
        // The last needs no blank behind it.
        if pen.room() < width - 1 {
            return;
        }
        pen.column(text(column), width - 1, column.is_right(), style, cut).skip(1);
    }
}

fn row(buffer: &mut Buffer, area: Rect, row: u16, look: &Look<'_>, model: &Model, (name, columns): (u16, &[(Column, u16)])) {
    let style = |style: Style| if model.marked { style.patch(look.style(Role::Selection)) } else { style };
    let is_dim = model.file.as_ref().is_some_and(|cells| cells.dim);
    let chosen = style(look.style(match (model.chosen, is_dim) {
        (true, _) => Role::Strong,
        (false, true) => Role::Dim,
        (false, false) => Role::Text,
    }));
    let text = style(look.style(Role::Text));
    let standing = style(activity_style(look, model.activity));
    let cut = look.glyphs.ellipsis();
    let state = display!("{} {}", look.glyphs.activity(model.activity), model.standing);
    let mut pen = Pen::new(buffer, area, row);
    pen.write(if model.marked { "> " } else { "  " }, style(look.style(Role::Accent)))
        .write(if model.chosen { "[x] " } else { "[ ] " }, chosen)
        .column(&model.name, name - 1, false, chosen, cut)
        .skip(1)
        .column(&state, STANDING - 1, false, standing, cut)
        .skip(1)
        .column(model.role, ROLE, false, text, cut)
        .column(&model.weight, WEIGHT - 1, true, text, cut)
        .skip(1);
    if let Some(cells) = &model.file {
        let known = if is_dim { style(look.style(Role::Dim)) } else { text };
        file_columns(&mut pen, known, cut, |column| column.text(cells));
        return;
    }
    if !model.remark.is_empty() {
        let room = pen.room();
        pen.column(&model.remark, room, false, standing, cut);
        return;
    }
    for (column, width) in columns {
        let blank = u16::from(pen.room() > *width);
        pen.column(column.text(model), width - blank, false, text, cut).skip(blank);
    }
}
