//! Where a run's trace goes, how many are kept, and which exist.
//!
//! Owns the folder of traces; `engine::trace` owns the contents of a trace.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{FileError, Folders, create_folder, private};
use crate::engine::fusion::event::Event;
use crate::engine::trace::{self, Journal, TraceError};

/// How many traces are kept in the platform's folder by default; the oldest are removed first.
pub const KEPT: usize = 200;

/// How many traces [`list`] returns at most.
const LISTED: usize = 200;
/// How much of a trace is read to list it, in bytes.
const FIRST_LINE: u64 = 64 << 10;
/// How the names of traces in the platform's folder end.
const SUFFIX: &str = ".trace.jsonl";

/// Where the user wants the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Nowhere.
    None,
    /// In the platform's folder, if that is writable.
    Default,
    /// In this file, without which the run must not start.
    File(PathBuf),
}

/// The result of opening a trace.
#[derive(Debug, Default)]
pub struct Opened {
    /// The trace to write, if there is one.
    pub journal: Option<Journal>,
    /// Why there is none, if one was wanted but is optional.
    pub warning: Option<FileError>,
}

/// A trace in a folder.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    pub modified: SystemTime,
    /// What was asked, byte for byte.
    pub question: String,
}

/// Opens the trace of the `turn`-th question (from 0) that is asked at `now`.
///
/// In the platform's folder the newest `kept` traces stay, including this one once it starts; with 0 none is written, and
/// existing ones stay. Without `folders` (there is no home directory) nothing is kept there.
///
/// # Errors
/// Only if the user named the file.
pub fn open(wanted: &Wanted, folders: Option<&Folders>, turn: usize, kept: usize, now: SystemTime) -> Result<Opened, TraceError> {
    match (wanted, folders) {
        (Wanted::None, _) | (Wanted::Default, None) => Ok(Opened::default()),
        (Wanted::File(path), _) => Ok(Opened { journal: Some(Journal::create(&numbered(path, turn))?), warning: None }),
        (Wanted::Default, Some(folders)) => {
            let folder = folders.traces();
            let opened = if kept == 0 { Ok(None) } else { create(&folder, turn, kept, now).map(Some) };
            Ok(opened.map_or_else(
                |warning| Opened { journal: None, warning: Some(warning) },
                |journal| Opened { journal, warning: None },
            ))
        }
    }
}

fn create(folder: &Path, turn: usize, kept: usize, now: SystemTime) -> Result<Journal, FileError> {
    create_folder(folder)?;
    let journal = Journal::create(&folder.join(fresh_name(turn, now)))?;
    let folder = folder.to_owned();
    Ok(journal.when_begun(move || forget_oldest(&folder, kept)))
}

/// The file itself for the first question; with the number before the extension for later ones. A pipe or a device takes them
/// all.
fn numbered(path: &Path, turn: usize) -> PathBuf {
    if turn == 0 || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return path.to_owned();
    }
    let mut name = path.file_stem().map(OsString::from).unwrap_or_default();
    name.push(format!("-{}", turn + 1));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Names sort by time; the process number separates two that start in the same millisecond.
fn fresh_name(turn: usize, now: SystemTime) -> String {
    let millis = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    format!("{millis:013}-{}-{turn}{SUFFIX}", std::process::id())
}

/// Keeps only the newest traces. One that cannot be removed is no reason to disturb the run.
fn forget_oldest(folder: &Path, kept: usize) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut names: Vec<OsString> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.file_name()))
        .filter(|name| name.to_str().is_some_and(|name| name.ends_with(SUFFIX)))
        .collect();
    names.sort_unstable();
    let surplus = names.len().saturating_sub(kept);
    for name in &names[..surplus] {
        let _ = fs::remove_file(folder.join(name));
    }
}

/// The traces of a folder, the last written first, at most 200. Leaves out what cannot be read as a trace by the first 64 KiB of
/// its first line, and everything in a folder that cannot be read.
#[must_use]
pub fn list(folder: &Path) -> Vec<Found> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension() == Some(OsStr::new("jsonl")))
        .filter_map(|path| Some((modified(&path)?, path)))
        .collect();
    files.sort_unstable_by(|one, other| other.cmp(one));
    let found = files.into_iter().filter_map(|(modified, path)| Some(Found { question: question(&path)?, path, modified }));
    found.take(LISTED).collect()
}

