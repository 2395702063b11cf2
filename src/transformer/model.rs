//! The weights of a model, as the forward pass reads them.

use crate::config::Config;
use crate::matmul::Matrix;

/// One transformer block.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Layer {
    pub attention_norm: Vec<f32>,
    /// Queries, keys and values in one matrix of three parts.
    pub queries_keys_values: Matrix,
    pub attention_out: Matrix,
    pub feed_norm: Vec<f32>,
    /// Gate and up in one matrix of two parts.
    pub gate_up: Matrix,
    pub down: Matrix,
}

/// A model ready to run.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Model {
    pub config: Config,
    /// One row of `config.width` numbers for each token.
    pub embeddings: Vec<f32>,
    pub layers: Vec<Layer>,
    pub out_norm: Vec<f32>,
    pub out: Matrix,
    /// Cosine and sine for each position and each pair of dimensions.
    pub turns: Vec<[f32; 2]>,
    /// Numbers in the file's tensors.
    pub parameters: u64,
}
