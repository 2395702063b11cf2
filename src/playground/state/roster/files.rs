//! Models in files found on this machine: rows like all others, of which more is known before they are opened.
//!
//! Owns merging the results of a search. A row stays where it is: one whose file is gone says so.

use std::path::{Path, PathBuf};

use super::compose::Compose;
use super::{Known, Origin, Roster, RowId, Standing};
use crate::clean::clean_line;
use crate::config::Source;
use crate::engine::member::model_file::available::Memory;
use crate::ensemble::found::{Finding, FoundModel};

impl Known {
    /// The file it is opened from, if any.
    fn path(&self) -> Option<&Path> {
        match &self.spec.config.source {
            Source::Gguf { path, .. } => Some(path),
            Source::BuiltIn(_) | Source::Server(_) => None,
        }
    }

    /// Its standing while it is not opened.
    pub(super) fn unopened(&self) -> Standing {
        let problem = self.file.as_ref().and_then(|file| file.problem.clone());
        problem.map_or(Standing::Unknown, |problem| Standing::Away(clean_line(&problem)))
    }

    /// Updates what is known of its file. An opened one keeps its standing.
    fn learn(&mut self, file: FoundModel) {
        let is_unopened = self.standing == self.unopened();
        self.file = Some(Box::new(file));
        if is_unopened {
            self.standing = self.unopened();
        }
    }
}

impl Roster {
    /// Starts a search for model files; returns whether one has to be started.
    pub fn look(&mut self) -> bool {
        !std::mem::replace(&mut self.looking, true)
    }

    /// Whether model files are being searched for.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.looking
    }

    /// The memory available at the last search.
    #[must_use]
    pub fn memory(&self) -> Option<Memory> {
        self.memory
    }

    /// The files of the models that the user named, which need not be found.
    #[must_use]
    pub fn named_files(&self) -> Vec<PathBuf> {
        let named = self.rows.iter().filter(|known| known.origin != Origin::File);
        named.filter_map(|known| known.path().map(Path::to_owned)).collect()
    }

    /// Merges the results of a search.
    pub fn files(&mut self, finding: Finding) {
        self.looking = false;
        self.memory = finding.memory;
        let gone = |known: &Known| {
            known.origin == Origin::File && !finding.models.iter().any(|model| Some(model.path.as_path()) == known.path())
        };
        for known in self.rows.iter_mut().filter(|known| gone(known)) {
            if let Some(file) = known.file.clone() {
                known.learn(FoundModel { problem: Some("its file is not there any more".to_owned()), ..*file });
            }
        }
        for model in finding.models {
            if let Some(known) = self.rows.iter_mut().find(|known| known.path() == Some(&model.path)) {
                known.learn(model);
            } else {
                let mut known = Known::new(model.spec(), Origin::File);
                known.learn(model);
                self.rows.push(known);
            }
        }
    }

    /// Records that no search was possible.
    pub fn no_look(&mut self) {
        self.looking = false;
    }

    /// How many bytes the chosen models in files take together; `None` if there is no more than one.
    #[must_use]
    pub fn needed_together(&self, compose: &Compose) -> Option<u64> {
        let chosen = self.rows.iter().enumerate().filter(|(place, _)| compose.pick(self, RowId(*place)).chosen);
        let needed: Vec<u64> = chosen.filter_map(|(_, known)| known.file.as_ref()?.needed()).collect();
        (needed.len() > 1).then(|| needed.iter().fold(0, |sum: u64, each| sum.saturating_add(*each)))
    }
}
