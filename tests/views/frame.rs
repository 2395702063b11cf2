//! A frame as its snapshot keeps it: the characters, and below them the styles, a word for each row.
//!
//! A frame that lies over another is kept as the rectangles in which it differs, so that a list is its own few lines on the largest
//! screen too, and another word of the screen below changes one snapshot. A row's word is the letters of its styles ([`Letters`])
//! from left to right, each with the number of cells that have it: of more or fewer cells on its left nothing else changes.

use std::fmt::Write as _;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::letters::{Letters, Look};

/// Equal cells of a row between two that differ, up to which both are in one rectangle.
const GAP: u16 = 12;

/// Cells that are the same and yet in a rectangle, up to which it grows rather than that another starts below it.
const IDLE: usize = 80;

/// Part of a screen: rows and columns.
struct Block {
    rows: Range<u16>,
    columns: Range<u16>,
    /// How many of its cells were meant.
    meant: usize,
}

/// The whole frame.
pub fn whole(frame: &Buffer, letters: &Letters) -> String {
    let block = Block { rows: 0..frame.area.height, columns: 0..frame.area.width, meant: 0 };
    block.text(frame) + &block.styles(frame, letters)
}

/// What differs from the frame that it lies over: first what is in the popup, if there is one, then what else does.
pub fn over(frame: &Buffer, popup: Rect, (name, below): (&str, &Buffer), letters: &Letters) -> String {
    let mut out = format!("over {name}\n");
    let inside = Block { rows: popup.top()..popup.bottom(), columns: popup.left()..popup.right(), meant: 0 };
    let inside = Some(inside).filter(|_| !popup.is_empty());
    for block in inside.into_iter().chain(blocks(frame, popup, below)) {
        let Block { rows, columns, .. } = &block;
        let _ = writeln!(out, "\nrows {}-{}, columns {}-{}", rows.start + 1, rows.end, columns.start + 1, columns.end);
        if block.says_otherwise(frame, below) {
            out += &block.text(frame);
        }
        out += &block.styles(frame, letters);
    }
    out
}

/// The characters of every cell, row by row.
pub fn characters(frame: &Buffer) -> Vec<String> {
    let row = |y: u16| symbols(frame, y, 0..frame.area.width);
    (0..frame.area.height).map(row).collect()
}

/// Rectangles outside which, and outside the popup, both frames are the same.
fn blocks(frame: &Buffer, popup: Rect, below: &Buffer) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for y in 0..frame.area.height {
        for columns in differing(frame, popup, below, y) {
            let grown = blocks.iter_mut().find_map(|block| block.with(y, &columns).map(|grown| (block, grown)));
            match grown {
                Some((block, grown)) => *block = grown,
                None => blocks.push(Block { rows: y..y + 1, meant: columns.len(), columns }),
            }
        }
    }
    blocks
}

/// Where a row differs outside the popup.
fn differing(frame: &Buffer, popup: Rect, below: &Buffer, y: u16) -> Vec<Range<u16>> {
    let seen = |cell: &Cell| (cell.symbol().to_owned(), Look::of(cell));
    let mut stretches: Vec<Range<u16>> = Vec::new();
    let outside = (0..frame.area.width).filter(|x| !popup.contains((*x, y).into()));
    for x in outside.filter(|x| seen(&frame[(*x, y)]) != seen(&below[(*x, y)])) {
        match stretches.last_mut() {
            Some(last) if x <= last.end + GAP && !popup.contains((last.end, y).into()) => last.end = x + 1,
            Some(_) | None => stretches.push(x..x + 1),
        }
    }
    stretches
}

impl Block {
    /// This rectangle and a stretch of the row below it, unless too much would be in it that is the same.
    fn with(&self, y: u16, columns: &Range<u16>) -> Option<Self> {
        let both = self.columns.start.min(columns.start)..self.columns.end.max(columns.end);
        let is_below = self.rows.end == y || self.rows.end == y + 1;
        let apart = columns.start > self.columns.end || self.columns.start > columns.end;
        let rows = self.rows.start..y + 1;
        let meant = self.meant + columns.len();
        let idle = (rows.len() * both.len()).saturating_sub(meant);
        (is_below && !apart && idle <= IDLE + meant / 4).then_some(Self { rows, columns: both, meant })
    }

