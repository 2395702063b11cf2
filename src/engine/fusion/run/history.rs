//! What the user changed in a run, so that it can be undone and redone.
//!
//! A change of the text is undone by returning to the segment at which the answer was; one of a knob, a weight or a member's
//! presence by restoring the old value, wherever the answer is by then.

use std::sync::Arc;

use super::departure::Presence;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::SegmentId;
use crate::engine::fusion::params::Params;

/// The state before a change.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Was {
    /// The segment at which the answer was.
    Text(SegmentId),
    /// All knobs.
    Knobs(Arc<Params>),
    /// A verifier's weight as the user had set it.
    Weight(MemberIndex, Option<f64>),
    /// A member's absences.
    Presence(MemberIndex, Presence),
}

/// A change that can be undone or redone.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub(super) action: String,
    /// The round that it is about, if it is about one.
    pub(super) round: Option<usize>,
    pub(super) was: Was,
}

/// The changes of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    pub(super) done: Vec<Change>,
    pub(super) undone: Vec<Change>,
}

impl History {
    /// What would be undone.
    #[must_use]
    pub fn undoable(&self) -> Option<&Change> {
        self.done.last()
    }

    /// What would be redone.
    #[must_use]
    pub fn redoable(&self) -> Option<&Change> {
        self.undone.last()
    }

    /// Adds a new change. Nothing undone earlier can be redone after it.
    pub(super) fn add(&mut self, action: String, round: Option<usize>, was: Was) {
        self.done.push(Change { action, round, was });
        self.undone.clear();
    }

    /// Names another round as that of the last change: one that was decided long ago is opened again for it.
    pub(super) fn in_round(&mut self, number: usize) {
        if let Some(change) = self.done.last_mut().filter(|change| change.round.is_some()) {
            change.round = Some(number);
        }
    }

    /// Adds a knob to a change of several.
    pub(super) fn join(&mut self, what: &str) -> bool {
        match self.done.last_mut() {
            Some(Change { action: known, was: Was::Knobs(_), .. }) => {
                *known = format!("{known}, {what}");
                true
            }
            Some(_) | None => false,
        }
    }
}

impl Change {
    /// In words, as in "taken back: …".
    #[must_use]
    pub fn what(&self) -> String {
        let round = self.round.map_or_else(String::new, |round| format!(" in round {round}"));
        format!("{}{round}", self.action)
    }

    /// The segment to which the text goes with it, if it is a change of the text.
    #[must_use]
    pub fn text(&self) -> Option<SegmentId> {
        match self.was {
            Was::Text(segment) => Some(segment),
            Was::Knobs(_) | Was::Weight(..) | Was::Presence(..) => None,
        }
    }

    /// The member that would be away with it.
    #[must_use]
    pub fn sends_away(&self) -> Option<MemberIndex> {
        match &self.was {
            Was::Presence(member, presence) => presence.away(*member).map(|_| *member),
            Was::Text(_) | Was::Knobs(_) | Was::Weight(..) => None,
        }
    }
}
