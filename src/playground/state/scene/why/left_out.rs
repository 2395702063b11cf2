//! What else the same votes would have chosen: without each one verifier, without what authors say of their own drafts, by what
//! most verifiers prefer.

use super::super::caption::{Keys, Moment, deciding, of_round};
use super::super::matrix::weights;
use super::Subject;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::deciding::{Ahead, Deciding};

/// What other votes would have chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherVotes {
    /// Which votes.
    pub name: DisplayText,
    /// Whose candidate they would choose.
    pub winner: Option<MemberIndex>,
    /// By how much.
    pub margin: Option<f64>,
    /// Whether that is another candidate than what all votes choose.
    pub differs: bool,
}

/// How the votes decide the round.
pub(super) fn decided(subject: &Subject<'_>) -> Option<Deciding> {
    deciding(subject.round, &subject.matrix, &weights(subject.answer, subject.round))
}

/// The round in a sentence.
pub(super) fn caption(subject: &Subject<'_>, decided: Option<&Deciding>) -> DisplayText {
    let moment = Moment {
        answer: subject.answer,
        round: Some(subject.round),
        matrix: Some(&subject.matrix),
        deciding: decided,
        state: None,
        recording: false,
        single: None,
        keys: Keys { tune: "", again: "", go_on: "" },
    };
    of_round(moment).longest()
}

/// What each other way of counting the votes would have chosen.
pub(super) fn other_votes(subject: &Subject<'_>, decided: &Deciding) -> Vec<OtherVotes> {
    let key = |place: usize| subject.matrix.candidates.get(place).map(|candidate| candidate.key);
    let entry = |name: DisplayText, ahead: Option<Ahead>| OtherVotes {
        name,
        winner: ahead.and_then(|ahead| key(ahead.candidate)),
        margin: ahead.and_then(|ahead| ahead.margin),
        differs: ahead.map(|ahead| ahead.candidate) != Some(decided.winner),
    };
    let without = decided.votes.iter().map(|vote| entry(display!("without {}", subject.name(vote.verifier)), vote.without));
    let blind = entry("without own scores".into(), decided.without_own);
    let majority = decided.majority.map(|majority| {
        let name = display!("one vote each: {} of {}", majority.votes, majority.of);
        entry(name, Some(Ahead { candidate: majority.candidate, margin: None }))
    });
    without.chain(std::iter::once(blind)).chain(majority).collect()
}
