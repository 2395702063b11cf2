//! Who drafts lazily.

use super::MemberState;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Role, ScoreTier};
use crate::engine::fusion::lazy::Pair;

/// The pair of these members that drafts lazily: of those that take part, work in this process, are made for conversation and of
/// known size, the largest that both drafts and verifies, and the smallest other one that drafts. `None` where there are no two.
pub(super) fn pair(members: &[MemberState]) -> Option<Pair> {
    let sized = || {
        members.iter().enumerate().filter_map(|(place, member)| {
            let able = member.is_active() && member.tier == ScoreTier::InProcess && member.header.is_chat_drafter();
            Some((member.header.capabilities.parameters.filter(|_| able)?, MemberIndex(place)))
        })
    };
    // Of equally large ones the first, as everywhere.
    let (most, verifier) = sized()
        .filter(|(_, member)| members[member.0].header.role != Role::Draft)
        .reduce(|best, other| if other.0 > best.0 { other } else { best })?;
    let (least, drafter) =
        sized().filter(|(_, member)| *member != verifier).reduce(|best, other| if other.0 < best.0 { other } else { best })?;
    (least < most).then_some(Pair { drafter, verifier })
}
