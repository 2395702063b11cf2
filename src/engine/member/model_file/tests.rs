//! Heads of files: what is understood of them, and that nothing in them does harm.

use proptest::prelude::*;

use super::header::{ModelHeader, Purpose};
use super::memory::{USUAL_CONTEXT, needed};
use super::sample::Sample;

fn read(sample: &Sample) -> ModelHeader {
    let (head, length) = sample.head();
    ModelHeader::of("x.gguf", &head, length).unwrap().unwrap()
}

#[test]
fn a_head_says_what_the_model_is() {
    let header = read(&Sample::model(28));
    assert_eq!((header.architecture.as_str(), header.name.as_deref()), ("qwen2", Some("Sample")));
    assert_eq!((header.purpose, header.quantisation.as_deref()), (Purpose::Text, Some("Q4_K_M")));
    assert_eq!((header.parameters, header.context_tokens), (28_000_000_000, Some(32_768)));
    assert_eq!((header.chat_template.as_deref(), header.parts, header.vocabulary), (Some("{{ messages }}"), 1, 3));
    // 28 layers, two heads of 128 numbers, keys and values: as much as Qwen2.5-1.5B caches.
    assert_eq!(header.kept_per_token, 28 * 2 * (128 + 128));
    let kept = needed(&header, 0, USUAL_CONTEXT) - needed(&header, 0, 0);
    assert_eq!(kept, 112 << 20, "as llama.cpp says when it loads that model");
}

#[test]
fn the_toys_are_understood() {
    let header =
        ModelHeader::read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/models/atlas.gguf"))).unwrap();
    assert_eq!((header.architecture.as_str(), header.purpose), ("llama", Purpose::Text));
    assert_eq!(header.quantisation.as_deref(), Some("F16"));
    assert!(header.parameters > 100_000 && header.context_tokens.is_some() && header.chat_template.is_some(), "{header:?}");
}

#[test]
fn a_quantisation_that_is_not_said_is_that_of_most_bytes() {
    let mixed =
        Sample::of("llama").with_tensor("a", &[256, 40], 14).with_tensor("b", &[256, 100], 12).with_tensor("c", &[256], 0);
    assert_eq!(read(&mixed).quantisation.as_deref(), Some("Q4_K"));
    let said = |number: u32| read(&mixed.clone().with_number("general.file_type", number)).quantisation.unwrap();
    assert_eq!([said(17), said(1024 + 15), said(31), said(4)], ["Q5_K_M", "Q4_K_M", "IQ1_M", "Q4_K"], "4 is no longer used");
    assert_eq!(read(&Sample::of("llama")).quantisation, None);
}

#[test]
fn what_writes_no_text_is_told_from_what_does() {
    let purpose = |change: fn(Sample) -> Sample| read(&change(Sample::model(1))).purpose;
    assert_eq!(purpose(|model| model), Purpose::Text);
    assert_eq!(purpose(|model| model.with_text("general.type", "model")), Purpose::Text);
    assert_eq!(purpose(|model| model.with_text("general.type", "adapter")), Purpose::Adapter);
    assert_eq!(purpose(|model| model.with_text("general.type", "mmproj")), Purpose::Projector);
    assert_eq!(purpose(|model| model.with_text("general.type", "imatrix")), Purpose::Other);
    assert_eq!(purpose(|model| model.with_number("qwen2.pooling_type", 3)), Purpose::Embeddings);
    assert_eq!(purpose(|model| model.with_number("qwen2.pooling_type", 0)), Purpose::Text);
    assert_eq!(purpose(|model| model.with_flag("qwen2.attention.causal", false)), Purpose::Embeddings);
    let alone = |architecture: &str| read(&Sample::of(architecture).with_tensor("a", &[32], 0)).purpose;
    assert_eq!([alone("clip"), alone("eagle3"), alone("flux")], [Purpose::Projector, Purpose::Drafter, Purpose::Other]);
    let words = Sample::of("llama").with_text("tokenizer.ggml.model", "llama").with_number("llama.block_count", 2);
    assert_eq!(read(&words).purpose, Purpose::Vocabulary);
    assert_eq!(read(&words.with_number("split.count", 3)).purpose, Purpose::Text, "its tensors are in the other files");
}

/// A model whose layers cache what these fields define.
fn kept(fields: &[(&str, u32)], heads: Option<&[u32]>) -> u64 {
    let mut sample = Sample::of("x");
    for (key, number) in fields {
        sample = sample.with_number(&format!("x.{key}"), *number);
    }
    if let Some(heads) = heads {
        sample = sample.with_numbers("x.attention.head_count_kv", heads);
    }
    read(&sample).kept_per_token
}

