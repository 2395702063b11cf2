//! aimock: it implements the providers' APIs, and breaks three of ten calls in one of four ways.

use std::sync::OnceLock;

use serde_json::json;

use crate::http;
use crate::node::Package;
use crate::process::{Peer, free_port, had};
use crate::program::Program;

const PACKAGE: &str = "@copilotkit/aimock@1.43.0";

const ANSWER: &str = "The sky is blue because air scatters blue light more than red light.";

/// Members of eight APIs: name, kind, path of the address, model.
const MEMBERS: [(&str, &str, &str, &str); 8] = [
    ("chat", "openai", "/v1", "gpt-4o"),
    ("responses", "openai-responses", "/v1", "gpt-4o-mini"),
    ("claude", "anthropic", "", "claude-opus-4-6"),
    ("gemini", "gemini", "", "gemini-2.0-flash"),
    ("cohere", "cohere", "", "command-r"),
    ("ollama", "ollama", "", "gpt-4o"),
    ("azure", "azure", "/openai/v1", "gpt-4"),
    ("openrouter", "openrouter", "/api/v1", "openai/gpt-4o"),
];

/// How many questions are asked under each way of breaking.
const RUNS: usize = 6;

#[test]
fn errors_that_pass_do_not_show_in_the_answer() {
    answers_under("drop", "drop");
}

#[test]
fn malformed_replies_do_not_show_in_the_answer() {
    answers_under("malformed", "malformed");
}

#[test]
fn cut_connections_do_not_show_in_the_answer() {
    answers_under("disconnect", "disconnect");
}

#[test]
fn rate_limits_do_not_show_in_the_answer() {
    answers_under("ratelimit", "rateLimit");
}

/// Members that are opened while calls break write the whole answer; `named` is the server journal's name for this way of
/// breaking.
fn answers_under(mode: &str, named: &str) {
    let Some(package) = package() else { return };
    let (calm, broken) = (start(&package, &[]), start(&package, &[&format!("--chaos-{mode}"), "0.3"]));
    // The calm server only shows that the setting is right.
    let said = Program::new(&members(&calm)).run(&["Why is the sky blue?"]);
    assert_eq!((said.code, said.out.trim()), (Some(0), ANSWER), "{said:?}");
    let program = Program::new(&members(&broken));
    for number in 0..RUNS {
        let said = program.call(&["run", "--no-trace", "--seed", &number.to_string(), "Why is the sky blue?"], None);
        assert_eq!((said.code, said.out.trim()), (Some(0), ANSWER), "{mode}, run {number}: {said:?}");
    }
    let (_, journal) = http::get("127.0.0.1", broken.port(), "/__aimock/journal").unwrap();
    let broke = journal.matches(&format!(r#""chaosAction":"{named}""#)).count();
    assert!(broke >= RUNS, "only {broke} calls met {mode}: {journal}");
}

fn members(peer: &Peer) -> String {
    let member = |(name, kind, path, model): &(&str, &str, &str, &str)| {
        format!("[members.{name}]\nkind = '{kind}'\nurl = '{}'\nmodel = '{model}'\n", peer.url(path))
    };
    MEMBERS.iter().map(member).collect()
}

fn start(package: &Package, flags: &[&str]) -> Peer {
    let port = free_port();
    let folder = tempfile::tempdir().unwrap();
    let fixtures = folder.path().join("fixtures.json");
    std::fs::write(&fixtures, json!({"fixtures": [{"match": {}, "response": {"content": ANSWER}}]}).to_string()).unwrap();
    let mut command = package.command("@copilotkit/aimock/dist/cli.js");
    command.args(["--port", &port.to_string(), "--log-level", "warn", "--fixtures"]).arg(&fixtures).args(flags);
    // The fixtures are read before it listens.
    Peer::start(&command, port, "/__aimock/journal")
}

fn package() -> Option<Package> {
    static MADE: OnceLock<Result<Package, String>> = OnceLock::new();
    had("aimock", MADE.get_or_init(|| Package::fetched("peers-aimock", PACKAGE)))
}
