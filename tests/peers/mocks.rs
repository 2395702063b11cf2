//! Further mocks: small servers that implement as much of an API as their authors needed.

use std::process::Command;

use crate::llama::python::environment;
use crate::node::Package;
use crate::process::{Peer, free_port, had};
use crate::program::Program;

#[test]
#[ignore = "fetches a mock"]
fn stubllm_answers() {
    let Some(python) = had("stubllm", &environment("peers-stubllm", &["stubllm==0.1.5"])) else { return };
    let port = free_port();
    let mut command = python.interpreter();
    command.args(["-c", &script("stubllm"), "serve", "--port", &port.to_string()]);
    answers(&command, port, "gpt-4o");
}

#[test]
#[ignore = "fetches a mock"]
fn mock_ai_api_answers() {
    let Some(python) = had("mock-ai-api", &environment("peers-mock-ai-api", &["mock-ai-api==0.1.1"])) else { return };
    let (port, other) = (free_port(), free_port());
    let mut command = python.interpreter();
    command.args(["-c", &script("mock-ai-api"), "--openai-port", &port.to_string(), "--anthropic-port", &other.to_string()]);
    answers(&command, port, "gpt-4o-mini");
}

#[test]
#[ignore = "fetches a mock"]
fn mock_llm_answers() {
    let package = Package::fetched("peers-mock-llm", "@dwmkerr/mock-llm@0.1.29");
    let Some(package) = had("mock-llm", &package) else { return };
    let port = free_port();
    let mut command = package.command("@dwmkerr/mock-llm/dist/main.js");
    command.env("PORT", port.to_string());
    answers(&command, port, "gpt-5.2");
}

/// Runs a package by the script that it installs under this name.
fn script(name: &str) -> String {
    format!(
        "from importlib.metadata import entry_points; [it] = entry_points(group='console_scripts', name='{name}'); it.load()()"
    )
}

/// `check` reports what it can do, and a question gets an answer, or the reason why there is none.
fn answers(command: &Command, port: u16, model: &str) {
    let mock = Peer::start(command, port, "/v1/models");
    for path in ["", "/v1"] {
        let program = Program::new(&format!("[members.mock]\nurl = '{}'\nmodel = '{model}'\n", mock.url(path)));
        let check = program.check();
        assert!(check.code == Some(0) && check.out.contains("T4 judges by ranking"), "{check:?}");
        let run = program.run(&["--max-rounds", "2", "Why is the sky blue?"]);
        assert!(run.code == Some(0) && !run.out.trim().is_empty(), "{run:?}");
    }
}
