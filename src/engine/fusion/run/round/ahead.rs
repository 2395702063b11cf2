//! Lazy drafting in a round: what one member drafted for another to continue, and which member wrote which part of the accepted
//! text.

use super::{DraftState, Round};
use crate::engine::fusion::MemberIndex;

/// A draft whose start the round's only drafter keeps, under lazy drafting. It is not a candidate.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Ahead {
    pub member: MemberIndex,
    pub draft: DraftState,
}

impl Round {
    /// The same round in which a member drafts for the only drafter.
    #[must_use]
    pub fn drafted_ahead(self, member: Option<MemberIndex>) -> Self {
        Self { ahead: member.map(|member| Ahead { member, draft: DraftState::Open(Vec::new()) }), ..self }
    }

    /// How many members draft in it, in either way.
    #[must_use]
    pub fn drafting(&self) -> usize {
        self.drafters.len() + usize::from(self.ahead.is_some())
    }

    /// Of the tokens drafted ahead, by the drafter's tokenizer: those kept, and all; `None` before that is known.
    #[must_use]
    pub fn kept_ahead(&self) -> Option<(usize, usize)> {
        let ahead = self.ahead.as_ref()?;
        let kept = self.drafters.iter().find_map(|drafter| self.finished(*drafter)?.kept)?;
        let DraftState::Finished(drafted) = &ahead.draft else { return Some((0, 0)) };
        let ends = drafted.draft.tokens.iter().scan(0, |end, token| {
            *end += token.text.len();
            Some(*end)
        });
        Some((ends.take_while(|end| *end <= kept.bytes).count(), drafted.draft.tokens.len()))
    }

    /// The accepted text in parts, each with its author; two parts if the start of another member's draft was kept.
    #[must_use]
    pub fn accepted_parts(&self) -> Vec<(Option<MemberIndex>, &str)> {
        let Some(accepted) = &self.accepted else { return Vec::new() };
        let whole = || vec![(accepted.author, &*accepted.text)];
        if self.accepted_candidate().is_none() {
            return whole();
        }
        let kept = accepted.author.and_then(|author| self.finished(author)?.kept);
        match kept.and_then(|kept| Some((kept.drafter, accepted.text.split_at_checked(kept.bytes)?))) {
            None | Some((_, ("", _))) => whole(),
            Some((drafter, (all, ""))) => vec![(Some(drafter), all)],
            Some((drafter, (kept, added))) => vec![(Some(drafter), kept), (accepted.author, added)],
        }
    }

    /// Accepted tokens that a member wrote, by the tokenizer of the segment's credited author.
    #[must_use]
    pub fn accepted_tokens(&self, member: MemberIndex) -> usize {
        let Some(accepted) = &self.accepted else { return 0 };
        let kept = accepted.author.filter(|_| self.accepted_candidate().is_some()).and_then(|author| self.finished(author)?.kept);
        let of_drafter = kept.map_or(0, |kept| kept.tokens.min(accepted.tokens));
        match kept {
            Some(kept) if kept.drafter == member => of_drafter,
            Some(_) | None if accepted.author == Some(member) => accepted.tokens - of_drafter,
            Some(_) | None => 0,
        }
    }
}
