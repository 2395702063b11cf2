//! What was evaluated after the accepted text: drafts and candidates as one tree of tokens.
//!
//! Candidates that start alike share their first tokens, with each other and with the member's own draft. When one of them is
//! accepted, its tokens are found here and never evaluated again, and what was drawn beyond it is still there for the next draft.
//!
//! A row of logits is as wide as the vocabulary: up to a megabyte. So only a limited number is kept; the other nodes keep only
//! the values requested.

/// The token of a tree that a sequence has reached; `None` is the accepted text itself.
pub(in crate::engine::member) type At = Option<u32>;

/// A node that got another number: the old one and the new.
pub(in crate::engine::member) type Moved = (u32, u32);

/// What is needed of a node besides its position in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::member) enum Wanted {
    /// All of its logits, for drawing.
    Row,
    /// The log-probability of this token after it.
    Token(u32),
    /// The log-probability of an end after it.
    End,
    /// Only that it is evaluated.
    Nothing,
}

/// One token after the accepted text. Its number in the tree is also the engine's number for it.
#[derive(Debug, Clone)]
struct Node {
    token: u32,
    parent: At,
    children: Vec<u32>,
    evaluated: bool,
    /// Its logits; empty if they are not kept.
    row: Vec<f32>,
    /// The logarithm of their sum of exponentials.
    sum: f32,
    /// Logarithm of the probability that the turn ends here.
    end: f32,
    /// Log-probabilities of the tokens after it that were requested; NaN before it is evaluated.
    asked: Vec<(u32, f32)>,
}

/// A tree of tokens with the logits that follow each, as far as they are kept.
#[derive(Debug, Default)]
pub(in crate::engine::member) struct Tree {
    nodes: Vec<Node>,
    first: Vec<u32>,
    leaves: usize,
    ends: Vec<u32>,
    /// How many rows may be kept.
    limit: usize,
    /// Nodes that have a row, oldest first.
    kept: std::collections::VecDeque<u32>,
    /// Rows for reuse.
    spare: Vec<Vec<f32>>,
}

impl Tree {
    /// An empty tree that keeps `rows` rows, at least one; `ends` are the tokens that end a turn.
    pub(in crate::engine::member) fn new(rows: usize, ends: &[u32]) -> Self {
        Self { limit: rows.max(1), ends: ends.to_vec(), ..Self::default() }
    }

    pub(in crate::engine::member) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The most rows that are kept, at least 1.
    pub(super) fn rows(&self) -> usize {
        self.limit
    }

    /// Nodes without a child.
    pub(in crate::engine::member) fn leaves(&self) -> usize {
        self.leaves
    }

    pub(super) fn clear(&mut self) {
        self.keep_first(0);
    }

    pub(in crate::engine::member) fn token(&self, node: u32) -> u32 {
        self.nodes[node as usize].token
    }

    /// The node before a node; `None` if it follows the accepted text.
    #[cfg_attr(not(feature = "llama-cpp"), allow(dead_code, reason = "models of llama.cpp alone need it"))]
    pub(in crate::engine::member) fn parent(&self, node: u32) -> At {
        self.nodes[node as usize].parent
    }

    fn children(&self, at: At) -> &[u32] {
        at.map_or(&self.first, |node| &self.nodes[node as usize].children)
    }

    /// The child of a node that continues with `token` and has, or can still get, what is wanted of it.
    pub(super) fn child(&self, at: At, token: u32, wanted: Wanted) -> Option<u32> {
        let has = |node: &Node| !node.evaluated || !node.row.is_empty() || node.answers(wanted);
        self.children(at).iter().copied().find(|child| {
            let node = &self.nodes[*child as usize];
            node.token == token && has(node)
        })
    }

    /// Adds a child that has to be evaluated.
    pub(in crate::engine::member) fn add(&mut self, at: At, token: u32) -> u32 {
        let node = self.nodes.len() as u32;
        // The first child of a leaf takes its place among the leaves.
        self.leaves += usize::from(at.is_none() || !self.children(at).is_empty());
        match at {
            None => self.first.push(node),
            Some(parent) => self.nodes[parent as usize].children.push(node),
        }
        self.nodes.push(Node {
            token,
            parent: at,
            children: Vec::new(),
            evaluated: false,
            row: Vec::new(),
            sum: 0.0,
            end: 0.0,
            asked: Vec::new(),
        });
        node
    }

    /// Requests something of a node. Must be called before the node is evaluated for what is not kept of every node.
    pub(super) fn ask(&mut self, node: u32, wanted: Wanted) {
        let node = &mut self.nodes[node as usize];
        match wanted {
            Wanted::Token(token) if !node.answers(wanted) => {
                let logprob = node.row.get(token as usize).map_or(f32::NAN, |logit| logit - node.sum);
                node.asked.push((token, logprob));
            }
            Wanted::Token(_) | Wanted::Row | Wanted::End | Wanted::Nothing => {}
        }
    }

