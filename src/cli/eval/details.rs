//! The file for `--details`: private to the user, like a trace, since it contains questions and answers.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::files;

/// The file, opened before anything is played: an evaluation takes long, and must not start if its result cannot be saved.
pub(super) struct Details {
    path: PathBuf,
    file: File,
}

impl Details {
    /// Opens the file without changing its contents.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let open = || {
            let file = files::private().write(true).create(true).truncate(false).open(path)?;
            // An existing file would keep its mode. A pipe or a terminal is left as it is.
            #[cfg(unix)]
            if file.metadata()?.is_file() {
                file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            }
            Ok(file)
        };
        Ok(Self { path: path.to_owned(), file: open().map_err(|source| fault(path, source))? })
    }

    /// Writes the whole file.
    pub(super) fn write(mut self, text: &str) -> Result<(), Failure> {
        let is_file = self.file.metadata().is_ok_and(|metadata| metadata.is_file());
        let emptied = if is_file { self.file.set_len(0) } else { Ok(()) };
        emptied.and_then(|()| self.file.write_all(text.as_bytes())).map_err(|source| fault(&self.path, source))
    }
}

fn fault(path: &Path, source: std::io::Error) -> Failure {
    Failure::File { name: format!("--details {}", path.display()), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_file_is_private_whether_it_was_there_or_not() {
        use std::fs;
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (new, old, link) = (home.path().join("new"), home.path().join("old"), home.path().join("link"));
        fs::write(&old, "a longer text than the new one").unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&old, &link).unwrap();
        for path in [&new, &link] {
            Details::open(path).unwrap().write("short").unwrap();
            assert_eq!((fs::read_to_string(path).unwrap().as_str(), mode(path)), ("short", 0o600));
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        Details::open(Path::new("/dev/null")).unwrap().write("gone").unwrap();
        assert_ne!(mode(Path::new("/dev/null")), 0o600);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named_before_anything_is_played() {
        let home = tempfile::tempdir().unwrap();
        let error = Details::open(&home.path().join("no/file")).err().unwrap().to_string();
        assert!(error.contains("--details") && error.contains("no/file"), "{error}");
        let kept = home.path().join("kept");
        std::fs::write(&kept, "from before").unwrap();
        drop(Details::open(&kept).ok());
        assert_eq!(std::fs::read_to_string(&kept).unwrap(), "from before");
    }
}
