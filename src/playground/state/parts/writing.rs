//! The texts that the user writes: the question, and a segment of the answer.

use crate::playground::state::prompt::{Dress, Prompt};

/// The texts being written.
#[derive(Debug, Clone)]
pub struct Writing {
    /// The question.
    pub question: Prompt,
    /// The segment being edited or written.
    pub segment: Prompt,
    /// Whether keys go to the question.
    pub active: bool,
    /// How both look.
    pub dress: Dress,
}

impl Writing {
    /// Without any text; `history` is the earlier questions, oldest first.
    #[must_use]
    pub fn new(history: Vec<String>) -> Self {
        let mut segment = Prompt::new(Vec::new());
        // The example is a question, and this is no box for one.
        segment.invite("");
        Self { question: Prompt::new(history), segment, active: true, dress: Dress::default() }
    }

    /// Shows the cursor in the text that gets the keys. `covered`: something is shown over the question.
    pub fn show_cursor(&mut self, covered: bool) {
        self.question.dress(self.dress, self.active && !covered);
        self.segment.dress(self.dress, true);
    }
}
