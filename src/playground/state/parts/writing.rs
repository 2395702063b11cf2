//! The texts that the user writes: the question, and a segment of the answer.

use crate::playground::state::prompt::{Dress, Prompt};

/// The texts being written.
#[derive(Debug, Clone)]
pub struct Writing {
    /// The question.
    pub question: Prompt,
    /// The segment being changed or written.
    pub segment: Prompt,
    /// Whether the question has the keys.
    pub active: bool,
    /// How both look.
    pub dress: Dress,
}

impl Writing {
    /// Nothing written yet; `history` is what was asked before, oldest first.
    #[must_use]
    pub fn new(history: Vec<String>) -> Self {
        Self { question: Prompt::new(history), segment: Prompt::new(Vec::new()), active: true, dress: Dress::default() }
    }

    /// Shows the cursor in the text that has the keys. `covered`: something lies over the question.
    pub fn show_cursor(&mut self, covered: bool) {
        self.question.dress(self.dress, self.active && !covered);
        self.segment.dress(self.dress, true);
    }
}
