//! A round of lazy drafting in words: who drafts ahead, what was kept of it, who has nothing to do.

use super::super::answer::Answer;
use super::counted;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::{DraftState, Round};

/// What stands for a draft that its author was not sure enough to start.
pub const NOT_SURE: &str = "[not sure enough to draft]";

/// What a member does in a round of lazy drafting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It drafts for the other to continue from.
    Ahead,
    /// It keeps what it finds likely and continues.
    Verifies,
    /// Nothing.
    None,
}

/// What a member does in a round; `None` where it is not a round of lazy drafting.
#[must_use]
pub fn part(round: &Round, member: MemberIndex) -> Option<Part> {
    let ahead = round.ahead.as_ref()?;
    Some(if ahead.member == member {
        Part::Ahead
    } else if round.drafters.contains(&member) {
        Part::Verifies
    } else {
        Part::None
    })
}

/// How many tokens of a draft ahead were kept, once that is known.
#[must_use]
pub fn kept(round: &Round) -> Option<DisplayText> {
    round.kept_ahead().map(|(kept, all)| match (kept, all) {
        (_, 0) => "was not sure".into(),
        (kept, all) => display!("kept {kept} of {all}"),
    })
}

/// Whether the draft ahead is still to come.
#[must_use]
pub fn is_drafting_ahead(round: &Round) -> bool {
    round.ahead.as_ref().is_some_and(|ahead| matches!(ahead.draft, DraftState::Open(_)))
}

/// What happens in an open round, in a sentence.
pub(super) fn open(answer: &Answer, round: &Round) -> Option<DisplayText> {
    let drafter = answer.name(round.ahead.as_ref()?.member);
    let verifier = answer.name(*round.drafters.first()?);
    Some(if is_drafting_ahead(round) {
        display!("{drafter} drafts while it is sure, for {verifier} to check")
    } else {
        display!("{verifier} checks what {drafter} drafted, and goes on from there")
    })
}

/// How a round was decided, in a sentence; `None` where it is not a round of lazy drafting, or the user decided.
#[must_use]
pub fn closed(answer: &Answer, round: &Round) -> Option<DisplayText> {
    let ahead = round.ahead.as_ref()?;
    let accepted = round.accepted.as_ref().filter(|accepted| !accepted.overridden)?;
    let (drafter, verifier) = (answer.name(ahead.member), answer.name(accepted.author?));
    let added = if round.accepted_parts().last().is_some_and(|(author, _)| *author == accepted.author) {
        display!("{verifier} alone judges, and went on itself")
    } else {
        display!("{verifier} alone judges")
    };
    Some(match round.kept_ahead() {
        None => added,
        Some((_, 0)) => display!("{drafter} was not sure enough to draft; {verifier} went on alone"),
        Some((0, all)) => display!("nothing was kept of {drafter}'s {}; {added}", counted(all, "token")),
        Some((kept, all)) => display!("{kept} of {drafter}'s {} kept; {added}", counted(all, "token")),
    })
}
