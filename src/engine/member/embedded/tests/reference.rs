//! Models of odd shapes, written here with random weights, compared with a plain computation in double precision.
//!
//! The project's own models have sizes that fit the vectors, as many key heads as query heads and a tied output; a llama model
//! need not.

use fearless_simd::Level;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;
use specfuse_transformer::levels;

use super::load;

struct Shape {
    width: usize,
    heads: usize,
    kv_heads: usize,
    hidden: usize,
    rope: usize,
    tied: bool,
}

const VOCABULARY: usize = 257 + 30;
const LAYERS: usize = 2;

type Tensor = (String, Vec<usize>, Vec<f32>);

/// Tensors in the order of the file, dimensions fastest first.
fn tensors(shape: &Shape) -> Vec<Tensor> {
    let mut numbers = Pcg64Mcg::new(shape.width as u128 * 2 + 1);
    let mut random = |name: String, extents: &[usize]| {
        let spread = if extents.len() == 1 { 1.0 } else { 2.0 / (extents[0] as f32).sqrt() };
        let count = extents.iter().product();
        let values = (0..count).map(|_| ((numbers.next_u64() >> 40) as f32 / 8_388_608.0 - 1.0) * spread).collect();
        (name, extents.to_vec(), values)
    };
    let keys = shape.width / shape.heads * shape.kv_heads;
    let mut all =
        vec![random("token_embd.weight".into(), &[shape.width, VOCABULARY]), random("output_norm.weight".into(), &[shape.width])];
    if !shape.tied {
        all.push(random("output.weight".into(), &[shape.width, VOCABULARY]));
    }
    for layer in 0..LAYERS {
        for (name, extents) in [
            ("attn_norm", vec![shape.width]),
            ("attn_q", vec![shape.width, shape.width]),
            ("attn_k", vec![shape.width, keys]),
            ("attn_v", vec![shape.width, keys]),
            ("attn_output", vec![shape.width, shape.width]),
            ("ffn_norm", vec![shape.width]),
            ("ffn_gate", vec![shape.width, shape.hidden]),
            ("ffn_up", vec![shape.width, shape.hidden]),
            ("ffn_down", vec![shape.hidden, shape.width]),
        ] {
            all.push(random(format!("blk.{layer}.{name}.weight"), &extents));
        }
    }
    all
}

/// Writes a GGUF file of F32 tensors.
struct Writer(Vec<u8>);

impl Writer {
    fn text(&mut self, text: &str) {
        self.0.extend((text.len() as u64).to_le_bytes());
        self.0.extend(text.as_bytes());
    }

    fn number(&mut self, key: &str, number: usize) {
        self.text(key);
        self.0.extend(4_u32.to_le_bytes());
        self.0.extend((number as u32).to_le_bytes());
    }

    fn string(&mut self, key: &str, text: &str) {
        self.text(key);
        self.0.extend(8_u32.to_le_bytes());
        self.text(text);
    }

    fn texts(&mut self, key: &str, texts: &[String]) {
        self.text(key);
        self.0.extend(9_u32.to_le_bytes());
        self.0.extend(8_u32.to_le_bytes());
        self.0.extend((texts.len() as u64).to_le_bytes());
        for text in texts {
            self.text(text);
        }
    }
}