/// The trace of that name in a folder; the usual extension may be left out.
#[must_use]
pub fn named(folder: &Path, name: &Path) -> Option<PathBuf> {
    // A path leads elsewhere.
    let name = name.file_name().filter(|last| *last == name.as_os_str())?;
    let mut ended = name.to_owned();
    ended.push(SUFFIX);
    [name, &ended].into_iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// When a file was last written; `None` if it is not a regular file: opening a pipe would wait for its writer.
fn modified(path: &Path) -> Option<SystemTime> {
    let metadata = fs::metadata(path).ok()?;
    metadata.is_file().then(|| metadata.modified().ok())?
}

fn question(path: &Path) -> Option<String> {
    let mut line = Vec::new();
    BufReader::new(File::open(path).ok()?.take(FIRST_LINE)).read_until(b'\n', &mut line).ok()?;
    let first = trace::parse(path, &line).ok()?.records.into_iter().next()?;
    let Event::RunStarted(header) = first.event else { return None };
    Some(header.conversation.prompt().to_owned())
}

/// Copies a trace to a new file, private to the user; an existing one is never overwritten. If it fails half-way, nothing is left
/// behind.
pub fn save_copy(from: &Path, to: &Path) -> Result<(), FileError> {
    let source = File::open(from).map_err(FileError::of(from))?;
    let target = private().write(true).create_new(true).open(to).map_err(FileError::of(to))?;
    let copied = copy((from, source), (to, target));
    if copied.is_err() {
        // The original error is returned, even if a partial copy cannot be removed.
        let _ = fs::remove_file(to);
    }
    copied
}

/// As `std::io::copy`, but an error names the file it is about.
fn copy((from, mut source): (&Path, File), (to, mut target): (&Path, File)) -> Result<(), FileError> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = source.read(&mut buffer).map_err(FileError::of(from))?;
        if count == 0 {
            return Ok(());
        }
        target.write_all(&buffer[..count]).map_err(FileError::of(to))?;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(millis: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(millis)
    }

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    fn header(question: &str) -> String {
        serde_json::to_string(&begun(question)).unwrap() + "\n"
    }

    fn begun(question: &str) -> crate::engine::fusion::event::Record {
        use crate::engine::fusion::conversation::Conversation;
        use crate::engine::fusion::event::{Header, Record, TRACE_VERSION};
        let header = Header {
            format: trace::TRACE_FORMAT.to_owned(),
            version: TRACE_VERSION,
            program: "0".to_owned(),
            members: vec![],
            params: crate::engine::fusion::params::Params::default(),
            seed: 1,
            conversation: Conversation::question(question),
            answers: Vec::new(),
        };
        Record { t_ms: 0.0, round: 0, event: Event::RunStarted(Box::new(header)) }
    }

    fn write(path: &Path, content: &[u8], seconds: u64) {
        fs::write(path, content).unwrap();
        File::options().write(true).open(path).unwrap().set_modified(at(seconds * 1000)).unwrap();
    }

    #[test]
    fn later_questions_get_a_number_before_the_extension() {
        assert_eq!(numbered(Path::new("a/run.jsonl"), 0), Path::new("a/run.jsonl"));
        assert_eq!(numbered(Path::new("a/run.jsonl"), 1), Path::new("a/run-2.jsonl"));
        assert_eq!(numbered(Path::new("run"), 2), Path::new("run-3"));
    }

    #[test]
    fn only_the_oldest_traces_are_forgotten_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders { config: home.path().join("config"), data: home.path().join("data") };
        let folder = folders.traces();
        create_folder(&folder).unwrap();
        for number in 0..9 {
            fs::write(folder.join(format!("{number:013}-1-0{SUFFIX}")), "").unwrap();
        }
        fs::write(folder.join("0-mine.txt"), "").unwrap();
        let opened = open(&Wanted::Default, Some(&folders), 0, 5, at(100)).unwrap();
        let mut journal = opened.journal.unwrap();
        let path = journal.path().to_owned();
        assert!(path.starts_with(&folder) && !path.exists());
        assert_eq!(count(&folder), 9 + 1, "a run that never starts takes no other's place");
        journal.append(&begun("?")).unwrap();
        assert!(path.exists());
        assert_eq!(count(&folder), 5 + 1);
        assert!(folder.join("0-mine.txt").exists());
        assert!(!folder.join(format!("{:013}-1-0{SUFFIX}", 4)).exists());
        assert!(folder.join(format!("{:013}-1-0{SUFFIX}", 5)).exists());
        let opened = open(&Wanted::Default, Some(&folders), 0, 0, at(200)).unwrap();
        assert!(opened.journal.is_none() && opened.warning.is_none());
        assert_eq!(count(&folder), 5 + 1, "keeping none takes nothing away");
    }

    #[test]
    fn a_trace_that_nobody_named_can_be_done_without() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let folders = Folders { config: file.clone(), data: file.clone() };
        let opened = open(&Wanted::Default, Some(&folders), 0, KEPT, at(0)).unwrap();
        assert!(opened.journal.is_none());
        assert!(opened.warning.unwrap().to_string().contains("traces"));
        assert!(open(&Wanted::Default, None, 0, KEPT, at(0)).unwrap().warning.is_none());
        assert!(open(&Wanted::None, Some(&folders), 0, KEPT, at(0)).unwrap().warning.is_none());
        assert!(matches!(open(&Wanted::File(file), None, 0, KEPT, at(0)), Err(TraceError::File { .. })));
    }

    #[test]
    fn traces_are_listed_the_newest_first_and_what_is_no_trace_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write(&path("1.trace.jsonl"), header("old?").as_bytes(), 10);
        // The body is not examined.
        write(&path("0.trace.jsonl"), (header("new?\nand long") + "{broken").as_bytes(), 30);
        write(&path("copy.jsonl"), header("middle?").as_bytes(), 20);
        write(&path("torn.trace.jsonl"), &header("torn?").as_bytes()[..200], 40);
        write(&path("other.jsonl"), b"\"a question\"\n", 40);
        write(&path("bytes.jsonl"), b"\xff\xfe\n", 40);
        write(&path("long.jsonl"), header(&"?".repeat(FIRST_LINE as usize)).as_bytes(), 40);
        write(&path("notes.txt"), header("no?").as_bytes(), 40);
        fs::create_dir(path("folder.jsonl")).unwrap();
        let found = list(folder.path());
        let questions: Vec<_> = found.iter().map(|found| found.question.as_str()).collect();
        assert_eq!(questions, ["new?\nand long", "middle?", "old?"]);
        assert_eq!((found[1].path.clone(), found[1].modified), (path("copy.jsonl"), at(20_000)));
        assert_eq!(list(&path("nowhere")), []);
    }

    #[test]
    fn a_trace_is_found_by_its_name_and_a_path_leads_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("one{SUFFIX}"));
        fs::write(&path, "").unwrap();
        let found = |name: &str| named(folder.path(), Path::new(name));
        assert_eq!((found("one"), found("one.trace.jsonl")), (Some(path.clone()), Some(path)));
        for other in ["on", "two", "./one", "x/one", "..", "", "."] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn a_list_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..LISTED + 3 {
            write(&folder.path().join(format!("{number}{SUFFIX}")), header(&number.to_string()).as_bytes(), number as u64);
        }
        let found = list(folder.path());
        assert_eq!((found.len(), found[0].question.as_str(), found[LISTED - 1].question.as_str()), (LISTED, "202", "3"));
    }

    #[test]
    fn a_copy_is_whole_and_private_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let content: Vec<u8> = (0..200_000_u32).map(|byte| byte as u8).collect();
        fs::write(path("from"), &content).unwrap();
        save_copy(&path("from"), &path("to")).unwrap();
        assert_eq!(fs::read(path("to")).unwrap(), content);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(path("to")).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(path("mine"), "precious").unwrap();
        let error = save_copy(&path("from"), &path("mine")).unwrap_err().to_string();
        assert!(error.contains("mine") && !error.contains("from:"), "{error}");
        assert_eq!(fs::read_to_string(path("mine")).unwrap(), "precious");
        assert!(save_copy(&path("from"), &path("from")).is_err());
        assert_eq!(fs::read(path("from")).unwrap(), content);
    }

    #[test]
    fn a_copy_that_fails_names_the_file_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let missing = save_copy(&path("missing"), &path("to")).unwrap_err().to_string();
        assert!(missing.contains("missing"), "{missing}");
        fs::create_dir(path("folder")).unwrap();
        let unreadable = save_copy(&path("folder"), &path("to")).unwrap_err().to_string();
        assert!(unreadable.contains("folder"), "{unreadable}");
        assert!(!path("to").exists());
        fs::write(path("from"), "x").unwrap();
        let nowhere = save_copy(&path("from"), &path("no/to")).unwrap_err().to_string();
        assert!(nowhere.contains("no/to"), "{nowhere}");
    }
}
