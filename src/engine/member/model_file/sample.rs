//! GGUF files for tests: a head as converters write it, with or without space for the weights.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::engine::member::embedded::storage::Storage;

/// A file to be written.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    entries: Vec<(String, Vec<u8>)>,
    /// Name, dimensions, number of the type.
    tensors: Vec<(String, Vec<u64>, u32)>,
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

impl Sample {
    /// Only the architecture; a field given again replaces the earlier one.
    pub(crate) fn of(architecture: &str) -> Self {
        Self { entries: Vec::new(), tensors: Vec::new() }.with_text("general.architecture", architecture)
    }

    /// A model of this many layers that writes text, of the `qwen2` architecture, in `Q4_K_M`: a billion parameters per layer.
    pub(crate) fn model(layers: u64) -> Self {
        let mut sample = Self::of("qwen2")
            .with_text("general.name", "Sample")
            .with_number("general.file_type", 15)
            .with_number("qwen2.context_length", 32_768)
            .with_number("qwen2.block_count", layers as u32)
            .with_number("qwen2.embedding_length", 2_048)
            .with_number("qwen2.attention.head_count", 16)
            .with_number("qwen2.attention.head_count_kv", 2)
            .with_text("tokenizer.ggml.model", "gpt2")
            .with_texts("tokenizer.ggml.tokens", &["a", "b", "c"])
            .with_text("tokenizer.chat_template", "{{ messages }}");
        for layer in 0..layers {
            sample = sample.with_tensor(&format!("blk.{layer}.w"), &[1_000_000, 1_000], 12);
        }
        sample
    }

    fn with(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.entries.retain(|(known, _)| known != key);
        self.entries.push((key.to_owned(), [&kind.to_le_bytes(), value].concat()));
        self
    }

    pub(crate) fn with_text(self, key: &str, value: &str) -> Self {
        self.with(key, 8, &text(value))
    }

    pub(crate) fn with_number(self, key: &str, value: u32) -> Self {
        self.with(key, 4, &value.to_le_bytes())
    }

    pub(crate) fn with_real(self, key: &str, value: f32) -> Self {
        self.with(key, 6, &value.to_le_bytes())
    }

    pub(crate) fn with_flag(self, key: &str, value: bool) -> Self {
        self.with(key, 7, &[u8::from(value)])
    }

    pub(crate) fn with_texts(self, key: &str, values: &[&str]) -> Self {
        let mut bytes = [8_u32.to_le_bytes().as_slice(), &(values.len() as u64).to_le_bytes()].concat();
        bytes.extend(values.iter().flat_map(|value| text(value)));
        self.with(key, 9, &bytes)
    }

    pub(crate) fn with_numbers(self, key: &str, values: &[u32]) -> Self {
        let mut bytes = [4_u32.to_le_bytes().as_slice(), &(values.len() as u64).to_le_bytes()].concat();
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        self.with(key, 9, &bytes)
    }

    pub(crate) fn with_tensor(mut self, name: &str, extents: &[u64], kind: u32) -> Self {
        self.tensors.push((name.to_owned(), extents.to_vec(), kind));
        self
    }

    /// Everything before the weights, and how long the file is with them.
    pub(crate) fn head(&self) -> (Vec<u8>, u64) {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend((self.tensors.len() as u64).to_le_bytes());
        bytes.extend((self.entries.len() as u64).to_le_bytes());
        for (key, value) in &self.entries {
            bytes.extend(text(key));
            bytes.extend(value);
        }
        let mut offset = 0_u64;
        for (name, extents, kind) in &self.tensors {
            bytes.extend(text(name));
            bytes.extend((extents.len() as u32).to_le_bytes());
            bytes.extend(extents.iter().flat_map(|extent| extent.to_le_bytes()));
            bytes.extend(kind.to_le_bytes());
            bytes.extend(offset.to_le_bytes());
            let numbers = extents.iter().product::<u64>() as usize;
            offset += (Storage(*kind).bytes(numbers).unwrap_or_default() as u64).next_multiple_of(32);
        }
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        let length = bytes.len() as u64 + offset;
        (bytes, length)
    }

    /// Writes the file at its full length; the weights are a hole.
    pub(crate) fn write(&self, path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let (head, length) = self.head();
        let mut file = File::create(path).unwrap();
        file.write_all(&head).unwrap();
        file.set_len(length).unwrap();
    }
}
