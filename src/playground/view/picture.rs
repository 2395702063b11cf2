//! The screen as a picture: what was drawn into a buffer, as SVG.
//!
//! Owns how cells become shapes and text. The picture has a dark background of its own, since a terminal's is not known, and
//! whatever a cell says is text in it.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::theme::Theme;
use super::theme::colour::rgb;
use crate::playground::state::Screen;

/// Size of a character cell in the picture, and of its font.
const CELL: (f64, f64) = (8.4, 18.0);
const FONT: f64 = 14.0;
const BACKGROUND: [u8; 3] = [0x16, 0x18, 0x1d];
const FOREGROUND: [u8; 3] = [0xd4, 0xd7, 0xdd];

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A cell's foreground and background.
fn colours(cell: &Cell) -> ([u8; 3], [u8; 3]) {
    let colour = |colour: Color, default| rgb(colour).unwrap_or(default);
    let (mut front, mut back) = (colour(cell.fg, FOREGROUND), colour(cell.bg, BACKGROUND));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut front, &mut back);
    }
    if cell.modifier.contains(Modifier::DIM) {
        front = std::array::from_fn(|at| front[at].midpoint(back[at]));
    }
    (front, back)
}

/// XML has no place at all for two characters, whatever their spelling.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}

/// What [`draw`](super::draw) draws of a prepared screen, as an SVG.
#[must_use]
pub fn screen(screen: &Screen, theme: &Theme) -> String {
    let (width, height) = screen.size();
    let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
    let Ok(_) = terminal.draw(|frame| super::draw(frame, screen, theme));
    svg(terminal.backend().buffer())
}

/// The screen as an SVG: one text element for each run of cells that look alike.
#[must_use]
pub fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (width, height) = (f64::from(area.width) * CELL.0, f64::from(area.height) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"{FONT}\">\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        hex(BACKGROUND)
    );
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let first = &buffer[(x, y)];
            let look = |cell: &Cell| {
                (colours(cell), cell.modifier.intersection(Modifier::BOLD | Modifier::ITALIC | Modifier::UNDERLINED))
            };
            let mut text = String::new();
            let begin = x;
            while x < area.width && look(&buffer[(x, y)]) == look(first) {
                let symbol = buffer[(x, y)].symbol();
                text.push_str(symbol);
                // What is in the second cell of a wide character is not drawn.
                x += u16::try_from(symbol.width()).unwrap_or(1).clamp(1, area.width - x);
            }
            run(&mut out, (begin, x, y), look(first), &text);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn run(
    out: &mut String,
    (begin, end, y): (u16, u16, u16),
    ((front, back), modifier): (([u8; 3], [u8; 3]), Modifier),
    text: &str,
) {
    let (left, width) = (f64::from(begin) * CELL.0, f64::from(end - begin) * CELL.0);
    let top = f64::from(y) * CELL.1;
    if back != BACKGROUND {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.0}\" width=\"{width:.1}\" height=\"{}\" fill=\"{}\"/>",
            CELL.1,
            hex(back)
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut attributes = String::new();
    for (flag, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
    ] {
        if modifier.contains(flag) {
            attributes.push_str(attribute);
        }
    }
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" xml:space=\"preserve\" fill=\"{}\"{attributes}>{}</text>",
        top + CELL.1 * 0.75,
        hex(front),
        escaped(text)
    );
}
