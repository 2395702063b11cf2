//! The head of a GGUF file: which model it holds, its purpose, and how large it is once it is loaded.
//!
//! Reads only the head of a file, and at most [`LONGEST`] bytes. A field is used if it can be understood and left out otherwise:
//! only the container itself can make a file unusable.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::quantisation::quantisation;
use crate::engine::member::embedded::EmbeddedError;
use crate::engine::member::embedded::gguf::{Gguf, Head, Value};

/// How many bytes are read at first: enough for a file whose vocabulary is elsewhere.
const FIRST: u64 = 1 << 20;

/// The longest head that is read, in bytes: vocabularies of 260,000 tokens take 15 MB.
pub const LONGEST: u64 = 64 << 20;

/// Architectures that are parts or helpers of others.
const HELPERS: &[(&str, Purpose)] = &[
    ("clip", Purpose::Projector),
    ("mmproj", Purpose::Projector),
    ("eagle3", Purpose::Drafter),
    ("dflash", Purpose::Drafter),
    ("gemma4-assistant", Purpose::Drafter),
    ("t5encoder", Purpose::Embeddings),
    ("wavtokenizer-dec", Purpose::Other),
];

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// It writes text.
    Text,
    /// It turns pictures or sound into what another model reads.
    Projector,
    /// It turns text into numbers, or ranks texts by these.
    Embeddings,
    /// A change to another model.
    Adapter,
    /// It drafts for one particular model and is useless alone.
    Drafter,
    /// A vocabulary without a model.
    Vocabulary,
    /// Anything else: pictures, sound, the notes of a quantisation.
    Other,
}

impl Purpose {
    /// What a file of this purpose is, in words.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Text => "a model that writes text",
            Self::Projector => "the eyes or ears of another model",
            Self::Embeddings => "an embedding model",
            Self::Adapter => "an adapter for another model",
            Self::Drafter => "a helper that drafts for another model",
            Self::Vocabulary => "a vocabulary without a model",
            Self::Other => "no language model",
        }
    }
}

/// The contents of a file's head. A field is `None` if the file does not have it, or has an impossible value.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelHeader {
    /// The architecture, by llama.cpp's name for it.
    pub architecture: String,
    /// The model's name as in the file: not cleaned.
    pub name: Option<String>,
    pub purpose: Purpose,
    /// How its weights are stored, such as `Q4_K_M`.
    pub quantisation: Option<String>,
    /// Its number of parameters; for a model in several files those of this one.
    pub parameters: u64,
    /// The longest text it was made for, in tokens.
    pub context_tokens: Option<u64>,
    /// How conversations are written, as a Jinja template: not cleaned.
    pub chat_template: Option<String>,
    /// The number of files of the model, at least 1.
    pub parts: u64,
    /// Tokens of its vocabulary; 0 if it has none.
    pub vocabulary: u64,
    /// Numbers that are cached for each token of the context, over all layers; 0 if there are none.
    pub kept_per_token: u64,
    /// The width of its layers.
    pub width: u64,
}

impl ModelHeader {
    /// Reads the head of a file. `None` if the file ends before its head does, or the head is longer than [`LONGEST`].
    ///
    /// # Errors
    /// Names the file and what is wrong with it: it cannot be read, is not a GGUF file, or is shorter than its tensors need.
    pub fn read(path: &Path) -> Result<Self, EmbeddedError> {
        let file_name = path.display().to_string();
        let unread = |error: std::io::Error| EmbeddedError::Read { file: file_name.clone(), problem: error.to_string() };
        let mut file = File::open(path).map_err(unread)?;
        let length = file.metadata().map_err(unread)?.len();
        let mut beginning = Vec::new();
        let mut wanted = FIRST;
        loop {
            let more = wanted.min(LONGEST) - beginning.len() as u64;
            let read = (&mut file).take(more).read_to_end(&mut beginning).map_err(unread)?;
            if let Some(header) = Self::of(&file_name, &beginning, length)? {
                return Ok(header);
            }
            if (read as u64) < more {
                return Err(EmbeddedError::Cut { file: file_name, problem: "it ends inside its head".to_owned() });
            }
            if wanted >= LONGEST {
                return Err(EmbeddedError::Container {
                    file: file_name,
                    problem: "its head does not end within 64 MiB".to_owned(),
                });
            }
            wanted *= 4;
        }
    }