fn file(shape: &Shape, tensors: &[Tensor]) -> Vec<u8> {
    let mut writer = Writer(b"GGUF\x03\0\0\0".to_vec());
    writer.0.extend((tensors.len() as u64).to_le_bytes());
    writer.0.extend(15_u64.to_le_bytes());
    writer.string("general.architecture", "llama");
    writer.number("llama.context_length", 200);
    writer.number("llama.embedding_length", shape.width);
    writer.number("llama.block_count", LAYERS);
    writer.number("llama.feed_forward_length", shape.hidden);
    writer.number("llama.attention.head_count", shape.heads);
    writer.number("llama.attention.head_count_kv", shape.kv_heads);
    writer.number("llama.rope.dimension_count", shape.rope);
    writer.text("llama.attention.layer_norm_rms_epsilon");
    writer.0.extend(6_u32.to_le_bytes());
    writer.0.extend(1e-5_f32.to_le_bytes());
    writer.string("tokenizer.ggml.model", "gpt2");
    writer.string("tokenizer.ggml.pre", "gpt-2");
    // The alphabet of bytes: printable Latin-1 as it is, the rest from U+0100 on; any order will do.
    let printable = (33..=126).chain(161..=172).chain(174..=255).chain(256..256 + 68);
    let mut tokens: Vec<String> = printable.filter_map(char::from_u32).map(String::from).collect();
    tokens.push("<end>".into());
    tokens.extend((0..30).map(|number| format!("filler{number}")));
    writer.texts("tokenizer.ggml.tokens", &tokens);
    writer.texts("tokenizer.ggml.merges", &[]);
    writer.number("tokenizer.ggml.eos_token_id", 256);
    writer.string("tokenizer.chat_template", "{{ messages[0].content }}");
    let mut offset = 0_u64;
    for (name, extents, values) in tensors {
        writer.text(name);
        writer.0.extend((extents.len() as u32).to_le_bytes());
        for extent in extents {
            writer.0.extend((*extent as u64).to_le_bytes());
        }
        writer.0.extend(0_u32.to_le_bytes());
        writer.0.extend(offset.to_le_bytes());
        offset += (values.len() as u64 * 4).next_multiple_of(32);
    }
    for (_, _, values) in tensors {
        writer.0.resize(writer.0.len().next_multiple_of(32), 0);
        for value in values {
            writer.0.extend(value.to_le_bytes());
        }
    }
    writer.0
}

/// The model in double precision, one loop per sum.
struct Reference<'a> {
    shape: &'a Shape,
    tensors: &'a [Tensor],
}

impl Reference<'_> {
    fn tensor(&self, name: &str) -> &[f32] {
        self.tensors.iter().find(|(other, _, _)| other == name).map(|(_, _, values)| values.as_slice()).unwrap()
    }

    fn product(&self, name: &str, x: &[f64]) -> Vec<f64> {
        self.tensor(name).chunks_exact(x.len()).map(|row| row.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum()).collect()
    }

    fn norm(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let scale = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64 + 1e-5).sqrt();
        x.iter().zip(self.tensor(name)).map(|(x, w)| x / scale * f64::from(*w)).collect()
    }

    fn turn(&self, position: usize, x: &mut [f64]) {
        for head in x.chunks_exact_mut(self.shape.width / self.shape.heads) {
            for pair in 0..self.shape.rope / 2 {
                let angle = position as f64 * 10_000_f64.powf(-2.0 * pair as f64 / self.shape.rope as f64);
                let (a, b) = (head[2 * pair], head[2 * pair + 1]);
                head[2 * pair] = a * angle.cos() - b * angle.sin();
                head[2 * pair + 1] = a * angle.sin() + b * angle.cos();
            }
        }
    }

    fn attention(&self, query: &[f64], keys: &[Vec<f64>], values: &[Vec<f64>]) -> Vec<f64> {
        let width = self.shape.width / self.shape.heads;
        let mut out = Vec::new();
        for (head, query) in query.chunks_exact(width).enumerate() {
            let start = head / (self.shape.heads / self.shape.kv_heads) * width;
            let weights: Vec<f64> = keys
                .iter()
                .map(|key| (query.iter().zip(&key[start..]).map(|(q, k)| q * k).sum::<f64>() / (width as f64).sqrt()).exp())
                .collect();
            let total: f64 = weights.iter().sum();
            out.extend((0..width).map(|at| weights.iter().zip(values).map(|(w, v)| w * v[start + at]).sum::<f64>() / total));
        }
        out
    }

    /// Log-probabilities of each token from `prompt` on.
    fn log_probabilities(&self, ids: &[u32], prompt: usize) -> Vec<f64> {
        let mut caches = vec![(Vec::new(), Vec::new()); LAYERS];
        let mut logprobs = Vec::new();
        for (position, id) in ids.iter().enumerate() {
            let row = &self.tensor("token_embd.weight")[*id as usize * self.shape.width..][..self.shape.width];
            let mut x: Vec<f64> = row.iter().map(|x| f64::from(*x)).collect();
            for (layer, (keys, values)) in caches.iter_mut().enumerate() {
                let name = |part: &str| format!("blk.{layer}.{part}.weight");
                let normed = self.norm(&name("attn_norm"), &x);
                let mut query = self.product(&name("attn_q"), &normed);
                let mut key = self.product(&name("attn_k"), &normed);
                self.turn(position, &mut query);
                self.turn(position, &mut key);
                keys.push(key);
                values.push(self.product(&name("attn_v"), &normed));
                let attended = self.product(&name("attn_output"), &self.attention(&query, keys, values));
                x.iter_mut().zip(attended).for_each(|(x, more)| *x += more);
                let normed = self.norm(&name("ffn_norm"), &x);
                let gate = self.product(&name("ffn_gate"), &normed);
                let up = self.product(&name("ffn_up"), &normed);
                let gated: Vec<f64> = gate.iter().zip(up).map(|(gate, up)| gate / (1.0 + (-gate).exp()) * up).collect();
                x.iter_mut().zip(self.product(&name("ffn_down"), &gated)).for_each(|(x, more)| *x += more);
            }
            let out = if self.shape.tied { "token_embd.weight" } else { "output.weight" };
            let logits = self.product(out, &self.norm("output_norm.weight", &x));
            if position + 1 >= prompt && position + 1 < ids.len() {
                let sum = logits.iter().map(|logit| logit.exp()).sum::<f64>().ln();
                logprobs.push(logits[ids[position + 1] as usize] - sum);
            }
        }
        logprobs
    }
}

