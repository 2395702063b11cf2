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
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::playground::state::log::Level;

    /// A disk with room for so many lines.
    #[derive(Clone)]
    struct Disk {
        room: usize,
        kept: Arc<Mutex<Vec<u8>>>,
    }

    impl Disk {
        fn new(room: usize) -> Self {
            Self { room, kept: Arc::default() }
        }

        fn screen(&self) -> RecordedScreen {
            RecordedScreen::new(Options::default(), 80, 24, Some(UiRecorder(Box::new(self.clone()))))
        }

        fn kept(&self) -> Vec<u8> {
            self.kept.lock().unwrap().clone()
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.room = self.room.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
            self.kept.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_reaches_the_screen_is_in_the_file_in_its_order() {
        let disk = Disk::new(usize::MAX);
        let mut screen = disk.screen();
        screen.update(Message::Tick(1.0));
        screen.prepare();
        screen.update(Message::Done("it".to_owned()));
        let kept = String::from_utf8(disk.kept()).unwrap();
        let (header, steps) = kept.split_once('\n').unwrap();
        assert!(header.starts_with(r#"{"format":"specfuse-ui","version":1,"program":""#), "{header}");
        assert_eq!(steps, "{\"message\":{\"tick\":1.0}}\n\"frame\"\n{\"message\":{\"done\":\"it\"}}\n");
    }

    #[test]
    fn a_full_disk_ends_the_recording_with_one_notice_and_nothing_else() {
        for room in 0..4 {
            let disk = Disk::new(room);
            let mut screen = disk.screen();
            screen.prepare();
            screen.update(Message::Typed("a".to_owned()));
            screen.prepare();
            let kept = disk.kept();
            assert_eq!(kept.split(|byte| *byte == b'\n').count() - 1, room);
            let notice =
                screen.notices.notice.clone().filter(|notice| notice.text.starts_with("the recording of the screen ends here: "));
            // The key that was typed takes the notice away again, as it does with all of them.
            assert_eq!(notice.map(|notice| notice.level), (room > 1).then_some(Level::Warning));
            let said = screen.notices.log.entries().filter(|entry| entry.text.contains("recording of the screen")).count();
            screen.update(Message::Typed("b".to_owned()));
            assert_eq!((said, disk.kept()), (1, kept));
        }
    }

    #[test]
    fn a_file_is_new_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.jsonl");
        UiRecorder::create(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let said = |path: &Path| UiRecorder::create(path).unwrap_err().to_string();
        assert!(said(&path).ends_with("session.jsonl: the file exists, and no recording overwrites one: name another"));
        assert!(said(&folder.path().join("no/where.jsonl")).contains("the recording cannot be written: "));
    }
}
