//! What the user changes about a run: knobs, weights, who takes part, and where in the tree of branches it is; each can be undone.

use std::sync::Arc;

use super::history::{Change, Was};
use super::{Round, Run};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{SegmentId, Steering};
use crate::engine::fusion::params::Value;

impl Run {
    pub(super) fn undone(&mut self) {
        if let Some(change) = self.history.done.pop() {
            let change = self.put_back(change);
            self.history.undone.push(change);
        }
    }

    pub(super) fn redone(&mut self) {
        if let Some(change) = self.history.undone.pop() {
            let change = self.put_back(change);
            self.history.done.push(change);
        }
    }

    /// Records a change by the user.
    pub(super) fn changed(&mut self, what: String, was: Was) {
        self.steered = true;
        self.history.add(what, None, was);
    }

    /// Records what the user did in a round.
    pub(super) fn changed_in(&mut self, round: usize, action: &Steering) {
        self.steered = true;
        self.history.add(action.to_string(), Some(round), Was::Text(self.tree.head()));
    }

    pub(super) fn readmitted(&mut self, member: &str, round: usize) {
        let Some(index) = self.index(member) else { return };
        self.changed(format!("bringing {member} back"), Was::Presence(index, self.presence.of(index)));
        self.presence.readmit(index, round);
        self.presence_changed();
    }

    pub(super) fn knob_changed(&mut self, name: &str, value: &Value, together: bool) {
        let what = format!("{name} {value}");
        if !(together && self.history.join(&what)) {
            self.changed(what, Was::Knobs(Arc::clone(&self.params)));
        }
        // A knob of another version may be unknown here: the trace records what happened, and the rest can still be read.
        let _ = Arc::make_mut(&mut self.params).set(name, value);
    }

    pub(super) fn weight_changed(&mut self, member: &str, weight: f64) {
        if let Some(index) = self.index(member) {
            self.changed(format!("the weight of {member}"), Was::Weight(index, self.weights[index.0]));
            self.set_weight(index, Some(weight));
        }
    }

    pub(super) fn rewound(&mut self, to_round: usize) {
        let head = self.tree.head();
        self.changed(format!("going back to round {to_round}"), Was::Text(head));
        let path = self.tree.path(head);
        let kept = self.rounds.iter().take_while(|round| round.number <= to_round).count().min(path.len());
        self.go_to(kept.checked_sub(1).map_or(SegmentId::QUESTION, |last| path[last]));
    }

    pub(super) fn returned(&mut self, segment: SegmentId) {
        if self.tree.contains(segment) {
            self.changed("going to another branch".to_owned(), Was::Text(self.tree.head()));
            self.go_to(segment);
        }
    }

    /// Restores the state before a change; returns the change that redoes it.
    fn put_back(&mut self, Change { action, round, was }: Change) -> Change {
        let was = match was {
            Was::Text(segment) => {
                let head = self.tree.head();
                self.go_to(segment);
                Was::Text(head)
            }
            Was::Knobs(params) => Was::Knobs(std::mem::replace(&mut self.params, params)),
            Was::Weight(member, weight) => {
                let set = self.weights[member.0];
                self.set_weight(member, weight);
                Was::Weight(member, set)
            }
            Was::Presence(member, presence) => {
                let now = self.presence.of(member);
                self.presence.replace(member, presence);
                self.presence_changed();
                Was::Presence(member, now)
            }
        };
        Change { action, round, was }
    }

    fn set_weight(&mut self, member: MemberIndex, weight: Option<f64>) {
        self.weights[member.0] = weight;
        self.new_weights.retain(|known| *known != member);
        self.new_weights.push(member);
    }

    /// The weight that the user gave a member, during the run or before.
    pub(super) fn weight(&self, member: MemberIndex) -> Option<f64> {
        self.weights[member.0].or(self.members[member.0].header.weight)
    }

    /// Goes to a segment on any branch.
    fn go_to(&mut self, segment: SegmentId) {
        let there = self.tree.go_to(segment).clone();
        self.rounds = self.tree.rounds(segment);
        let number = self.rounds.last().map_or(0, |round| round.number);
        self.presence = self.presence.go_to(&there, number);
        self.presence_changed();
        // What the user set, and what a member can do, applies everywhere; what was learned is as it was there.
        self.new_joined.clone_from(&self.joined);
        self.new_predicted = self.predictions().collect();
        self.new_weights = (0..self.weights.len()).filter(|place| self.weights[*place].is_some()).map(MemberIndex).collect();
        self.count_tokens();
    }

    /// Opens the round of a segment again, with every reply it had.
    pub(super) fn reopen(&mut self, segment: SegmentId) {
        let Some(node) = self.tree.node(segment) else { return };
        let (parent, mut round) = (node.parent, Round::clone(&node.round));
        (round.accepted, round.ranked) = (None, None);
        round.late.clear();
        round.drop_open_drafts();
        self.history.in_round(round.number);
        self.go_to(parent);
        self.rounds.push(Arc::new(round));
    }
}
