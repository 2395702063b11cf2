//! The shape of a llama model, from a GGUF's metadata, checked so that the forward pass can rely on it.

use specfuse_transformer::Config;

use super::error::EmbeddedError;
use super::gguf::{Gguf, Value};

/// Longer contexts are cut to this: the engine is for very small models, whose memory should stay small too.
const CONTEXT_LIMIT: usize = 4096;

/// Reads the shape of a llama model.
///
/// # Errors
/// Names the field that is missing, damaged or of another architecture.
pub(super) fn read(gguf: &Gguf<'_>) -> Result<Config, EmbeddedError> {
    let file = gguf.file();
    let wrong = |key: &str, problem: String| EmbeddedError::metadata(file, key, problem);
    match gguf.text("general.architecture")? {
        Some("llama") => {}
        other => {
            let found = other.unwrap_or("missing");
            return Err(wrong("general.architecture", format!("{found}, but the built-in engine only runs llama")));
        }
    }
    refuse_variants(gguf)?;
    // Beyond these bounds a number is damage, not a model; the tensors' shapes bound them further.
    let sized = |key: &str, most: usize| match gguf.unsigned(key)? {
        Some(number) if (1..=most).contains(&number) => Ok(number),
        Some(number) => Err(wrong(key, format!("{number}, expected 1 to {most}"))),
        None => Err(wrong(key, "missing".into())),
    };
    let width = sized("llama.embedding_length", 1 << 16)?;
    let heads = sized("llama.attention.head_count", 1 << 10)?;
    let kv_heads = match gguf.get("llama.attention.head_count_kv") {
        None => heads,
        Some(_) => sized("llama.attention.head_count_kv", heads)?,
    };
    if !width.is_multiple_of(heads) {
        return Err(wrong("llama.attention.head_count", format!("{heads} heads do not divide a width of {width}")));
    }
    if !heads.is_multiple_of(kv_heads) {
        return Err(wrong("llama.attention.head_count_kv", format!("{kv_heads} heads do not divide {heads}")));
    }
    let head_width = width / heads;
    for key in ["llama.attention.key_length", "llama.attention.value_length"] {
        if gguf.unsigned(key)?.is_some_and(|length| length != head_width) {
            return Err(wrong(key, format!("expected {head_width}, the width over the heads")));
        }
    }
    let (rope_width, rope_base) = rope(gguf, head_width)?;
    let epsilon = gguf.number("llama.attention.layer_norm_rms_epsilon")?;
    let Some(epsilon) = epsilon.filter(|epsilon| (1e-12..=1.0).contains(epsilon)) else {
        return Err(wrong("llama.attention.layer_norm_rms_epsilon", "expected a number from 1e-12 to 1".into()));
    };
    Ok(Config {
        context: sized("llama.context_length", 1 << 30)?.min(CONTEXT_LIMIT),
        width,
        layers: sized("llama.block_count", 1 << 10)?,
        heads,
        kv_heads,
        head_width,
        hidden: sized("llama.feed_forward_length", 1 << 18)?,
        epsilon: epsilon as f32,
        rope_width,
        rope_base,
    })
}

/// Width and base of the rotary embedding.
fn rope(gguf: &Gguf<'_>, head_width: usize) -> Result<(usize, f64), EmbeddedError> {
    let file = gguf.file();
    let rope_width = gguf.unsigned("llama.rope.dimension_count")?.unwrap_or(head_width);
    if rope_width > head_width || !rope_width.is_multiple_of(2) {
        let problem = format!("{rope_width}, expected an even number up to {head_width}");
        return Err(EmbeddedError::metadata(file, "llama.rope.dimension_count", problem));
    }
    let rope_base = gguf.number("llama.rope.freq_base")?.unwrap_or(10_000.0);
    if !(1.0..=1e12).contains(&rope_base) {
        return Err(EmbeddedError::metadata(file, "llama.rope.freq_base", format!("{rope_base}, expected 1 to 1e12")));
    }
    Ok((rope_width, rope_base))
}

/// Refuses variants of the architecture that would silently compute something else.
fn refuse_variants(gguf: &Gguf<'_>) -> Result<(), EmbeddedError> {
    let refuse = |key: &str, problem: &str| Err(EmbeddedError::metadata(gguf.file(), key, problem));
    match gguf.get("llama.rope.scaling.type") {
        None | Some(Value::Text("none")) => {}
        Some(_) => return refuse("llama.rope.scaling.type", "scaled positions are not supported"),
    }
    if gguf.unsigned("llama.expert_count")?.is_some_and(|experts| experts > 0) {
        return refuse("llama.expert_count", "mixtures of experts are not supported");
    }
    if gguf.get("llama.attention.sliding_window").is_some() {
        return refuse("llama.attention.sliding_window", "sliding windows are not supported");
    }
    Ok(())
}
