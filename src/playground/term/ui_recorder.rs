//! Writes a recording of the screen while the playground runs (`--record-ui`); what it is, and playing it again, is
//! [`ui_recording`]'s.
//!
//! A line is written before the state takes its message in, and goes to the system at once: what brings the program down is in the
//! file. A recording that cannot be written any further ends with a notice, and the session continues.

use std::fmt;
use std::io::{self, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::files::private;
use crate::playground::state::ui_recording::{self, Header, Step};
use crate::playground::state::{Effect, Message, Options, Screen};

/// The file of a recording cannot be created.
#[derive(Debug, thiserror::Error)]
#[error("--record-ui {}: {}", path.display(), reason(source))]
pub struct UiRecorderError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

fn reason(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::AlreadyExists => "the file exists, and no recording overwrites one: name another".to_owned(),
        _ => format!("the recording cannot be written: {source}"),
    }
}

/// Where a recording is written.
pub struct UiRecorder(Box<dyn Write + Send>);

impl fmt::Debug for UiRecorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("UiRecorder").finish_non_exhaustive()
    }
}

impl UiRecorder {
    /// To a new file, private to the user.
    pub fn create(path: &Path) -> Result<Self, UiRecorderError> {
        let file = private().write(true).create_new(true).open(path);
        Ok(Self(Box::new(file.map_err(|source| UiRecorderError { path: path.to_owned(), source })?)))
    }

    fn write(&mut self, part: &impl Serialize) -> io::Result<()> {
        self.0.write_all(&ui_recording::line(part)?)
    }
}

/// The screen, and the recorder of what reaches it, if there is one.
pub(super) struct RecordedScreen {
    screen: Screen,
    recorder: Option<UiRecorder>,
}

impl RecordedScreen {
    /// The playground before anything was asked, on a terminal of this many columns and rows.
    pub(super) fn new(options: Options, width: u16, height: u16, mut recorder: Option<UiRecorder>) -> Self {
        let header = Header::new(options, width, height);
        let ended = record(&mut recorder, &header);
        let mut screen = Self { screen: header.screen(), recorder };
        screen.say(ended);
        screen
    }

    /// Takes in one message; returns what is to be done outside.
    pub(super) fn update(&mut self, message: Message) -> Vec<Effect> {
        let ended = record(&mut self.recorder, &Step::Message(&message));
        let effects = self.screen.update(message);
        self.say(ended);
        effects
    }

    /// Brings the scene up to date before a frame is drawn.
    pub(super) fn prepare(&mut self) {
        let ended = record(&mut self.recorder, &Step::<&Message>::Frame);
        self.say(ended);
        self.screen.prepare();
    }

    fn say(&mut self, ended: Option<Message>) {
        if let Some(ended) = ended {
            self.screen.update(ended);
        }
    }
}

impl Deref for RecordedScreen {
    type Target = Screen;

    fn deref(&self) -> &Screen {
        &self.screen
    }
}

/// Writes a part of the recording. Where that fails there is no recorder any more, and the user should know why.
fn record(recorder: &mut Option<UiRecorder>, part: &impl Serialize) -> Option<Message> {
    let error = recorder.as_mut()?.write(part).err()?;
    *recorder = None;
    Some(Message::Warned(format!("the recording of the screen ends here: {error}")))
}

#[cfg(test)]
mod tests;
