//! The prompts of an evaluation: a file of JSON lines.

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
    answers: Vec<String>,
    #[serde(default)]
    experts: Vec<String>,
}

/// A prompt with its known answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Prompt {
    /// What is asked.
    pub(super) conversation: Conversation,
    /// What the answer must hold, in order.
    pub(super) answers: Vec<String>,
    /// For each answer the member that knows it, where the file says so; empty otherwise.
    pub(super) experts: Vec<String>,
}

/// What can be wrong with a file of prompts.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum PromptFileError {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}: line {line}: {reason}", path.display())]
    Line { path: PathBuf, line: usize, reason: String },
    #[error("{}: there is no prompt in this file", path.display())]
    Empty { path: PathBuf },
}

/// Reads a file of prompts; empty lines are passed over.
pub(super) fn read(path: &Path) -> Result<Vec<Prompt>, PromptFileError> {
    let text = std::fs::read_to_string(path).map_err(|source| PromptFileError::File { path: path.to_owned(), source })?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let prompts: Vec<Prompt> = lines
        .map(|(number, line)| {
            parse(line).map_err(|reason| PromptFileError::Line { path: path.to_owned(), line: number + 1, reason })
        })
        .collect::<Result<_, _>>()?;
    if prompts.is_empty() { Err(PromptFileError::Empty { path: path.to_owned() }) } else { Ok(prompts) }
}

fn parse(line: &str) -> Result<Prompt, String> {
    let Line { prompt, turns, answers, experts } = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let conversation = match (prompt, turns.is_empty()) {
        (Some(prompt), true) => Conversation::question(prompt),
        (None, false) => Conversation { turns },
        (Some(_), false) | (None, true) => return Err("it needs either `prompt` or `turns`".to_owned()),
    };
    if answers.is_empty() || answers.iter().any(|answer| answer.trim().is_empty()) {
        return Err("`answers` must name at least one answer, and none may be empty".to_owned());
    }
    if !experts.is_empty() && experts.len() != answers.len() {
        return Err("`experts` must name one member for each answer".to_owned());
    }
    Ok(Prompt { conversation, answers, experts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_prompt_or_turns_with_answers() {
        let prompt = parse(r#"{"prompt": "Hi?", "answers": ["a"]}"#).unwrap();
        assert_eq!(prompt.conversation.prompt(), "Hi?");
        let turns = parse(r#"{"turns": [{"role": "user", "content": "x"}], "answers": ["a"], "experts": ["atlas"]}"#).unwrap();
        assert_eq!(turns.experts, ["atlas"]);
    }

    #[test]
    fn a_broken_line_is_named_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.jsonl");
        std::fs::write(&path, "{\"prompt\": \"a\", \"answers\": [\"b\"]}\n\n{\"prompt\": \"a\"}\n").unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("answers"), "{error}");
        for line in
            [r#"{"answers": ["a"]}"#, r#"{"prompt": "a", "answers": []}"#, r#"{"prompt": "a", "answers": ["a"], "experts": []}"#]
        {
            assert_eq!(parse(line).is_ok(), line.contains("experts"), "{line}");
        }
    }
}
