//! `specfuse --replay-ui FILE`: what a recording of the screen shows, as text, for someone who reads a report. Needs no terminal.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

use super::output::{Answer, notice};
use super::{Done, Failure};
use crate::display;
use crate::playground::state::ui_recording;
use crate::playground::view::picture::drawn;
use crate::playground::view::theme::{ColourLevel, Theme};

/// The option that names the file.
pub(super) const OPTION: &str = "replay-ui";

/// The options, which no help shows.
pub(super) fn options(command: Command) -> Command {
    command
        .arg(
            Arg::new(OPTION)
                .long(OPTION)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("prompt")
                .hide(true)
                .help("Print the last screen of a session that `--record-ui` recorded"),
        )
        .arg(
            Arg::new("frames")
                .long("frames")
                .action(ArgAction::SetTrue)
                .requires(OPTION)
                .hide(true)
                .help("Print every screen that differs from the one before it"),
        )
}

/// Prints the last frame of a recording, or all that differ.
pub(super) fn main(path: &Path, matches: &ArgMatches) -> Result<Done, Failure> {
    let bytes = std::fs::read(path).map_err(|source| Failure::File { name: path.display().to_string(), source })?;
    let recording = ui_recording::parse(path, &bytes)?;
    for warning in recording.warnings() {
        notice(&display!("{}: {warning}", path.display()));
    }
    let (all, last) = (matches.get_flag("frames"), recording.frames());
    let (mut player, mut answer) = (recording.play(), Answer::new());
    let (mut frames, mut before) = (0, None);
    // To the end, although nothing is drawn there any more: a fault of the program may only show then.
    while let Some(line) = player.next_frame() {
        frames += 1;
        if !all && frames < last {
            continue;
        }
        // The theme is not recorded, since it only gives colours.
        let shown = text(&drawn(player.screen(), &Theme::default_theme(ColourLevel::None)));
        if before.as_ref() != Some(&shown) {
            let head = if all { format!("frame {frames}, line {line}:\n") } else { String::new() };
            answer.write(&format!("{head}{shown}")).map_err(Failure::Output)?;
        }
        before = Some(shown);
    }
    if before.is_none() {
        notice(&display!("{}: no frame was drawn", path.display()));
    }
    Ok(if before.is_some() { Done::Complete } else { Done::Incomplete })
}

/// The lines of a frame, without blanks at their ends.
fn text(frame: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..frame.area.height {
        let (mut line, mut x) = (String::new(), 0);
        while x < frame.area.width {
            let symbol = frame[(x, y)].symbol();
            line.push_str(symbol);
            // What is in the second cell of a wide character is not drawn.
            x += u16::try_from(symbol.width()).unwrap_or(1).max(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_its_lines_and_a_wide_character_is_one() {
        assert_eq!(text(&Buffer::with_lines(["a  ", "", "日本 b", "  │"])), "a\n\n日本 b\n  │\n");
    }
}
