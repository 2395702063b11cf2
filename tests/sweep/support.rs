//! A separate home for every test, and what a sweep leaves there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Short questions with known answers.
pub const PROMPTS: &[(&str, &[&str])] = &[
    ("What is the capital of Japan?", &["Tokyo"]),
    ("What is 27 plus 48?", &["75"]),
    ("What is the opposite of brave?", &["cowardly"]),
];

pub struct Home(tempfile::TempDir);

impl Home {
    /// With a file of prompts in it.
    pub fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let line = |(prompt, answers): &(&str, &[&str])| serde_json::json!({ "prompt": prompt, "answers": answers }).to_string();
        home.write(&PROMPTS.iter().map(line).collect::<Vec<_>>().join("\n"));
        home
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Another file of prompts.
    pub fn write(&self, prompts: &str) {
        fs::write(self.path().join("prompts.jsonl"), prompts).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
        command.arg("sweep").args(arguments).arg("prompts.jsonl");
        command.current_dir(self.path()).env_clear().env("HOME", self.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

/// The finished cells of a folder of results, each as its setting and prompt, and its line.
pub fn cells(folder: &Path) -> Vec<(String, Value)> {
    let text = fs::read_to_string(folder.join("results.jsonl")).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (format!("{} {}", line["setting"], line["prompt"]), line)).collect()
}

/// The traces of a folder of results.
pub fn traces(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("traces")).map(|entries| entries.map(|entry| entry.unwrap().path()).collect());
    let mut traces: Vec<PathBuf> = entries.unwrap_or_default();
    traces.sort();
    traces
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
