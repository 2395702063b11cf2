//! A model of the other family of tokenizers (`SentencePiece`: a space is put before a text, characters that are not tokens
//! become bytes), made up for the test: its words mean nothing, but a real server tokenises with it.

use std::io::Write;
use std::path::Path;

use serde_json::json;
use specfuse::engine::member::Member;
use specfuse::engine::member::http::{Endpoint, Http, Limits};

use crate::llama::serve_file;
use crate::support::{connect, context, draft, request, score};

const WIDTH: usize = 32;
const HIDDEN: usize = 64;
const TEMPLATE: &str = "{{ bos_token }}{% for m in messages %}[INST] {{ m.content }} [/INST]{% endfor %}";

/// Token, score, kind: 1 normal, 2 unknown, 3 control, 6 byte.
fn vocabulary() -> Vec<(String, f32, i32)> {
    let mut tokens = vec![("<unk>".to_owned(), 0.0, 2), ("<s>".to_owned(), 0.0, 3), ("</s>".to_owned(), 0.0, 3)];
    tokens.extend((0..=255).map(|byte| (format!("<0x{byte:02X}>"), 0.0, 6)));
    let words = ["▁th", "▁the", "▁a", "th", "the", "ab", "▁ab"];
    tokens.extend((0_u8..).zip(words).map(|(rank, word)| (word.to_owned(), -f32::from(rank), 1)));
    let letters = "▁abcdefghijklmnopqrstuvwxyzINST[]/?";
    tokens.extend((0_u8..).zip(letters.chars()).map(|(rank, letter)| (letter.to_string(), -100.0 - f32::from(rank), 1)));
    tokens
}

/// A GGUF file in progress: numbers little-endian, strings with their length before them.
#[derive(Default)]
struct Gguf {
    fields: Vec<u8>,
    count: u64,
    tensors: Vec<(&'static str, Vec<usize>)>,
}

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

impl Gguf {
    fn field(&mut self, name: &str, kind: u32, value: &[u8]) {
        self.fields.extend([&string(name)[..], &kind.to_le_bytes(), value].concat());
        self.count += 1;
    }

    fn number(&mut self, name: &str, value: u32) {
        self.field(name, 4, &value.to_le_bytes());
    }

    fn text(&mut self, name: &str, value: &str) {
        self.field(name, 8, &string(value));
    }

    fn array(&mut self, name: &str, kind: u32, items: &[Vec<u8>]) {
        let head = [&kind.to_le_bytes()[..], &(items.len() as u64).to_le_bytes()].concat();
        self.field(name, 9, &[head, items.concat()].concat());
    }

