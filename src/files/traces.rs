//! Where a run's trace goes, and how many are kept.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::output::notice;
use crate::config::project_dirs;
use crate::engine::trace::{Journal, TraceError};

/// Traces kept in the platform's folder; the oldest go first.
const KEPT: usize = 200;
const SUFFIX: &str = ".trace.jsonl";

/// Where a person wants the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nowhere.
    None,
    /// In the platform's folder, if that can be written.
    Default,
    /// In this file; without it the run is not what was asked for.
    File(PathBuf),
}

/// Opens the trace of the `turn`-th question (from 0) of a command.
pub(super) fn open(wanted: &Wanted, turn: usize) -> Result<Option<Journal>, TraceError> {
    match wanted {
        Wanted::None => Ok(None),
        Wanted::File(path) => Journal::create(&numbered(path, turn)).map(Some),
        Wanted::Default => {
            let Some(folder) = project_dirs().map(|dirs| dirs.data_local_dir().join("traces")) else { return Ok(None) };
            let opened = create_folder(&folder).and_then(|()| Journal::create(&folder.join(fresh_name(turn))));
            match opened {
                Ok(journal) => {
                    forget_oldest(&folder);
                    Ok(Some(journal))
                }
                Err(error) => {
                    notice(&format!("warning: no trace is kept of this run: {error}"));
                    Ok(None)
                }
            }
        }
    }
}

/// The file itself for the first question; with the number before the extension for those that follow.
fn numbered(path: &Path, turn: usize) -> PathBuf {
    if turn == 0 {
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

fn create_folder(folder: &Path) -> Result<(), TraceError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| TraceError::File { path: folder.to_owned(), source })
}

/// Names sort by time; the process keeps two that begin in one millisecond apart.
fn fresh_name(turn: usize) -> String {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    format!("{millis:013}-{}-{turn}{SUFFIX}", std::process::id())
}

/// Keeps the newest traces. One that cannot be removed is no reason to disturb the run.
fn forget_oldest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut names: Vec<OsString> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.file_name()))
        .filter(|name| name.to_str().is_some_and(|name| name.ends_with(SUFFIX)))
        .collect();
    names.sort_unstable();
    let surplus = names.len().saturating_sub(KEPT);
    for name in &names[..surplus] {
        let _ = fs::remove_file(folder.join(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_questions_get_a_number_before_the_extension() {
        assert_eq!(numbered(Path::new("a/run.jsonl"), 0), Path::new("a/run.jsonl"));
        assert_eq!(numbered(Path::new("a/run.jsonl"), 1), Path::new("a/run-2.jsonl"));
        assert_eq!(numbered(Path::new("run"), 2), Path::new("run-3"));
    }

    #[test]
    fn only_the_oldest_traces_are_forgotten_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..KEPT + 3 {
            fs::write(folder.path().join(format!("{number:013}-1-0{SUFFIX}")), "").unwrap();
        }
        fs::write(folder.path().join("0-mine.txt"), "").unwrap();
        forget_oldest(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), KEPT + 1);
        assert!(folder.path().join("0-mine.txt").exists());
        assert!(!folder.path().join(format!("{:013}-1-0{SUFFIX}", 2)).exists());
        assert!(folder.path().join(format!("{:013}-1-0{SUFFIX}", 3)).exists());
    }
}
