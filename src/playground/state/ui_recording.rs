//! A recording of the screen as JSON lines: with what the state starts, each message before it is taken in, and each frame.
//!
//! Owns the format, and playing a recording again. A frame is what the options and the messages make of it, so nothing else is in
//! the file. Writing it while the playground runs is `term`'s; what is secret leaves itself out where it is written
//! ([`Server`](crate::config::Server)).

use std::path::{Path, PathBuf};
use std::vec;

use serde::{Deserialize, Serialize};

use super::message::Message;
use super::parts::settings::Options;
use super::screen::Screen;
use crate::engine::trace::reason;
use crate::text::{self, NotText};

/// What the header's `format` says.
pub const FORMAT: &str = "specfuse-ui";

/// The version of the format. A reader refuses a newer one.
pub const VERSION: u32 = 1;

/// The most cells of a screen that is played again: more than any terminal has, few enough to be held.
const MOST_CELLS: u32 = 1 << 20;

/// The first line: with what the state starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    format: String,
    version: u32,
    /// The program's version.
    program: String,
    /// Columns of the terminal.
    width: u16,
    /// Rows of the terminal.
    height: u16,
    options: Options,
}

/// Every other line. Written of a borrowed message, read as one of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step<M> {
    /// The state takes this in.
    Message(M),
    /// The scene is brought up to date, to be drawn.
    Frame,
}

/// What every header has, of whatever version.
#[derive(Deserialize)]
struct Version {
    format: String,
    version: u64,
}

/// A recording that was read.
#[derive(Debug, Clone)]
pub struct UiRecording {
    header: Header,
    /// Each with its line, from 1.
    steps: Vec<(usize, Step<Message>)>,
    /// Bytes at the end that are not a whole line: what a kill or a full disk cut off.
    torn_bytes: usize,
}

/// A recording being played.
pub struct Player {
    screen: Screen,
    steps: vec::IntoIter<(usize, Step<Message>)>,
}

/// What can be wrong with the file of a recording.
#[derive(Debug, thiserror::Error)]
pub enum UiRecordingError {
    /// It is in another encoding, or packed.
    #[error("{}: {source}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        source: NotText,
    },
    /// The first line is not a header.
    #[error("{}: this is not a recording of the screen: `specfuse --record-ui FILE` makes one", path.display())]
    NoHeader {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error("{}: the recording has version {found}, this program reads up to {VERSION}: use a newer one", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
    /// A line is damaged. What comes after it would not show what was seen.
    #[error("{}: line {line} is not a step of a recording: {reason}", path.display())]
    BadLine {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Header {
    /// The header of a recording that starts now, on a terminal of this many columns and rows.
    #[must_use]
    pub fn new(options: Options, width: u16, height: u16) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT.to_owned(), version: VERSION, program, width, height, options }
    }

    /// The playground that it starts.
    #[must_use]
    pub fn screen(self) -> Screen {
        Screen::new(self.options, self.width, self.height)
    }
}

/// A [`Header`] or a [`Step`] as a line with its line feed.
///
/// # Errors
/// Where it cannot be written as JSON.
pub fn line(part: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(part)?;
    line.push(b'\n');
    Ok(line)
}

/// Reads a recording from memory; `path` is what errors name.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<UiRecording, UiRecordingError> {
    let bytes = &*text::lines(bytes).map_err(|source| UiRecordingError::NotText { path: path.to_owned(), source })?;
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().map(|(place, text)| (place + 1, text)).peekable();
    let bad = |line, reason| UiRecordingError::BadLine { path: path.to_owned(), line, reason };
    let header = header(path, lines.next().map_or(&[], |(_, text)| text))?;
    fits(header.width, header.height).map_err(|reason| bad(1, reason))?;
    let (mut steps, mut torn_bytes) = (Vec::new(), 0);
    while let Some((line, text)) = lines.next() {
        match serde_json::from_slice(text) {
            Ok(step) => {
                if let Step::Message(Message::Resize(width, height)) = &step {
                    fits(*width, *height).map_err(|reason| bad(line, reason))?;
                }
                steps.push((line, step));
            }
            // Only a line without a line feed was cut off; behind the last line feed there is nothing.
            Err(_) if lines.peek().is_none() => torn_bytes = text.len(),
            Err(error) => return Err(bad(line, reason(&error))),
        }
    }
    Ok(UiRecording { header, steps, torn_bytes })
}

fn header(path: &Path, text: &[u8]) -> Result<Header, UiRecordingError> {
    // A newer header may not parse as ours, and should say so by its version.
    let version = serde_json::from_slice(text).ok().filter(|version: &Version| version.format == FORMAT);
    let Some(Version { version, .. }) = version else { return Err(UiRecordingError::NoHeader { path: path.to_owned() }) };
    if version > u64::from(VERSION) {
        return Err(UiRecordingError::TooNew { path: path.to_owned(), found: version });
    }
    let bad = |error| UiRecordingError::BadLine { path: path.to_owned(), line: 1, reason: reason(&error) };
    serde_json::from_slice(text).map_err(bad)
}

fn fits(width: u16, height: u16) -> Result<(), String> {
    let cells = u32::from(width) * u32::from(height);
    if cells <= MOST_CELLS { Ok(()) } else { Err(format!("no terminal has {width} columns and {height} rows")) }
}

impl UiRecording {
    /// What should be known of it, each a sentence without its full stop.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let (torn, program, own) = (self.torn_bytes, &self.header.program, env!("CARGO_PKG_VERSION"));
        let cut = || format!("the recording was cut off: its last {torn} bytes are no whole line and are left out");
        let other = || format!("version {program} of the program wrote it, and this is {own}: frames may differ");
        (torn > 0).then(cut).into_iter().chain((program != own).then(other)).collect()
    }

    /// How many frames it has.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.steps.iter().filter(|(_, step)| *step == Step::Frame).count()
    }

    /// Plays it from the start.
    #[must_use]
    pub fn play(self) -> Player {
        Player { screen: self.header.screen(), steps: self.steps.into_iter() }
    }
}

impl Player {
    /// Plays to the next frame and returns its line; without a further one, to the end.
    pub fn next_frame(&mut self) -> Option<usize> {
        for (line, step) in self.steps.by_ref() {
            match step {
                // What it asks for was done when it was recorded.
                Step::Message(message) => drop(self.screen.update(message)),
                Step::Frame => {
                    self.screen.prepare();
                    return Some(line);
                }
            }
        }
        None
    }

    /// The screen as it is now.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        &self.screen
    }
}
