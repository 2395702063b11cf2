//! What is kept from frame to frame, because it is made of many rounds or of much text: frames are drawn far more often than either
//! changes. Nothing here can be seen: a scene that is made without it is the same.

use crate::engine::fusion::single::Single;
use crate::engine::fusion::timing::RunTiming;
use crate::playground::state::prompt::Prompt;
use crate::playground::state::scene::closing::Decision;
use crate::playground::state::tuning::comparison::Comparison;
use cached::Cached;
use lengths::KeptLengths;
use reasons::Reasons;

mod cached;
pub mod lengths;
mod reasons;

/// What is kept from frame to frame.
#[derive(Debug, Clone, Default)]
pub struct Memo {
    /// The selected answer compared with its strongest member.
    pub(super) single: Cached<Option<Single>>,
    /// What decided each of its segments.
    pub(super) decisions: Cached<Vec<Decision>>,
    /// Why the last decided of the rounds shown was won.
    pub(super) reasons: Reasons,
    /// Where its time went.
    pub(super) timing: Cached<RunTiming>,
    /// What the page of three lengths shows of its runs.
    pub(super) lengths: KeptLengths,
    /// What the knobs that are tried would have changed.
    pub(in crate::playground::state) comparison: Comparison,
    /// Lines of the question, by its revision and the width.
    prompt_lines: Option<((u64, u16), usize)>,
}

impl Memo {
    /// Display lines of a question at a width.
    pub(super) fn prompt_lines(&mut self, prompt: &Prompt, width: u16) -> usize {
        let key = (prompt.revision(), width);
        match self.prompt_lines {
            Some((known, lines)) if known == key => lines,
            Some(_) | None => {
                let lines = prompt.display_lines(width);
                self.prompt_lines = Some((key, lines));
                lines
            }
        }
    }
}
