//! The program's own files in the platform's folders, private to the user.
//!
//! Owns where they are and what is kept: `traces` of runs, and the [`history`] of questions. Prints nothing: failures are
//! returned. The engine owns the contents of a trace, `config` those of a configuration.

pub mod history;
pub(crate) mod lock;
pub(crate) mod traces;

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::home;
use crate::engine::trace::TraceError;

/// What can go wrong with one of our files.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{}: {}", path.display(), crate::text::trouble(source, "another file"))]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl FileError {
    /// The file system's error for this file.
    pub(crate) fn of(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// The platform's folders for this program. They need not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// For what the user writes.
    pub config: PathBuf,
    /// For what the program writes.
    pub data: PathBuf,
}

impl Folders {
    /// The platform's own; `None` if there is no home directory, or nothing can be stored in it.
    #[must_use]
    pub fn of_platform() -> Option<Self> {
        Some(Self { data: home::data()?, config: home::config_folder()? })
    }

    /// The folder of the traces.
    #[must_use]
    pub fn traces(&self) -> PathBuf {
        self.data.join("traces")
    }

    /// The file of the history of questions.
    #[must_use]
    pub fn history(&self) -> PathBuf {
        self.data.join("history.jsonl")
    }

    /// The folder of sweeps, each in a separate folder.
    #[must_use]
    pub fn sweeps(&self) -> PathBuf {
        self.data.join("sweeps")
    }

    /// The file of findings about servers.
    #[must_use]
    pub fn servers(&self) -> PathBuf {
        self.data.join("servers.json")
    }
}

/// Creates a folder, and missing parents, that only the user can enter. An existing one stays as it is.
pub fn create_folder(folder: &Path) -> Result<(), FileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(FileError::of(folder))
}

/// Writes a whole file for the user only, replacing an existing one atomically: readers see either the old one or the new one.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let (draft, mut file) = draft(path)?;
    let written = file.write_all(bytes).map_err(FileError::of(&draft));
    let replaced = written.and_then(|()| fs::rename(&draft, path).map_err(FileError::of(path)));
    if replaced.is_err() {
        // The original error is returned.
        let _ = fs::remove_file(&draft);
    }
    replaced
}

/// A new file next to this one that no other writer has: neither another thread of this process, nor a leftover of a killed
/// process with the same number.
fn draft(path: &Path) -> Result<(PathBuf, File), FileError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let draft = path.with_extension(format!("{}-{count}.new", std::process::id()));
        match private().write(true).create_new(true).open(&draft) {
            Ok(file) => return Ok((draft, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(FileError::of(&draft)(error)),
        }
    }
}

/// Options that make a new file accessible to the user only.
pub(crate) fn private() -> OpenOptions {
    // Only Unix has modes; elsewhere a user's folders are private anyway.
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_private_with_those_above_it_and_an_old_one_stays() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let old = home.path().join("old");
        fs::create_dir(&old).unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
        let new = old.join("one/two");
        create_folder(&new).unwrap();
        create_folder(&new).unwrap();
        assert_eq!((mode(&new), mode(new.parent().unwrap()), mode(&old)), (0o700, 0o700, 0o755));
    }

    #[test]
    fn a_file_is_replaced_whole_and_its_folders_are_made() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("one/two/file.json");
        for text in ["a longer text", "short"] {
            write_private(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(home.path().join("one/two")).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn writers_at_once_leave_one_whole_file_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file.json");
        std::thread::scope(|scope| {
            for writer in 0..8_u8 {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..50 {
                        write_private(path, &vec![b'0' + writer; 20_000 + usize::from(writer)]).unwrap();
                    }
                });
            }
        });
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.iter().all(|byte| *byte == bytes[0]) && bytes.len() == 20_000 + usize::from(bytes[0] - b'0'));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        fs::create_dir(home.path().join("folder")).unwrap();
        assert!(write_private(&home.path().join("folder"), b"x").is_err());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "what could not be put there is not left beside it");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("file"), "").unwrap();
        let error = create_folder(&home.path().join("file/folder")).unwrap_err().to_string();
        assert!(error.contains("file/folder"), "{error}");
    }

    #[test]
    fn files_lie_in_the_data_folder() {
        let folders = Folders { config: "c".into(), data: "d".into() };
        assert_eq!((folders.traces(), folders.history()), (Path::new("d").join("traces"), Path::new("d").join("history.jsonl")));
    }
}
