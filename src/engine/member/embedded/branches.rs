//! What was evaluated behind the accepted text: drafts and candidates as one tree of tokens.
//!
//! Candidates that begin alike share their first tokens, with each other and with the member's own draft. When one of them is
//! accepted, its tokens are found here and never evaluated again, and what was drawn beyond it is still there for the next
//! draft.

/// The token of a tree that a sequence has reached; `None` is the accepted text itself.
pub(super) type At = Option<u32>;

/// One token behind the accepted text. Its number in the tree is its row in the branch store.
#[derive(Debug, Clone)]
struct Node {
    token: u32,
    parent: At,
    children: Vec<u32>,
}

/// A tree of tokens with the logits that follow each.
#[derive(Debug, Default)]
pub(super) struct Branches {
    nodes: Vec<Node>,
    first: Vec<u32>,
    /// Logits of each node in turn, and the logarithm of their sum of exponentials.
    logits: Vec<f32>,
    sums: Vec<f32>,
    width: usize,
}

impl Branches {
    /// An empty tree for logits of this width.
    pub(super) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn clear(&mut self) {
        self.keep_first(0);
    }

    /// The child of a node that continues with `token`.
    pub(super) fn child(&self, at: At, token: u32) -> Option<u32> {
        let children = match at {
            None => &self.first,
            Some(node) => &self.nodes[node as usize].children,
        };
        children.iter().copied().find(|child| self.nodes[*child as usize].token == token)
    }

    /// Adds a child; its logits are to follow by [`Self::set`].
    pub(super) fn add(&mut self, at: At, token: u32) -> u32 {
        let node = self.nodes.len() as u32;
        match at {
            None => self.first.push(node),
            Some(parent) => self.nodes[parent as usize].children.push(node),
        }
        self.nodes.push(Node { token, parent: at, children: Vec::new() });
        self.logits.resize(self.nodes.len() * self.width, 0.0);
        self.sums.resize(self.nodes.len(), 0.0);
        node
    }

    pub(super) fn set(&mut self, node: u32, logits: &[f32], sum: f32) {
        let start = node as usize * self.width;
        self.logits[start..start + self.width].copy_from_slice(logits);
        self.sums[node as usize] = sum;
    }

    /// What follows a node: logits, and the logarithm of their sum of exponentials.
    pub(super) fn after(&self, node: u32) -> (&[f32], f32) {
        let start = node as usize * self.width;
        (&self.logits[start..start + self.width], self.sums[node as usize])
    }

    pub(super) fn token(&self, node: u32) -> u32 {
        self.nodes[node as usize].token
    }

    /// Appends the nodes from the first token to this one, and returns how many they are.
    pub(super) fn path(&self, node: u32, path: &mut Vec<u32>) -> usize {
        let start = path.len();
        let mut at = Some(node);
        while let Some(node) = at {
            path.push(node);
            at = self.nodes[node as usize].parent;
        }
        path[start..].reverse();
        path.len() - start
    }

    /// Forgets all but the first `count` nodes, which were added before the others.
    pub(super) fn keep_first(&mut self, count: usize) {
        self.nodes.truncate(count);
        self.logits.truncate(count * self.width);
        self.sums.truncate(count);
        for node in &mut self.nodes {
            node.children.retain(|child| (*child as usize) < count);
        }
        self.first.retain(|child| (*child as usize) < count);
    }

    /// Makes `root` the accepted text's end: keeps only what lies behind it, and says which node moved where, in an order in
    /// which rows can be moved one by one.
    pub(super) fn keep_behind(&mut self, root: u32) -> Vec<(u32, u32)> {
        let mut moved: Vec<(u32, u32)> = Vec::new();
        let mut places: Vec<Option<u32>> = vec![None; self.nodes.len()];
        let mut kept = Vec::new();
        self.first.clear();
        for old in 0..self.nodes.len() as u32 {
            // A parent always has a lower number than its children, so its place is known by now.
            let parent = self.nodes[old as usize].parent;
            let below = parent == Some(root);
            let above = parent.and_then(|parent| places[parent as usize]);
            if !below && above.is_none() {
                continue;
            }
            let new = kept.len() as u32;
            places[old as usize] = Some(new);
            kept.push(Node { token: self.nodes[old as usize].token, parent: above, children: Vec::new() });
            match above {
                None => self.first.push(new),
                Some(parent) => kept[parent as usize].children.push(new),
            }
            let start = old as usize * self.width;
            self.logits.copy_within(start..start + self.width, new as usize * self.width);
            self.sums[new as usize] = self.sums[old as usize];
            moved.push((old, new));
        }
        self.nodes = kept;
        self.logits.truncate(self.nodes.len() * self.width);
        self.sums.truncate(self.nodes.len());
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_the_winner_stays() {
        let mut tree = Branches::new(1);
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
        assert_eq!(tree.keep_behind(winner), [(next, 0), (last, 1), (aside, 2)]);
        assert_eq!(tree.child(None, 11), Some(0));
        assert_eq!(tree.child(Some(0), 12), Some(1));
        assert_eq!((tree.child(None, 13), tree.child(None, 10)), (Some(2), None));
        assert_eq!(tree.after(1), ([last as f32].as_slice(), 0.5));
        tree.keep_first(1);
        assert_eq!((tree.child(None, 11), tree.child(None, 13), tree.child(Some(0), 12)), (Some(0), None, None));
    }
}
