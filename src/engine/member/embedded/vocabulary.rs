//! The tokens of a model: their bytes, their kinds and the merges that build them, from a GGUF's metadata.

use std::borrow::Cow;
use std::collections::HashMap;

use super::error::EmbeddedError;
use super::gguf::{Gguf, Value};
use crate::engine::member::in_process::{self, Part, TooLong};

/// How text is split before merging; llama.cpp's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    Gpt2,
    Default,
}

/// For pairs that merge: rank (lower merges first) and result.
pub(super) type Merges = HashMap<(u32, u32), (u32, u32)>;

/// A checked vocabulary.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// What each token adds to a text. Special tokens keep their written form here but never become text.
    pub(super) bytes: Vec<Vec<u8>>,
    /// Tokens that are never drawn: those with a meaning in a template, except those that end a turn.
    pub(super) never: Vec<bool>,
    /// Special tokens in written form, longest first; the flag means that they count in any text, not just in templates.
    pub(super) special: Vec<(String, u32, bool)>,
    /// The token of each single byte.
    pub(super) byte_tokens: [u32; 256],
    pub(super) merges: Merges,
    pub(super) split: Split,
    /// Tokens that end a turn; at least one.
    pub(super) ends: Vec<u32>,
    /// The token that starts a text, if the model wants it added.
    pub(super) start: Option<u32>,
    /// The template of a conversation, and the written forms of the start and end tokens for its use.
    pub(super) template: String,
    pub(super) start_text: String,
    pub(super) end_text: String,
    /// Bytes of the longest token.
    pub(super) longest: usize,
}

const TOKENS: &str = "tokenizer.ggml.tokens";
const MERGES: &str = "tokenizer.ggml.merges";
const KINDS: &str = "tokenizer.ggml.token_type";

impl Vocabulary {
    pub(super) fn read(gguf: &Gguf<'_>) -> Result<Self, EmbeddedError> {
        let file = gguf.file();
        let wrong = |key: &str, problem: String| EmbeddedError::metadata(file, key, problem);
        let split = splitting(gguf)?;
        let Some(Value::Texts(tokens)) = gguf.get(TOKENS) else {
            return Err(wrong(TOKENS, "expected an array of texts in UTF-8".into()));
        };
        if gguf.unsigned("llama.vocab_size")?.is_some_and(|size| size != tokens.len()) {
            return Err(wrong("llama.vocab_size", format!("expected {}, the number of tokens", tokens.len())));
        }
        let kinds = kinds(gguf, tokens.len())?;
        let mut ids = HashMap::with_capacity(tokens.len());
        for (id, token) in (0_u32..).zip(tokens) {
            if token.is_empty() {
                return Err(wrong(TOKENS, format!("token {id} is empty")));
            }
            if let Some(other) = ids.insert(*token, id) {
                return Err(wrong(TOKENS, format!("tokens {other} and {id} are the same")));
            }
        }
        let letters = letters();
        let mut byte_tokens = [0; 256];
        for (byte, letter) in letters.iter().enumerate() {
            let Some(id) = ids.get(letter.to_string().as_str()).filter(|id| kinds[**id as usize] != Kind::Control) else {
                return Err(wrong(TOKENS, format!("no token for the byte {byte:#04x}")));
            };
            byte_tokens[byte] = *id;
        }
        let bytes_of: HashMap<char, u8> = letters.iter().zip(0..=255).map(|(letter, byte)| (*letter, byte)).collect();
        let bytes: Vec<Vec<u8>> = tokens.iter().zip(&kinds).map(|(token, kind)| spelled(token, *kind, &bytes_of)).collect();
        let mut special: Vec<(String, u32, bool)> = Vec::new();
        for ((id, token), kind) in (0..).zip(tokens).zip(&kinds) {
            if *kind != Kind::Normal {
                special.push(((*token).to_owned(), id, *kind == Kind::Always));
            }
        }
        special.sort_by_key(|(token, _, _)| std::cmp::Reverse(token.len()));
        let ends = ends(gguf, tokens.len())?;
        let first = gguf.unsigned("tokenizer.ggml.bos_token_id")?;
        let start_text = first.and_then(|id| tokens.get(id)).copied().unwrap_or_default();
        let start = if gguf.flag("tokenizer.ggml.add_bos_token")? { checked_start(gguf, first, tokens.len())? } else { None };
        Ok(Self {
            longest: bytes.iter().map(Vec::len).max().unwrap_or(1),
            never: (0..).zip(&kinds).map(|(id, kind)| *kind == Kind::Control && !ends.contains(&id)).collect(),
            merges: merges(gguf, &ids)?,
            template: template(gguf)?,
            start_text: start_text.to_owned(),
            end_text: ends.first().and_then(|id| tokens.get(*id as usize)).copied().unwrap_or_default().to_owned(),
            bytes,
            special,
            byte_tokens,
            split,
            ends,
            start,
        })
    }
}

