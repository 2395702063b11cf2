//! The history of questions: one JSON string per line, the newest last.
//!
//! Several programs may use the file at the same time. Each entry is appended in one write; the file is locked in the meantime,
//! so that nothing is written while another program shortens it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::lock::Locked;
use super::{FileError, create_folder, private};
use crate::text::{self, NotText};

/// How many entries are kept; the oldest are dropped first.
pub const KEPT: usize = 1000;

/// The questions so far.
///
/// The default is a history without a file: for when there is no home directory, or the file cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    path: Option<PathBuf>,
    entries: Vec<String>,
    damaged: usize,
}

impl History {
    /// Reads the history in this file; a missing one is empty. Invalid lines are skipped. A file that has grown beyond [`KEPT`]
    /// lines is shortened, if possible.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(FileError::of(path)(error)),
        };
        let (entries, damaged) = parse(&bytes).map_err(|other| FileError::of(path)(io::Error::other(other)))?;
        // The last part is what follows the last line.
        if bytes.split(|byte| *byte == b'\n').count() > KEPT + 1 {
            // A file that stays long is no reason not to use its contents.
            let _ = shorten(path);
        }
        Ok(Self { path: Some(path.to_owned()), entries, damaged })
    }

    /// The questions, the newest last; equal neighbours are merged. At most [`KEPT`].
    #[must_use]
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Lines that were skipped because they are invalid.
    #[must_use]
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    /// Adds a question, here and at the end of the file, unless it is blank or equal to the newest.
    ///
    /// # Errors
    /// If the file cannot be written; the question is added here anyway.
    pub fn append(&mut self, question: &str) -> Result<(), FileError> {
        if question.trim().is_empty() || self.entries.last().is_some_and(|newest| newest == question) {
            return Ok(());
        }
        self.entries.push(question.to_owned());
        forget_oldest(&mut self.entries);
        let Some(path) = &self.path else { return Ok(()) };
        if let Some(folder) = path.parent() {
            create_folder(folder)?;
        }
        write_line(path, question).map_err(FileError::of(path))
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Not while another program shortens it.
    let mut file = Locked::shared(File::open(path)?);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The entries of a file, and the number of invalid lines.
fn parse(bytes: &[u8]) -> Result<(Vec<String>, usize), NotText> {
    let bytes = text::lines(bytes)?;
    let mut damaged = 0;
    let mut entries = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        match serde_json::from_slice::<String>(line) {
            Ok(entry) => entries.push(entry),
            Err(_) => damaged += 1,
        }
    }
    entries.dedup();
    forget_oldest(&mut entries);
    Ok((entries, damaged))
}

fn forget_oldest(entries: &mut Vec<String>) {
    entries.drain(..entries.len().saturating_sub(KEPT));
}

fn line(entry: &str) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    Ok(line)
}

fn write_line(path: &Path, entry: &str) -> io::Result<()> {
    // Without locks (some network file systems) a single write at the end is the best there is.
    let mut file = Locked::alone(private().read(true).append(true).create(true).open(path)?);
    let mut bytes = line(entry)?;
    if !text::ends_in_a_line(&mut *file)? {
        bytes.insert(0, b'\n');
    }
    file.write_all(&bytes)
}

