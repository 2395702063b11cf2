//! Extending another member's draft: its tokens are evaluated after the last accepted one in the same pass, and followed while
//! drawing.

use super::super::engine::Engine;
use super::super::known::agreeing;
use super::super::tree::{At, Wanted};
use super::super::vocabulary::{Part, Vocabulary};
use super::drawing::{Drawing, Drawn, Outcome};
use super::guide::Guide;
use super::{Cancelled, Session, Stop, Until};
use crate::engine::fusion::segment::prefix;
use crate::engine::member::{ExtendRequest, Extended, Hints, MemberError, Usage};

/// How many accepted tokens may be evaluated together with the draft's: each needs a row with all that follows it, which for more
/// tokens costs more than a separate pass.
const TOGETHER: usize = 8;

impl<E: Engine> Session<E> {
    /// Keeps the start of a draft and continues it.
    pub(in crate::engine::member) fn extend(
        &mut self,
        request: &ExtendRequest,
        cancelled: Cancelled<'_>,
    ) -> Result<Extended, Stop> {
        self.forwards = 0;
        let accepted = request.context.accepted.concat();
        self.silenced(|session| {
            let ids = session.tokens(&request.context)?;
            session.room_for(ids.len() + 1)?;
            let guide = session.guide(ids.len(), request)?;
            let (at, behind) = session.approach(&ids, &guide, cancelled)?;
            let hints = Hints::default();
            let mut drawn = |_: &_| ();
            let drawing = Drawing::new(Until::complete(&|_, _| false), &hints, &accepted, &mut drawn).along(guide);
            let Outcome::Draft(drawn) = session.draw(request.sampling, drawing, (at, behind), cancelled)? else {
                return Ok(None);
            };
            Ok(Some(session.extended(drawn)))
        })
    }

    /// The draft in this model's tokens, as far as there is room for them and for one more after a prefix of this length.
    fn guide(&self, prefix_tokens: usize, request: &ExtendRequest) -> Result<Guide, MemberError> {
        let limit = self.engine.context();
        let room = limit.saturating_sub(prefix_tokens + 1);
        let vocabulary = self.engine.vocabulary();
        let (mut tokens, mut text) = (Vec::new(), &*request.draft);
        if vocabulary.encode(text, Part::Text, room, &mut tokens).is_err() {
            tokens.clear();
            // No text has more tokens than bytes.
            text = prefix(text, room);
            let full = |_| MemberError::ContextFull { needed: limit + 1, limit };
            vocabulary.encode(text, Part::Text, room, &mut tokens).map_err(full)?;
        }
        // A tokenizer without a token for every byte may change the text.
        let (count, bytes) = agreeing(&tokens, text, vocabulary);
        tokens.truncate(count);
        Ok(Guide::new(tokens, request.ends && bytes == request.draft.len(), request.keep, request.own))
    }

    /// Evaluates what is not yet evaluated of the accepted tokens and the draft, in one pass if they are few. Returns the last
    /// accepted token's position, and how many tokens after the prefix it is.
    fn approach(&mut self, ids: &[u32], guide: &Guide, cancelled: Cancelled<'_>) -> Result<(At, usize), Stop> {
        self.take_over(ids);
        if self.prefix.is_empty() || ids.len() - self.prefix.len() > TOGETHER {
            // Nodes need a prefix to come after.
            let alone = ids.len() <= 1;
            self.read_to(&ids[..ids.len() - usize::from(!alone)], alone, cancelled)?;
        }
        let behind = ids.len() - self.prefix.len();
        self.make_room(behind + guide.ahead().len() + 1);
        let unread = self.tree.len();
        let mut at = None;
        for token in &ids[self.prefix.len()..] {
            at = Some(self.tree.add(at, *token));
        }
        self.plant_rows(at, guide.ahead());
        self.evaluate(unread, cancelled)?;
        Ok((at, behind))
    }

    /// Adds a path of tokens after a position to the tree, to be followed while drawing; no more than there are rows in addition
    /// to the position's own.
    pub(super) fn plant_rows(&mut self, mut at: At, tokens: &[u32]) {
        for token in tokens.iter().take(self.tree.rows() - 1) {
            at = Some(self.tree.child(at, *token, Wanted::Row).unwrap_or_else(|| self.tree.add(at, *token)));
        }
    }

    /// The result of extending a draft. Its tokens are remembered: once it is accepted, all of them except the last are already
    /// evaluated.
    fn extended(&mut self, drawn: Drawn) -> Extended {
        let tokens = drawn.draft.tokens;
        let kept_tokens = drawn.guide.as_ref().map_or(0, Guide::kept).min(tokens.len());
        self.known.remember(drawn.ids);
        Extended {
            kept: tokens[..kept_tokens].iter().map(|token| token.text.len()).sum(),
            kept_tokens,
            tokens,
            logprobs: drawn.guide.map(Guide::into_logprobs).unwrap_or_default(),
            ends: drawn.draft.ends,
            end_logprob: drawn.draft.end_logprob,
            forwards: self.forwards,
            usage: Usage::default(),
        }
    }
}
