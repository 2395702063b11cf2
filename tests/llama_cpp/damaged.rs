//! Damaged files: each costs an error message, and never this process.

use std::path::{Path, PathBuf};

use specfuse::engine::member::llama_cpp::trial;
use specfuse::ensemble::{MemberSpec, OpenOptions, kinds, open};

use crate::llama::gguf;
use crate::support::local;

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_specfuse"))
}

/// The bytes of a number field of the header, which is followed by its value.
fn field(bytes: &[u8], key: &str) -> usize {
    let at = bytes.windows(key.len()).position(|window| window == key.as_bytes()).unwrap();
    // The key, then four bytes for the type of the value.
    at + key.len() + 4
}

fn with(bytes: &[u8], key: &str, value: u32) -> Vec<u8> {
    let at = field(bytes, key);
    let mut damaged = bytes.to_vec();
    damaged[at..at + 4].copy_from_slice(&value.to_le_bytes());
    damaged
}

/// Thirty ways to damage a file: cut, with wrong numbers, with changed bytes.
fn damaged(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for part in [1, 5, 20, 50, 80, 99] {
        files.push((format!("cut after {part} %"), bytes[..bytes.len() * part / 100].to_vec()));
    }
    for (key, values) in [
        ("llama.block_count", [0, 1, 1000]),
        ("llama.embedding_length", [0, 7, 1 << 20]),
        ("llama.attention.head_count", [0, 3, 1000]),
        ("llama.context_length", [0, 1, u32::MAX]),
        ("llama.feed_forward_length", [0, 5, u32::MAX]),
        ("tokenizer.ggml.eos_token_id", [u32::MAX, 1 << 20, 99_999]),
    ] {
        for value in values {
            files.push((format!("{key} = {value}"), with(bytes, key, value)));
        }
    }
    for (place, part) in [2, 3, 30, 500, 999, 998].into_iter().enumerate() {
        let mut changed = bytes.to_vec();
        let start = changed.len() * part / 1000;
        let end = changed.len().min(start + 400);
        changed[start..end].iter_mut().for_each(|byte| *byte ^= 0x5a + place as u8);
        files.push((format!("400 bytes changed from {start}"), changed));
    }
    files
}

#[tokio::test]
async fn thirty_damaged_files_cost_a_sentence_each() {
    let bytes = std::fs::read(gguf("babble")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = damaged(&bytes);
    assert_eq!(files.len(), 30);
    let mut refused = 0;
    for (number, (what, bytes)) in files.into_iter().enumerate() {
        let path = folder.path().join(format!("damaged-{number}.gguf"));
        std::fs::write(&path, bytes).unwrap();
        // As the trial reports it.
        let tried = trial::run(&program(), &path, &local()).await.err().map(|error| error.to_string());
        if let Some(said) = &tried {
            refused += 1;
            let name = path.display().to_string();
            let reason = said.strip_prefix(&format!("{name}: ")).unwrap_or_else(|| panic!("{what}: {said}"));
            assert!(reason.len() > 20 && said.len() < 1000 && !said.contains('\n'), "{what}: {said}");
            assert!(!reason.ends_with("null result from llama cpp"), "{what}: the log says why: {said}");
        }
        // And as a member: it is open, or its seat reports why not.
        let tools = OpenOptions::default().tried_by(program());
        let spec = MemberSpec::parse(path.to_str().unwrap(), &kinds()).unwrap();
        let opened = open(vec![spec], &tools, &|_, _| {}).await;
        if let Some(fault) = opened[0].fault.as_ref().map(ToString::to_string) {
            assert!(fault.contains("damaged-") && !fault.contains('\n'), "{what}: {fault}");
        }
        println!("{what}: {}", tried.unwrap_or_else(|| "good enough".to_owned()));
    }
    assert!(refused >= 20, "{refused} of 30 were refused");
}

#[tokio::test]
async fn a_good_file_passes_its_trial_and_a_missing_program_is_said() {
    trial::run(&program(), &gguf("babble"), &local()).await.unwrap();
    let error = trial::run(Path::new("no-such-program"), &gguf("babble"), &local()).await.unwrap_err().to_string();
    assert!(error.contains("the process that tries it"), "{error}");
    let other = specfuse::engine::member::Local { device: Some("abacus".to_owned()), ..local() };
    let error = trial::run(&program(), &gguf("babble"), &other).await.unwrap_err().to_string();
    assert!(error.contains("there is no device `abacus`; there are: cpu"), "{error}");
}
