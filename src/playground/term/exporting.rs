//! Writes what is exported, and says what came of it.

use std::path::{Path, PathBuf};

use crate::export::{self, Existing, ExportError};
use crate::playground::state::Message;

/// Writes a document, a picture or a film to a new file.
pub(super) fn export_to(text: &str, path: &Path) -> Result<(), ExportError> {
    export::save(text, &at_home(path), Existing::Keep)
}

/// What came of an export.
pub(super) fn exported(result: Result<(), ExportError>, path: &Path) -> Message {
    match result {
        Ok(()) => Message::Done(format!("exported to {}", at_home(path).display())),
        Err(error) => Message::Failed(format!("not exported: {error}")),
    }
}

/// `~/` is the shell's; here someone types it without one.
pub(super) fn at_home(path: &Path) -> PathBuf {
    let home = directories::BaseDirs::new();
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.home_dir().join(rest),
        (Ok(_) | Err(_), _) => path.to_owned(),
    }
}
