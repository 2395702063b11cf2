//! The finished drafts of a round, for members that are still drafting.
//!
//! Drafts of one round start alike, so a member that reads a finished one in a single pass can draw along it without a pass for
//! every token, until it would draw something else; and it will have to score that text anyway. A hint never changes what is
//! drawn, only what it costs, so members are free to ignore hints.
//!
//! The driver shares one list among the drafts of a round and hands it over with each call's [`Progress`](super::Progress); the
//! round machine, which is pure, knows nothing of it. Members write to the list themselves: on a busy machine the next one starts
//! before a reply has been handled.

use std::sync::{Arc, Mutex, PoisonError};

/// The finished drafts of a round; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Hints(Arc<Mutex<Vec<Arc<str>>>>);

impl Hints {
    /// Shares a finished draft.
    pub fn tell(&self, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.into());
    }

    /// The drafts shared after the first `known` ones.
    #[must_use]
    pub fn since(&self, known: usize) -> Vec<Arc<str>> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(known..).unwrap_or_default().to_vec()
    }
}
