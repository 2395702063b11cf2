//! Makes members' replies fit for the record: no more bytes than a segment holds, log-probabilities that JSON can hold, scores of
//! every candidate or none.

use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::fusion::score::Opinion;
use crate::engine::fusion::segment::prefix;
use crate::engine::member::{MemberError, Scored};

/// A difference of times without spurious digits from subtraction: clocks have microseconds.
pub(super) fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 1000.0).round() / 1000.0
}

/// The log-probabilities of ending that a member reported while drafting, each after so many bytes of the text.
pub(super) struct Ends(Vec<(usize, f32)>);

impl Ends {
    pub(super) fn of(draft: &Draft, ends: Vec<f32>) -> Self {
        let bytes = draft.tokens.iter().scan(0, |bytes, token| {
            *bytes += token.text.len();
            Some(*bytes)
        });
        Self(std::iter::once(0).chain(bytes).zip(ends).collect())
    }

    /// The value after this many bytes, if known.
    pub(super) fn after(&self, bytes: usize) -> Option<f32> {
        // A token without text after it is the start of a character.
        self.0.iter().find(|(place, _)| *place == bytes).map(|(_, end)| *end).filter(|end| !end.is_nan())
    }
}

/// The log-probability of an impossible token: JSON has no infinity, and no model's float32 softmax reaches this.
const IMPOSSIBLE: f32 = -1000.0;

/// The part of a token's text that fits in `room` bytes, so that no member fills the memory; `None` if there is no room.
pub(super) fn inside(token: &DraftToken, room: usize) -> Option<DraftToken> {
    (room > 0).then(|| DraftToken { text: prefix(&token.text, room).to_owned(), logprob: token.logprob })
}

/// A draft shortened to this many bytes; one that was shortened does not end the answer.
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

/// The length in bytes of the first `count` tokens; of more if those hold no whole character.
pub(super) fn first_tokens(draft: &Draft, count: usize) -> usize {
    let ends = draft.tokens.iter().scan(0, |end, token| {
        *end += token.text.len();
        Some(*end)
    });
    ends.enumerate().find(|(place, end)| place + 1 >= count && *end > 0).map_or_else(|| draft.text().len(), |(_, end)| end)
}

/// Tokens drawn, including the end's.
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

/// A reply counts only if it scores every candidate, in numbers.
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
