//! Attention of a batch of rows over a shared prefix and, after it, each row's own branch.
//!
//! Whether a position is in the prefix or on a branch only changes where its keys and values are read from: scores, exponentials
//! and sums follow the position in the sequence, so that a token has the same bits either way.

#![allow(clippy::inline_always)] // Code that is not inlined into the dispatched function is compiled for the baseline only.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x16};

use crate::cache::{LayerStore, Store};
use crate::lanes::{LANES, Panel, exp_all, largest, padded};
use crate::matmul::{block, wide};

/// What one row attends to: the first `prefix` rows of the main store, then these rows of the branch store, including itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span<'a> {
    pub(crate) prefix: usize,
    pub(crate) branch: &'a [u32],
}

impl Span<'_> {
    fn positions(&self) -> usize {
        self.prefix + self.branch.len()
    }
}

/// The stores, and the current layer.
#[derive(Clone, Copy)]
pub(crate) struct Stores<'a> {
    pub(crate) main: &'a Store,
    pub(crate) branch: &'a Store,
    pub(crate) layer: usize,
}

/// Sizes of the heads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub(crate) queries: usize,
    /// Query heads that share one key and value head.
    pub(crate) shared_by: usize,
    pub(crate) width: usize,
}

/// Computes attention for all rows. `queries` and `out` hold rows of the given strides, heads one after another; `weights` is
/// working memory.
pub(crate) fn attend(
    level: Level,
    stores: Stores<'_>,
    heads: Heads,
    spans: &[Span<'_>],
    queries: (&[f32], usize),
    (out, stride): (&mut [f32], usize),
    weights: &mut Vec<f32>,
) {
    dispatch!(level, simd => attend_in(simd, stores, heads, spans, queries, (&mut *out, stride), &mut *weights));
}

#[inline(always)]
fn attend_in<S: Simd>(
    simd: S,
    stores: Stores<'_>,
    heads: Heads,
    spans: &[Span<'_>],
    (queries, query_stride): (&[f32], usize),
    (out, out_stride): (&mut [f32], usize),
    weights: &mut Vec<f32>,
) {
    let mut row = 0;
    while row < spans.len() {
        let left = spans.len() - row;
        let taken = left.div_ceil(left.div_ceil(4));
        let queries = &queries[row * query_stride..];
        let out = &mut out[row * out_stride..];
        for head in 0..heads.queries {
            let job = Job { simd, stores, head: head / heads.shared_by, width: heads.width };
            let start = head * heads.width;
            let (spans, queries, out) = (&spans[row..], (&queries[start..], query_stride), (&mut out[start..], out_stride));
            match taken {
                4 => job.rows::<4>(spans, queries, out, weights),
                3 => job.rows::<3>(spans, queries, out, weights),
                2 => job.rows::<2>(spans, queries, out, weights),
                _ => job.rows::<1>(spans, queries, out, weights),
            }
        }
        row += taken;
    }
}

/// One head's work.
struct Job<'a, S> {
    simd: S,
    stores: Stores<'a>,
    head: usize,
    width: usize,
}

impl<S: Simd> Job<'_, S> {
    /// `R` rows at a time: keys and values of the prefix are read once for all of them.
    #[inline(always)]
    fn rows<const R: usize>(
        &self,
        spans: &[Span<'_>],
        (queries, query_stride): (&[f32], usize),
        (out, out_stride): (&mut [f32], usize),
        scores: &mut Vec<f32>,
    ) {
        let spans: [Span<'_>; R] = std::array::from_fn(|row| spans[row]);
        let queries: [&[f32]; R] = std::array::from_fn(|row| &queries[row * query_stride..][..self.width]);
        let prefix = spans.iter().map(|span| span.prefix).max().unwrap_or_default();
        // Room for the prefix in whole blocks and, after each row's own prefix, its branch.
        let longest = spans.iter().map(|span| span.branch.len()).max().unwrap_or_default();
        let stride = padded(prefix) + padded(longest + LANES);
        if scores.len() < R * stride {
            scores.resize(R * stride, 0.0);
        }
        self.score_prefix(prefix, queries, scores, stride);
        for (row, span) in spans.iter().enumerate() {
            let scores = &mut scores[row * stride..(row + 1) * stride];
            self.score_branch(span, queries[row], &mut scores[span.prefix..]);
            // What follows the sequence must have no weight: up to the longest prefix, and up to a whole panel.
            let end = padded(span.positions().max(prefix));
            scores[span.positions()..end].fill(f32::NEG_INFINITY);
            self.soften(&mut scores[..end]);
        }
        let panels = padded(self.width) / LANES;
        let mut panel = 0;
        while panel < panels {
            if R == 1 && panels - panel >= 2 {
                self.gather::<R, 2>(&spans, prefix, scores, stride, panel, (&mut *out, out_stride));
                panel += 2;
            } else {
                self.gather::<R, 1>(&spans, prefix, scores, stride, panel, (&mut *out, out_stride));
                panel += 1;
            }
        }
    }

    /// Query times key for the prefix, in whole blocks.
    #[inline(always)]
    fn score_prefix<const R: usize>(&self, prefix: usize, queries: [&[f32]; R], scores: &mut [f32], stride: usize) {
        let (store, layer) = (self.stores.main, self.stores.main.layer(self.stores.layer));
        let blocks = prefix.div_ceil(LANES);
        let mut at = 0;
        while at < blocks {
            // A single row has only one sum per block: several blocks at a time hide the latency of its additions.
            if R == 1 && blocks - at >= 4 {
                let groups = std::array::from_fn(|block| layer.keys(store, self.head, at + block));
                let sums = block::<S, R, 4>(self.simd, queries, groups);
                scores[at * LANES..][..4 * LANES].copy_from_slice(sums[0].as_flattened());
                at += 4;
            } else if wide::<S>() && blocks - at >= 2 {
                let groups = std::array::from_fn(|block| layer.keys(store, self.head, at + block));
                let sums = block::<S, R, 2>(self.simd, queries, groups);
                for (row, sums) in sums.iter().enumerate() {
                    scores[row * stride + at * LANES..][..2 * LANES].copy_from_slice(sums.as_flattened());
                }
                at += 2;
            } else {
                let sums = block::<S, R, 1>(self.simd, queries, [layer.keys(store, self.head, at)]);
                for (row, [sums]) in sums.iter().enumerate() {
                    scores[row * stride + at * LANES..][..LANES].copy_from_slice(sums);
                }
                at += 1;
            }
        }
    }

    /// Query times key for the rows of a branch. They are mostly adjacent, so a block of sixteen is computed once and kept.
    #[inline(always)]
    fn score_branch(&self, span: &Span<'_>, query: &[f32], scores: &mut [f32]) {
        let (store, layer) = (self.stores.branch, self.stores.branch.layer(self.stores.layer));
        let mut known = usize::MAX;
        let mut sums = [0.0; LANES];
        for (score, row) in scores.iter_mut().zip(span.branch) {
            let row = *row as usize;
            if row / LANES != known {
                known = row / LANES;
                [[sums]] = block::<S, 1, 1>(self.simd, [query], [layer.keys(store, self.head, known)]);
            }
            *score = sums[row % LANES];
        }
    }

    /// Scores to weights that sum to 1.
    #[inline(always)]
    fn soften(&self, scores: &mut [f32]) {
        let scale = 1.0 / (self.width as f32).sqrt();
        let most = largest(self.simd, scores);
        let sum = exp_all(self.simd, scores, most, scale);
        let share = f32x16::splat(self.simd, 1.0 / sum);
        for chunk in scores.as_chunks_mut::<LANES>().0 {
            (f32x16::load_array_ref(self.simd, chunk) * share).store_array(chunk);
        }
    }

    /// Weighted sums of `P` panels of values. Even and odd positions are summed separately, to hide the latency of an addition.
    #[inline(always)]
    fn gather<const R: usize, const P: usize>(
        &self,
        spans: &[Span<'_>; R],
        prefix: usize,
        weights: &[f32],
        stride: usize,
        panel: usize,
        (out, out_stride): (&mut [f32], usize),
    ) {
        let simd = self.simd;
        let main = self.stores.main.layer(self.stores.layer);
        let rows: [&[f32]; R] = std::array::from_fn(|row| &weights[row * stride..][..stride]);
        let mut sums = [[[f32x16::splat(simd, 0.0); P]; 2]; R];
        for pair in 0..prefix / 2 {
            let at = 2 * pair;
            let even = self.values::<P>(self.stores.main, main, at, panel);
            let odd = self.values::<P>(self.stores.main, main, at + 1, panel);
            for (sums, row) in sums.iter_mut().zip(&rows) {
                weigh(simd, &mut sums[0], even, row[at]);
                weigh(simd, &mut sums[1], odd, row[at + 1]);
            }
        }
        if prefix % 2 == 1 {
            let values = self.values::<P>(self.stores.main, main, prefix - 1, panel);
            for (sums, row) in sums.iter_mut().zip(&rows) {
                weigh(simd, &mut sums[0], values, row[prefix - 1]);
            }
        }
        let branch = self.stores.branch.layer(self.stores.layer);
        for (row, span) in spans.iter().enumerate() {
            let [mut even, mut odd] = sums[row];
            for (at, stored) in (span.prefix..).zip(span.branch) {
                let values = self.values::<P>(self.stores.branch, branch, *stored as usize, panel);
                weigh(simd, if at % 2 == 0 { &mut even } else { &mut odd }, values, rows[row][at]);
            }
            for at in 0..P {
                let sums = (even[at] + odd[at]).to_array();
                let start = (panel + at) * LANES;
                let count = LANES.min(self.width - start);
                out[row * out_stride + start..][..count].copy_from_slice(&sums[..count]);
            }
        }
    }

    #[inline(always)]
    fn values<const P: usize>(&self, store: &Store, layer: &LayerStore, row: usize, panel: usize) -> [f32x16<S>; P] {
        let panels: &[Panel] = &layer.values(store, self.head, row)[panel..panel + P];
        std::array::from_fn(|at| f32x16::load_array_ref(self.simd, &panels[at].0))
    }
}

#[inline(always)]
fn weigh<S: Simd, const P: usize>(simd: S, sums: &mut [f32x16<S>; P], values: [f32x16<S>; P], weight: f32) {
    let weight = f32x16::splat(simd, weight);
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = value.mul_add_precise(weight, *sum);
    }
}
