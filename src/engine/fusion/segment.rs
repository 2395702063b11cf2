//! Where a segment ends: by tokens, words or sentences, without losing a byte.
//!
//! Owns completeness (does a draft need another token?), cutting, and alignment to equal word counts. Drafting is the
//! members' affair, scoring `score`'s.

/// What a segment is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentUnit {
    /// At most so many tokens of the member's own tokenizer (the paper).
    Tokens,
    /// So many whole words (as `SweetSpan` does).
    Words,
    /// To the next end of a sentence.
    Sentence,
}

/// How long a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRule {
    /// The unit.
    pub unit: SegmentUnit,
    /// How many of them: tokens or words; not used by `Sentence`. At least 1.
    pub length: usize,
    /// The most tokens a draft by words or sentences may take before it is cut at its last word boundary. At least 1.
    pub token_cap: usize,
}

/// The part of a draft that becomes its candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How many bytes of the text are kept; always on a character boundary.
    pub bytes: usize,
    /// Whether what is kept ends the answer: only when the draft ended and nothing was cut away.
    pub ends: bool,
}

impl SegmentRule {
    /// Whether a draft of this text and so many tokens needs no further token.
    #[must_use]
    pub fn is_complete(&self, text: &str, tokens: usize) -> bool {
        let _ = (text, tokens);
        todo!()
    }

    /// Where to cut a draft; `ended` says that its author ended the answer after it.
    #[must_use]
    pub fn cut(&self, text: &str, ended: bool) -> Cut {
        let _ = (text, ended);
        todo!()
    }
}

/// Cuts all drafts of a round to the same number of words (the smallest word count among drafts that have words), so that no
/// member wins by running on. Input: each draft's text and whether it ends the answer.
#[must_use]
pub fn align(drafts: &[(&str, bool)]) -> Vec<Cut> {
    let _ = drafts;
    todo!()
}