    /// Parses the start of a file of this many bytes; `None` if more of it is needed. `file` is only used in messages.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of(file: &str, beginning: &[u8], length: u64) -> Result<Option<Self>, EmbeddedError> {
        let head = Gguf::beginning(file, beginning, length)?;
        Ok(head.map(|head| Self::understood(&head)))
    }

    fn understood(head: &Head<'_>) -> Self {
        let fields = Fields { gguf: &head.gguf, architecture: text(&head.gguf, "general.architecture").unwrap_or_default() };
        let parameters = head.tensors().fold(0_u64, |sum, (_, numbers)| sum.saturating_add(numbers as u64));
        let parts = number(&head.gguf, "split.count").unwrap_or(1).max(1);
        Self {
            architecture: fields.architecture.to_owned(),
            name: text(&head.gguf, "general.name").filter(|name| !name.is_empty()).map(str::to_owned),
            purpose: purpose(&fields, parameters > 0 || parts > 1),
            quantisation: quantisation(head),
            parameters,
            context_tokens: fields.number("context_length"),
            chat_template: text(&head.gguf, "tokenizer.chat_template").filter(|template| !template.is_empty()).map(str::to_owned),
            parts,
            vocabulary: vocabulary(&fields),
            kept_per_token: kept_per_token(&fields).unwrap_or_default(),
            width: fields.number("embedding_length").unwrap_or_default(),
        }
    }
}

/// The metadata, with the fields of the model's own architecture.
struct Fields<'a> {
    gguf: &'a Gguf<'a>,
    architecture: &'a str,
}

impl<'a> Fields<'a> {
    fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.gguf.get(&format!("{}.{key}", self.architecture))
    }

    fn number(&self, key: &str) -> Option<u64> {
        number(self.gguf, &format!("{}.{key}", self.architecture))
    }
}

fn text<'a>(gguf: &Gguf<'a>, key: &str) -> Option<&'a str> {
    gguf.text(key).ok().flatten()
}

fn number(gguf: &Gguf<'_>, key: &str) -> Option<u64> {
    gguf.unsigned(key).ok().flatten().map(|number| number as u64)
}

fn purpose(fields: &Fields<'_>, has_weights: bool) -> Purpose {
    let helper = HELPERS.iter().find(|(name, _)| *name == fields.architecture).map(|(_, purpose)| *purpose);
    match text(fields.gguf, "general.type") {
        Some("adapter") => return Purpose::Adapter,
        Some("mmproj") => return Purpose::Projector,
        Some("vocab") => return Purpose::Vocabulary,
        Some("model") | None => {}
        Some(_) => return Purpose::Other,
    }
    if let Some(helper) = helper {
        return helper;
    }
    let is_causal = fields.get("attention.causal") != Some(&Value::Bool(false));
    // Models that embed or rank have a pooling type.
    let pools = fields.number("pooling_type").is_some_and(|kind| kind > 0);
    let has_tokens = text(fields.gguf, "tokenizer.ggml.model").is_some_and(|kind| kind != "none" && kind != "no_vocab");
    match (has_tokens, has_weights) {
        (true, false) => Purpose::Vocabulary,
        (true, true) if pools || !is_causal => Purpose::Embeddings,
        (true, true) if fields.number("block_count").is_some_and(|layers| layers > 0) => Purpose::Text,
        (true, true) | (false, _) => Purpose::Other,
    }
}

fn vocabulary(fields: &Fields<'_>) -> u64 {
    match fields.gguf.get("tokenizer.ggml.tokens") {
        Some(Value::Texts(tokens)) => tokens.len() as u64,
        Some(Value::Garbled(tokens)) => *tokens as u64,
        _ => fields.number("vocab_size").unwrap_or_default(),
    }
}

/// Keys and values of one token over all layers, as llama.cpp caches them: the heads of each layer times their lengths. Layers
/// that keep a state of fixed size instead have 0 heads, or come at an interval; an attention window is not deducted.
fn kept_per_token(fields: &Fields<'_>) -> Option<u64> {
    let layers = fields.number("block_count")?;
    let heads = list(fields, "attention.head_count").unwrap_or_default();
    let most = heads.iter().copied().max().unwrap_or_default();
    let by_width = || fields.number("embedding_length")?.checked_div(most);
    let key = fields.number("attention.key_length").or_else(by_width)?;
    let value = fields.number("attention.value_length").or_else(by_width)?;
    let kept = list(fields, "attention.head_count_kv").unwrap_or(heads);
    let keeping = match fields.number("full_attention_interval") {
        Some(interval @ 1..) => layers.div_ceil(interval),
        Some(0) | None => layers,
    };
    let keeping = keeping.saturating_sub(fields.number("attention.shared_kv_layers").unwrap_or_default());
    let all_heads = match kept.as_slice() {
        [] => 0,
        [each] => each.saturating_mul(keeping),
        several => several.iter().fold(0, |sum: u64, heads| sum.saturating_add(*heads)),
    };
    Some(all_heads.saturating_mul(key.saturating_add(value)))
}

/// A number for all layers, or one for each.
fn list(fields: &Fields<'_>, key: &str) -> Option<Vec<u64>> {
    match fields.get(key)? {
        Value::Integers(numbers) => Some(numbers.iter().map(|number| u64::try_from(*number).unwrap_or_default()).collect()),
        _ => fields.number(key).map(|number| vec![number]),
    }
}