    /// Sets the logits of a node, and the logarithm of their sum of exponentials. If too many rows are kept, the oldest is
    /// dropped.
    pub(in crate::engine::member) fn set(&mut self, node: u32, logits: &[f32], sum: f32) {
        if self.kept.len() >= self.limit
            && let Some(oldest) = self.kept.pop_front()
        {
            let mut row = std::mem::take(&mut self.nodes[oldest as usize].row);
            row.clear();
            self.spare.push(row);
        }
        self.kept.push_back(node);
        let mut row = self.spare.pop().unwrap_or_default();
        row.clear();
        row.extend_from_slice(logits);
        let end = end_logprob(&self.ends, logits, sum);
        let node = &mut self.nodes[node as usize];
        for (token, logprob) in &mut node.asked {
            *logprob = logits[*token as usize] - sum;
        }
        (node.row, node.sum, node.end, node.evaluated) = (row, sum, end, true);
    }

    /// What follows a node: its logits, if they are kept, and the logarithm of their sum of exponentials.
    pub(super) fn after(&self, node: u32) -> (&[f32], f32) {
        let node = &self.nodes[node as usize];
        (&node.row, node.sum)
    }

    /// Natural log-probability of a token after an evaluated node; NaN if it is not known.
    pub(super) fn logprob(&self, node: u32, token: u32) -> f32 {
        let node = &self.nodes[node as usize];
        match node.row.get(token as usize) {
            Some(logit) => logit - node.sum,
            None => node.asked.iter().find(|(asked, _)| *asked == token).map_or(f32::NAN, |(_, logprob)| *logprob),
        }
    }

    /// Natural log-probability that the turn ends after an evaluated node.
    pub(super) fn end_logprob(&self, node: u32) -> f32 {
        self.nodes[node as usize].end
    }

    /// Appends the nodes from the first token to this one, and returns their number.
    pub(in crate::engine::member) fn path(&self, node: u32, path: &mut Vec<u32>) -> usize {
        let start = path.len();
        let mut at = Some(node);
        while let Some(node) = at {
            path.push(node);
            at = self.nodes[node as usize].parent;
        }
        path[start..].reverse();
        path.len() - start
    }

    /// The longest evaluated path that starts like `tokens`.
    pub(super) fn longest(&self, tokens: &[u32]) -> Vec<u32> {
        let mut best = Vec::new();
        self.descend(None, tokens, &mut Vec::new(), &mut best);
        best
    }

    /// A token may have several nodes at one position; one with a row is preferred.
    fn descend(&self, at: At, tokens: &[u32], path: &mut Vec<u32>, best: &mut Vec<u32>) {
        let has_row = |path: &[u32]| path.last().is_some_and(|node| !self.nodes[*node as usize].row.is_empty());
        if path.len() > best.len() || (path.len() == best.len() && has_row(path) && !has_row(best)) {
            best.clone_from(path);
        }
        let Some((token, rest)) = tokens.split_first() else { return };
        for child in self.children(at) {
            let node = &self.nodes[*child as usize];
            if node.token == *token && node.evaluated {
                path.push(*child);
                self.descend(Some(*child), rest, path, best);
                path.pop();
            }
        }
    }

    /// Drops all but the first `count` nodes, which were added before the others.
    pub(in crate::engine::member) fn keep_first(&mut self, count: usize) {
        if count >= self.nodes.len() {
            return;
        }
        for node in self.nodes.drain(count..) {
            if !node.row.is_empty() {
                self.spare.push(node.row);
            }
        }
        for node in &mut self.nodes {
            node.children.retain(|child| (*child as usize) < count);
        }
        self.first.retain(|child| (*child as usize) < count);
        self.kept.retain(|node| (*node as usize) < count);
        self.spare.truncate(self.limit);
        self.leaves = self.nodes.iter().filter(|node| node.children.is_empty()).count();
    }

    /// Makes `root` the accepted text's end: keeps only what comes after it, and returns which node moved where, in an order in
    /// which they can be moved one by one.
    pub(in crate::engine::member) fn keep_behind(&mut self, root: u32) -> Vec<Moved> {
        let mut moved: Vec<Moved> = Vec::new();
        let mut places: Vec<Option<u32>> = vec![None; self.nodes.len()];
        let mut kept: Vec<Node> = Vec::new();
        self.first.clear();
        for (old, mut node) in (0_u32..).zip(std::mem::take(&mut self.nodes)) {
            // A parent always has a lower number than its children, so its new number is known by now.
            let below = node.parent == Some(root);
            let above = node.parent.and_then(|parent| places[parent as usize]);
            if !below && above.is_none() {
                if !node.row.is_empty() {
                    self.spare.push(node.row);
                }
                continue;
            }
            let new = kept.len() as u32;
            places[old as usize] = Some(new);
            match above {
                None => self.first.push(new),
                Some(parent) => kept[parent as usize].children.push(new),
            }
            node.children.clear();
            node.parent = above;
            kept.push(node);
            moved.push((old, new));
        }
        self.nodes = kept;
        self.kept = self.kept.iter().filter_map(|node| places[*node as usize]).collect();
        self.leaves = self.nodes.iter().filter(|node| node.children.is_empty()).count();
        moved
    }
}

