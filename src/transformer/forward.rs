//! The forward pass of a llama model over a batch of rows.
//!
//! Every row specifies where its keys and values go and what it attends to, so one pass serves reading a prompt, drafting a token
//! and scoring many candidates after one prefix. A row's result depends only on its own sequence, to the last bit: neither the
//! adjacent rows nor where the sequence is stored change it.

#![allow(clippy::inline_always)] // Code that is not inlined into the dispatched function is compiled for the baseline only.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x16};

use crate::attention::{Heads, Span, Stores, attend};
use crate::cache::Store;
use crate::config::Config;
use crate::lanes::{LANES, exp, padded, sum_lanes};
use crate::model::{Layer, Model};

/// Where a row's keys and values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// This row of the main store; it attends to all of the main store up to itself.
    Main(usize),
    /// This row of the branch store; it attends to a prefix of the main store and to its path.
    Branch(usize),
}

/// One token to evaluate.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Row {
    pub token: u32,
    /// Position in its sequence, from 0; below the model's context.
    pub position: usize,
    pub place: Place,
    /// How many rows of the main store it attends to.
    pub prefix: usize,
    /// The range in the batch's `paths` of the rows of the branch store that it attends to, including itself.
    pub path: Range<usize>,
}

/// What is evaluated in one pass. A row must come after the rows that it attends to.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Batch {
    pub rows: Vec<Row>,
    pub paths: Vec<u32>,
}

/// Keys and values, and working memory.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Forward {
    level: Level,
    pub main: Store,
    pub branch: Store,
    stream: Vec<f32>,
    normed: Vec<f32>,
    wide: Vec<f32>,
    attended: Vec<f32>,
    scores: Vec<f32>,
    logits: Vec<f32>,
}

impl Forward {
    /// Stores that hold nothing yet.
    #[must_use]
    pub fn new(config: &Config, level: Level) -> Self {
        Self {
            level,
            main: Store::new(config),
            branch: Store::new(config),
            stream: Vec::new(),
            normed: Vec::new(),
            wide: Vec::new(),
            attended: Vec::new(),
            scores: Vec::new(),
            logits: Vec::new(),
        }
    }

    /// Evaluates a batch and returns the logits of its rows from `first` on, each padded to whole panels.
    pub fn evaluate(&mut self, model: &Model, batch: &Batch, first: usize) -> &[f32] {
        let config = &model.config;
        let (width, rows) = (config.width, batch.rows.len());
        let stride = padded(width);
        self.stream.clear();
        self.stream.resize(rows * stride, 0.0);
        for (row, stream) in batch.rows.iter().zip(self.stream.chunks_exact_mut(stride)) {
            stream[..width].copy_from_slice(&model.embeddings[row.token as usize * width..][..width]);
        }
        for (index, layer) in model.layers.iter().enumerate() {
            self.attention(model, layer, index, batch);
            self.feed_forward(config, layer);
        }
        self.stream.drain(..first * stride);
        self.normalise(config, &model.out_norm);
        self.logits.resize((rows - first) * model.out.stride(), 0.0);
        model.out.multiply(self.level, &self.normed, &mut self.logits);
        &self.logits
    }

    fn attention(&mut self, model: &Model, layer: &Layer, index: usize, batch: &Batch) {
        let config = &model.config;
        let rows = batch.rows.len();
        self.normalise(config, &layer.attention_norm);
        let matrix = &layer.queries_keys_values;
        let stride = matrix.stride();
        self.wide.resize(rows * stride, 0.0);
        matrix.multiply(self.level, &self.normed, &mut self.wide);
        // The parts of the matrix are padded, so keys and values start at whole panels.
        let (keys_at, values_at) = (padded(config.width), padded(config.width) + padded(config.kv_width()));
        for (row, wide) in batch.rows.iter().zip(self.wide.chunks_exact_mut(stride)) {
            turn(model, row.position, &mut wide[..config.width]);
            turn(model, row.position, &mut wide[keys_at..keys_at + config.kv_width()]);
            match row.place {
                Place::Main(at) => self.main.write(index, at, &wide[keys_at..], &wide[values_at..]),
                Place::Branch(at) => self.branch.write(index, at, &wide[keys_at..], &wide[values_at..]),
            }
        }
        let spans: Vec<Span<'_>> =
            batch.rows.iter().map(|row| Span { prefix: row.prefix, branch: &batch.paths[row.path.clone()] }).collect();
        let out_stride = padded(config.width);
        self.attended.clear();
        self.attended.resize(rows * out_stride, 0.0);
        let stores = Stores { main: &self.main, branch: &self.branch, layer: index };
        let heads = Heads { queries: config.heads, shared_by: config.heads / config.kv_heads, width: config.head_width };
        let out = (self.attended.as_mut_slice(), out_stride);
        attend(self.level, stores, heads, &spans, (&self.wide, stride), out, &mut self.scores);
        self.normed.resize(rows * out_stride, 0.0);
        layer.attention_out.multiply(self.level, &self.attended, &mut self.normed);
        add(&mut self.stream, &self.normed);
    }

