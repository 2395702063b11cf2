//! Drawing a draft behind the prefix, along what was evaluated already as far as that goes.

use super::super::decoder::Decoder;
use super::super::engine::Engine;
use super::super::sampler::Sampler;
use super::super::tree::{At, Wanted};
use super::super::vocabulary::{Part, Vocabulary};
use super::{Cancelled, Session, Stop, Until};
use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::member::Hints;
use crate::engine::member::conversation_text::{PlainAnswer, THOUGHT, plain_answer};

/// What a draft is drawn by.
pub(super) struct Drawing<'a> {
    /// When it is whole.
    pub(super) until: Until<'a>,
    /// What others have drafted.
    pub(super) hints: &'a Hints,
    /// The answer so far.
    pub(super) accepted: &'a str,
    /// Hears every token.
    pub(super) drawn: &'a mut dyn FnMut(&DraftToken),
    /// Log-probabilities of the end after so many tokens.
    pub(super) ends: Vec<f32>,
}

/// What was drawn.
pub(super) enum Outcome {
    /// With the log-probabilities of the end after so many of its tokens.
    Draft(Draft, Vec<f32>),
    /// The model begins to think.
    Thought,
}

/// How much of a draft may be told.
enum Safe {
    /// So many bytes; the rest may turn out to be no part of the answer.
    Bytes(usize),
    /// The answer ends after so many bytes, where another turn begins.
    Ended(usize),
    Thought,
}

impl<E: Engine> Session<E> {
    pub(super) fn draw(
        &mut self,
        sampler: &mut Sampler,
        mut drawing: Drawing<'_>,
        cancelled: Cancelled<'_>,
    ) -> Result<Outcome, Stop> {
        let mut draft = Draft::default();
        let (mut heard, mut told) = (0, 0);
        let unread = self.tree.len();
        self.listen(drawing.hints, &mut heard);
        self.evaluate(unread, cancelled)?;
        let mut text = String::new();
        let mut decoder = Decoder::default();
        let mut at: At = None;
        loop {
            let (logits, sum) = self.after(at);
            let never = self.engine.vocabulary().never();
            let Some(id) = sampler.draw(self.engine.level(), logits, never).filter(|_| sum.is_finite()) else {
                return Err(self.not_numbers().into());
            };
            drawing.ends.push(self.end_logprob(at));
            if self.engine.vocabulary().ends().contains(&id) {
                drawing.tell(&draft, &mut told);
                draft.ends = true;
                draft.end_logprob = Some(self.end_logprob(at));
                return Ok(Outcome::Draft(draft, drawing.ends));
            }
            let logprob = (logits[id as usize] - sum).min(0.0);
            let token = DraftToken { text: decoder.take(&self.engine.vocabulary().bytes(id)), logprob: Some(logprob) };
            text.push_str(&token.text);
            draft.tokens.push(token);
            let safe = self.safe(drawing.accepted, &text);
            match safe {
                Safe::Thought => return Ok(Outcome::Thought),
                Safe::Ended(bytes) => {
                    shorten(&mut draft, bytes);
                    drawing.tell(&draft, &mut told);
                    draft.ends = true;
                    return Ok(Outcome::Draft(draft, drawing.ends));
                }
                Safe::Bytes(bytes) if bytes == text.len() => drawing.tell(&draft, &mut told),
                Safe::Bytes(_) => {}
            }
            // Where the draft stops inside a character, the bytes so far are not part of it: the next draft draws them again.
            let full = self.prefix.len() + draft.tokens.len() >= self.engine.context();
            // What may be the beginning of another turn is not part of the draft: the next one draws it again.
            let told_apart = matches!(safe, Safe::Bytes(bytes) if bytes == text.len());
            let whole = full || (drawing.until.complete)(&text, draft.tokens.len());
            if let (true, Safe::Bytes(bytes @ 1..), false) = (whole, &safe, told_apart) {
                shorten(&mut draft, *bytes);
                drawing.tell(&draft, &mut told);
                return Ok(Outcome::Draft(draft, drawing.ends));
            }
            let whole = full || (whole && told_apart);
            if whole {
                drawing.tell(&draft, &mut told);
            }
            if whole && (full || !(drawing.until.asks_end)(&text)) {
                return Ok(Outcome::Draft(draft, drawing.ends));
            }
            at = Some(match self.tree.child(at, id, Wanted::Row) {
                Some(known) => known,
                None => self.follow(at, id, drawing.hints, &mut heard, cancelled)?,
            });
            if whole {
                drawing.ends.push(self.end_logprob(at));
                return Ok(Outcome::Draft(draft, drawing.ends));
            }
        }
    }

    /// Evaluates a token that was drawn, together with what others have drafted since; returns its node, whose row is kept.
    fn follow(&mut self, at: At, token: u32, hints: &Hints, heard: &mut usize, cancelled: Cancelled<'_>) -> Result<u32, Stop> {
        let unread = self.tree.len();
        self.listen(hints, heard);
        // Behind the drafts of others, so that none of their rows takes the place of its own.
        if self.tree.child(at, token, Wanted::Row).is_none() {
            self.tree.add(at, token);
        }
        self.evaluate(unread, cancelled)?;
        if let Some(node) = self.tree.child(at, token, Wanted::Row) {
            return Ok(node);
        }
        // One of theirs begins with it, and has more rows than are kept.
        let node = self.tree.add(at, token);
        self.evaluate(node as usize, cancelled)?;
        Ok(node)
    }

    /// How much of what is drawn is certainly part of the answer.
    fn safe(&self, accepted: &str, text: &str) -> Safe {
        if accepted.trim().is_empty() {
            let begun = text.trim_start();
            if begun.starts_with(THOUGHT) {
                return Safe::Thought;
            }
            if !begun.is_empty() && THOUGHT.starts_with(begun) {
                return Safe::Bytes(0);
            }
        }
        if !self.template.is_plain() {
            return Safe::Bytes(text.len());
        }
        match plain_answer(accepted, text) {
            PlainAnswer::Open(bytes) => Safe::Bytes(bytes),
            PlainAnswer::Ended(bytes) => Safe::Ended(bytes),
        }
    }

    /// Puts the finished drafts of others into the tree, to be read with the next pass: what this member draws alike needs none
    /// of its own then. One that has no room is left out.
    fn listen(&mut self, hints: &Hints, heard: &mut usize) {
        for text in hints.since(*heard) {
            *heard += 1;
            let mut tokens = Vec::new();
            let room = self.engine.context().saturating_sub(self.prefix.len());
            let fits = self.engine.vocabulary().encode(&text, Part::Text, room, &mut tokens).is_ok();
            if fits && self.tree.len() + tokens.len() <= self.engine.spare() && self.tree.leaves() + 2 < self.engine.leaves() {
                self.plant(&tokens, Wanted::Nothing);
            }
        }
    }
}

impl Drawing<'_> {
    /// Tells the tokens that were not told yet.
    fn tell(&mut self, draft: &Draft, told: &mut usize) {
        for token in &draft.tokens[*told..] {
            (self.drawn)(token);
        }
        *told = draft.tokens.len();
    }
}

/// Cuts a draft after so many bytes of its text; a token that reaches beyond them keeps its first bytes.
fn shorten(draft: &mut Draft, mut bytes: usize) {
    let mut kept = 0;
    for token in &mut draft.tokens {
        if bytes == 0 {
            break;
        }
        token.text.truncate(bytes.min(token.text.len()));
        bytes -= token.text.len();
        kept += 1;
    }
    draft.tokens.truncate(kept);
}
