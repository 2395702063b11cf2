//! What computes: the one part of a member that differs between kinds of models.

use std::ops::Range;

use fearless_simd::Level;

use super::tree::{Moved, Tree};
use super::vocabulary::Vocabulary;
use crate::engine::member::MemberError;

/// Computes the logarithm of the sum of e to the power of each logit.
pub(in crate::engine::member) type Sum<'a> = &'a mut dyn FnMut(&[f32]) -> f32;

/// Evaluates tokens: those of a prefix, position by position, and those of a tree after it. What was evaluated is kept until
/// [`Engine::rewind`], [`Engine::forget`] or [`Engine::keep`] drops it.
pub(in crate::engine::member) trait Engine {
    type Vocabulary: Vocabulary;

    /// The model's tokens.
    fn vocabulary(&self) -> &Self::Vocabulary;

    /// The model's source, for messages.
    fn file(&self) -> &str;

    /// The most positions of one sequence.
    fn context(&self) -> usize;

    /// How many nodes the tree may have after a prefix of this length.
    fn nodes(&self, prefix: usize) -> usize;

    /// How many nodes fit in addition to the longest draft.
    fn spare(&self) -> usize;

    /// How many leaves the tree may have.
    fn leaves(&self) -> usize;

    /// The most rows of logits that are kept, at least 2.
    fn rows(&self) -> usize;

    /// How many tokens of the prefix, and nodes of the tree, are evaluated in one pass: a call can be cancelled between passes.
    fn pass(&self) -> (usize, usize);

    /// The vector instructions used for sums over a row.
    fn level(&self) -> Level;

    /// Evaluates tokens as the prefix's next, from position `start`. If `follows`, returns the logits after the last.
    fn read(&mut self, start: usize, ids: &[u32], follows: bool) -> Result<&[f32], MemberError>;

    /// Drops the prefix from this position on, and the whole tree.
    fn rewind(&mut self, prefix: usize);

    /// Evaluates nodes of a tree after a prefix of this length, whose ancestors are evaluated or among them, and sets their
    /// logits; `sum` computes the logarithm of the sum of their exponentials.
    fn grow(&mut self, prefix: usize, tree: &mut Tree, nodes: Range<u32>, sum: Sum<'_>) -> Result<(), MemberError>;

    /// Makes the nodes of a path, starting at the tree's root, the prefix's next positions.
    fn adopt(&mut self, prefix: usize, path: &[u32]);

    /// Called after adopting this many nodes, which made the prefix this long: these nodes are what is left of the tree, with
    /// their new numbers.
    fn keep(&mut self, prefix: usize, adopted: usize, moved: &[Moved]);

    /// Drops the nodes of the tree from this number on, after a prefix of this length.
    fn forget(&mut self, prefix: usize, first: usize);
}
