//! Holds back the last word of a stream until it is whole: a model that is instructed to continue cannot continue a segment that
//! ends inside a word.

use super::Finish;
use super::spacing::run_together;
use crate::engine::fusion::segment::SegmentRule;

/// The most characters of a word that are held back.
const LONGEST_WORD: usize = 200;
/// Cuts unfinished text back to its last word boundary, whatever its length.
const TO_BOUNDARY: SegmentRule = SegmentRule::tokens(1);

/// The end of a stream of text, which may be incomplete.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// White space and the word after it.
    held: String,
    last: Option<char>,
    length: usize,
    given_out: bool,
    closes_fence: bool,
}

impl Words {
    /// Notes whether the text is in a code fence around everything: then a final closing mark is not text.
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

    /// The part of the last word to keep: all of it if the model ended it there, otherwise what is certain to be whole. A single
    /// word is always kept. White space before an end vote is dropped.
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
                // A word came before it: the letter stands for that.
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