#[test]
fn what_is_kept_for_a_token_follows_the_layers() {
    let plain = [("block_count", 4), ("embedding_length", 64), ("attention.head_count", 8)];
    assert_eq!(kept(&plain, None), 4 * 8 * (8 + 8), "as many heads for keys as there are");
    assert_eq!(kept(&plain, Some(&[2, 0, 2, 1])), 5 * (8 + 8), "each layer has its own number");
    let lengths = [&plain[..], &[("attention.key_length", 10), ("attention.value_length", 6)]].concat();
    assert_eq!(kept(&lengths, None), 4 * 8 * (10 + 6));
    assert_eq!(kept(&[&plain[..], &[("full_attention_interval", 4)]].concat(), None), 8 * (8 + 8), "the others keep a state");
    assert_eq!(kept(&[&plain[..], &[("attention.shared_kv_layers", 3)]].concat(), None), 8 * (8 + 8));
    for odd in [
        &[("block_count", 4), ("attention.head_count", 0), ("embedding_length", 64)][..],
        &[("block_count", 4)],
        &[("embedding_length", 64)],
    ] {
        assert_eq!(kept(odd, None), 0, "{odd:?}");
    }
}

#[test]
fn a_file_that_ends_too_early_is_told_from_one_of_which_more_is_needed() {
    let (head, length) = Sample::model(2).head();
    assert_eq!(ModelHeader::of("x", &head[..head.len() / 2], length), Ok(None));
    let cut = ModelHeader::of("x", &head, length - 1).unwrap_err().to_string();
    assert!(cut.contains("cut"), "{cut}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    std::fs::write(&path, &head[..head.len() / 2]).unwrap();
    let said = ModelHeader::read(&path).unwrap_err().to_string();
    assert!(said.contains("ends inside") || said.contains("more than the file can hold"), "{said}");
    assert!(ModelHeader::read(folder.path()).is_err() && ModelHeader::read(&folder.path().join("none")).is_err());
}

/// A vocabulary longer than what is read at first.
#[test]
fn a_long_head_is_read_to_its_end_and_one_without_an_end_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    let word = "w".repeat(1000);
    let long = Sample::model(1).with_texts("tokenizer.ggml.merges", &vec![word.as_str(); 5000]);
    long.write(&path);
    assert_eq!(ModelHeader::read(&path).unwrap().quantisation.as_deref(), Some("Q4_K_M"));
    // An endless list of texts: the file is a hole of a terabyte after it.
    let mut head = b"GGUF\x03\0\0\0".to_vec();
    head.extend(0_u64.to_le_bytes());
    head.extend(1_u64.to_le_bytes());
    head.extend(1_u64.to_le_bytes());
    head.extend(b"k\x09\0\0\0\x08\0\0\0");
    head.extend((1_u64 << 36).to_le_bytes());
    std::fs::write(&path, &head).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    let said = ModelHeader::read(&path).unwrap_err().to_string();
    assert!(said.contains("does not end within 64 MiB"), "{said}");
}

#[derive(Debug, Clone)]
enum Damage {
    Cut(usize),
    Byte(usize, u8),
    Number(usize, u64),
    Move(usize, usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let number = prop_oneof![Just(u64::MAX), Just(1 << 62), Just(1 << 40), Just(0xffff_ffff), Just(0), any::<u64>()];
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (any::<usize>(), number).prop_map(|(at, number)| Damage::Number(at, number)),
        (any::<usize>(), any::<usize>(), 1_usize..64).prop_map(|(from, to, count)| Damage::Move(from, to, count)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let length = bytes.len();
        if length < 128 {
            break;
        }
        match *damage {
            Damage::Cut(at) => bytes.truncate(at % length),
            Damage::Byte(at, byte) => bytes[at % length] = byte,
            Damage::Number(at, number) => {
                let at = at % (length - 8);
                bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
            }
            Damage::Move(from, to, count) => {
                let from = from % (length - count);
                let moved = bytes[from..from + count].to_vec();
                let to = to % (length - count);
                bytes[to..to + count].copy_from_slice(&moved);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever is in a file and however long it claims to be: it is understood, needs more, or is refused by name.
    #[test]
    fn no_damage_does_harm(damages in prop::collection::vec(damage(), 1..6), length in prop_oneof![Just(0), Just(u64::MAX), any::<u64>()]) {
        let (head, whole) = Sample::model(3).with_numbers("qwen2.attention.head_count_kv", &[2, 2, 2]).head();
        let bytes = damaged(head, &damages);
        for length in [whole, length, bytes.len() as u64] {
            match ModelHeader::of("x.gguf", &bytes, length) {
                Ok(Some(header)) => prop_assert!(needed(&header, length, u64::MAX) >= length),
                Ok(None) => {}
                Err(error) => prop_assert!(error.to_string().starts_with("x.gguf: "), "{}", error),
            }
        }
    }

    /// A start is enough or it is not; nothing that is read later changes the result.
    #[test]
    fn a_longer_beginning_says_the_same(at in any::<prop::sample::Index>()) {
        let (head, length) = Sample::model(2).head();
        let whole = ModelHeader::of("x", &head, length).unwrap();
        let beginning = ModelHeader::of("x", &head[..4 + at.index(head.len() - 4)], length).unwrap();
        prop_assert!(beginning.is_none() || beginning == whole);
    }
}
