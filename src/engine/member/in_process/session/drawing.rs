//! A draft in progress: its tokens and text so far, how much of it may be streamed, and when it is complete.

use super::super::decoder::Decoder;
use super::Until;
use super::guide::Guide;
use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::member::Hints;
use crate::engine::member::conversation_text::{PlainAnswer, THOUGHT, plain_answer};

/// The settings of a draft, and what is drawn so far.
pub(super) struct Drawing<'a> {
    until: Until<'a>,
    /// What others have drafted, and how many of those drafts were used.
    pub(super) hints: &'a Hints,
    pub(super) heard: usize,
    /// The draft that is followed.
    pub(super) guide: Option<Guide>,
    /// The answer so far.
    accepted: &'a str,
    /// Receives every token.
    drawn: &'a mut dyn FnMut(&DraftToken),
    told: usize,
    draft: Draft,
    ids: Vec<u32>,
    text: String,
    decoder: Decoder,
    /// How many bytes of the text are certainly part of the answer.
    safe: usize,
    /// Log-probabilities of the end after this many tokens.
    pub(super) ends: Vec<f32>,
}

/// The result of drawing.
pub(super) enum Outcome {
    Draft(Drawn),
    /// The model starts to think.
    Thought,
}

/// A complete draft.
pub(super) struct Drawn {
    pub(super) draft: Draft,
    /// Log-probabilities of the end after this many of its tokens.
    pub(super) ends: Vec<f32>,
    /// Its tokens, including those at its end whose text is not part of it.
    pub(super) ids: Vec<u32>,
    pub(super) guide: Option<Guide>,
}

/// How much of a draft may be streamed.
pub(super) enum Safe {
    /// This many bytes; the rest may turn out not to be part of the answer.
    Bytes(usize),
    /// The answer ends after this many bytes, where another turn starts.
    Ended(usize),
    Thought,
}

/// Whether a draft needs a further token.
pub(super) enum Further {
    Wanted,
    /// Only to know the probability of the end after it.
    ForTheEnd,
    Unwanted,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(until: Until<'a>, hints: &'a Hints, accepted: &'a str, drawn: &'a mut dyn FnMut(&DraftToken)) -> Self {
        Self {
            until,
            hints,
            heard: 0,
            guide: None,
            accepted,
            drawn,
            told: 0,
            draft: Draft::default(),
            ids: Vec::new(),
            text: String::new(),
            decoder: Decoder::default(),
            safe: 0,
            ends: Vec::new(),
        }
    }

    /// The same along another member's draft: complete with as many tokens after it as the guide requires.
    pub(super) fn along(self, guide: Guide) -> Self {
        Self { guide: Some(guide), ..self }
    }

    pub(super) fn tokens(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Whether the author is too unsure of its next token.
    pub(super) fn is_unsure(&self, logprob: f32) -> bool {
        self.until.confidence.is_some_and(|least| logprob < least.ln())
    }

    /// Takes a token, and returns how much may be streamed now; `plain`: turns are introduced by plain text.
    pub(super) fn take(&mut self, id: u32, bytes: &[u8], logprob: f32, plain: bool) -> Safe {
        let token = DraftToken { text: self.decoder.take(bytes), logprob: Some(logprob) };
        self.text.push_str(&token.text);
        self.draft.tokens.push(token);
        self.ids.push(id);
        let safe = self.judged(plain);
        if let Safe::Bytes(bytes) | Safe::Ended(bytes) = safe {
            self.safe = bytes;
        }
        safe
    }

    /// How much of what is drawn is certainly part of the answer.
    fn judged(&self, plain: bool) -> Safe {
        if self.accepted.trim().is_empty() {
            let begun = self.text.trim_start();
            if begun.starts_with(THOUGHT) {
                return Safe::Thought;
            }
            if !begun.is_empty() && THOUGHT.starts_with(begun) {
                return Safe::Bytes(0);
            }
        }
        if !plain {
            return Safe::Bytes(self.text.len());
        }
        match plain_answer(self.accepted, &self.text) {
            PlainAnswer::Open(bytes) => Safe::Bytes(bytes),
            PlainAnswer::Ended(bytes) => Safe::Ended(bytes),
        }
    }

    /// Whether another token is needed; `full`: there is no room for one.
    pub(super) fn further(&mut self, full: bool) -> Further {
        // If the draft stops inside a character, the bytes so far are not part of it: the next draft draws them again.
        let whole = full || self.is_complete();
        // What may be the start of another turn is not part of the draft: the next one draws it again. After another's draft,
        // drawing continues until it is certain, so that every such call adds something.
        let told_apart = self.safe == self.text.len();
        if whole && !told_apart && self.safe > 0 && (full || self.guide.is_none()) {
            self.shorten();
            return Further::Unwanted;
        }
        let whole = full || (whole && told_apart);
        if told_apart || whole {
            self.tell();
        }
        match whole {
            false => Further::Wanted,
            true if full || !(self.until.asks_end)(&self.text) => Further::Unwanted,
            true => Further::ForTheEnd,
        }
    }

    fn is_complete(&self) -> bool {
        match &self.guide {
            None => (self.until.complete)(&self.text, self.draft.tokens.len()),
            Some(guide) => {
                let own = self.ids.len().saturating_sub(guide.kept());
                let further = guide.left_at().is_some_and(|bytes| self.text.len() > bytes);
                further && own >= guide.own() && self.decoder.is_empty()
            }
        }
    }

    /// The draft as it is.
    pub(super) fn done(self) -> Outcome {
        Outcome::Draft(Drawn { draft: self.draft, ends: self.ends, ids: self.ids, guide: self.guide })
    }

    /// The draft up to where its author is sure of it.
    pub(super) fn unsure(mut self) -> Outcome {
        self.shorten();
        self.done()
    }

    /// The draft, which ends the answer with this log-probability.
    pub(super) fn ended(mut self, logprob: f32) -> Outcome {
        self.tell();
        self.draft.ends = true;
        self.draft.end_logprob = Some(logprob);
        self.done()
    }

    /// The draft up to where another turn starts, which ends the answer.
    pub(super) fn ended_by_a_turn(mut self) -> Outcome {
        self.shorten();
        self.draft.ends = true;
        self.done()
    }

    /// Streams the tokens that were not streamed yet.
    fn tell(&mut self) {
        for token in &self.draft.tokens[self.told..] {
            (self.drawn)(token);
        }
        self.told = self.draft.tokens.len();
    }

    /// Cuts the draft after what is certainly part of the answer, and streams it; a token that extends beyond keeps its first
    /// bytes.
    fn shorten(&mut self) {
        let (mut bytes, mut kept) = (self.safe, 0);
        for token in &mut self.draft.tokens {
            if bytes == 0 {
                break;
            }
            token.text.truncate(bytes.min(token.text.len()));
            bytes -= token.text.len();
            kept += 1;
        }
        self.draft.tokens.truncate(kept);
        self.told = self.told.min(kept);
        self.tell();
    }
}
