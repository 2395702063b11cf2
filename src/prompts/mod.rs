//! Sets of prompts: a file of JSON lines, each a question with the answers that are known.
//!
//! Owns the file's format and its fingerprint; whether a text holds the answers is [`grade`]'s. What is done with the prompts is
//! the commands'.

pub mod grade;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::engine::fusion::conversation::{Conversation, Turn};

/// A line as it is written; keys that are not ours are passed over, so that prompt sets can carry notes of their own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Line {
    #[serde(default)]
    prompt: Option<String>,
    #[serde(default)]
    turns: Vec<Turn>,
    #[serde(default)]
    answers: Option<Vec<String>>,
    #[serde(default)]
    experts: Vec<String>,
}

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
}

/// Whether every prompt must say what is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// A line without `answers` is broken.
    Required,
    /// A line without `answers` is a question of which none is known.
    Optional,
}

/// A file of prompts that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptFile {
    /// At least one.
    pub prompts: Vec<Prompt>,
    /// The same for the same bytes, on every machine; see [`fingerprint`].
    pub fingerprint: String,
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

/// Reads a file of prompts; empty lines are passed over.
pub fn read(path: &Path, answers: Answers) -> Result<PromptFile, PromptFileError> {
    let text = std::fs::read_to_string(path).map_err(|source| PromptFileError::File { path: path.to_owned(), source })?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let prompts: Vec<Prompt> = lines
        .map(|(number, line)| {
            parse(line, answers).map_err(|reason| PromptFileError::Line { path: path.to_owned(), line: number + 1, reason })
        })
        .collect::<Result<_, _>>()?;
    if prompts.is_empty() {
        return Err(PromptFileError::Empty { path: path.to_owned() });
    }
    Ok(PromptFile { prompts, fingerprint: fingerprint(text.as_bytes()) })
}

fn parse(line: &str, wanted: Answers) -> Result<Prompt, String> {
    let Line { prompt, turns, answers, experts } = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let conversation = match (prompt, turns.is_empty()) {
        (Some(prompt), true) => Conversation::question(prompt),
        (None, false) => Conversation { turns },
        (Some(_), false) | (None, true) => return Err("it needs either `prompt` or `turns`".to_owned()),
    };
    let answers = match (answers, wanted) {
        (Some(answers), _) if answers.is_empty() || answers.iter().any(|answer| answer.trim().is_empty()) => {
            return Err("`answers` must name at least one answer, and none may be empty".to_owned());
        }
        (Some(answers), _) => answers,
        (None, Answers::Optional) => Vec::new(),
        (None, Answers::Required) => return Err("it needs `answers`".to_owned()),
    };
    if !experts.is_empty() && experts.len() != answers.len() {
        return Err("`experts` must name one member for each answer".to_owned());
    }
    Ok(Prompt { conversation, answers, experts })
}

/// Tells texts apart: FNV-1a of 64 bits (draft-eastlake-fnv), and the length, in hexadecimal. Not proof against somebody who
/// wants two texts to look the same.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    let hash =
        bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}-{:x}", bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_prompt_or_turns_with_answers() {
        let prompt = parse(r#"{"prompt": "Hi?", "answers": ["a"]}"#, Answers::Required).unwrap();
        assert_eq!(prompt.conversation.prompt(), "Hi?");
        let turns = r#"{"turns": [{"role": "user", "content": "x"}], "answers": ["a"], "experts": ["atlas"]}"#;
        assert_eq!(parse(turns, Answers::Required).unwrap().experts, ["atlas"]);
    }

    #[test]
    fn a_line_without_answers_is_a_question_only_where_that_is_wanted() {
        let line = r#"{"prompt": "Hi?"}"#;
        assert_eq!(parse(line, Answers::Optional).unwrap(), Prompt::question(Conversation::question("Hi?")));
        assert!(parse(line, Answers::Required).unwrap_err().contains("answers"));
        for wanted in [Answers::Optional, Answers::Required] {
            assert!(parse(r#"{"prompt": "a", "answers": []}"#, wanted).is_err(), "an empty list is a mistake");
        }
    }

    #[test]
    fn a_broken_line_is_named_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.jsonl");
        std::fs::write(&path, "{\"prompt\": \"a\", \"answers\": [\"b\"]}\n\n{\"prompt\": \"a\"}\n").unwrap();
        let error = read(&path, Answers::Required).unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("answers"), "{error}");
        for line in
            [r#"{"answers": ["a"]}"#, r#"{"prompt": "a", "answers": []}"#, r#"{"prompt": "a", "answers": ["a"], "experts": []}"#]
        {
            assert_eq!(parse(line, Answers::Required).is_ok(), line.contains("experts"), "{line}");
        }
    }

    #[test]
    fn another_text_has_another_fingerprint() {
        // Of the published test vectors.
        assert_eq!(fingerprint(b""), "cbf29ce484222325-0");
        assert_eq!(fingerprint(b"foobar"), "85944171f73967e8-6");
    }
}
