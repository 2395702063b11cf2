//! Sets of prompts: a file of JSON, each prompt a question with its known answers.
//!
//! Owns the prompts and their fingerprints; `written` parses the file, [`grade`] checks whether a text contains the answers,
//! `echo` whether it only repeats the question. The commands use the prompts.

pub(crate) mod echo;
pub mod grade;
mod written;

use std::path::{Path, PathBuf};

use crate::engine::fusion::conversation::Conversation;
use crate::text::{self, NotText};

/// A prompt with its known answers.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    pub conversation: Conversation,
    /// What the answer must contain, in order; empty if no answer is known.
    pub answers: Vec<String>,
    /// For each answer the member that knows it, if the file says so; otherwise empty.
    pub experts: Vec<String>,
}

impl Prompt {
    /// A question without a known answer.
    #[must_use]
    pub fn question(conversation: Conversation) -> Self {
        Self { conversation, answers: Vec::new(), experts: Vec::new() }
    }

    /// The same for equivalent prompts, on every machine: covers the question and the right answers. The file's layout, its other
    /// keys, and who knows an answer do not affect what members answer.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // Texts and lists of texts can always be serialised.
        fingerprint(&serde_json::to_vec(&(&self.conversation, &self.answers)).unwrap_or_default())
    }
}

/// Whether every prompt must have known answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// A line without `answers` is an error.
    Required,
    /// A line without `answers` is a question without a known answer.
    Optional,
}

/// What can be wrong with a file of prompts.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum PromptFileError {
    #[error("{}: {}", path.display(), text::trouble(source, "a file of prompts (JSON Lines)"))]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    NotText { path: PathBuf, source: NotText },
    #[error("{}: line {line}: {reason}", path.display())]
    Line { path: PathBuf, line: usize, reason: String },
    #[error("{}: there is no prompt in this file", path.display())]
    Empty { path: PathBuf },
}

/// Reads the prompts of a file, at least one: one JSON object per line, or an array of them; empty lines are skipped.
pub fn read(path: &Path, answers: Answers) -> Result<Vec<Prompt>, PromptFileError> {
    let bytes = std::fs::read(path).map_err(|source| PromptFileError::File { path: path.to_owned(), source })?;
    let text = text::text(&bytes).map_err(|source| PromptFileError::NotText { path: path.to_owned(), source })?;
    let prompts = written::prompts(path, &text, answers)?;
    if prompts.is_empty() {
        return Err(PromptFileError::Empty { path: path.to_owned() });
    }
    Ok(prompts)
}

/// Distinguishes texts: [`hash`], and the length, in hexadecimal. Not secure against deliberate collisions.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    format!("{:016x}-{:x}", hash(bytes), bytes.len())
}

/// 64-bit FNV-1a (draft-eastlake-fnv).
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str =
        "{\"prompt\": \"Größe?\", \"answers\": [\"a\"]}\n{\"prompt\": \"b\", \"answers\": [\"b\"], \"note\": 1}\n";

    fn of(bytes: &[u8]) -> Result<Vec<Prompt>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.jsonl");
        std::fs::write(&path, bytes).unwrap();
        read(&path, Answers::Required).map_err(|error| error.to_string())
    }

    #[test]
    fn whatever_saved_the_file_it_holds_the_same_prompts() {
        let prompts = of(LINES.as_bytes()).unwrap();
        for text in [
            format!("\u{feff}{LINES}"),
            LINES.replace('\n', "\r\n"),
            LINES.replace('\n', "\r"),
            LINES.trim_end().to_owned(),
            LINES.replace('\n', "  \n\n \n"),
        ] {
            assert_eq!(of(text.as_bytes()), Ok(prompts.clone()), "{text:?}");
        }
    }

    #[test]
    fn another_encoding_is_named_with_its_line() {
        let latin: Vec<u8> = format!("\r\n{LINES}").chars().map(|character| character as u8).collect();
        let error = of(&latin).unwrap_err();
        assert!(error.contains("p.jsonl: line 2: byte 0xf6") && error.contains("Latin-1"), "{error}");
        let wide: Vec<u8> = LINES.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(of(&wide).unwrap_err().contains("UTF-16"));
        assert!(of(b"\n").unwrap_err().contains("no prompt"));
    }

    #[test]
    fn prompts_that_mean_the_same_have_one_fingerprint() {
        let of = |line: &str| of(line.as_bytes()).unwrap()[0].fingerprint();
        let same = of(r#"{"prompt": "a\u00e9", "answers": ["b"]}"#);
        for line in [
            r#"{"answers": ["b"], "experts": ["atlas"], "id": 7, "prompt": "aé"}"#,
            r#"[{"turns": [{"content": "aé", "role": "user"}], "answers": ["b"]}]"#,
        ] {
            assert_eq!(of(line), same, "{line}");
        }
        for line in [
            r#"{"prompt": "ae", "answers": ["b"]}"#,
            r#"{"prompt": "aé", "answers": ["c"]}"#,
            r#"{"prompt": "aé", "answers": ["b", "c"]}"#,
            r#"{"turns": [{"content": "aé", "role": "system"}], "answers": ["b"]}"#,
        ] {
            assert_ne!(of(line), same, "{line}");
        }
    }

    #[test]
    fn another_text_has_another_fingerprint() {
        // From the published test vectors.
        assert_eq!(fingerprint(b""), "cbf29ce484222325-0");
        assert_eq!(fingerprint(b"foobar"), "85944171f73967e8-6");
    }
}
