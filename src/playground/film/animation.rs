//! A film as one animated SVG, which a web page or a README shows as an image: no script, only CSS.
//!
//! The screen is cut into tiles of a few columns of a row. All that a tile ever shows is a strip, one below the other, of which
//! one place is seen through the tile, and keyframes move the strip. So a word that comes costs that word, not a screen. Where
//! motion is not wanted (`prefers-reduced-motion`) the last frame is seen.

mod sheet;

use std::fmt::Write as _;
use std::ops::Range;

use self::sheet::{Class, Sheet};
use super::Film;
use crate::playground::view::picture::{BASELINE, CELL, FONT, FONTS, Ground, Piece, escaped, hex, pieces};

/// The most frames of an animation. A film that has more is shown with fewer a second.
pub const MOST_FRAMES: usize = 600;

/// Columns of a tile: in a narrower one less changes, a wider one needs fewer keyframes.
const TILE: u16 = 12;

/// What a tile shows, and from which frame on.
struct Tile {
    y: u16,
    columns: Range<u16>,
    /// Each thing that it shows, once.
    strip: Vec<Vec<Piece>>,
    /// The frame from which on a place of the strip is seen.
    moves: Vec<(usize, usize)>,
}

impl Tile {
    fn show(&mut self, frame: usize, pieces: Vec<Piece>) {
        let last = self.moves.last().map(|(_, place)| *place);
        if last.is_some_and(|last| self.strip[last] == pieces) {
            return;
        }
        let place = self.strip.iter().position(|known| *known == pieces).unwrap_or_else(|| {
            self.strip.push(pieces);
            self.strip.len() - 1
        });
        self.moves.push((frame, place));
    }
}

/// The film as a file.
#[must_use]
pub fn animation(film: Film<'_>) -> String {
    let (width, height) = film.size();
    let (ground, length_ms, title) = (film.ground(), film.length_ms(), escaped(film.title()));
    let mut tiles = tiles(width, height);
    let mut at_ms = Vec::new();
    for (place, frame) in film.enumerate() {
        at_ms.push(frame.at_ms);
        for tile in &mut tiles {
            tile.show(place, pieces(&frame.buffer, tile.y, tile.columns.clone(), ground));
        }
    }
    let mut sheet = Sheet::default();
    let mut shapes = String::new();
    for tile in &tiles {
        draw(&mut shapes, &mut sheet, tile, ground, |frame: usize| at_ms[frame] as f64 / length_ms as f64 * 100.0);
    }
    let (columns, rows) = (f64::from(width) * CELL.0, f64::from(height) * CELL.1);
    let style = sheet.text(length_ms);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {columns:.0} {rows:.0}\" font-family=\"{FONTS}\" font-size=\"{FONT}\" xml:space=\"preserve\">\n<title>{title}</title>\n<style>\n{style}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n{shapes}</svg>\n",
        hex(ground.back)
    )
}

fn tiles(width: u16, height: u16) -> Vec<Tile> {
    let of_row = |y| (0..width.div_ceil(TILE)).map(move |tile| (y, tile * TILE..width.min((tile + 1) * TILE)));
    let tile = |(y, columns)| Tile { y, columns, strip: Vec::new(), moves: Vec::new() };
    (0..height).flat_map(of_row).map(tile).collect()
}

