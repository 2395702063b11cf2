//! Which sequences of llama.cpp's cache go through which nodes of the tree.
//!
//! Pure. The cache is unified: a cell belongs to any number of sequences, and copying a sequence only marks cells. Sequence 0 is
//! the prefix; every path from it to a leaf of the tree is a separate sequence, which shares the cells of common nodes with
//! others. The batch does not check its sequences against their limit (llama.cpp writes beyond its memory), so they are counted
//! here.

use crate::engine::member::in_process::{Moved, Tree};

/// Sequences of a context, including the prefix's. llama.cpp supports at most 256 (`LLAMA_MAX_SEQ`).
pub(super) const SEQUENCES: usize = 64;

/// The most paths of the tree: one fewer than there are sequences besides the prefix's, so that a draft can always start one.
pub(super) const LEAVES: usize = SEQUENCES - 2;

/// A change of the cache before nodes are evaluated: sequence `from` shares its cells with `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) from: i32,
    pub(super) to: i32,
    /// Up to this many tokens after the prefix; `None` shares the prefix itself.
    pub(super) depth: Option<usize>,
}

/// A change of the cache after nodes were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// The sequence to shorten.
    pub(super) sequence: i32,
    /// How many tokens after the prefix it keeps; `None` drops everything, including the prefix.
    pub(super) depth: Option<usize>,
}

/// A node's position and the sequences through it.
#[derive(Debug, Clone, Default)]
struct Node {
    depth: usize,
    through: Vec<i32>,
}

/// The sequences of a tree.
#[derive(Debug)]
pub(super) struct Sequences {
    nodes: Vec<Node>,
    /// For each sequence in use, the node that it ends at.
    ends: Vec<Option<u32>>,
}

impl Sequences {
    /// None in use except the prefix's.
    pub(super) fn new() -> Self {
        Self { nodes: Vec::new(), ends: vec![None; SEQUENCES] }
    }

    /// Whether any is in use except the prefix's.
    pub(super) fn any(&self) -> bool {
        self.ends.iter().any(Option::is_some)
    }

    /// The sequences through a node.
    pub(super) fn through(&self, node: u32) -> &[i32] {
        &self.nodes[node as usize].through
    }

    /// Tokens from the prefix up to and including a node.
    pub(super) fn depth(&self, node: u32) -> usize {
        self.nodes[node as usize].depth
    }

    /// Any sequence through a node.
    pub(super) fn of(&self, node: u32) -> Option<i32> {
        self.nodes.get(node as usize).and_then(|node| node.through.first().copied())
    }

    /// Gives every new node its sequences, and returns what the new ones share with what is evaluated. `None` if there are too
    /// many paths.
    pub(super) fn extend(&mut self, tree: &Tree) -> Option<Vec<Share>> {
        let known = self.nodes.len();
        let mut is_parent = vec![false; tree.len() - known];
        for node in known as u32..tree.len() as u32 {
            let parent = tree.parent(node);
            let depth = parent.map_or(0, |parent| self.nodes[parent as usize].depth) + 1;
            self.nodes.push(Node { depth, through: Vec::new() });
            if let Some(parent) = parent.and_then(|parent| (parent as usize).checked_sub(known)) {
                is_parent[parent] = true;
            }
        }
        let mut shares = Vec::new();
        for leaf in (known..tree.len()).filter(|node| !is_parent[node - known]) {
            let leaf = leaf as u32;
            let evaluated = first_known(tree, leaf, known);
            let sequence = match evaluated.and_then(|node| self.ending_at(node)) {
                Some(sequence) => sequence,
                None => self.begin(tree, evaluated, &mut shares)?,
            };
            self.ends[sequence as usize] = Some(leaf);
            self.mark(tree, Some(leaf), evaluated, sequence);
        }
        Some(shares)
    }

    fn ending_at(&self, node: u32) -> Option<i32> {
        self.nodes[node as usize].through.iter().copied().find(|sequence| self.ends[*sequence as usize] == Some(node))
    }

