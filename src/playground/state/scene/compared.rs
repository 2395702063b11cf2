//! The run compared with its strongest member, in words.

use super::super::answer::Answer;
use super::{counted, figure};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::Choice;
use crate::engine::fusion::single::{Against, Fate, Single};

/// The run in whole sentences.
#[must_use]
pub fn summary(single: &Single, answer: &Answer) -> Vec<DisplayText> {
    let name = answer.name(single.strongest);
    let (others, segments) = (single.from_others(), counted(single.segments(), "segment"));
    let mut sentences = vec![if others == 0 {
        display!("the strongest member, {name}, would have been accepted all along: {segments}, all of them its own")
    } else {
        display!("{others} of {segments} {} not by {name}, the strongest member", if others == 1 { "is" } else { "are" })
    }];
    if let Some((fused, alone)) = single.means {
        let rule = single.rule.map_or("the rule changed on the way", Choice::name);
        sentences.push(display!(
            "what was accepted scored {} on average, {name}'s drafts in the same rounds {} ({rule})",
            figure(fused),
            figure(alone)
        ));
    }
    sentences
}

/// A round in words.
#[must_use]
pub fn of_round(single: &Single, number: usize, answer: &Answer) -> Vec<DisplayText> {
    let Some(round) = single.round(number) else { return Vec::new() };
    let name = answer.name(single.strongest);
    let strongest = display!("{name}'s candidates scored best over the run: {} on average", figure(single.strength));
    let here = match (round.fate, difference(round)) {
        (Fate::Accepted, _) => display!("in this round {name}'s own was accepted"),
        (Fate::PassedOver, Some(ahead)) => {
            let scored = figure(round.single.unwrap_or_default());
            display!("in this round its candidate scored {scored}, and what was accepted {} more", figure(ahead))
        }
        (Fate::PassedOver, None) => "in this round another's was accepted, and not both were scored".into(),
        (Fate::Missing, _) => "in this round it had no candidate".into(),
        (Fate::ByHand, _) => "in this round a person wrote or changed what was accepted".into(),
    };
    vec![strongest, here]
}

pub(super) fn difference(round: &Against) -> Option<f64> {
    Some(round.accepted? - round.single?)
}
