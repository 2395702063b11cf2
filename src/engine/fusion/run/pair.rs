//! Which members draft lazily.

use super::MemberState;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Role, ScoreTier};
use crate::engine::fusion::lazy::Pair;

/// The pair of these members that drafts lazily: among the active chat models of known size in this process, the largest that
/// both drafts and verifies, and the smallest other one that drafts. `None` if there is no such pair.
pub(super) fn pair(members: &[MemberState]) -> Option<Pair> {
    let sized = || {
        members.iter().enumerate().filter_map(|(place, member)| {
            let able = member.is_active() && member.tier == ScoreTier::InProcess && member.header.is_chat_drafter();
            Some((member.header.capabilities.parameters.filter(|_| able)?, MemberIndex(place)))
        })
    };
    // The first on ties, as everywhere.
    let (most, verifier) = sized()
        .filter(|(_, member)| members[member.0].header.role != Role::Draft)
        .reduce(|best, other| if other.0 > best.0 { other } else { best })?;
    let (least, drafter) =
        sized().filter(|(_, member)| *member != verifier).reduce(|best, other| if other.0 < best.0 { other } else { best })?;
    (least < most).then_some(Pair { drafter, verifier })
}
