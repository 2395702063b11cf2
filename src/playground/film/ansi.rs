//! What a terminal is sent so that it shows a frame: the cells that differ from the frame before.
//!
//! Not by the library that writes to the real terminal: that one asks the environment which colours are wanted, and a film is the
//! same everywhere. The colour of an underline is left out, which many players do not know.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Hides the cursor and clears the screen.
pub(super) const BEGIN: &str = "\x1b[?25l\x1b[0m\x1b[2J";
/// Back to the usual style, and the cursor as it was.
pub(super) const END: &str = "\x1b[0m\x1b[?25h";

const MODIFIERS: [(Modifier, u8); 8] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// From one frame to the next, of the same size.
pub(super) fn changes(before: &Buffer, after: &Buffer) -> String {
    let mut out = String::new();
    let mut style = None;
    let mut next = None;
    for (x, y, cell) in before.diff(after) {
        if next != Some((x, y)) {
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
        }
        let wanted = (cell.fg, cell.bg, cell.modifier);
        if style != Some(wanted) {
            out.push_str(&select(cell));
            style = Some(wanted);
        }
        out.push_str(cell.symbol());
        // Terminals differ in the width of characters beyond ASCII: after one the place is said again.
        next = cell.symbol().is_ascii().then_some((x + 1, y));
    }
    out
}

fn select(cell: &Cell) -> String {
    let mut codes = "\x1b[0".to_owned();
    for (modifier, code) in MODIFIERS {
        if cell.modifier.contains(modifier) {
            let _ = write!(codes, ";{code}");
        }
    }
    colour(&mut codes, cell.fg, 30);
    colour(&mut codes, cell.bg, 40);
    codes.push('m');
    codes
}

/// `first` is the code of the first of the eight colours.
fn colour(codes: &mut String, colour: Color, first: u8) {
    let _ = match colour {
        Color::Reset => Ok(()),
        Color::Rgb(red, green, blue) => write!(codes, ";{};2;{red};{green};{blue}", first + 8),
        Color::Indexed(index) => write!(codes, ";{};5;{index}", first + 8),
        Color::Black => write!(codes, ";{first}"),
        Color::Red => write!(codes, ";{}", first + 1),
        Color::Green => write!(codes, ";{}", first + 2),
        Color::Yellow => write!(codes, ";{}", first + 3),
        Color::Blue => write!(codes, ";{}", first + 4),
        Color::Magenta => write!(codes, ";{}", first + 5),
        Color::Cyan => write!(codes, ";{}", first + 6),
        Color::Gray => write!(codes, ";{}", first + 7),
        Color::DarkGray => write!(codes, ";{}", first + 60),
        Color::LightRed => write!(codes, ";{}", first + 61),
        Color::LightGreen => write!(codes, ";{}", first + 62),
        Color::LightYellow => write!(codes, ";{}", first + 63),
        Color::LightBlue => write!(codes, ";{}", first + 64),
        Color::LightMagenta => write!(codes, ";{}", first + 65),
        Color::LightCyan => write!(codes, ";{}", first + 66),
        Color::White => write!(codes, ";{}", first + 67),
    };
}
