//! What each member used so far, where anybody counts it, and how those score whose way was lowered.

use super::super::super::answer::Answer;
use super::super::super::prose::{Prose, Tone, line, wrap};
use super::super::usage;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;

pub(super) fn used(answer: &Answer, width: u16) -> Prose {
    let mut prose = Prose::new();
    for (place, member) in answer.run.members.iter().enumerate() {
        let mut parts = Vec::new();
        if !member.usage.is_zero() {
            parts.push(usage::tokens(member.usage));
        }
        parts.extend(member.cost().map(|cost| usage::paid(cost, member.usage)));
        if member.tier != member.header.capabilities.tier {
            parts.push(display!("{} now", member.tier.in_words()));
        }
        if !parts.is_empty() {
            let head = vec![(Tone::Member(place), display!("  {} ", answer.letter(MemberIndex(place))))];
            wrap(&mut prose, head, Tone::Plain, &DisplayText::joined(&parts, " · "), width, 4);
        }
    }
    if !prose.is_empty() {
        prose.insert(0, line(Tone::Heading, "what the answer took so far"));
        prose.insert(0, Vec::new());
    }
    prose
}
