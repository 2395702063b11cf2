//! A film as asciicast v2: what a terminal is sent and when, a line each, for `asciinema play` and the players of web pages.
//!
//! <https://docs.asciinema.org/manual/asciicast/v2/>

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde::Serialize;

use super::{Film, ansi};
use crate::playground::view::picture::hex;
use crate::playground::view::theme::colour::ansi_rgb;

/// The first line. Without the time of recording, which would make each file another.
#[derive(Serialize)]
struct Header<'a> {
    version: u8,
    width: u16,
    height: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    theme: Colours,
}

/// The colours that a terminal would choose.
#[derive(Serialize)]
struct Colours {
    fg: String,
    bg: String,
    palette: String,
}

/// The film as a file.
///
/// # Errors
/// What cannot be written as JSON: nothing that a film holds.
pub fn cast(film: Film<'_>) -> Result<String, serde_json::Error> {
    let (width, height) = film.size();
    let ground = film.ground();
    let palette: Vec<String> = ansi_rgb().map(hex).collect();
    let header = Header {
        version: 2,
        width,
        height,
        title: film.title(),
        theme: Colours { fg: hex(ground.front), bg: hex(ground.back), palette: palette.join(":") },
    };
    let mut out = serde_json::to_string(&header)? + "\n";
    let length_ms = film.length_ms();
    let mut before = Buffer::empty(Rect { x: 0, y: 0, width, height });
    let mut begin = ansi::BEGIN;
    for frame in film {
        line(&mut out, frame.at_ms, &format!("{begin}{}", ansi::changes(&before, &frame.buffer)))?;
        (before, begin) = (frame.buffer, "");
    }
    // Players end with the last line, and the last frame stays a while.
    line(&mut out, length_ms, ansi::END)?;
    Ok(out)
}

fn line(out: &mut String, at_ms: u64, sent: &str) -> Result<(), serde_json::Error> {
    let sent = serde_json::to_string(sent)?;
    let _ = writeln!(out, "[{}.{:03}, \"o\", {sent}]", at_ms / 1000, at_ms % 1000);
    Ok(())
}