    /// A sequence that goes to this node.
    fn begin(&mut self, tree: &Tree, node: Option<u32>, shares: &mut Vec<Share>) -> Option<i32> {
        let free = self.ends.iter().skip(1).position(Option::is_none)? + 1;
        let sequence = free as i32;
        shares.push(Share { from: 0, to: sequence, depth: None });
        if let Some(node) = node {
            let depth = self.nodes[node as usize].depth;
            shares.push(Share { from: self.of(node)?, to: sequence, depth: Some(depth) });
            self.mark(tree, Some(node), None, sequence);
        }
        Some(sequence)
    }

    /// Marks the nodes from one up to another (exclusive) as part of a sequence.
    fn mark(&mut self, tree: &Tree, from: Option<u32>, to: Option<u32>, sequence: i32) {
        let mut at = from;
        while at != to {
            let Some(node) = at else { break };
            self.nodes[node as usize].through.push(sequence);
            at = tree.parent(node);
        }
    }

    /// Keeps what is left of the tree after an adoption; returns the sequences that are no longer needed.
    pub(super) fn keep(&mut self, moved: &[Moved], adopted: usize) -> Vec<Cut> {
        let mut kept: Vec<Node> = vec![Node::default(); moved.len()];
        let mut ends = vec![None; SEQUENCES];
        for (old, new) in moved {
            let mut node = std::mem::take(&mut self.nodes[*old as usize]);
            node.depth -= adopted;
            for sequence in &node.through {
                // A later node is deeper, so the last one wins.
                ends[*sequence as usize] = Some(*new);
            }
            kept[*new as usize] = node;
        }
        let gone = (1..).zip(self.ends.iter().zip(&ends).skip(1));
        let gone = gone.filter(|(_, (before, now))| before.is_some() && now.is_none());
        let cuts = gone.map(|(sequence, _)| Cut { sequence, depth: None }).collect();
        (self.nodes, self.ends) = (kept, ends);
        cuts
    }

    /// Drops the nodes from this one on.
    pub(super) fn forget(&mut self, first: usize) -> Vec<Cut> {
        if first >= self.nodes.len() {
            return Vec::new();
        }
        let mut cut: Vec<i32> = self.nodes.drain(first..).flat_map(|node| node.through).collect();
        cut.sort_unstable();
        cut.dedup();
        let mut cuts = Vec::with_capacity(cut.len());
        for sequence in cut {
            let mut left = self.nodes.iter().rposition(|node| node.through.contains(&sequence));
            // If another sequence goes through what is left, this one holds nothing of its own, and is free again.
            if left.is_some_and(|node| self.nodes[node].through.len() > 1) {
                self.nodes.iter_mut().for_each(|node| node.through.retain(|other| *other != sequence));
                left = None;
            }
            self.ends[sequence as usize] = left.map(|node| node as u32);
            cuts.push(Cut { sequence, depth: left.map(|node| self.nodes[node].depth) });
        }
        cuts
    }
}

