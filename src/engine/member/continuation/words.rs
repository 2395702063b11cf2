//! Keeps the last word of a stream back until it is whole: a segment that ends inside a word cannot be continued by a model
//! that is only told to.

use super::Finish;
use super::spacing::run_together;
use crate::engine::fusion::segment::SegmentRule;

/// Characters of a word that are kept back at most.
const LONGEST_WORD: usize = 200;
/// Cuts unfinished text back to its last word boundary, whatever its length.
const TO_BOUNDARY: SegmentRule = SegmentRule::tokens(1);

/// The end of a stream of text that may not be whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// White space and the word behind it.
    held: String,
    last: Option<char>,
    length: usize,
    given_out: bool,
    closes_fence: bool,
}

impl Words {
    /// The text was in a code fence around everything: the mark that closes it is not a text when it is the last thing.
    pub(super) fn closes_fence(&mut self, closes: bool) {
        self.closes_fence = closes;
    }

    pub(super) fn push(&mut self, c: char, certain: &mut String) {
        let closing = self.may_close();
        let goes_on = match self.last {
            None => true,
            Some(last) if last.is_whitespace() => !closing || c.is_whitespace(),
            Some(_) if c.is_whitespace() => closing,
            Some(last) => run_together(last, c),
        };
        if !goes_on || self.length >= LONGEST_WORD {
            certain.push_str(&std::mem::take(&mut self.held));
            self.length = 0;
            self.given_out = true;
        }
        self.held.push(c);
        self.length += 1;
        self.last = Some(c);
    }

    /// What is kept of the last word: all of it when the model ended it there, otherwise what is certain to be whole. A single
    /// word is kept, whole or not. White space before an end vote goes.
    pub(super) fn finish(mut self, how: Finish, voted: bool) -> String {
        if self.may_close() {
            let without = self.held.trim_end().trim_end_matches("```").trim_end().len();
            self.held.truncate(without);
        }
        let only_space = self.held.trim().is_empty();
        if voted || (only_space && !self.given_out) {
            return self.held.trim_end().to_owned();
        }
        let kept = match how {
            Finish::Stop => self.held.len(),
            Finish::Length | Finish::Other if self.given_out => {
                // Some word was before it: the letter stands for that.
                TO_BOUNDARY.cut(&format!("a{}", self.held), false).bytes.saturating_sub(1)
            }
            Finish::Length | Finish::Other => TO_BOUNDARY.cut(&self.held, false).bytes,
        };
        self.held.get(..kept).unwrap_or(&self.held).to_owned()
    }

    fn may_close(&self) -> bool {
        self.closes_fence && self.held.trim_end().ends_with("```")
    }
}
