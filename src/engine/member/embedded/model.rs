//! A model's weights, taken from a GGUF and repacked for the forward pass. This file checks them; it does not know
//! what is computed with them.

use specfuse_transformer::{Config, Layer, Matrix, Model};

use super::error::EmbeddedError;
use super::gguf::Gguf;

/// Reads all tensors of a llama model with a vocabulary of this size.
pub(super) fn read(gguf: &Gguf<'_>, config: Config, vocabulary: usize) -> Result<Model, EmbeddedError> {
    refuse_extra_tensors(gguf, &config)?;
    let width = config.width;
    let embeddings = gguf.tensor("token_embd.weight", &[width, vocabulary])?;
    let mut layers = Vec::new();
    for layer in 0..config.layers {
        layers.push(read_layer(gguf, &config, layer)?);
    }
    let out = match gguf.shape("output.weight") {
        None => Matrix::new(width, &[&embeddings]),
        Some(_) => Matrix::new(width, &[&gguf.tensor("output.weight", &[width, vocabulary])?]),
    };
    let counts = gguf.tensor_names().filter_map(|name| gguf.shape(name)).map(|shape| shape.iter().product::<usize>() as u64);
    Ok(Model {
        embeddings,
        layers,
        out_norm: gguf.tensor("output_norm.weight", &[width])?,
        out,
        turns: config.turns(),
        parameters: counts.sum(),
        config,
    })
}

fn read_layer(gguf: &Gguf<'_>, config: &Config, layer: usize) -> Result<Layer, EmbeddedError> {
    let (width, keys, hidden) = (config.width, config.kv_width(), config.hidden);
    let tensor = |name: &str, shape: &[usize]| gguf.tensor(&format!("blk.{layer}.{name}.weight"), shape);
    let queries = tensor("attn_q", &[width, width])?;
    let (key, value) = (tensor("attn_k", &[width, keys])?, tensor("attn_v", &[width, keys])?);
    let (gate, up) = (tensor("ffn_gate", &[width, hidden])?, tensor("ffn_up", &[width, hidden])?);
    Ok(Layer {
        attention_norm: tensor("attn_norm", &[width])?,
        queries_keys_values: Matrix::new(width, &[&queries, &key, &value]),
        attention_out: Matrix::new(width, &[&tensor("attn_output", &[width, width])?]),
        feed_norm: tensor("ffn_norm", &[width])?,
        gate_up: Matrix::new(width, &[&gate, &up]),
        down: Matrix::new(hidden, &[&tensor("ffn_down", &[hidden, width])?]),
    })
}

/// A tensor that would be unused (a bias, an expert) means a different architecture than the one computed here.
fn refuse_extra_tensors(gguf: &Gguf<'_>, config: &Config) -> Result<(), EmbeddedError> {
    const PARTS: [&str; 9] =
        ["attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"];
    for name in gguf.tensor_names() {
        let known = match name.strip_prefix("blk.").and_then(|rest| rest.split_once('.')) {
            None => ["token_embd.weight", "output_norm.weight", "output.weight"].contains(&name),
            Some((layer, part)) => {
                layer.parse::<usize>().is_ok_and(|layer| layer < config.layers)
                    && part.strip_suffix(".weight").is_some_and(|part| PARTS.contains(&part))
            }
        };
        if !known {
            return Err(EmbeddedError::tensor(gguf.file(), name, "not part of a plain llama model"));
        }
    }
    Ok(())
}
