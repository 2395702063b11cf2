//! Drawing a draft after the prefix, using what is already evaluated as far as it goes.

use super::super::engine::Engine;
use super::super::sampler::Sampler;
use super::super::tree::{At, Wanted};
use super::super::vocabulary::{Part, Vocabulary};
use super::drawing::{Drawing, Further, Outcome, Safe};
use super::guide::Next;
use super::{Cancelled, Session, Stop};
use crate::engine::member::{MemberError, Sampling};

impl<E: Engine> Session<E> {
    /// Draws from a position on whose row is available. The sequence has `behind` tokens after the prefix's last.
    pub(super) fn draw(
        &mut self,
        sampling: Sampling,
        drawing: Drawing<'_>,
        (at, behind): (At, usize),
        cancelled: Cancelled<'_>,
    ) -> Result<Outcome, Stop> {
        let mut sampler = Sampler::new(sampling, std::mem::take(&mut self.scratch));
        let outcome = self.draw_by(&mut sampler, drawing, (at, behind), cancelled);
        self.scratch = sampler.into_scratch();
        outcome
    }

    fn draw_by(
        &mut self,
        sampler: &mut Sampler,
        mut drawing: Drawing<'_>,
        (mut at, behind): (At, usize),
        cancelled: Cancelled<'_>,
    ) -> Result<Outcome, Stop> {
        let unread = self.tree.len();
        self.listen(&mut drawing);
        self.evaluate(unread, cancelled)?;
        loop {
            let next = self.choose(at, sampler, &mut drawing)?;
            drawing.ends.push(self.end_logprob(at));
            let (id, logprob) = match next {
                None => return Ok(drawing.unsure()),
                Some(Next::End(logprob)) => return Ok(drawing.ended(logprob)),
                Some(Next::Token(id, logprob)) => (id, logprob),
            };
            match drawing.take(id, &self.engine.vocabulary().bytes(id), logprob, self.template.is_plain()) {
                Safe::Thought => return Ok(Outcome::Thought),
                Safe::Ended(_) => return Ok(drawing.ended_by_a_turn()),
                Safe::Bytes(_) => {}
            }
            let full = self.prefix.len() + behind + drawing.tokens() >= self.engine.context();
            let further = drawing.further(full);
            if matches!(further, Further::Unwanted) {
                return Ok(drawing.done());
            }
            let node = match self.tree.child(at, id, Wanted::Row) {
                Some(known) => known,
                None => self.follow(at, id, &mut drawing, cancelled)?,
            };
            at = Some(node);
            if matches!(further, Further::ForTheEnd) {
                drawing.ends.push(self.end_logprob(at));
                return Ok(drawing.done());
            }
        }
    }

    /// What comes next at a position: the guide's token there, as far as it is kept, or what is drawn. `None` if the author is
    /// not sure enough of it.
    fn choose(&self, at: At, sampler: &mut Sampler, drawing: &mut Drawing<'_>) -> Result<Option<Next>, MemberError> {
        let (logits, sum) = self.after(at);
        if logits.is_empty() {
            return Err(self.not_numbers());
        }
        let vocabulary = self.engine.vocabulary();
        let next = |id: u32| {
            let ends = vocabulary.ends().contains(&id);
            let logprob = if ends { self.end_logprob(at) } else { logits.get(id as usize).map_or(f32::NAN, |logit| logit - sum) };
            match logprob.is_finite() {
                true if ends => Ok(Next::End(logprob)),
                true => Ok(Next::Token(id, logprob.min(0.0))),
                false => Err(self.not_numbers()),
            }
        };
        let said = drawing.guide.as_ref().and_then(|guide| guide.says(vocabulary)).map(next).transpose()?;
        if let (Some(guide), Some(said)) = (&mut drawing.guide, said)
            && guide.keeps_unasked(said)
        {
            return Ok(Some(said));
        }
        let drawn = next(sampler.draw(self.engine.level(), logits, vocabulary.never()).ok_or_else(|| self.not_numbers())?)?;
        let bytes = drawing.bytes();
        if let Some(guide) = &mut drawing.guide {
            guide.hear(said, drawn, bytes);
        }
        Ok(Some(drawn).filter(|drawn| !drawing.is_unsure(drawn.logprob())))
    }

    /// Evaluates an accepted token, together with what others have drafted since and with the guide's next tokens; returns its
    /// node, whose row is kept.
    fn follow(&mut self, at: At, token: u32, drawing: &mut Drawing<'_>, cancelled: Cancelled<'_>) -> Result<u32, Stop> {
        let unread = self.tree.len();
        self.listen(drawing);
        // After the drafts of others, so that none of their rows displaces its own.
        let node = self.tree.child(at, token, Wanted::Row).unwrap_or_else(|| self.tree.add(at, token));
        if let Some(guide) = &drawing.guide {
            self.plant_rows(Some(node), guide.ahead());
        }
        self.evaluate(unread, cancelled)?;
        if let Some(node) = self.tree.child(at, token, Wanted::Row) {
            return Ok(node);
        }
        // One of theirs starts with it, and has more rows than are kept.
        let node = self.tree.add(at, token);
        self.evaluate(node as usize, cancelled)?;
        Ok(node)
    }

    /// Adds the finished drafts of others to the tree, to be read with the next pass: where this member draws the same it needs
    /// no pass of its own. A draft without room is left out.
    fn listen(&mut self, drawing: &mut Drawing<'_>) {
        for text in drawing.hints.since(drawing.heard) {
            drawing.heard += 1;
            let mut tokens = Vec::new();
            let room = self.engine.context().saturating_sub(self.prefix.len());
            let fits = self.engine.vocabulary().encode(&text, Part::Text, room, &mut tokens).is_ok();
            if fits && self.tree.len() + tokens.len() <= self.engine.spare() && self.tree.leaves() + 2 < self.engine.leaves() {
                self.plant(&tokens, Wanted::Nothing);
            }
        }
    }
}
