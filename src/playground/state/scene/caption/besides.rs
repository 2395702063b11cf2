//! What else happened in a round: who leaves and why, whose draft failed or only repeats, which votes are missing, whether the
//! answer ends with it.

use std::collections::BTreeSet;

use super::super::figure;
use super::Moment;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::event::ExitReason;
use crate::engine::fusion::run::{DraftState, Round};

/// All of it, the most important first.
pub(super) fn besides(moment: &Moment<'_>, round: &Round) -> Vec<DisplayText> {
    let mut parts = leaving(moment, round);
    let accepted = round.accepted.as_ref();
    if round.end_was_decided() {
        parts.push("the members end the answer with it".into());
    } else if accepted.is_some_and(|accepted| accepted.ends && !accepted.text.trim().is_empty()) {
        parts.push("the answer is complete".into());
    }
    parts.extend(repeating(moment, round));
    parts.extend(failing(moment, round));
    parts
}

/// Who leaves, and why.
pub(super) fn leaving(moment: &Moment<'_>, round: &Round) -> Vec<DisplayText> {
    let here = moment.answer.run.departures().iter().filter(|departure| departure.round == round.number);
    here.map(|departure| {
        let name = moment.name(departure.member);
        match &departure.reason {
            ExitReason::Retention { retention, threshold } => {
                display!("{name} leaves: {} is below {}", figure(*retention), figure(*threshold))
            }
            ExitReason::Failures { .. } | ExitReason::Unusable { .. } => display!("{name} failed and leaves"),
            ExitReason::Late { .. } => display!("{name} was late again and rests"),
            ExitReason::NotReady => display!("{name} is not ready yet"),
            ExitReason::Excluded => display!("{name} was excluded by hand"),
        }
    })
    .collect()
}

fn repeating(moment: &Moment<'_>, round: &Round) -> Vec<DisplayText> {
    let aside = round.candidates().iter().filter_map(|candidate| Some((candidate, round.repeats(candidate.key)?)));
    aside
        .map(|(candidate, repeats)| display!("{}'s draft only repeats {}", moment.named(&candidate.authors), repeats.in_words()))
        .collect()
}

fn failing(moment: &Moment<'_>, round: &Round) -> Vec<DisplayText> {
    let gone = |member| moment.answer.run.departures().iter().any(|left| left.round == round.number && left.member == member);
    let failed = |member| matches!(round.draft(member), Some(DraftState::Failed(_)));
    let drafts: Vec<_> = round.drafters.iter().copied().filter(|member| failed(*member) && !gone(*member)).collect();
    let votes: BTreeSet<_> = round.scores().iter().filter(|cell| cell.opinion.is_err()).map(|cell| cell.verifier).collect();
    let votes: Vec<_> = votes.into_iter().filter(|member| !gone(*member)).collect();
    let mut parts = Vec::new();
    match drafts.as_slice() {
        [] => {}
        [one] => parts.push(display!("{}'s draft failed", moment.name(*one))),
        several => parts.push(display!("{} drafts failed", several.len())),
    }
    match votes.as_slice() {
        [] => {}
        [one] => parts.push(display!("{} failed to score", moment.name(*one))),
        several => parts.push(display!("{} verifiers failed to score", several.len())),
    }
    parts
}
