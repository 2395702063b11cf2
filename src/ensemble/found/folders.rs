//! Plain folders of model files, and the models of the Hugging Face cache among them.

use std::path::{Path, PathBuf};

use super::places::Place;
use super::walk::{Walk, is_named_gguf};
use super::{hub, names};

/// Extensions after `.gguf` while the file is still being downloaded.
const UNDER_WAY: &[&str] = &["downloadinprogress", "part", "partial", "crdownload", "download", "incomplete", "tmp", "!ut"];

/// Looks at a folder and those below it.
pub(super) fn look(walk: &mut Walk, place: &Place) {
    files_in(walk, place, &place.folder, place.depth);
}

fn files_in(walk: &mut Walk, place: &Place, folder: &Path, depth: usize) {
    let entries = walk.entries(place, folder);
    for path in &entries {
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        if path.is_dir() {
            if name.starts_with("models--") {
                hub::look(walk, place, path);
            } else if depth > 0 && !name.starts_with('.') && !name.starts_with("datasets--") && !name.starts_with("spaces--") {
                files_in(walk, place, path, depth - 1);
            }
        } else {
            file(walk, place, path, &name, &entries);
        }
    }
}

/// Adds a file of a folder if it is a model by its name. `beside` is what else is there.
fn file(walk: &mut Walk, place: &Place, path: &Path, name: &str, beside: &[PathBuf]) {
    let lower = name.to_lowercase();
    let under_way = lower.split_once(".gguf.").is_some_and(|(_, ending)| UNDER_WAY.contains(&ending));
    let is_model = is_named_gguf(path);
    if under_way || (is_model && (lower.starts_with("incomplete-") || beside.contains(&with_ending(path, ".aria2")))) {
        walk.under_way(place, path, names::of_file(path, None));
    } else if is_model {
        walk.model(place, path, None);
    }
}

/// A path with something appended to its name.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
