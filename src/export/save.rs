//! Putting a document into a file, without ever losing another one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What happens to a file that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Keep,
    /// It is replaced once the new one is whole.
    Replace,
}

/// Why a run was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Nothing was accepted yet.
    #[error("no segment was accepted, so there is no answer to export")]
    NoSegment,
    /// The report is not expressible as JSON.
    #[error("the run cannot be written as JSON: {0}")]
    Json(serde_json::Error),
    /// The file is there already.
    #[error("{}: there is such a file already: choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The folder is not there.
    #[error("{}: there is no folder {}: make it, or choose another one", path.display(), folder.display())]
    NoFolder {
        /// The file that was to be.
        path: PathBuf,
        /// What is missing.
        folder: PathBuf,
    },
    /// The name is a folder's.
    #[error("{}: this is a folder: name a file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{}: {}", path.display(), crate::text::trouble(source, "another file"))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes a document to a file; readers never see a part of it.
///
/// # Errors
/// [`ExportError`] says what is in the way; then nothing was changed.
pub fn save(text: &str, to: &Path, existing: Existing) -> Result<(), ExportError> {
    let fault = |source| ExportError::File { path: to.to_owned(), source };
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match fs::metadata(to) {
        Ok(found) if found.is_dir() => return Err(ExportError::Folder { path: to.to_owned() }),
        Ok(_) if existing == Existing::Keep => return Err(ExportError::Exists { path: to.to_owned() }),
        // A pipe or a device is written to: a file put in its place would be no use to whoever reads it.
        Ok(found) if !found.is_file() => {
            return File::options().write(true).open(to).and_then(|mut file| file.write_all(text.as_bytes())).map_err(fault);
        }
        Err(_) if !folder.is_dir() => {
            return Err(ExportError::NoFolder { path: to.to_owned(), folder: folder.to_owned() });
        }
        Ok(_) | Err(_) => {}
    }
    // A link stays a link: what it points to is replaced.
    let target =
        if existing == Existing::Replace { fs::canonicalize(to).unwrap_or_else(|_| to.to_owned()) } else { to.to_owned() };
    let draft = beside(&target);
    let written = write_new(&draft, text).and_then(|()| put(&draft, &target, existing));
    if written.is_err() {
        // What is left of the attempt is of no use; where even that cannot be removed, the error below says why.
        let _ = fs::remove_file(&draft);
    }
    written.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => ExportError::Exists { path: to.to_owned() },
        _ => fault(source),
    })
}

/// A name for the unfinished document in the same folder, so that it can be moved in one step.
fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    target.with_file_name(name)
}

fn write_new(draft: &Path, text: &str) -> io::Result<()> {
    // One that is there is what a killed process of the same number left.
    OpenOptions::new().write(true).create(true).truncate(true).open(draft)?.write_all(text.as_bytes())
}

fn put(draft: &Path, target: &Path, existing: Existing) -> io::Result<()> {
    match existing {
        Existing::Replace => fs::rename(draft, target),
        Existing::Keep => {
            // A rename would replace a file that came to be in the meantime; claiming the name first does not.
            OpenOptions::new().write(true).create_new(true).open(target)?;
            fs::rename(draft, target).inspect_err(|_| {
                let _ = fs::remove_file(target);
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_there_stays_unless_it_is_to_be_replaced() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("run.md");
        save("one", &file, Existing::Keep).unwrap();
        let error = save("two", &file, Existing::Keep).unwrap_err();
        assert!(matches!(&error, ExportError::Exists { path } if *path == file), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        save("three", &file, Existing::Replace).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "three");
        assert_eq!(names(home.path()), ["run.md"], "nothing else is left");
    }

    #[test]
    fn what_is_in_the_way_is_named_and_nothing_is_left_behind() {
        let home = tempfile::tempdir().unwrap();
        let away = home.path().join("away/run.md");
        for existing in [Existing::Keep, Existing::Replace] {
            let error = save("x", &away, existing).unwrap_err().to_string();
            assert!(error.contains("run.md") && error.contains("there is no folder") && error.contains("make it"), "{error}");
            let error = save("x", home.path(), existing).unwrap_err().to_string();
            assert!(error.contains("this is a folder"), "{error}");
        }
        assert_eq!(names(home.path()), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("file"), home.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        save("new", &link, Existing::Replace).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        save("gone", Path::new("/dev/null"), Existing::Replace).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert!(matches!(save("gone", Path::new("/dev/null"), Existing::Keep), Err(ExportError::Exists { .. })));
    }
}