    /// Whether its characters differ from those of another frame.
    fn says_otherwise(&self, frame: &Buffer, below: &Buffer) -> bool {
        self.rows.clone().any(|y| symbols(frame, y, self.columns.clone()) != symbols(below, y, self.columns.clone()))
    }

    fn text(&self, frame: &Buffer) -> String {
        self.rows.clone().map(|y| symbols(frame, y, self.columns.clone()).trim_end().to_owned() + "\n").collect()
    }

    /// The rows' words; equal ones that follow one another are one line.
    fn styles(&self, frame: &Buffer, letters: &Letters) -> String {
        let mut words: Vec<(Range<u16>, String)> = Vec::new();
        for y in self.rows.clone() {
            let word = self.word(frame, y, letters);
            match words.last_mut() {
                Some((rows, last)) if *last == word => rows.end = y + 1,
                Some(_) | None => words.push((y..y + 1, word)),
            }
        }
        let mut out = "styles\n".to_owned();
        for (rows, word) in words.iter().filter(|(_, word)| !word.is_empty()) {
            let _ = match rows.len() {
                1 => writeln!(out, "{} {word}", rows.end),
                _ => writeln!(out, "{}-{} {word}", rows.start + 1, rows.end),
            };
        }
        out
    }

    fn word(&self, frame: &Buffer, y: u16, letters: &Letters) -> String {
        let mut runs: Vec<(String, usize)> = Vec::new();
        for x in self.columns.clone() {
            // A blank of which nothing is seen belongs to what is before it.
            let letter = match (Look::of(&frame[(x, y)]), runs.last()) {
                (Some(look), _) => letters.word(look),
                (None, Some((last, _))) => last.clone(),
                (None, None) => ".".to_owned(),
            };
            match runs.last_mut() {
                Some((last, count)) if *last == letter => *count += 1,
                Some(_) | None => runs.push((letter, 1)),
            }
        }
        if runs.last().is_some_and(|(letter, _)| letter == ".") {
            runs.pop();
        }
        let run = |(letter, count): (String, usize)| if count == 1 { letter } else { format!("{letter}{count}") };
        runs.into_iter().map(run).collect()
    }
}

/// The characters of some cells of a row; one of two columns covers the cell after it.
fn symbols(frame: &Buffer, y: u16, columns: Range<u16>) -> String {
    let mut text = String::new();
    let mut covered = 0;
    for x in columns {
        if covered == 0 {
            text.push_str(frame[(x, y)].symbol());
            covered = frame[(x, y)].symbol().width().saturating_sub(1);
        } else {
            covered -= 1;
        }
    }
    text
}

/// Nothing that differs is left out, however it lies.
#[test]
fn all_that_differs_is_in_the_popup_or_in_a_rectangle() {
    let area = Rect::new(0, 0, 60, 12);
    let below = Buffer::empty(area);
    let popup = Rect::new(20, 3, 10, 4);
    for seed in 0..200_u32 {
        let mut frame = below.clone();
        let places = (0..40_u32).map(|step| (seed * 7919 + step * step * 104_729 + step * 31) % 720);
        let changed: Vec<(u16, u16)> = places.map(|place| ((place % 60) as u16, (place / 60) as u16)).collect();
        for place in &changed {
            frame[*place].set_char('x');
        }
        let blocks = blocks(&frame, popup, &below);
        for (x, y) in changed {
            let inside = |block: &Block| block.rows.contains(&y) && block.columns.contains(&x);
            assert!(popup.contains((x, y).into()) || blocks.iter().any(inside), "{x} {y} of {seed}");
        }
    }
}
