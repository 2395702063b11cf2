//! The program with real files: it needs nothing else.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use crate::llama::gguf;
use crate::real::fetched;

fn specfuse(home: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
    command.args(arguments).env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin").stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn two_files_answer_together_with_nothing_else_started() {
    let Some(files) = fetched(&["smol"]) else { return };
    let home = tempfile::tempdir().unwrap();
    let (smol, atlas) = (files[0].display().to_string(), gguf("atlas").display().to_string());
    let members = ["--model", &smol, "--model", &format!("again={smol}"), "--model", &atlas];
    let question = "What is the capital of France, and what is it known for?";
    let run = specfuse(home.path(), &[&["run"], &members[..], &["--seed", "1", "--max-tokens", "30", question]].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(text(&run.stdout).contains("Paris"), "{}", text(&run.stdout));
    let check = specfuse(home.path(), &[&["check"], &members[..]].concat());
    let said = text(&check.stdout);
    assert!(said.contains("SmolLM2") || said.contains("Smollm2"), "{said}");
    assert_eq!(said.matches("T0 exact, in this process").count(), 3, "{said}");
}

#[test]
fn the_hidden_commands_are_for_the_program_alone() {
    let home = tempfile::tempdir().unwrap();
    let tried = specfuse(home.path(), &["try-model"]);
    assert!(!tried.status.success() && text(&tried.stdout).contains("tries one model file"));
    let kept = specfuse(home.path(), &["keep-terminal"]);
    assert!(kept.status.success() && kept.stdout.is_empty(), "nothing was taken");
    let help = text(&specfuse(home.path(), &["--help"]).stdout);
    assert!(!help.contains("try-model") && !help.contains("keep-terminal"));
}

/// A model's thread is at work when the program ends in the middle, and llama.cpp is foreign code in the same process.
#[test]
fn the_program_ends_as_it_should_while_a_model_is_at_work() {
    let Some(files) = fetched(&["smol"]) else { return };
    let home = tempfile::tempdir().unwrap();
    let start = |stdout: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
        command.args(["run", "--json", "--seed", "3", "--max-tokens", "300", "--model"]).arg(&files[0]).arg("Tell a long story");
        command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::null()).spawn().unwrap()
    };
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)].repeat(3) {
        let mut child = start(Stdio::piped());
        let mut events = BufReader::new(child.stdout.take().unwrap()).lines();
        let begun = events.by_ref().any(|event| event.unwrap().contains("round_started"));
        assert!(begun);
        Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        let rest = std::thread::spawn(move || events.count());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        rest.join().unwrap();
    }
    for _ in 0..4 {
        let mut child = start(Stdio::piped());
        let first = BufReader::new(child.stdout.take().unwrap()).lines().next();
        assert!(first.is_some());
        let ended = child.wait().unwrap();
        assert_eq!(ended.code(), Some(0), "a reader that left has what it wanted: {ended}");
    }
}
