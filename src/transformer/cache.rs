//! Keys and values of evaluated positions.
//!
//! Owns two stores of the same layout: `main` is the shared prefix, position by position; `branch` holds the tokens of drafts and
//! candidates after it, in order of evaluation.

use crate::config::Config;
use crate::lanes::{LANES, Panel, padded};

/// One layer's keys and values.
///
/// Keys are in blocks of sixteen rows with one panel for each head and dimension, so that a query meets sixteen keys in one
/// vector; values are row by row. Both are read without adding across lanes.
#[derive(Debug, Default)]
pub(crate) struct LayerStore {
    keys: Vec<Panel>,
    values: Vec<Panel>,
}

/// Rows of keys and values in every layer; grows as rows are written.
#[derive(Debug)]
pub struct Store {
    layers: Vec<LayerStore>,
    heads: usize,
    head_width: usize,
}

impl LayerStore {
    /// The keys of one head in the sixteen rows from 16 · `block` on.
    pub(crate) fn keys(&self, store: &Store, head: usize, block: usize) -> &[Panel] {
        let start = (block * store.heads + head) * store.head_width;
        &self.keys[start..start + store.head_width]
    }

    /// The values of one head in one row, padded with zeros.
    pub(crate) fn values(&self, store: &Store, head: usize, row: usize) -> &[Panel] {
        let panels = store.value_panels();
        let start = (row * store.heads + head) * panels;
        &self.values[start..start + panels]
    }
}

impl Store {
    pub(crate) fn new(config: &Config) -> Self {
        let layers = (0..config.layers).map(|_| LayerStore::default()).collect();
        Self { layers, heads: config.kv_heads, head_width: config.head_width }
    }

    /// Panels that the values of one head take.
    pub(crate) fn value_panels(&self) -> usize {
        padded(self.head_width) / LANES
    }

    pub(crate) fn layer(&self, layer: usize) -> &LayerStore {
        &self.layers[layer]
    }

    /// Writes one row of one layer. `keys` and `values` hold the heads one after another.
    pub(crate) fn write(&mut self, layer: usize, row: usize, keys: &[f32], values: &[f32]) {
        let (heads, width, panels) = (self.heads, self.head_width, self.value_panels());
        self.grow(layer, row);
        let store = &mut self.layers[layer];
        let block = row / LANES * heads * width;
        for (panel, key) in store.keys[block..].iter_mut().zip(&keys[..heads * width]) {
            panel.0[row % LANES] = *key;
        }
        let start = row * heads * panels;
        for (head, values) in values[..heads * width].chunks_exact(width).enumerate() {
            for (panel, values) in store.values[start + head * panels..].iter_mut().zip(values.chunks(LANES)) {
                panel.0[..values.len()].copy_from_slice(values);
            }
        }
    }

    /// Copies a row of all layers from another store of the same shape.
    pub fn copy_from(&mut self, to: usize, other: &Self, from: usize) {
        let (row_keys, row_values) = (self.heads * self.head_width, self.heads * self.value_panels());
        for layer in 0..self.layers.len() {
            self.grow(layer, to);
            let (target, source) = (&mut self.layers[layer], &other.layers[layer]);
            let keys = &source.keys[from / LANES * row_keys..][..row_keys];
            for (panel, key) in target.keys[to / LANES * row_keys..].iter_mut().zip(keys) {
                panel.0[to % LANES] = key.0[from % LANES];
            }
            let values = &source.values[from * row_values..][..row_values];
            target.values[to * row_values..][..row_values].copy_from_slice(values);
        }
    }

    /// Moves a row to an earlier index.
    pub fn move_down(&mut self, to: usize, from: usize) {
        let (row_keys, row_values) = (self.heads * self.head_width, self.heads * self.value_panels());
        for layer in &mut self.layers {
            for at in 0..row_keys {
                let key = layer.keys[from / LANES * row_keys + at].0[from % LANES];
                layer.keys[to / LANES * row_keys + at].0[to % LANES] = key;
            }
            layer.values.copy_within(from * row_values..(from + 1) * row_values, to * row_values);
        }
    }

    fn grow(&mut self, layer: usize, row: usize) {
        let (row_keys, row_values) = (self.heads * self.head_width, self.heads * self.value_panels());
        let blocks = row / LANES + 1;
        let store = &mut self.layers[layer];
        if store.keys.len() < blocks * row_keys {
            store.keys.resize(blocks * row_keys, Panel::ZERO);
            store.values.resize(blocks * LANES * row_values, Panel::ZERO);
        }
    }
}
