//! The accepted segments of a run as a tree: going back and continuing differently adds a second child, and nothing is lost.
//!
//! Owns which segment follows which, and the current one. `departure` owns what going to another segment means for the members.

use std::sync::Arc;

use super::departure::Presence;
use super::round::Round;
use crate::engine::fusion::event::SegmentId;

/// An accepted segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The segment that it follows.
    pub parent: SegmentId,
    /// The round in which it was accepted.
    pub round: Arc<Round>,
    /// Which members were away at this point.
    presence: Presence,
}

/// All accepted segments of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Which members were away before the first segment.
    question: Presence,
    /// By number: the first is segment 1.
    nodes: Vec<Node>,
    head: SegmentId,
}

impl Tree {
    /// The current segment: the last of the answer.
    #[must_use]
    pub fn head(&self) -> SegmentId {
        self.head
    }

    /// The segment of that number; `None` for the question and for one that does not exist.
    #[must_use]
    pub fn node(&self, segment: SegmentId) -> Option<&Node> {
        self.nodes.get(segment.0.checked_sub(1)?)
    }

    /// Whether the answer can go there: the question, or a segment that exists.
    #[must_use]
    pub fn contains(&self, segment: SegmentId) -> bool {
        segment.0 <= self.nodes.len()
    }

    /// Segments on all branches.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "nothing asks")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The segments from the first up to this one.
    #[must_use]
    pub fn path(&self, segment: SegmentId) -> Vec<SegmentId> {
        let up = std::iter::successors(Some(segment), |segment| self.node(*segment).map(|node| node.parent));
        let mut path: Vec<SegmentId> = up.take_while(|segment| self.node(*segment).is_some()).collect();
        path.reverse();
        path
    }

    /// The rounds of the segments from the first up to this one.
    #[must_use]
    pub fn rounds(&self, segment: SegmentId) -> Vec<Arc<Round>> {
        self.path(segment).into_iter().filter_map(|segment| self.node(segment)).map(|node| Arc::clone(&node.round)).collect()
    }

    /// The ends of all branches, oldest first: segments without children.
    #[must_use]
    pub fn leaves(&self) -> Vec<SegmentId> {
        let mut followed = vec![false; self.nodes.len() + 1];
        for node in &self.nodes {
            followed[node.parent.0] = true;
        }
        (1..followed.len()).filter(|segment| !followed[*segment]).map(SegmentId).collect()
    }

    pub(super) fn add(&mut self, round: Arc<Round>, presence: Presence) {
        self.nodes.push(Node { parent: self.head, round, presence });
        self.head = SegmentId(self.nodes.len());
    }

    /// Replaces the newest round's decision: a trace edited by hand may accept twice in it.
    pub(super) fn replace(&mut self, round: Arc<Round>) {
        if let Some(node) = self.head.0.checked_sub(1).and_then(|place| self.nodes.get_mut(place)) {
            node.round = round;
        }
    }

    pub(super) fn go_to(&mut self, segment: SegmentId) -> &Presence {
        self.head = segment;
        self.node(segment).map_or(&self.question, |node| &node.presence)
    }

    /// Records which members are away or were brought back at the current segment.
    pub(super) fn note(&mut self, presence: Presence) {
        match self.head.0.checked_sub(1).and_then(|place| self.nodes.get_mut(place)) {
            Some(node) => node.presence = presence,
            None => self.question = presence,
        }
    }
}
