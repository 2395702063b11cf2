//! Token ids and log-probabilities compared with llama.cpp's, as recorded by `tests/embedded/record.py`. They belong to the
//! models at that time: record again after training.

use fearless_simd::Level;
use serde::Deserialize;

use super::{bytes, models, opened};
use crate::engine::member::embedded::gguf::Gguf;
use crate::engine::member::embedded::vocabulary::{Split, Vocabulary};

#[derive(Deserialize)]
struct Tokens {
    split: String,
    text: String,
    plain: Vec<u32>,
    special: Vec<u32>,
}

#[derive(Deserialize)]
struct Continued {
    question: String,
    prompt: Vec<u32>,
    ids: Vec<u32>,
    logprobs: Vec<f32>,
}

fn recorded<T: for<'a> Deserialize<'a>>(name: &str) -> Vec<T> {
    let path = format!("{}/tests/embedded/recorded/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn ids_equal_llama_cpp() {
    let bytes = bytes("atlas");
    let mut vocabulary = Vocabulary::read(&Gguf::parse("atlas", &bytes).unwrap()).unwrap();
    for case in recorded::<Tokens>("tokens") {
        vocabulary.split = if case.split == "gpt-2" { Split::Gpt2 } else { Split::Default };
        for (special, expected) in [(false, &case.plain), (true, &case.special)] {
            let mut ids = Vec::new();
            vocabulary.encode(&case.text, special, 1000, &mut ids).unwrap();
            assert_eq!(ids, *expected, "{} {special}: {:?}", case.split, case.text);
        }
    }
}

/// llama.cpp rounds activations to half precision in every product; this engine does not.
#[test]
fn log_probabilities_equal_llama_cpp_within_its_rounding() {
    let (mut worst, mut worst_mean) = (0.0_f32, 0.0_f32);
    for name in models() {
        let (mut session, _) = opened(&name, Level::new());
        for case in recorded::<Continued>(&name) {
            let ours = session.log_probabilities(&case.prompt, &case.ids);
            let differences: Vec<f32> = ours.iter().zip(&case.logprobs).map(|(ours, theirs)| ours - theirs).collect();
            let most = differences.iter().fold(0.0, |most: f32, difference| most.max(difference.abs()));
            let mean = differences.iter().sum::<f32>().abs() / differences.len() as f32;
            assert!(most <= 0.05 && mean <= 0.01, "{name}: {:?}: {most} at most, {mean} on the mean", case.question);
            (worst, worst_mean) = (worst.max(most), worst_mean.max(mean));
        }
    }
    println!("largest difference {worst}, of a mean {worst_mean}");
}

#[test]
fn prompts_equal_llama_cpp() {
    for name in models() {
        let (mut session, _) = opened(&name, Level::new());
        for case in recorded::<Continued>(&name) {
            let context = super::context(&case.question, &[]);
            assert_eq!(session.prompt(&context.conversation).unwrap(), case.prompt, "{name}: {:?}", case.question);
        }
    }
}