#[test]
fn models_of_any_shape_equal_a_plain_computation() {
    for shape in [
        Shape { width: 24, heads: 4, kv_heads: 2, hidden: 50, rope: 4, tied: false },
        Shape { width: 40, heads: 2, kv_heads: 1, hidden: 17, rope: 20, tied: true },
        Shape { width: 96, heads: 2, kv_heads: 2, hidden: 128, rope: 48, tied: true },
        Shape { width: 6, heads: 3, kv_heads: 3, hidden: 1, rope: 2, tied: false },
    ] {
        let tensors = tensors(&shape);
        let file = file(&shape, &tensors);
        let mut numbers = Pcg64Mcg::new(99);
        let ids: Vec<u32> = (0..75).map(|_| (numbers.next_u64() % VOCABULARY as u64) as u32).collect();
        let expected = Reference { shape: &shape, tensors: &tensors }.log_probabilities(&ids, 65);
        let mut first: Option<Vec<u32>> = None;
        for level in levels().into_iter().chain([Level::new()]) {
            let (mut session, _) = load("odd", &file, level).unwrap();
            let ours = session.log_probabilities(&ids[..65], &ids[65..]);
            for (ours, expected) in ours.iter().zip(&expected) {
                assert!((f64::from(*ours) - expected).abs() < 2e-4, "{ours}, expected {expected}");
            }
            let bits: Vec<u32> = ours.iter().map(|number| number.to_bits()).collect();
            assert_eq!(*first.get_or_insert_with(|| bits.clone()), bits);
        }
    }
}

#[test]
fn refusals_name_the_file_and_the_field() {
    let shape = Shape { width: 8, heads: 2, kv_heads: 2, hidden: 8, rope: 4, tied: true };
    let good = tensors(&shape);
    let refused =
        |shape: &Shape, tensors: &[Tensor]| load("odd.gguf", &file(shape, tensors), Level::new()).err().unwrap().to_string();
    let mut tensors = good.clone();
    tensors[3].1 = vec![4, 16];
    assert_eq!(refused(&shape, &tensors), "odd.gguf: tensor blk.0.attn_q.weight: shape 4x16, expected 8x8");
    let mut tensors = good.clone();
    tensors[3].0 = "blk.0.attn_q.bias".into();
    assert_eq!(refused(&shape, &tensors), "odd.gguf: tensor blk.0.attn_q.bias: not part of a plain llama model");
    let mut tensors = good.clone();
    tensors[5].2[7] = f32::INFINITY;
    assert_eq!(refused(&shape, &tensors), "odd.gguf: tensor blk.0.attn_v.weight: number 7 is inf");
    assert_eq!(refused(&shape, &good[1..]), "odd.gguf: tensor token_embd.weight: missing");
    let heads = Shape { heads: 3, ..shape };
    assert_eq!(refused(&heads, &good), "odd.gguf: llama.attention.head_count: 3 heads do not divide a width of 8");
    let written = file(&heads, &good);
    let error = load("odd.gguf", &written[..written.len() / 2], Level::new()).err().unwrap().to_string();
    assert!(error.starts_with("odd.gguf: "), "{error}");
}