impl Node {
    /// Whether this was requested of it, or needs no request.
    fn answers(&self, wanted: Wanted) -> bool {
        match wanted {
            Wanted::Row => !self.row.is_empty(),
            Wanted::Token(token) => self.asked.iter().any(|(asked, _)| *asked == token),
            Wanted::End | Wanted::Nothing => true,
        }
    }
}

/// Logarithm of the probability that a turn ends, by any of the tokens that end one.
pub(super) fn end_logprob(ends: &[u32], logits: &[f32], sum: f32) -> f32 {
    match ends {
        [end] => (logits[*end as usize] - sum).min(0.0),
        ends => {
            let total: f64 = ends.iter().map(|end| libm::exp(f64::from(logits[*end as usize] - sum))).sum();
            (libm::log(total) as f32).min(0.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_lies_behind_the_winner_stays() {
        let mut tree = Tree::new(10, &[0]);
        let winner = tree.add(None, 10);
        tree.add(None, 20);
        let next = tree.add(Some(winner), 11);
        let last = tree.add(Some(next), 12);
        let aside = tree.add(Some(winner), 13);
        for node in 0..5 {
            tree.set(node, &[node as f32], 0.5);
        }
        let mut path = Vec::new();
        assert_eq!((tree.path(last, &mut path), path), (3, vec![winner, next, last]));
        assert_eq!((tree.leaves(), tree.longest(&[10, 11, 99])), (3, vec![winner, next]));
        assert_eq!(tree.keep_behind(winner), [(next, 0), (last, 1), (aside, 2)]);
        let child = |tree: &Tree, at, token| tree.child(at, token, Wanted::Row);
        assert_eq!((child(&tree, None, 11), child(&tree, Some(0), 12)), (Some(0), Some(1)));
        assert_eq!((child(&tree, None, 13), child(&tree, None, 10), tree.leaves()), (Some(2), None, 2));
        assert_eq!(tree.after(1), ([last as f32].as_slice(), 0.5));
        tree.keep_first(1);
        assert_eq!((child(&tree, None, 11), child(&tree, None, 13), child(&tree, Some(0), 12)), (Some(0), None, None));
        assert_eq!(tree.leaves(), 1);
    }

    #[test]
    fn of_a_row_that_is_not_kept_only_what_was_asked_for_is_there() {
        let mut tree = Tree::new(1, &[1]);
        let first = tree.add(None, 5);
        tree.ask(first, Wanted::Token(2));
        tree.set(first, &[0.0, -1.0, -2.0, -3.0], 0.0);
        assert_eq!(tree.child(None, 5, Wanted::Row), Some(first));
        tree.ask(first, Wanted::Token(3));
        let second = tree.add(Some(first), 6);
        tree.set(second, &[0.0; 4], 0.0);
        assert_eq!((tree.child(None, 5, Wanted::Row), tree.child(None, 5, Wanted::Token(0))), (None, None));
        assert_eq!(tree.child(None, 5, Wanted::Token(3)), Some(first));
        assert!(tree.logprob(first, 0).is_nan());
        assert_eq!((tree.logprob(first, 2), tree.logprob(first, 3), tree.end_logprob(first)), (-2.0, -3.0, -1.0));
        // If it is drawn there anyway, it is evaluated again, and that node is preferred.
        let again = tree.add(None, 5);
        tree.set(again, &[1.0; 4], 0.0);
        assert_eq!((tree.child(None, 5, Wanted::Row), tree.longest(&[5])), (Some(again), vec![again]));
        assert_eq!(tree.longest(&[5, 6]), [first, second]);
    }

    proptest! {
        /// However a tree grows and shrinks, it keeps no more rows than allowed, and counts its leaves correctly.
        #[test]
        fn rows_are_bounded(steps in prop::collection::vec((0_u8..6, 0_u32..40, 0_u32..4), 1..80), limit in 1_usize..6) {
            let mut tree = Tree::new(limit, &[0]);
            for (step, at, token) in steps {
                let len = tree.len() as u32;
                match step {
                    0..=3 => {
                        let parent = (at < len).then_some(at);
                        let node = tree.add(parent, token);
                        tree.set(node, &[1.0; 4], 0.0);
                    }
                    4 if len > 0 => drop(tree.keep_behind(at % len)),
                    _ => tree.keep_first((at as usize).min(tree.len())),
                }
                let with_row = (0..tree.len() as u32).filter(|node| !tree.after(*node).0.is_empty()).count();
                prop_assert!(with_row <= limit && tree.spare.len() <= limit + 1);
                let parents: std::collections::HashSet<u32> = (0..tree.len() as u32).filter_map(|node| tree.parent(node)).collect();
                prop_assert_eq!(tree.leaves(), tree.len() - parents.len());
            }
        }
    }
}
