//! The picture of the README, made from the screen itself: it cannot show what the program does not.

use std::fmt::Write as _;
use std::path::Path;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::state::Message;
use specfuse::playground::view::theme::colour::rgb;
use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::support;

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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The screen as an SVG: one text element for each run of cells that look alike.
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
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
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

/// The recorded example in its third round, in the dark theme.
fn scene() -> Buffer {
    let mut state = support::state(132, 42);
    let records = support::recorded();
    let is_score = |record: &&Record| record.round == 3 && matches!(record.event, Event::Score { .. });
    let last_score = records.iter().rfind(is_score).unwrap().t_ms;
    state.writing = false;
    for record in records.into_iter().take_while(|record| record.t_ms < last_score) {
        state.update(Message::Record(record));
    }
    let theme = Library::new(None).load("dark", ColourLevel::True).unwrap();
    support::draw(&mut state, &theme)
}

#[test]
fn the_picture_of_the_readme_is_what_the_screen_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/playground.svg");
    let now = svg(&scene());
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "the screen has changed: UPDATE_PICTURE=1 cargo test --test views makes the picture anew");
}
