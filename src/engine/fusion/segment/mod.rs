//! Where a segment ends: by tokens, words or sentences, without losing a byte.
//!
//! Owns completeness (does a draft need another token?), cutting, and alignment to equal word counts. Members draft; `score`
//! scores.

mod abbreviation;
mod before;
mod line;
mod sentence;
mod words;

pub use before::Before;
use sentence::{More, sentence_end};
use words::{Word, last_boundary, words};

use super::choice::choice;

/// Bytes of the longest character in UTF-8.
const LONGEST_CHARACTER: usize = 4;

choice! {
    /// What a segment is counted in.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum SegmentUnit {
        /// At most this many tokens of the member's own tokenizer (the paper).
        Tokens = "tokens",
        /// This many whole words (as in `SweetSpan`).
        Words = "words",
        /// Up to the next end of a sentence.
        Sentence = "sentence",
    }
}

/// How long a segment is.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRule {
    pub unit: SegmentUnit,
    /// How many of them: tokens or words; unused for `Sentence`. At least 1.
    pub length: usize,
    /// The most tokens of a draft by words or sentences before it is cut at its last word boundary. At least 1.
    pub token_cap: usize,
    /// The most bytes of a segment: a token can hold any number. At least one character is kept.
    pub byte_cap: usize,
    /// What comes before the segment; used by `Sentence`.
    pub before: Before,
}

/// The part of a draft that becomes its candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How many bytes of the text are kept; always on a character boundary.
    pub bytes: usize,
    /// Whether the kept part ends the answer: only if the draft did and nothing was cut away.
    pub ends: bool,
}

impl SegmentRule {
    /// The rule of segments of this many tokens.
    #[must_use]
    pub const fn tokens(length: usize) -> Self {
        Self { unit: SegmentUnit::Tokens, length, token_cap: length, byte_cap: usize::MAX, before: Before::NOTHING }
    }

    /// The rule of segments of this many words.
    #[must_use]
    pub const fn words(length: usize, token_cap: usize) -> Self {
        Self { unit: SegmentUnit::Words, length, token_cap, byte_cap: usize::MAX, before: Before::NOTHING }
    }

    /// The rule of segments of one sentence.
    #[must_use]
    pub const fn sentence(token_cap: usize) -> Self {
        Self { unit: SegmentUnit::Sentence, length: 1, token_cap, byte_cap: usize::MAX, before: Before::NOTHING }
    }

    /// The same rule after this text.
    #[must_use]
    pub fn after(&self, text: &str) -> Self {
        Self { before: Before::of(text), ..*self }
    }

    /// Whether a draft of this text and this many tokens needs no further token.
    ///
    /// By words it is complete once white space or another word follows the last word required. By sentences it is complete at
    /// the end of one; after a full stop that takes one more token ("Math." may become "Math.sqrt"). Lines that are not sentences
    /// (list numbers, bullets, headings, code fences) continue through their line break.
    #[must_use]
    pub fn is_complete(&self, text: &str, tokens: usize) -> bool {
        if text.len() >= self.byte_cap {
            return true;
        }
        match self.unit {
            SegmentUnit::Tokens => tokens >= self.length.max(1),
            SegmentUnit::Words => tokens >= self.token_cap.max(1) || self.has_words(text),
            SegmentUnit::Sentence => tokens >= self.token_cap.max(1) || sentence_end(text, self.before, More::Perhaps).is_some(),
        }
    }

    /// Where to cut a draft; `ended`: whether its author ended the answer after it.
    ///
    /// A draft by words or sentences is cut after the words or the sentence required. A shorter one is kept whole if it ended the
    /// answer; otherwise it is cut back to its last word boundary, or kept whole if it has none. Line breaks stay with the word
    /// before them, plain spaces go to the next segment. What is kept is empty only if the draft is.
    #[must_use]
    pub fn cut(&self, text: &str, ended: bool) -> Cut {
        let (text, ended) = self.within_bytes(text, ended);
        self.reached(text, ended).unwrap_or_else(|| Cut { bytes: last_boundary(text), ends: false })
    }

    /// As [`Self::cut`], for the last draft that the answer has room for: a shorter one is kept to its last token, not cut back
    /// to a word boundary, since nothing follows it.
    #[must_use]
    pub fn cut_exactly(&self, text: &str, ended: bool) -> Cut {
        let (text, ended) = self.within_bytes(text, ended);
        self.reached(text, ended).unwrap_or(Cut { bytes: text.len(), ends: false })
    }

    /// The cut of a draft that has the required length, or ended the answer.
    fn reached(&self, text: &str, ended: bool) -> Option<Cut> {
        let end = match self.unit {
            SegmentUnit::Tokens => None,
            SegmentUnit::Words => words_end(&words(text), self.length.max(1)),
            SegmentUnit::Sentence => sentence_end(text, self.before, More::Nothing),
        };
        match end {
            Some(end) if !(ended && text[end..].trim().is_empty()) => Some(Cut { bytes: end, ends: false }),
            Some(_) | None => ended.then_some(Cut { bytes: text.len(), ends: true }),
        }
    }

    /// The same rule if the answer has room for only this many more tokens.
    #[must_use]
    pub fn within(&self, tokens: usize) -> Self {
        let length = match self.unit {
            SegmentUnit::Tokens => self.length.min(tokens),
            SegmentUnit::Words | SegmentUnit::Sentence => self.length,
        };
        Self { length, token_cap: self.token_cap.min(tokens), ..*self }
    }

    /// The part of a text that fits in a segment; a shortened one does not end the answer.
    fn within_bytes<'a>(&self, text: &'a str, ended: bool) -> (&'a str, bool) {
        let inside = prefix(text, self.byte_cap.max(LONGEST_CHARACTER));
        (inside, ended && inside.len() == text.len())
    }

    /// Whether the required words are there and whole.
    fn has_words(&self, text: &str) -> bool {
        let wanted = self.length.max(1);
        words(text).get(wanted - 1).is_some_and(|word| word.end < text.len())
    }
}

/// The first `bytes` bytes of `text`, without a character that would be split.
#[must_use]
pub fn prefix(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The end of word number `count` (from 1) if more words follow it.
fn words_end(words: &[Word], count: usize) -> Option<usize> {
    words.get(count.checked_sub(1)?).filter(|_| words.len() > count).map(|word| word.settled)
}

/// Cuts all drafts of a round to the same number of words (the smallest word count among drafts that have words), so that no
/// member wins by drafting more. Input: each draft's text and whether it ends the answer.
///
/// In scripts without spaces every grapheme cluster is a word. A draft without words stays as it is.
#[must_use]
pub fn align(drafts: &[(&str, bool)]) -> Vec<Cut> {
    let words: Vec<Vec<Word>> = drafts.iter().map(|(text, _)| words(text)).collect();
    let fewest = words.iter().map(Vec::len).filter(|&count| count > 0).min().unwrap_or(0);
    drafts
        .iter()
        .zip(&words)
        .map(|(&(text, ends), words)| match words_end(words, fewest) {
            Some(end) => Cut { bytes: end, ends: false },
            None => Cut { bytes: text.len(), ends },
        })
        .collect()
}

#[cfg(test)]
mod tests;