/// The nearest ancestor of a leaf that is one of the first `known` nodes.
fn first_known(tree: &Tree, leaf: u32, known: usize) -> Option<u32> {
    let mut at = Some(leaf);
    while let Some(node) = at.filter(|node| *node as usize >= known) {
        at = tree.parent(node);
    }
    at
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// A model of the cache: for every sequence the tokens of its cells by position, as llama.cpp would find them.
    #[derive(Debug, Default)]
    struct Cache {
        prefix: usize,
        cells: BTreeMap<i32, BTreeMap<usize, u32>>,
    }

    impl Cache {
        fn share(&mut self, share: Share) {
            let end = share.depth.map_or(self.prefix, |depth| self.prefix + depth);
            let start = if share.depth.is_some() { self.prefix } else { 0 };
            let from = self.cells.get(&share.from).cloned().unwrap_or_default();
            self.cells.entry(share.to).or_default().extend(from.range(start..end));
        }

        fn cut(&mut self, cut: Cut) {
            match cut.depth {
                None => drop(self.cells.remove(&cut.sequence)),
                Some(depth) => {
                    let end = self.prefix + depth;
                    self.cells.entry(cut.sequence).or_default().retain(|position, _| *position < end);
                }
            }
        }

        fn evaluate(&mut self, tree: &Tree, sequences: &Sequences, node: u32) {
            let position = self.prefix + sequences.nodes[node as usize].depth - 1;
            for sequence in sequences.through(node) {
                assert!((*sequence as usize) < SEQUENCES);
                let replaced = self.cells.entry(*sequence).or_default().insert(position, tree.token(node));
                assert_eq!(replaced, None, "a position twice in a sequence");
            }
        }
    }

    /// Every node sees exactly the prefix and its own path, in every sequence that goes through it.
    fn check(cache: &Cache, tree: &Tree, sequences: &Sequences) {
        for node in 0..tree.len() as u32 {
            let mut path = Vec::new();
            let depth = tree.path(node, &mut path);
            assert!(!sequences.through(node).is_empty());
            for sequence in sequences.through(node) {
                let cells = &cache.cells[sequence];
                assert_eq!(cells.range(..cache.prefix).count(), cache.prefix);
                let seen: Vec<u32> = cells.range(cache.prefix..cache.prefix + depth).map(|(_, token)| *token).collect();
                assert_eq!(seen, path.iter().map(|node| tree.token(*node)).collect::<Vec<_>>());
            }
        }
        let used: BTreeSet<i32> = (0..tree.len() as u32).flat_map(|node| sequences.through(node).to_vec()).collect();
        for (sequence, end) in (0_i32..).zip(&sequences.ends) {
            assert_eq!(end.is_some(), used.contains(&sequence), "sequence {sequence}");
        }
        // The number of leaves decides whether there is a sequence for another path.
        assert_eq!(used.len(), tree.leaves());
    }

    proptest! {
        /// However drafts and candidates grow, win and are dropped, every node attends to its own path and nothing else.
        #[test]
        fn every_node_sees_its_own_path(
            steps in prop::collection::vec((0_u8..9, 0_u32..60, prop::collection::vec(0_u32..3, 1..6)), 1..60),
        ) {
            let mut tree = Tree::new(100, &[0]);
            let mut sequences = Sequences::new();
            let mut cache = Cache { prefix: 3, ..Cache::default() };
            cache.cells.insert(0, (0..3).map(|position| (position, 9)).collect());
            for (step, at, tokens) in steps {
                match step {
                    0..=5 => {
                        // Several paths together, as candidates are planted, each from the root or from a node.
                        let first = tree.len() as u32;
                        if tree.leaves() + 2 >= LEAVES { continue; }
                        for start in [at, at / 2].iter().take(1 + usize::from(step % 2)) {
                            let mut parent = (*start < first).then_some(*start);
                            for token in &tokens {
                                parent = Some(tree.add(parent, *token));
                            }
                        }
                        for share in sequences.extend(&tree).unwrap() { cache.share(share); }
                        for node in first..tree.len() as u32 {
                            cache.evaluate(&tree, &sequences, node);
                            tree.set(node, &[0.0; 4], 0.0);
                        }
                    }
                    6 if tree.len() > 0 => {
                        let root = at % tree.len() as u32;
                        let mut path = Vec::new();
                        let depth = tree.path(root, &mut path);
                        let from = sequences.of(root).unwrap();
                        cache.share(Share { from, to: 0, depth: Some(depth) });
                        cache.prefix += depth;
                        for cut in sequences.keep(&tree.keep_behind(root), depth) { cache.cut(cut); }
                    }
                    7 if tree.leaves() + 2 < LEAVES => {
                        // A call that is cancelled between two decodes.
                        let first = tree.len() as u32;
                        for start in [at, at / 2] {
                            let mut parent = (start < first).then_some(start);
                            for token in &tokens { parent = Some(tree.add(parent, *token)); }
                        }
                        for share in sequences.extend(&tree).unwrap() { cache.share(share); }
                        let reached = first + (tree.len() as u32 - first) / 2;
                        for node in first..reached {
                            cache.evaluate(&tree, &sequences, node);
                            tree.set(node, &[0.0; 4], 0.0);
                        }
                        tree.keep_first(reached as usize);
                        for cut in sequences.forget(reached as usize) { cache.cut(cut); }
                    }
                    _ => {
                        let first = (at as usize).min(tree.len());
                        tree.keep_first(first);
                        for cut in sequences.forget(first) { cache.cut(cut); }
                    }
                }
                check(&cache, &tree, &sequences);
            }
        }
    }
}
