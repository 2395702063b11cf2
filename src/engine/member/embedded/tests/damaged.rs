//! Thousands of damaged files: each is refused with a message or runs; none panics and none takes memory for a number it
//! merely claims.

use fearless_simd::Level;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

use super::{bytes, load};
use crate::engine::member::embedded::gguf::{Gguf, Value};
use crate::engine::member::in_process::Until;
use crate::engine::member::model_file::sample::Sample;
use crate::engine::member::{Hints, Sampling};

/// A file to be damaged.
struct Original {
    bytes: Vec<u8>,
    /// Most of what can be damaged to effect lies before here.
    head: usize,
    /// Where each of [`KEYS`] occurs: searched once, since a file has more bytes than there are files to try.
    places: Vec<Vec<usize>>,
}

impl Original {
    fn new(bytes: Vec<u8>, head: usize) -> Self {
        let of = |key: &str| {
            let windows = bytes.windows(key.len()).enumerate();
            windows.filter(|(_, at)| *at == key.as_bytes()).map(|(at, _)| at).collect()
        };
        Self { places: KEYS.iter().map(|key| of(key)).collect(), bytes, head }
    }
}

/// Merged tokens of the small model.
const MERGED: usize = 40;

/// A model with every part of the project's own and little of each, so that thousands of files take a moment.
fn small() -> Original {
    let babble = bytes("babble");
    let babble = Gguf::parse("babble", &babble).unwrap();
    let texts = |key: &str| match babble.get(key) {
        Some(Value::Texts(texts)) => texts.clone(),
        other => panic!("{key}: {other:?}"),
    };
    let (mut tokens, mut merges) = (texts("tokenizer.ggml.tokens"), texts("tokenizer.ggml.merges"));
    // Behind the special tokens and the bytes each token is what the merge of its place makes.
    tokens.truncate(tokens.len() - merges.len() + MERGED);
    merges.truncate(MERGED);
    let kinds: Vec<u32> = tokens.iter().map(|token| if token.starts_with("<|") { 3 } else { 1 }).collect();
    let (width, keys, hidden) = (8, 4, 16);
    let mut sample = Sample::of("llama")
        .with_text("general.name", "small")
        .with_number("general.alignment", 32)
        .with_number("llama.context_length", 64)
        .with_number("llama.embedding_length", width as u32)
        .with_number("llama.block_count", 2)
        .with_number("llama.feed_forward_length", hidden as u32)
        .with_number("llama.attention.head_count", 2)
        .with_number("llama.attention.head_count_kv", 1)
        .with_real("llama.attention.layer_norm_rms_epsilon", 1e-5)
        .with_real("llama.rope.freq_base", 10_000.0)
        .with_number("llama.rope.dimension_count", 4)
        .with_number("llama.vocab_size", tokens.len() as u32)
        .with_text("tokenizer.ggml.model", "gpt2")
        .with_text("tokenizer.ggml.pre", "gpt-2")
        .with_texts("tokenizer.ggml.tokens", &tokens)
        .with_numbers("tokenizer.ggml.token_type", &kinds)
        .with_texts("tokenizer.ggml.merges", &merges)
        .with_number("tokenizer.ggml.bos_token_id", 0)
        .with_number("tokenizer.ggml.eos_token_id", 0)
        .with_number("tokenizer.ggml.eot_token_id", 0)
        .with_flag("tokenizer.ggml.add_bos_token", false)
        .with_text("tokenizer.chat_template", babble.text("tokenizer.chat_template").unwrap().unwrap())
        .with_tensor("token_embd.weight", &[width, tokens.len() as u64], F16)
        .with_tensor("output_norm.weight", &[width], F32);
    for layer in 0..2 {
        for (part, extents, kind) in [
            ("attn_norm", vec![width], F32),
            ("attn_q", vec![width, width], F16),
            ("attn_k", vec![width, keys], F16),
            ("attn_v", vec![width, keys], F16),
            ("attn_output", vec![width, width], F16),
            ("ffn_norm", vec![width], F32),
            ("ffn_gate", vec![width, hidden], F16),
            ("ffn_up", vec![width, hidden], F16),
            ("ffn_down", vec![hidden, width], F16),
        ] {
            sample = sample.with_tensor(&format!("blk.{layer}.{part}.weight"), &extents, kind);
        }
    }
    let (mut bytes, length) = sample.head();
    let head = bytes.len();
    // Each a one as an F32; as two F16 a zero and a small number.
    bytes.extend(1_f32.to_le_bytes().iter().cycle().take(length as usize - head));
    Original::new(bytes, head)
}

