//! What computes: the one part of a member that differs between kinds of models.

use std::ops::Range;

use fearless_simd::Level;

use super::tree::{Moved, Tree};
use super::vocabulary::Vocabulary;
use crate::engine::member::MemberError;

/// The logarithm of the sum of e to the power of each logit.
pub(in crate::engine::member) type Sum<'a> = &'a mut dyn FnMut(&[f32]) -> f32;

/// Evaluates tokens: those of a prefix, position by position, and those of a tree behind it. What was evaluated is kept until it is
/// given up by [`Engine::rewind`], [`Engine::forget`] or [`Engine::keep`].
pub(in crate::engine::member) trait Engine {
    /// Its tokens.
    type Vocabulary: Vocabulary;

    /// The model's tokens.
    fn vocabulary(&self) -> &Self::Vocabulary;

    /// Where messages say the model is from.
    fn file(&self) -> &str;

    /// Positions of one sequence at most.
    fn context(&self) -> usize;

    /// Nodes that the tree may have behind a prefix of this length.
    fn nodes(&self, prefix: usize) -> usize;

    /// Nodes for which there is room beside the longest draft.
    fn spare(&self) -> usize;

    /// Leaves that the tree may have.
    fn leaves(&self) -> usize;

    /// Rows of logits that are kept at most, at least 2.
    fn rows(&self) -> usize;

    /// Tokens of the prefix, and nodes of the tree, that are evaluated in one go: between two of them a call can be cancelled.
    fn pass(&self) -> (usize, usize);

    /// The vectors that sums over a row are computed with.
    fn level(&self) -> Level;

    /// Evaluates tokens as the prefix's next, from position `start`. Where `follows`, returns the logits that follow the last.
    fn read(&mut self, start: usize, ids: &[u32], follows: bool) -> Result<&[f32], MemberError>;

    /// Gives up the prefix from this position on, and all of the tree.
    fn rewind(&mut self, prefix: usize);

    /// Evaluates nodes of a tree behind a prefix of this length, whose ancestors are evaluated or among them, and sets their
    /// logits; `sum` gives the logarithm of the sum of their exponentials.
    fn grow(&mut self, prefix: usize, tree: &mut Tree, nodes: Range<u32>, sum: Sum<'_>) -> Result<(), MemberError>;

    /// Makes the nodes of a path, from the tree's root on, the prefix's next positions.
    fn adopt(&mut self, prefix: usize, path: &[u32]);

    /// After an adoption of so many nodes, which made the prefix this long: these nodes are what is left of the tree, under their
    /// new numbers.
    fn keep(&mut self, prefix: usize, adopted: usize, moved: &[Moved]);

    /// Gives up the nodes of the tree from this number on, which is behind a prefix of this length.
    fn forget(&mut self, prefix: usize, first: usize);
}
