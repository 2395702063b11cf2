//! The screen as a picture: what was drawn into a buffer, as SVG.
//!
//! Owns how cells become shapes and text, for an animation as for a picture. A terminal's background is not known, so that the
//! picture has one of its own, dark or light as the theme wants it; whatever a cell says is text in it.

use std::fmt::Write as _;
use std::ops::Range;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::theme::colour::rgb;
use super::theme::{Role, Theme};
use crate::playground::state::Screen;

/// Size of a character cell in the picture, and of its font.
pub const CELL: (f64, f64) = (8.4, 18.0);
/// The size of its font.
pub const FONT: f64 = 14.0;
/// The fonts that it asks for.
pub const FONTS: &str = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";
/// From the top of a cell to the line on which its text stands.
pub const BASELINE: f64 = CELL.1 * 0.75;

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// The colours of a cell that has none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Ground {
    pub front: Rgb,
    pub back: Rgb,
}

/// What the cells of a piece look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Look {
    pub front: Rgb,
    pub back: Rgb,
    pub bold: bool,
    pub italic: bool,
    pub underlined: bool,
}

/// Neighbouring cells of a row that look alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Piece {
    pub columns: Range<u16>,
    pub look: Look,
    pub text: String,
}

impl Ground {
    /// The dark one.
    pub const DARK: Self = Self { front: [0xd4, 0xd7, 0xdd], back: [0x16, 0x18, 0x1d] };
    /// The light one.
    pub const LIGHT: Self = Self { front: [0x24, 0x29, 0x2f], back: [0xff, 0xff, 0xff] };

    /// The ground on which a theme can be read: the light one where its text is dark.
    #[must_use]
    pub fn of(theme: &Theme) -> Self {
        let brightness = |colour: Rgb| colour.iter().map(|part| u16::from(*part)).sum::<u16>();
        let text = theme.style(Role::Text).fg.and_then(rgb);
        if text.is_some_and(|text| brightness(text) < brightness([0x80; 3])) { Self::LIGHT } else { Self::DARK }
    }

    fn look(self, cell: &Cell) -> Look {
        let colour = |colour: Color, default| rgb(colour).unwrap_or(default);
        let (mut front, mut back) = (colour(cell.fg, self.front), colour(cell.bg, self.back));
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut front, &mut back);
        }
        if cell.modifier.contains(Modifier::DIM) {
            front = std::array::from_fn(|at| front[at].midpoint(back[at]));
        }
        Look {
            front,
            back,
            bold: cell.modifier.contains(Modifier::BOLD),
            italic: cell.modifier.contains(Modifier::ITALIC),
            underlined: cell.modifier.contains(Modifier::UNDERLINED),
        }
    }
}

/// A colour as CSS writes it.
#[must_use]
pub fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// XML has no place at all for two characters, whatever their spelling.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}

/// The pieces of some columns of a row, from left to right. A wide character in the last column reaches beyond it.
#[must_use]
pub fn pieces(buffer: &Buffer, y: u16, columns: Range<u16>, ground: Ground) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut x = columns.start;
    while x < columns.end {
        let (begin, look) = (x, ground.look(&buffer[(x, y)]));
        let mut text = String::new();
        while x < columns.end && ground.look(&buffer[(x, y)]) == look {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            // What is in the second cell of a wide character is not drawn.
            x += u16::try_from(symbol.width()).unwrap_or(1).clamp(1, buffer.area.width - x);
        }
        pieces.push(Piece { columns: begin..x, look, text });
    }
    pieces
}

/// What [`draw`](super::draw) draws of a prepared screen.
#[must_use]
pub fn drawn(screen: &Screen, theme: &Theme) -> Buffer {
    let (width, height) = screen.size();
    let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
    let Ok(_) = terminal.draw(|frame| super::draw(frame, screen, theme));
    terminal.backend().buffer().clone()
}

/// A prepared screen as an SVG.
#[must_use]
pub fn screen(screen: &Screen, theme: &Theme) -> String {
    svg_on(&drawn(screen, theme), Ground::of(theme))
}

/// The screen as an SVG on the dark ground.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn svg(buffer: &Buffer) -> String {
    svg_on(buffer, Ground::DARK)
}

/// The screen as an SVG: one text element for each run of cells that look alike.
fn svg_on(buffer: &Buffer, ground: Ground) -> String {
    let area = buffer.area;
    let (width, height) = (f64::from(area.width) * CELL.0, f64::from(area.height) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{FONTS}\" font-size=\"{FONT}\">\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        hex(ground.back)
    );
    for y in 0..area.height {
        for piece in pieces(buffer, y, 0..area.width, ground) {
            run(&mut out, y, &piece, ground);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn run(out: &mut String, y: u16, Piece { columns, look, text }: &Piece, ground: Ground) {
    let (left, width) = (f64::from(columns.start) * CELL.0, f64::from(columns.end - columns.start) * CELL.0);
    let top = f64::from(y) * CELL.1;
    if look.back != ground.back {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.0}\" width=\"{width:.1}\" height=\"{}\" fill=\"{}\"/>",
            CELL.1,
            hex(look.back)
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut attributes = String::new();
    for (is_set, attribute) in [
        (look.bold, " font-weight=\"bold\""),
        (look.italic, " font-style=\"italic\""),
        (look.underlined, " text-decoration=\"underline\""),
    ] {
        if is_set {
            attributes.push_str(attribute);
        }
    }
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" xml:space=\"preserve\" fill=\"{}\"{attributes}>{}</text>",
        top + BASELINE,
        hex(look.front),
        escaped(text)
    );
}
