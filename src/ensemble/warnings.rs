//! Warnings about members, each given once, however often members are opened. Clones share them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone, Default)]
pub(crate) struct Warnings(Arc<Mutex<Given>>);

#[derive(Debug, Default)]
struct Given {
    /// Those not taken yet.
    waiting: Vec<String>,
    all: BTreeSet<String>,
}

impl Warnings {
    /// Gives a warning, unless it was given before.
    pub(super) fn give(&self, warning: String) {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if given.all.insert(warning.clone()) {
            given.waiting.push(warning);
        }
    }

    /// Those given since the last call.
    #[must_use]
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting)
    }
}
