//! Walks the folders of a place to find models and unfinished downloads of models.
//!
//! Bounded in depth and in number, and each folder is entered once, so that circular links end. Nothing here opens a file except
//! to check whether a download without a telling name is a GGUF file.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::names;
use super::places::Place;
use crate::engine::member::model_file::memory::bytes_in_words;
use crate::engine::member::model_file::parts::part_of;

/// The most folder entries examined in one place.
const MOST_ENTRIES: usize = 20_000;

/// The most models listed in all.
pub(super) const MOST_MODELS: usize = 200;

/// A file that is a model by its location and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its display name.
    pub(super) name: String,
    /// The file.
    pub(super) path: PathBuf,
    /// The owner of its folder.
    pub(super) whose: &'static str,
    /// What is already known to be wrong with it.
    pub(super) problem: Option<String>,
}

/// The results of walking all places.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) candidates: Vec<Candidate>,
    /// What could not be searched, in sentences.
    pub(super) notes: Vec<String>,
    folders: HashSet<PathBuf>,
    files: HashSet<PathBuf>,
    /// How many more entries may be examined in this place.
    left: usize,
    /// Whether there is already a note that something in this place cannot be searched.
    noted: bool,
}

impl Walk {
    /// A walk that skips these files.
    pub(super) fn new(known: &[PathBuf]) -> Self {
        Self { files: known.iter().filter_map(|path| fs::canonicalize(path).ok()).collect(), ..Self::default() }
    }

    /// Searches a place.
    pub(super) fn enter(&mut self) {
        (self.left, self.noted) = (MOST_ENTRIES, false);
    }

    /// Notes what of a place was not looked at.
    pub(super) fn leave(&mut self, place: &Place) {
        if self.left == 0 {
            self.notes
                .push(format!("{} holds more files than are searched: only some of them are listed", place.folder.display()));
        }
    }

    /// The entries of a folder, by name. One that was listed before counts as empty, and so does a missing one unless the user
    /// named it.
    pub(super) fn entries(&mut self, place: &Place, folder: &Path) -> Vec<PathBuf> {
        let is_new = fs::canonicalize(folder).is_ok_and(|canonical| self.folders.insert(canonical));
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let is_missing = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
                if !self.noted && (!is_missing || (place.named && folder == place.folder)) {
                    // One note per place: a problem usually affects everything in it.
                    self.noted = true;
                    self.notes.push(format!("{}: {error}", folder.display()));
                }
                return Vec::new();
            }
        };
        if !is_new {
            return Vec::new();
        }
        let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).take(self.left).collect();
        self.left -= paths.len();
        paths.sort();
        paths
    }

    /// The files in a folder and in this many levels of folders below it, by name.
    pub(super) fn below(&mut self, place: &Place, folder: &Path, depth: usize) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for path in self.entries(place, folder) {
            if !path.is_dir() {
                files.push(path);
            } else if depth > 0 {
                files.extend(self.below(place, &path, depth - 1));
            }
        }
        files
    }

    /// Adds a model: the first of its files stands for all. `outer` is its name if its file does not have one.
    pub(super) fn model(&mut self, place: &Place, path: &Path, outer: Option<&str>) {
        let (mut path, mut problem) = (path.to_owned(), None);
        if let Some(part) = part_of(&path).filter(|part| part.number > 1) {
            let first = part.path(&path, 1);
            if first.exists() {
                return;
            }
            // One entry, however many of the others exist.
            if (2..part.number).any(|number| part.path(&path, number).exists()) {
                return;
            }
            problem = Some(format!("part 1 of {} is not beside it: download {}", part.total, first.display()));
            path = part.path(&path, part.number);
        }
        let name = names::of_file(&path, outer);
        self.add(Candidate { name, path, whose: place.whose, problem });
    }

    /// Adds an unfinished download. One with no data yet is skipped.
    pub(super) fn under_way(&mut self, place: &Place, path: &Path, name: String) {
        let bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
        if bytes > 0 {
            let problem = format!("its download has not ended: {} are there", bytes_in_words(bytes));
            self.add(Candidate { name, path: path.to_owned(), whose: place.whose, problem: Some(problem) });
        }
    }

    /// Adds a file unless it was already found on another path.
    pub(super) fn add(&mut self, candidate: Candidate) {
        // A file without a canonical path is gone, or leads nowhere: its name may still be of use.
        let is_new = fs::canonicalize(&candidate.path).map_or(candidate.problem.is_some(), |path| self.files.insert(path));
        if is_new {
            self.candidates.push(candidate);
        }
    }
}

/// Whether a file is a model by its name.
pub(super) fn is_named_gguf(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"))
}

/// Whether a file starts like a GGUF file.
pub(super) fn is_gguf(path: &Path) -> bool {
    let mut magic = [0; 4];
    path.is_file() && File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == *b"GGUF"
}