impl in_process::Vocabulary for Vocabulary {
    fn encode(&self, text: &str, part: Part, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong> {
        self.encode(text, part != Part::Text, limit, ids)
    }

    fn bytes(&self, id: u32) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes[id as usize])
    }

    fn ends(&self) -> &[u32] {
        &self.ends
    }

    fn never(&self) -> &[bool] {
        &self.never
    }

    fn start(&self) -> Option<u32> {
        self.start
    }

    fn written(&self) -> (&str, &str) {
        (&self.start_text, &self.end_text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text.
    Normal,
    /// Only found in templates, never drawn.
    Control,
    /// Found whole in any text.
    Always,
}

fn kinds(gguf: &Gguf<'_>, tokens: usize) -> Result<Vec<Kind>, EmbeddedError> {
    let wrong = |problem: String| EmbeddedError::metadata(gguf.file(), KINDS, problem);
    let numbers = match gguf.get(KINDS) {
        None => return Ok(vec![Kind::Normal; tokens]),
        Some(Value::Integers(numbers)) if numbers.len() == tokens => numbers,
        Some(_) => return Err(wrong(format!("expected {tokens} whole numbers, one for each token"))),
    };
    let kind = |number: &i64| match number {
        1 | 6 => Ok(Kind::Normal),
        2 | 3 | 5 => Ok(Kind::Control),
        4 => Ok(Kind::Always),
        other => Err(wrong(format!("unknown kind {other}"))),
    };
    numbers.iter().map(kind).collect()
}

fn splitting(gguf: &Gguf<'_>) -> Result<Split, EmbeddedError> {
    let (model, split) = ("tokenizer.ggml.model", "tokenizer.ggml.pre");
    match gguf.text(model)? {
        Some("gpt2") => {}
        other => {
            let problem = format!("{}, but the built-in engine only knows gpt2", other.unwrap_or("missing"));
            return Err(EmbeddedError::metadata(gguf.file(), model, problem));
        }
    }
    if gguf.flag("tokenizer.ggml.add_eos_token")? {
        return Err(EmbeddedError::metadata(gguf.file(), "tokenizer.ggml.add_eos_token", "is not supported"));
    }
    match gguf.text(split)? {
        Some("gpt-2") => Ok(Split::Gpt2),
        Some("default") | None => Ok(Split::Default),
        Some(other) => {
            let problem = format!("{other}, but the built-in engine only knows gpt-2 and default");
            Err(EmbeddedError::metadata(gguf.file(), split, problem))
        }
    }
}

fn merges(gguf: &Gguf<'_>, ids: &HashMap<&str, u32>) -> Result<Merges, EmbeddedError> {
    let wrong = |problem: String| EmbeddedError::metadata(gguf.file(), MERGES, problem);
    let Some(Value::Texts(lines)) = gguf.get(MERGES) else {
        return Err(wrong("expected an array of texts in UTF-8".into()));
    };
    let mut merges = HashMap::with_capacity(lines.len());
    for (rank, line) in (0_u32..).zip(lines) {
        let merge = line.split_once(' ').and_then(|(left, right)| {
            let result = ids.get(format!("{left}{right}").as_str())?;
            Some(((*ids.get(left)?, *ids.get(right)?), *result))
        });
        let Some((pair, result)) = merge else {
            return Err(wrong(format!("merge {rank} is not two tokens that make a third")));
        };
        merges.entry(pair).or_insert((rank, result));
    }
    Ok(merges)
}

fn ends(gguf: &Gguf<'_>, tokens: usize) -> Result<Vec<u32>, EmbeddedError> {
    let mut ends = Vec::new();
    for key in ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"] {
        match gguf.unsigned(key)? {
            Some(id) if id >= tokens => {
                return Err(EmbeddedError::metadata(gguf.file(), key, format!("{id}, but there are {tokens} tokens")));
            }
            Some(id) if !ends.contains(&(id as u32)) => ends.push(id as u32),
            _ => {}
        }
    }
    if ends.is_empty() {
        return Err(EmbeddedError::metadata(gguf.file(), "tokenizer.ggml.eos_token_id", "missing"));
    }
    Ok(ends)
}

fn checked_start(gguf: &Gguf<'_>, first: Option<usize>, tokens: usize) -> Result<Option<u32>, EmbeddedError> {
    match first {
        Some(id) if id < tokens => Ok(Some(id as u32)),
        _ => {
            let problem = format!("needed, since add_bos_token is true; below {tokens}");
            Err(EmbeddedError::metadata(gguf.file(), "tokenizer.ggml.bos_token_id", problem))
        }
    }
}

fn template(gguf: &Gguf<'_>) -> Result<String, EmbeddedError> {
    let key = "tokenizer.chat_template";
    let Some(template) = gguf.text(key)? else {
        return Err(EmbeddedError::metadata(gguf.file(), key, "missing; without it a conversation has no form"));
    };
    Ok(template.to_owned())
}

/// The letter that stands for each byte in the written form of a token (GPT-2's alphabet): printable Latin-1 characters stand
/// for themselves, the others for letters from U+0100 on.
fn letters() -> [char; 256] {
    let mut letters = ['\0'; 256];
    let mut next = 0x100;
    for (byte, letter) in (0_u8..=255).zip(&mut letters) {
        *letter = match byte {
            b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff => char::from(byte),
            _ => {
                next += 1;
                char::from_u32(next - 1).unwrap_or_default()
            }
        };
    }
    letters
}

/// A token's bytes. Letters outside the alphabet, which no merge can produce, stay as they are.
fn spelled(token: &str, kind: Kind, bytes_of: &HashMap<char, u8>) -> Vec<u8> {
    if kind != Kind::Normal {
        return token.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(token.len());
    for letter in token.chars() {
        match bytes_of.get(&letter) {
            Some(byte) => bytes.push(*byte),
            None => bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}