/// Removes old entries from the file. In place, so that a program that waits for the lock appends to this very file; the kept end
/// is copied to the start before the rest is cut, so that a kill in between loses nothing.
fn shorten(path: &Path) -> io::Result<()> {
    let mut file = Locked::at_once(File::options().read(true).write(true).open(path)?)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let (entries, _) = parse(&bytes).map_err(io::Error::other)?;
    let lines: Vec<Vec<u8>> = entries.iter().map(|entry| line(entry)).collect::<Result<_, _>>()?;
    let kept = lines.concat();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&kept)?;
    file.set_len(kept.len() as u64)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn reload(path: &Path) -> Vec<String> {
        History::load(path).unwrap().entries().to_vec()
    }

    #[test]
    fn what_was_asked_is_there_the_next_time_and_private() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data/history.jsonl");
        let mut history = History::load(&path).unwrap();
        assert_eq!((history.entries(), history.damaged()), (&[][..], 0));
        for question in ["Why?", "Two\nlines \"quoted\" ü\u{1b}", "Two\nlines \"quoted\" ü\u{1b}", " \n", "Why?"] {
            history.append(question).unwrap();
        }
        assert_eq!(history.entries(), ["Why?", "Two\nlines \"quoted\" ü\u{1b}", "Why?"]);
        assert_eq!(reload(&path), history.entries());
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 3);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        }
    }

    #[test]
    fn damaged_lines_are_skipped_and_counted() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.jsonl");
        fs::write(&path, b"\"one\"\n{\"a\":1}\n\n\xff\xfe\n\"one\"\n7\n\"two\"\n\"cut o").unwrap();
        let mut history = History::load(&path).unwrap();
        assert_eq!((history.entries(), history.damaged()), (&["one".to_owned(), "two".to_owned()][..], 4));
        // The line that was cut off does not spoil the next one.
        history.append("three").unwrap();
        assert_eq!(reload(&path), ["one", "two", "three"]);
    }

    #[test]
    fn whatever_saved_the_file_it_holds_the_same_questions() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.jsonl");
        for text in ["\u{feff}\"one\"\r\n\r\n\"two\"  \r\n", "\"one\"\r\"two\"", "\n\"one\"\n \t\n\"two\""] {
            fs::write(&path, text).unwrap();
            let mut history = History::load(&path).unwrap();
            assert_eq!((history.entries(), history.damaged()), (&["one".to_owned(), "two".to_owned()][..], 0), "{text:?}");
            history.append("three").unwrap();
            assert_eq!(reload(&path), ["one", "two", "three"], "{text:?}");
        }
        fs::write(&path, b"\xff\xfe\"\0").unwrap();
        let error = History::load(&path).unwrap_err().to_string();
        assert!(error.contains("history.jsonl") && error.contains("UTF-16"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn a_copy_of_the_descriptor_in_a_child_keeps_no_lock() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.jsonl");
        fs::write(&path, "").unwrap();
        // What a child holds between its fork and its exec: the same open file, by another descriptor.
        let locked = Locked::alone(File::open(&path).unwrap());
        let copy = locked.try_clone().unwrap();
        assert!(File::open(&path).unwrap().try_lock().is_err());
        drop(locked);
        assert!(File::open(&path).unwrap().try_lock().is_ok());
        drop(copy);
    }

    #[test]
    fn the_newest_thousand_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.jsonl");
        let lines: Vec<String> = (0..KEPT + 5).map(|number| format!("\"{number}\"\n")).collect();
        fs::write(&path, lines.concat() + "torn\n").unwrap();
        let mut history = History::load(&path).unwrap();
        assert_eq!((history.entries().len(), history.entries()[0].as_str(), history.damaged()), (KEPT, "5", 1));
        assert_eq!(fs::read_to_string(&path).unwrap(), lines[5..].concat());
        history.append("new").unwrap();
        assert_eq!((history.entries().len(), history.entries()[0].as_str()), (KEPT, "6"));
        assert_eq!(reload(&path), history.entries());
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), KEPT);
    }

    #[test]
    fn a_file_that_another_program_reads_is_not_shortened() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.jsonl");
        let lines: Vec<String> = (0..=KEPT).map(|number| format!("\"{number}\"\n")).collect();
        fs::write(&path, lines.concat()).unwrap();
        let other = File::open(&path).unwrap();
        other.lock_shared().unwrap();
        assert_eq!(reload(&path).len(), KEPT);
        assert_eq!(fs::read_to_string(&path).unwrap(), lines.concat());
        drop(other);
        assert_eq!(reload(&path).len(), KEPT);
        assert_eq!(fs::read_to_string(&path).unwrap(), lines[1..].concat());
    }

    #[test]
    fn programs_at_once_tear_no_lines_and_lose_none() {
        const EACH: usize = 100;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.jsonl");
        // Long enough that the file is shortened in the meantime.
        fs::write(&path, "\"old\"\n\"older\"\n".repeat(KEPT)).unwrap();
        std::thread::scope(|scope| {
            for program in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    for number in 0..EACH {
                        let mut history = History::load(path).unwrap();
                        assert_eq!(history.damaged(), 0);
                        history.append(&format!("{program} {number} {}", "long ".repeat(300))).unwrap();
                    }
                });
            }
        });
        let (entries, damaged) = parse(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(damaged, 0);
        for program in 0..4 {
            let own = entries.iter().filter(|entry| entry.starts_with(&format!("{program} ")));
            let numbers: Vec<usize> = own.map(|entry| entry.split(' ').nth(1).unwrap().parse().unwrap()).collect();
            assert_eq!(numbers, (0..EACH).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_and_the_session_keeps_its_own() {
        let home = tempfile::tempdir().unwrap();
        let error = History::load(home.path()).unwrap_err().to_string();
        assert!(error.contains(&home.path().display().to_string()), "{error}");
        fs::write(home.path().join("file"), "").unwrap();
        let mut history = History { path: Some(home.path().join("file/history.jsonl")), ..History::default() };
        assert!(history.append("Why?").is_err());
        assert_eq!(history.entries(), ["Why?"]);
        let mut nowhere = History::default();
        nowhere.append("Why?").unwrap();
        assert_eq!(nowhere.entries(), ["Why?"]);
    }

    proptest! {
        #[test]
        fn every_question_comes_back_as_it_was(questions in prop::collection::vec(any::<String>(), 0..8)) {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("history.jsonl");
            let mut history = History::load(&path).unwrap();
            for question in &questions {
                history.append(question).unwrap();
            }
            let mut expected: Vec<String> = questions.into_iter().filter(|question| !question.trim().is_empty()).collect();
            expected.dedup();
            prop_assert_eq!(history.entries(), &expected[..]);
            prop_assert_eq!(reload(&path), expected);
        }
    }
}
