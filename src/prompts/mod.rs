//! Sets of prompts: a file of JSON, each prompt a question with the answers that are known.
//!
//! Owns the prompts and their fingerprints; how a file is written is `written`'s, whether a text holds the answers is [`grade`]'s,
//! whether it only repeats the question `echo`'s. What is done with the prompts is the commands'.

pub(crate) mod echo;
pub mod grade;
mod written;

use std::path::{Path, PathBuf};

use crate::engine::fusion::conversation::Conversation;
use crate::text::{self, NotText};

/// A prompt with its known answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// What is asked.
    pub conversation: Conversation,
    /// What the answer must hold, in order; empty where no answer is known.
    pub answers: Vec<String>,
    /// For each answer the member that knows it, where the file says so; empty otherwise.
    pub experts: Vec<String>,
}

impl Prompt {
    /// A question of which no answer is known.
    #[must_use]
    pub fn question(conversation: Conversation) -> Self {
        Self { conversation, answers: Vec::new(), experts: Vec::new() }
    }

    /// The same for prompts that mean the same, on every machine: what is asked, and what is right. How the file is laid out,
    /// its other keys, and who knows an answer change nothing in what members say.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // Texts and lists of them can always be written.
        fingerprint(&serde_json::to_vec(&(&self.conversation, &self.answers)).unwrap_or_default())
    }
}

/// Whether every prompt must say what is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// A line without `answers` is broken.
    Required,
    /// A line without `answers` is a question of which none is known.
    Optional,
}

/// What can be wrong with a file of prompts.
#[derive(Debug, thiserror::Error)]
pub enum PromptFileError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not text in UTF-8.
    #[error("{}: {source}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        source: NotText,
    },
    /// A line is not a prompt.
    #[error("{}: line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing in it.
    #[error("{}: there is no prompt in this file", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// Reads the prompts of a file, at least one: a JSON object a line, or an array of them; empty lines are passed over.
pub fn read(path: &Path, answers: Answers) -> Result<Vec<Prompt>, PromptFileError> {
    let bytes = std::fs::read(path).map_err(|source| PromptFileError::File { path: path.to_owned(), source })?;
    let text = text::text(&bytes).map_err(|source| PromptFileError::NotText { path: path.to_owned(), source })?;
    let prompts = written::prompts(path, &text, answers)?;
    if prompts.is_empty() {
        return Err(PromptFileError::Empty { path: path.to_owned() });
    }
    Ok(prompts)
}

/// Tells texts apart: [`hash`], and the length, in hexadecimal. Not proof against someone who wants two texts to look the same.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    format!("{:016x}-{:x}", hash(bytes), bytes.len())
}

/// FNV-1a of 64 bits (draft-eastlake-fnv).
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
        // Of the published test vectors.
        assert_eq!(fingerprint(b""), "cbf29ce484222325-0");
        assert_eq!(fingerprint(b"foobar"), "85944171f73967e8-6");
    }
}
