//! Sets aside drafts that only repeat the question or the answer.
//!
//! Such a draft is not scored before all are in. If there is another kind of draft by then, it is set aside, unless its authors
//! hold at least half of the weight of all drafters: then the repetition has a reason.

use std::sync::Arc;

use super::Machine;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::event::{Event, Repeats};
use crate::engine::fusion::repeats::repeats;

impl Machine {
    /// Sets the open round's repeating candidates aside once all drafts are in.
    pub(super) fn set_aside(&mut self) {
        self.look_for_repeats();
        let Some(round) = self.run.open_round().filter(|round| round.all_drafted()) else { return };
        let weights = self.tally.weights.under(round.params.weights).to_vec();
        let weight = |members: &[MemberIndex]| members.iter().map(|member| weights[member.0]).sum::<f64>();
        let all: f64 = round.candidates().iter().map(|candidate| weight(&candidate.authors)).sum();
        for repeats in [Repeats::Question, Repeats::Answer] {
            let Some(round) = self.run.open_round() else { return };
            let only = |candidate: &&Candidate| {
                self.known_repeats(candidate) == Some(repeats)
                    && round.repeats(candidate.key).is_none()
                    && weight(&candidate.authors) < all / 2.0
            };
            let aside: Vec<MemberIndex> = round.taking_part().filter(only).map(|candidate| candidate.key).collect();
            if !aside.is_empty() && aside.len() < round.taking_part().count() {
                self.emit(Event::SetAside { candidates: self.names(&aside), repeats });
            }
        }
    }

    /// Whether a candidate must not be scored yet, because it may be set aside.
    pub(super) fn is_held_back(&self, candidate: &Candidate) -> bool {
        let undrafted = self.run.open_round().is_some_and(|round| !round.all_drafted());
        undrafted && self.known_repeats(candidate).is_some()
    }

    fn known_repeats(&self, candidate: &Candidate) -> Option<Repeats> {
        self.repeating.iter().find(|(text, _)| *text == candidate.text).and_then(|(_, repeats)| *repeats)
    }

    /// Checks the candidates that have arrived since.
    fn look_for_repeats(&mut self) {
        let Some(round) = self.run.open_round().filter(|round| round.params.set_aside) else { return };
        let known = |text: &Arc<str>| self.repeating.iter().any(|(other, _)| other == text);
        let texts: Vec<Arc<str>> =
            round.candidates().iter().map(|candidate| Arc::clone(&candidate.text)).filter(|text| !known(text)).collect();
        if texts.is_empty() {
            return;
        }
        let (question, accepted) = (self.run.header.conversation.prompt(), self.run.answer());
        let found = texts.into_iter().map(|text| {
            let repeats = repeats(&text, question, &accepted);
            (text, repeats)
        });
        let found: Vec<_> = found.collect();
        self.repeating.extend(found);
    }
}
