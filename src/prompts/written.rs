//! Parses a file of prompts: one JSON object per line, or one JSON text over several lines, such as an array.
//!
//! Owns finding the prompts and their lines in the file; nothing is read twice, and every error has the file's line.

use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Answers, Prompt, PromptFileError};
use crate::engine::fusion::conversation::{Conversation, Turn};
use crate::text;

/// How to write a prompt, for error messages.
const EXAMPLE: &str = r#"a prompt is written as {"prompt": "…"}"#;

/// A prompt as written; unknown keys are ignored, so that prompt sets can carry notes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Written {
    #[serde(default)]
    prompt: Option<String>,
    #[serde(default)]
    turns: Vec<Turn>,
    #[serde(default)]
    answers: Option<Vec<String>>,
    #[serde(default)]
    experts: Vec<String>,
}

/// What is wrong with a line, and its number from 1.
type Fault = (usize, String);

/// The prompts of a file's text, in order.
pub(super) fn prompts(path: &Path, text: &str, answers: Answers) -> Result<Vec<Prompt>, PromptFileError> {
    let written = if is_one_text(text) { whole(text) } else { Ok(by_line(text)) };
    let fault = |(line, reason)| PromptFileError::Line { path: path.to_owned(), line, reason };
    let prompts = written.map_err(fault)?.into_iter().map(|(line, json)| prompt(json, line, answers).map_err(fault));
    prompts.collect()
}

/// Whether the text is one array, or an object over several lines. A broken first line among whole ones is neither.
fn is_one_text(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next() else { return false };
    let unfinished = parse::<&RawValue>(first, 1).is_err();
    let object = |line: &str| line.trim_start().starts_with('{') && parse::<&RawValue>(line, 1).is_ok();
    match first.trim_start().chars().next() {
        Some('[') => true,
        Some('{') => unfinished && !lines.next().is_some_and(object),
        Some(_) | None => false,
    }
}

fn by_line(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(place, line)| (place + 1, line)).collect()
}

/// The objects of one JSON text, or of several in sequence, and of the arrays among them.
fn whole(text: &str) -> Result<Vec<(usize, &str)>, Fault> {
    // What the parser borrows is part of the text, so its address gives its line.
    let line = |json: &str| text::line_at(text.as_bytes(), (json.as_ptr() as usize).saturating_sub(text.as_ptr() as usize));
    let mut found = Vec::new();
    for value in serde_json::Deserializer::from_str(text.trim_end()).into_iter::<&RawValue>() {
        let json = value.map_err(|error| advised(text::json_fault(&error, 1)))?.get();
        let first = line(json);
        if json.starts_with('[') {
            found.extend(parse::<Vec<&RawValue>>(json, first)?.into_iter().map(|one| (line(one.get()), one.get())));
        } else {
            found.push((first, json));
        }
    }
    Ok(found)
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str, line: usize) -> Result<T, Fault> {
    serde_json::from_str(json).map_err(|error| advised(text::json_fault(&error, line)))
}

fn advised((line, reason): Fault) -> Fault {
    (line, format!("{reason}; {EXAMPLE}"))
}

/// The prompt that starts on this line. A question alone may be written as a text.
fn prompt(json: &str, line: usize, wanted: Answers) -> Result<Prompt, Fault> {
    let Written { prompt, turns, answers, experts } = if json.trim_start().starts_with('"') {
        Written { prompt: Some(parse(json, line)?), turns: Vec::new(), answers: None, experts: Vec::new() }
    } else {
        parse(json, line)?
    };
    let wrong = |reason: &str| (line, reason.to_owned());
    let conversation = match (prompt, turns.is_empty()) {
        (Some(prompt), true) => Conversation::question(prompt),
        (None, false) => Conversation { turns },
        (Some(_), false) | (None, true) => return Err(wrong("it needs either `prompt` or `turns`")),
    };
    let answers = match (answers, wanted) {
        (Some(answers), _) if answers.is_empty() || answers.iter().any(|answer| answer.trim().is_empty()) => {
            return Err(wrong("`answers` must name at least one answer, and none may be empty"));
        }
        (Some(answers), _) => answers,
        (None, Answers::Optional) => Vec::new(),
        (None, Answers::Required) => return Err(wrong("it needs `answers`")),
    };
    if !experts.is_empty() && experts.len() != answers.len() {
        return Err(wrong("`experts` must name one member for each answer"));
    }
    Ok(Prompt { conversation, answers, experts })
}

#[cfg(test)]
mod tests;
