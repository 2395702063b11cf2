//! What members reply, made fit for the record: no more bytes than a segment holds, log-probabilities that JSON can hold, scores of
//! every candidate or none.

use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::fusion::score::Opinion;
use crate::engine::fusion::segment::prefix;
use crate::engine::member::{MemberError, Scored};

/// A difference of times without the digits that subtraction invents: clocks give microseconds.
pub(super) fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 1000.0).round() / 1000.0
}

/// What a member said of the end while it drafted: bytes of the text so far, and the logarithm of the probability.
pub(super) struct Ends(Vec<(usize, f32)>);

impl Ends {
    pub(super) fn of(draft: &Draft, ends: Vec<f32>) -> Self {
        let bytes = draft.tokens.iter().scan(0, |bytes, token| {
            *bytes += token.text.len();
            Some(*bytes)
        });
        Self(std::iter::once(0).chain(bytes).zip(ends).collect())
    }

    /// After this many bytes, where that is known.
    pub(super) fn after(&self, bytes: usize) -> Option<f32> {
        // A token without text behind it is the start of a character.
        self.0.iter().find(|(place, _)| *place == bytes).map(|(_, end)| *end).filter(|end| !end.is_nan())
    }
}

/// A probability of 0 as a log-probability: JSON has no infinity, and no model's float32 softmax reaches this.
const IMPOSSIBLE: f32 = -1000.0;

/// The part of a token's text that `room` bytes have room for; `None` where there is none, so that no member fills the memory.
pub(super) fn inside(token: &DraftToken, room: usize) -> Option<DraftToken> {
    (room > 0).then(|| DraftToken { text: prefix(&token.text, room).to_owned(), logprob: token.logprob })
}

/// A draft without what goes beyond this many bytes; one that was shortened does not end the answer.
pub(super) fn within_bytes(draft: Draft, bytes: usize) -> Draft {
    let (mut room, drawn) = (bytes, draft.tokens.iter().map(|token| token.text.len()).sum::<usize>());
    if drawn <= bytes {
        return draft;
    }
    let keep = |token: DraftToken| {
        let (before, length) = (room, token.text.len());
        room = room.saturating_sub(length);
        inside(&token, before)
    };
    Draft { tokens: draft.tokens.into_iter().map_while(keep).collect(), ends: false, end_logprob: None }
}

/// Bytes of the first `count` tokens; of more where those hold no whole character.
pub(super) fn first_tokens(draft: &Draft, count: usize) -> usize {
    let ends = draft.tokens.iter().scan(0, |end, token| {
        *end += token.text.len();
        Some(*end)
    });
    ends.enumerate().find(|(place, end)| place + 1 >= count && *end > 0).map_or_else(|| draft.text().len(), |(_, end)| end)
}

/// Tokens drawn, the end's included.
pub(super) fn drawn(draft: &Draft) -> usize {
    draft.tokens.len() + usize::from(draft.ends)
}

pub(super) fn possible(logprob: f32) -> f32 {
    if logprob.is_nan() { IMPOSSIBLE } else { logprob.clamp(IMPOSSIBLE, 0.0) }
}

pub(super) fn possible_token(token: DraftToken) -> DraftToken {
    DraftToken { logprob: token.logprob.map(possible), ..token }
}

pub(super) fn possible_opinion(opinion: Opinion) -> Opinion {
    match opinion {
        Opinion::Tokens(logprobs) => Opinion::Tokens(logprobs.iter().copied().map(possible).collect()),
        Opinion::Preference(share) => Opinion::Preference(share.clamp(0.0, 1.0)),
    }
}

/// A reply counts only when it scores every candidate, in numbers.
pub(super) fn complete(scored: Scored, candidates: usize) -> Result<Scored, MemberError> {
    if scored.opinions.len() != candidates {
        return Err(MemberError::Failed(format!("it scored {} of {candidates} candidates", scored.opinions.len())));
    }
    let no_number = |opinion: &Opinion| match opinion {
        Opinion::Tokens(logprobs) => logprobs.iter().any(|logprob| logprob.is_nan()),
        Opinion::Preference(share) => !share.is_finite(),
    };
    if scored.opinions.iter().any(no_number) {
        return Err(MemberError::Failed("it returned a score that is not a number".to_owned()));
    }
    Ok(scored)
}
