//! The members of an answer as a list: whom a key is meant for if no pane is focused.
//!
//! A key never acts on a member that is not marked: either a pane is focused, or the member is chosen from this list first.

use super::answer::Answer;
use super::picker::{Choice, Item, MemberAction, Picker, PickerKind};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::{DraftState, Round};

/// The list from which the member is chosen.
#[must_use]
pub fn picker(answer: &Answer, round: Option<&Round>, action: MemberAction) -> Picker {
    let members = (0..answer.labels.len()).map(MemberIndex);
    let items = members.map(|member| Item {
        letters: vec![answer.letter(member)],
        ..Item::new(
            display!("{} {}", answer.letter(member), answer.name(member)),
            detail(answer, round, action, member),
            Choice::Member { action, member },
        )
    });
    Picker::new(PickerKind::Members(action), items.collect())
}

/// What is worth knowing of a member before this is done with it.
fn detail(answer: &Answer, round: Option<&Round>, action: MemberAction, member: MemberIndex) -> DisplayText {
    match action {
        MemberAction::SendAway if answer.run.member(member).is_active() => "takes part".into(),
        MemberAction::SendAway => "is away".into(),
        MemberAction::Lighter | MemberAction::Heavier => {
            let weight = answer.run.weights().now().get(member.0).copied().unwrap_or(1.0);
            display!("weight {weight:.1}")
        }
        MemberAction::Redraft | MemberAction::Copy => {
            round.and_then(|round| draft(round, member)).unwrap_or_else(|| "no candidate".into())
        }
    }
}

fn draft(round: &Round, member: MemberIndex) -> Option<DisplayText> {
    if let Some(candidate) = round.candidate_of(member) {
        return Some(clean_line(&candidate.text));
    }
    let place = round.drafters.iter().position(|drafter| *drafter == member)?;
    match round.drafts.get(place)? {
        DraftState::Open(_) => Some("is being drafted".into()),
        DraftState::Finished(_) | DraftState::Failed(_) => None,
    }
}