    fn write(&self, file: &Path) {
        let mut bytes = [b"GGUF", &3_u32.to_le_bytes()[..], &(self.tensors.len() as u64).to_le_bytes()].concat();
        bytes.extend(self.count.to_le_bytes());
        bytes.extend(&self.fields);
        let mut place = 0_u64;
        for (name, shape) in &self.tensors {
            bytes.extend(string(name));
            bytes.extend((shape.len() as u32).to_le_bytes());
            bytes.extend(shape.iter().flat_map(|size| (*size as u64).to_le_bytes()));
            bytes.extend(0_u32.to_le_bytes());
            bytes.extend(place.to_le_bytes());
            place += 4 * shape.iter().product::<usize>() as u64;
        }
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        let mut chance = 1_u32;
        for (name, shape) in &self.tensors {
            for _ in 0..shape.iter().product() {
                chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let number = if name.contains("norm") { 1.0 } else { (chance >> 8) as f32 / (1 << 24) as f32 - 0.5 };
                bytes.extend(number.to_le_bytes());
            }
        }
        std::fs::File::create(file).unwrap().write_all(&bytes).unwrap();
    }
}

fn model(file: &Path) {
    let tokens = vocabulary();
    let mut gguf = Gguf::default();
    gguf.text("general.architecture", "llama");
    let sizes = [
        ("context_length", 512),
        ("embedding_length", WIDTH as u32),
        ("block_count", 1),
        ("feed_forward_length", HIDDEN as u32),
        ("attention.head_count", 2),
        ("rope.dimension_count", 16),
    ];
    for (name, size) in sizes {
        gguf.number(&format!("llama.{name}"), size);
    }
    gguf.field("llama.attention.layer_norm_rms_epsilon", 6, &1e-5_f32.to_le_bytes());
    gguf.text("tokenizer.ggml.model", "llama");
    gguf.array("tokenizer.ggml.tokens", 8, &tokens.iter().map(|token| string(&token.0)).collect::<Vec<_>>());
    gguf.array("tokenizer.ggml.scores", 6, &tokens.iter().map(|token| token.1.to_le_bytes().to_vec()).collect::<Vec<_>>());
    gguf.array("tokenizer.ggml.token_type", 5, &tokens.iter().map(|token| token.2.to_le_bytes().to_vec()).collect::<Vec<_>>());
    for (name, id) in [("unknown", 0), ("bos", 1), ("eos", 2)] {
        gguf.number(&format!("tokenizer.ggml.{name}_token_id"), id);
    }
    for name in ["add_bos_token", "add_space_prefix"] {
        gguf.field(&format!("tokenizer.ggml.{name}"), 7, &[1]);
    }
    gguf.text("tokenizer.chat_template", TEMPLATE);
    gguf.tensors = vec![
        ("token_embd.weight", vec![WIDTH, tokens.len()]),
        ("output_norm.weight", vec![WIDTH]),
        ("output.weight", vec![WIDTH, tokens.len()]),
        ("blk.0.attn_norm.weight", vec![WIDTH]),
        ("blk.0.attn_q.weight", vec![WIDTH, WIDTH]),
        ("blk.0.attn_k.weight", vec![WIDTH, WIDTH]),
        ("blk.0.attn_v.weight", vec![WIDTH, WIDTH]),
        ("blk.0.attn_output.weight", vec![WIDTH, WIDTH]),
        ("blk.0.ffn_norm.weight", vec![WIDTH]),
        ("blk.0.ffn_gate.weight", vec![WIDTH, HIDDEN]),
        ("blk.0.ffn_up.weight", vec![WIDTH, HIDDEN]),
        ("blk.0.ffn_down.weight", vec![HIDDEN, WIDTH]),
    ];
    gguf.write(file);
}

#[tokio::test]
async fn a_space_before_a_text_is_only_there_where_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pieces.gguf");
    model(&file);
    let Some(served) = serve_file(&file, "pieces", &[]) else { return };
    let member = connect(&served).await;
    assert!(member.probed().grammar, "{:?}", member.capabilities());
    let lengths = async |accepted: &[&str], candidate: &str| {
        let scored = score(&member, context("ab", accepted), &[(candidate, false)]).await.unwrap().logprobs();
        assert!(scored[0].iter().all(|logprob| logprob.is_finite() && *logprob < 0.0), "{scored:?}");
        scored[0].len()
    };
    // "x" is a token; with a space before it, it would be two.
    assert_eq!(lengths(&[], "x").await, 1);
    assert_eq!(lengths(&[], " x").await, 2);
    assert_eq!(lengths(&["a"], " the").await, 1);
    assert_eq!(lengths(&["a"], "b the").await, 2, "`ab` is one token, and the space belongs to the word after it");
    // Two bytes, neither of them text.
    assert_eq!(lengths(&["a"], "é").await, 2);
    assert_eq!(lengths(&["é"], "é x").await, 4);
    draft(&member, request(context("ab", &["é"]), 1.0, 3, 12)).await.unwrap();
}

#[tokio::test]
async fn the_beginning_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pieces.gguf");
    model(&file);
    let Some(served) = serve_file(&file, "pieces", &[]) else { return };
    let member = connect(&served).await;
    let http = Http::new(Endpoint::new("x", &served.url).unwrap(), Limits::default()).unwrap();
    let body = json!({"content": "[INST] ab [/INST]", "add_special": true, "parse_special": true});
    let tokens = http.post("/tokenize", &body).await.unwrap()["tokens"].as_array().unwrap().len();
    assert_eq!(member.prepare(context("ab", &[]).conversation).await.unwrap(), tokens);
}
