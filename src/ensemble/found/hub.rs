//! A model's folder in Hugging Face's cache (<https://huggingface.co/docs/hub/local-cache>), which llama.cpp also uses.
//!
//! `snapshots/REVISION/FILE` are links to `blobs/HASH`; `refs/main` names the newest revision. An unfinished download of a blob
//! is called `HASH.incomplete`.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::places::Place;
use super::walk::{Walk, is_gguf, is_named_gguf};
use crate::clean::clean_line;

/// Levels of folders in a snapshot.
const DEEP: usize = 3;

/// Examines the folder of one repository.
pub(super) fn look(walk: &mut Walk, place: &Place, folder: &Path) {
    let Some(repository) = folder.file_name().map(|name| name.to_string_lossy().replace("--", "/")) else { return };
    let repository = repository.strip_prefix("models/").unwrap_or(&repository);
    let newest = fs::read_to_string(folder.join("refs/main")).unwrap_or_default();
    let mut snapshots = walk.entries(place, &folder.join("snapshots"));
    snapshots.sort_by_key(|snapshot| snapshot.file_name().is_none_or(|name| name != newest.trim()));
    // A file in several revisions is listed as in the newest.
    let mut listed = HashSet::new();
    for snapshot in snapshots {
        for file in walk.below(place, &snapshot, DEEP).into_iter().filter(|file| is_named_gguf(file)) {
            let own = file.strip_prefix(&snapshot).unwrap_or(&file).to_owned();
            if listed.insert(own) {
                walk.model(place, &file, Some(repository));
            }
        }
    }
    for blob in walk.entries(place, &folder.join("blobs")) {
        if blob.extension().is_some_and(|ending| ending == "incomplete") && is_gguf(&blob) {
            walk.under_way(place, &blob, clean_line(repository).into());
        }
    }
}