    fn feed_forward(&mut self, config: &Config, layer: &Layer) {
        self.normalise(config, &layer.feed_norm);
        let stride = layer.gate_up.stride();
        let rows = self.normed.len() / padded(config.width);
        self.wide.resize(rows * stride, 0.0);
        layer.gate_up.multiply(self.level, &self.normed, &mut self.wide);
        let (wide, gated) = (self.wide.as_slice(), &mut self.attended);
        gated.resize(rows * stride / 2, 0.0);
        dispatch!(self.level, simd => gate(simd, wide, stride, gated.as_mut_slice()));
        layer.down.multiply(self.level, &self.attended, &mut self.normed);
        add(&mut self.stream, &self.normed);
    }

    /// Scales each row to a mean square of 1 and weights its dimensions (arXiv 1910.07467): from `stream` to `normed`.
    fn normalise(&mut self, config: &Config, weights: &[f32]) {
        self.normed.clear();
        self.normed.resize(self.stream.len(), 0.0);
        let (stream, normed) = (self.stream.as_slice(), self.normed.as_mut_slice());
        dispatch!(self.level, simd => normalise(simd, config, weights, stream, normed));
    }
}

#[inline(always)]
fn normalise<S: Simd>(simd: S, config: &Config, weights: &[f32], stream: &[f32], normed: &mut [f32]) {
    let stride = padded(config.width);
    for (row, out) in stream.chunks_exact(stride).zip(normed.chunks_exact_mut(stride)) {
        let mut squares = f32x16::splat(simd, 0.0);
        for chunk in row.as_chunks::<LANES>().0 {
            let chunk = f32x16::load_array_ref(simd, chunk);
            squares += chunk * chunk;
        }
        let mean = sum_lanes(squares.to_array()) / config.width as f32;
        let scale = 1.0 / (mean + config.epsilon).sqrt();
        for ((out, number), weight) in out.iter_mut().zip(row).zip(weights) {
            *out = number * scale * weight;
        }
    }
}

/// up times gate times the logistic function of gate (arXiv 2002.05202).
#[inline(always)]
fn gate<S: Simd>(simd: S, wide: &[f32], stride: usize, gated: &mut [f32]) {
    for (row, out) in wide.chunks_exact(stride).zip(gated.chunks_exact_mut(stride / 2)) {
        let (gate, up) = row.split_at(stride / 2);
        let parts = gate.as_chunks::<LANES>().0.iter().zip(up.as_chunks::<LANES>().0);
        for ((gate, up), out) in parts.zip(out.as_chunks_mut::<LANES>().0) {
            let gate = f32x16::load_array_ref(simd, gate);
            let one = f32x16::splat(simd, 1.0);
            let value = gate / (one + exp(simd, f32x16::splat(simd, 0.0) - gate)) * f32x16::load_array_ref(simd, up);
            value.store_array(out);
        }
    }
}

fn add(stream: &mut [f32], more: &[f32]) {
    for (number, more) in stream.iter_mut().zip(more) {
        *number += more;
    }
}

/// Rotates adjacent pairs of each head by the position.
fn turn(model: &Model, position: usize, heads: &mut [f32]) {
    let pairs = model.config.rope_width / 2;
    let turns = &model.turns[position * pairs..][..pairs];
    for head in heads.chunks_exact_mut(model.config.head_width) {
        for (pair, [cosine, sine]) in head.as_chunks_mut::<2>().0.iter_mut().zip(turns) {
            let [a, b] = *pair;
            *pair = [a * cosine - b * sine, a * sine + b * cosine];
        }
    }
}