/// The numbers of two types of tensors.
const F32: u32 = 0;
const F16: u32 = 1;

/// Damages a file in one of the ways that files are damaged, or that someone would try.
fn damage(file: &mut Vec<u8>, head: usize, numbers: &mut Pcg64Mcg, kind: usize) {
    let mut below = |bound: usize| (numbers.next_u64() % bound as u64) as usize;
    match kind % 5 {
        0 => file.truncate(below(file.len())),
        1 => {
            for _ in 0..=below(4) {
                let at = below(head);
                file[at] ^= 1 << below(8);
            }
        }
        2 => {
            let at = below(head - 8);
            let huge = [u64::MAX, 1 << 62, 1 << 40, 0xffff_ffff, 0x7fff_ffff][below(5)];
            file[at..at + 8].copy_from_slice(&huge.to_le_bytes());
        }
        3 => {
            let (from, to, count) = (below(head), below(head), below(64));
            let moved = file[from..from + count].to_vec();
            file[to..to + count].copy_from_slice(&moved);
        }
        _ => {
            let at = below(file.len());
            let count = below(16).min(file.len() - at);
            file[at..at + count].fill(0xff);
        }
    }
}

/// Keys of entries whose values chance would rarely hit.
const KEYS: [&str; 7] = ["llama.", "tokenizer.ggml.", "blk.", "token_embd", "output_norm", "general.alignment", "tokenizer.chat"];

/// Damages the value of a named entry.
fn damage_entry(file: &mut [u8], places: &[Vec<usize>], numbers: &mut Pcg64Mcg) {
    let mut below = |bound: usize| (numbers.next_u64() % bound as u64) as usize;
    let places = &places[below(KEYS.len())];
    if !places.is_empty() {
        let at = places[below(places.len())] + below(64);
        file[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)];
    }
}

#[test]
fn damaged_files_never_panic() {
    let babble = bytes("babble");
    let head = babble.len() / 4;
    let (small, real) = (small(), Original::new(babble, head));
    assert!(load("small", &small.bytes, Level::new()).is_ok());
    let mut numbers = Pcg64Mcg::new(0x5eed);
    let context = super::context("What?", &[]);
    let sampling = Sampling { temperature: 0.8, top_p: 0.9, seed: 1 };
    let (mut ran, mut refused) = (0, 0);
    for kind in 0..4000 {
        // A real one among them, at times of each way to damage it.
        let Original { bytes, head, places } = if kind % 17 == 0 { &real } else { &small };
        let mut file = bytes.clone();
        if kind % 2 == 0 {
            damage(&mut file, *head, &mut numbers, kind / 2);
        } else {
            damage_entry(&mut file, places, &mut numbers);
        }
        match load("damaged", &file, Level::new()) {
            Err(error) => {
                refused += 1;
                assert!(error.to_string().starts_with("damaged: "), "{error}");
            }
            Ok((mut session, _)) => {
                ran += 1;
                // What comes out does not matter, only that it comes.
                let _ = session.draft(
                    &context,
                    sampling,
                    Until::complete(&|_, count| count >= 3),
                    &Hints::default(),
                    &mut |_| (),
                    &|| false,
                );
            }
        }
    }
    println!("{ran} ran, {refused} refused");
    assert!(ran > 400 && refused > 400, "{ran} ran, {refused} refused");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        assert!(peak.is_none_or(|kilobytes| kilobytes < 400_000), "{peak:?} kB at most");
    }
}