fn draw(out: &mut String, sheet: &mut Sheet, tile: &Tile, ground: Ground, percent: impl Fn(usize) -> f64) {
    let top = f64::from(tile.y) * CELL.1;
    let Some((_, last)) = tile.moves.last() else { return };
    if tile.moves.len() == 1 {
        for piece in tile.strip.iter().flatten() {
            shape(out, sheet, piece, (0.0, top), ground);
        }
        return;
    }
    let mut keyframes = String::new();
    for (frame, place) in &tile.moves {
        let _ = write!(keyframes, "{}%{{transform:translateY({})}}", short(percent(*frame)), up(*place, "px"));
    }
    let animation = sheet.animation(keyframes);
    let left = f64::from(tile.columns.start) * CELL.0;
    // A wide character in the last column reaches into the next tile.
    let width = f64::from(tile.columns.end - tile.columns.start + 1) * CELL.0;
    let _ = write!(
        out,
        "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><g class=\"m {animation}\" transform=\"translate(0 {})\">",
        short(left),
        short(top),
        short(width),
        short(CELL.1),
        up(*last, "")
    );
    for (place, pieces) in tile.strip.iter().enumerate() {
        for piece in pieces {
            shape(out, sheet, piece, (left, place as f64 * CELL.1), ground);
        }
    }
    out.push_str("</g></svg>\n");
}

/// A piece whose row is `top` below, and whose columns are counted from `left`.
fn shape(out: &mut String, sheet: &mut Sheet, piece: &Piece, (left, top): (f64, f64), ground: Ground) {
    let x = |column: u16| f64::from(column) * CELL.0 - left;
    let Piece { columns, look, text } = piece;
    if look.back != ground.back {
        let class = sheet.class(Class::Ground(look.back));
        let (begin, width) = (x(columns.start), x(columns.end) - x(columns.start));
        let (begin, top, width, height) = (short(begin), short(top), short(width), short(CELL.1));
        let _ = write!(out, "<rect class=\"{class}\" x=\"{begin}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>");
    }
    // Blanks around a text are not drawn, unless a line is under them.
    let is_blank = |c: char| c == ' ' && !look.underlined;
    let shown = text.trim_matches(is_blank);
    if shown.is_empty() {
        return;
    }
    let before = (text.len() - text.trim_start_matches(is_blank).len()) as u16;
    let behind = (text.len() - text.trim_end_matches(is_blank).len()) as u16;
    let (begin, end) = (x(columns.start + before), x(columns.end - behind));
    let class = sheet.class(Class::of(*look));
    let (begin, baseline, length) = (short(begin), short(top + BASELINE), short(end - begin));
    let _ =
        write!(out, "<text class=\"{class}\" x=\"{begin}\" y=\"{baseline}\" textLength=\"{length}\">{}</text>", escaped(shown));
}

/// How far up a strip is moved so that this place of it is seen.
fn up(place: usize, unit: &str) -> String {
    match place {
        0 => "0".to_owned(),
        _ => format!("-{}{unit}", short(place as f64 * CELL.1)),
    }
}

/// A number without more digits than a picture needs.
fn short(number: f64) -> String {
    let text = format!("{number:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::view::picture::Look;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        assert_eq!([0.0, -0.000_01, 18.0, 8.4, 100.0 / 3.0].map(short), ["0", "0", "18", "8.4", "33.333"]);
    }

    #[test]
    fn a_tile_shows_everything_once_and_moves_only_where_something_changes() {
        let piece = |text: &str| {
            let look = Look { front: [0; 3], back: [0; 3], bold: false, italic: false, underlined: false };
            vec![Piece { columns: 0..1, look, text: text.to_owned() }]
        };
        let mut tile = Tile { y: 0, columns: 0..1, strip: Vec::new(), moves: Vec::new() };
        for (frame, text) in ["a", "a", "b", "a", "b", "c"].into_iter().enumerate() {
            tile.show(frame, piece(text));
        }
        assert_eq!(tile.strip, [piece("a"), piece("b"), piece("c")]);
        assert_eq!(tile.moves, [(0, 0), (2, 1), (3, 0), (4, 1), (5, 2)]);
    }

    #[test]
    fn tiles_cover_the_screen() {
        let tiles = tiles(30, 2);
        let columns: Vec<Range<u16>> = tiles.iter().filter(|tile| tile.y == 1).map(|tile| tile.columns.clone()).collect();
        assert_eq!(columns, [0..12, 12..24, 24..30]);
        assert_eq!(tiles.len(), 6);
    }
}
