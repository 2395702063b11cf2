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
