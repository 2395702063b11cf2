//! llmock: it implements five APIs, fails as their providers do, and grades its client's reaction.
//!
//! Its verdict is `FAIL` (a server's requested wait ignored, a permanent refusal repeated, more than ten attempts, a stream
//! without an end accepted) or `WARN` (no growing waits, no second attempt, a damaged piece skipped, silence sat through). It is
//! `PASS` only without either.

use std::sync::OnceLock;
use std::thread;

use serde_json::{Value, json};

use crate::http;
use crate::llama::python::{Python, environment};
use crate::process::{Peer, free_port};
use crate::program::{Program, Said};

const PACKAGE: &str = "llmock==0.2.2";

const QUESTION: &str = "Why is the sky blue?";

/// Longer than what a fault lets through, and without a full stop before its end: no draft is complete before the fault.
const ANSWER: &str = "The sky is blue because air scatters blue light more than red light.";

/// A judge's reply, equally long.
const RANKING: &str =
    r#"{"ranking": ["A", "B"], "why": "the first of them names the city that was asked for, and the other does not"}"#;

/// The fault that takes as long as a time limit.
const STALL: &str = "stall";

/// An API that it implements.
#[derive(Clone, Copy)]
struct Api {
    kind: &'static str,
    base: &'static str,
    model: &'static str,
    /// The calls, as a pattern of its own.
    route: &'static str,
}

const OPENAI: Api = Api { kind: "openai", base: "/v1", model: "gpt-4o", route: "/v1/chat/completions" };
const RESPONSES: Api = Api { kind: "openai-responses", base: "/v1", model: "gpt-4o", route: "/v1/responses" };
const ANTHROPIC: Api = Api { kind: "anthropic", base: "/anthropic", model: "claude-opus-4-6", route: "/anthropic/v1/messages" };
const GEMINI: Api = Api { kind: "gemini", base: "/gemini", model: "gemini-2.0-flash", route: "/gemini/*enerateContent" };
const COHERE: Api = Api { kind: "cohere", base: "/cohere", model: "command-r", route: "/cohere/v2/chat" };

/// Whatever it does, the verdict is PASS: for `check`, for drafts, and for the calls of a judge, each of every API with a separate
/// server. They spend nearly all of their time waiting, so they run together.
#[test]
fn every_api_passes_the_fault_suite() {
    if python().is_none() {
        return;
    }
    let suites = [OPENAI, RESPONSES, ANTHROPIC, GEMINI, COHERE].map(|api| [checks, drafts, judges].map(|part| (api, part)));
    let wrong: Vec<String> = thread::scope(|scope| {
        let running = suites.as_flattened().iter().map(|(api, part)| (api.kind, scope.spawn(move || part(api))));
        let running: Vec<_> = running.collect();
        let wrong = running.into_iter().map(|(kind, part)| (kind, part.join().unwrap()));
        wrong.flat_map(|(kind, wrong)| wrong.into_iter().map(move |what| format!("{kind}: {what}"))).collect()
    });
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// Further APIs that it implements, by their own kinds and as found at a plain address.
#[test]
fn the_apis_that_resemble_openai_answer() {
    let Some(mock) = Llmock::start(&[]) else { return };
    mock.script(&[json!({"type": "reply", "text": ANSWER, "times": null})]);
    for (kind, base, model) in [
        ("mistral", "/mistral/v1", "mistral-small-latest"),
        ("groq", "/groq/openai/v1", "llama-3.3-70b-versatile"),
        ("together", "/together/v1", "Qwen/Qwen2.5-72B-Instruct-Turbo"),
        ("xai", "/xai/v1", "grok-3"),
        ("openai-compatible", "/perplexity/v1", "sonar"),
        ("openai-compatible", "/ai21/v1", "jamba-instruct"),
    ] {
        let program = Program::new(&mock.member(&Api { kind, base, model, route: "" }, "auto"));
        let check = program.check();
        assert!(check.out.contains(kind) && check.out.contains("is told to continue"), "{base}: {check:?}");
        let run = program.run(&[QUESTION]);
        assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{base}: {run:?}");
        let found = Program::new("").run(&["--model", &format!("{}#{model}", mock.peer.url(base)), QUESTION]);
        assert_eq!((found.code, found.out.trim()), (Some(0), ANSWER), "{base}: {found:?}");
    }
}

/// A named model is tried even if the list of models is not available.
#[test]
fn a_list_of_models_that_fails_stops_nothing() {
    let Some(mock) = Llmock::start(&[]) else { return };
    for status in [403, 404, 500] {
        for (kind, api) in [("openai", &OPENAI), ("openai-compatible", &OPENAI), ("anthropic", &ANTHROPIC), ("gemini", &GEMINI)] {
            mock.admin("/_llmock/reset", &json!({}));
            let list = json!({"type": "fail", "status": status, "times": null, "match": {"path": "*/models"}});
            mock.script(&[list, json!({"type": "reply", "text": ANSWER, "times": null})]);
            let said = Program::new(&mock.member(&Api { kind, ..*api }, "auto")).run(&[QUESTION]);
            assert_eq!((said.code, said.out.trim()), (Some(0), ANSWER), "{kind}, {status}: {said:?}");
        }
    }
}

/// A quota of requests per minute: what is refused is repeated when the server said, and not before.
#[test]
fn a_quota_is_waited_for() {
    let Some(mock) = Llmock::start(&["--rpm", "20"]) else { return };
    let program = Program::new(&mock.member(&OPENAI, "auto"));
    let check = program.check();
    assert!(check.out.contains("is told to continue"), "{check:?}");
    mock.script(&[json!({"type": "reply", "text": ANSWER, "times": null})]);
    // Enough for the quota to refuse some of them, whatever was left of it.
    for _ in 0..12 {
        let run = program.run(&[QUESTION]);
        assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{run:?}");
    }
    let (_, served) = http::get("127.0.0.1", mock.peer.port(), "/_llmock/requests").unwrap();
    assert!(served.contains("ratelimit:requests"), "the quota refused nothing: {served}");
    assert_eq!(mock.faults(), "");
}

/// The expected result of a call that meets a fault.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// The whole answer, as without the fault.
    Answer,
    /// No answer, and these words on standard error.
    Error(&'static str),
}

/// A fault for the next call, or for all.
struct Fault {
    name: String,
    behaviour: Value,
    end: End,
}

fn fault(name: impl Into<String>, behaviour: Value, end: End) -> Fault {
    Fault { name: name.into(), behaviour, end }
}

/// Everything that llmock can do to a client that calls no tools.
fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    for status in [408, 409, 429, 500, 502, 503, 504, 529] {
        faults.push(fault(format!("{status} once"), json!({"type": "fail", "status": status, "retry_after": 0.3}), End::Answer));
    }
    for status in [429, 500] {
        faults.push(fault(format!("{status} without advice"), json!({"type": "fail", "status": status}), End::Answer));
    }
    faults.push(fault("500 twice", json!({"type": "fail", "status": 500, "times": 2}), End::Answer));
    faults.push(fault(
        "503 for ever",
        json!({"type": "fail", "status": 503, "retry_after": 0.2, "times": null}),
        End::Error("503"),
    ));
    faults.push(fault("500 for ever", json!({"type": "fail", "status": 500, "times": null}), End::Error("500")));
    for (status, words) in [(400, "400"), (401, "401"), (403, "403"), (404, "404"), (422, "422")] {
        faults.push(fault(words, json!({"type": "fail", "status": status, "times": null}), End::Error(words)));
    }
    let too_long = json!({
        "type": "fail", "status": 400, "times": null, "code": "context_length_exceeded",
        "message": "This model's maximum context length is 8 tokens. However, your messages resulted in 30 tokens."
    });
    faults.push(fault("a prompt that is too long", too_long, End::Error("maximum context length is 8")));
    for kind in ["disconnect", "truncate", "malformed"] {
        for after in [0, 1, 2, 6] {
            let behaviour = json!({"type": "stream_fault", "kind": kind, "after_chunks": after});
            faults.push(fault(format!("{kind} after {after} pieces"), behaviour, End::Answer));
        }
    }
    let stall = json!({"type": "stream_fault", "kind": "stall", "after_chunks": 6, "stall_seconds": 600});
    faults.push(fault(STALL, stall, End::Answer));
    faults.push(fault("a slow first piece", json!({"type": "slow_first_token", "seconds": 0.2}), End::Answer));
    faults.push(fault("a delay", json!({"type": "delay", "seconds": 0.2}), End::Answer));
    faults
}

/// `check` finds out the same as without the fault.
fn checks(api: &Api) -> Vec<String> {
    let Some(mock) = Llmock::start(&[]) else { return Vec::new() };
    let program = Program::new(&mock.member(api, "auto"));
    // The HTTP client's tests cover that a silent server is abandoned after a minute.
    let faults = faults().into_iter().filter(|fault| fault.end == End::Answer && fault.name != STALL);
    let checked = faults.filter_map(|fault| {
        mock.begin(api, &fault.behaviour, ANSWER);
        let said = program.check();
        mock.wrong(&format!("check, {}", fault.name), &said, said.code == Some(0) && said.out.contains("is told to continue"))
    });
    checked.collect()
}

/// A draft is whole, or the member leaves with the reason; nothing of a broken reply is in the answer.
fn drafts(api: &Api) -> Vec<String> {
    let Some(mock) = Llmock::start(&[]) else { return Vec::new() };
    let program = Program::new(&mock.member(api, "auto"));
    let drafted = faults().into_iter().filter_map(|fault| {
        mock.begin(api, &fault.behaviour, ANSWER);
        let said = program.run(&["--draft-seconds", "5", QUESTION]);
        let holds = match fault.end {
            End::Answer => said.code == Some(0) && said.out.trim() == ANSWER,
            End::Error(words) => said.code == Some(1) && said.out.trim().is_empty() && said.err.contains(words),
        };
        mock.wrong(&format!("draft, {}", fault.name), &said, holds)
    });
    drafted.collect()
}

/// Whatever happens to a judge, the others' answer is complete.
fn judges(api: &Api) -> Vec<String> {
    let Some(mock) = Llmock::start(&[]) else { return Vec::new() };
    let drafters = ["atlas", "lexicon"].map(|name| format!("[members.{name}]\nbuilt-in = '{name}'\nrole = 'draft'\n"));
    let program = Program::new(&(drafters.concat() + &mock.member(api, "verify")));
    let judged = faults().into_iter().filter_map(|fault| {
        mock.begin(api, &fault.behaviour, RANKING);
        let said = program.run(&["--score-seconds", "5", "--max-rounds", "1", "What is the capital of Japan?"]);
        mock.wrong(&format!("judge, {}", fault.name), &said, said.code == Some(0) && said.out.contains("Tokyo"))
    });
    judged.collect()
}

/// The server.
struct Llmock {
    peer: Peer,
}

impl Llmock {
    /// Starts one. `None`: it is not available here, which was reported.
    fn start(flags: &[&str]) -> Option<Self> {
        let python = python()?;
        let port = free_port();
        let mut command = python.interpreter();
        command
            .args(["-c", "from llmock.cli import app; app()", "serve", "--log-level", "warning"])
            .args(["--port", &port.to_string()]);
        command.args(flags);
        Some(Self { peer: Peer::start(&command, port, "/health") })
    }

    /// The configuration of a member of this API.
    fn member(&self, api: &Api, role: &str) -> String {
        let Api { kind, base, model, .. } = api;
        let url = self.peer.url(base);
        format!("[members.mock]\nkind = '{kind}'\nurl = '{url}'\nmodel = '{model}'\nrole = '{role}'\n")
    }

    /// Resets it, and lets calls of this API meet a fault; those that come through get this text as the reply.
    fn begin(&self, api: &Api, fault: &Value, text: &str) {
        self.admin("/_llmock/reset", &json!({}));
        let mut fault = fault.clone();
        fault["match"] = json!({"path": api.route});
        self.script(&[fault, json!({"type": "reply", "text": text, "times": null})]);
    }

    fn script(&self, behaviours: &[Value]) {
        self.admin("/_llmock/scenario", &json!({"behaviors": behaviours}));
    }

    fn admin(&self, path: &str, body: &Value) {
        let (status, text) = http::post("127.0.0.1", self.peer.port(), path, body).unwrap();
        assert!(status < 300, "{path}: {status}: {text}");
    }

    /// What is wrong with a call if it did not end as it should or the verdict is not PASS.
    fn wrong(&self, situation: &str, said: &Said, holds: bool) -> Option<String> {
        let verdict = self.faults();
        (!holds || !verdict.is_empty()).then(|| format!("{situation}: {verdict}\n    {said:?}"))
    }

    /// The verdict's complaints; empty if it is PASS.
    fn faults(&self) -> String {
        let (_, verdict) = http::get("127.0.0.1", self.peer.port(), "/_llmock/verdict?format=text").unwrap();
        let against: Vec<&str> = verdict.lines().filter(|line| line.contains("FAIL") || line.contains("WARN")).collect();
        assert_eq!(against.is_empty(), verdict.contains("PASS"), "{verdict}");
        let left = against.iter().map(|line| line.trim()).filter(|line| !self.was_asked_again(line));
        left.collect::<Vec<_>>().join("; ")
    }

    /// Whether it complains about a garbled reply that was requested again: it takes a reply that it had sent to its end by the
    /// time we hung up for one that we read to its end.
    fn was_asked_again(&self, held: &str) -> bool {
        let number = held.rsplit_once("(#").and_then(|(_, rest)| rest.strip_suffix(')')?.parse::<u64>().ok());
        let Some(number) = number.filter(|_| held.contains("malformed_chunk_ignored")) else { return false };
        let (_, text) = http::get("127.0.0.1", self.peer.port(), "/_llmock/requests").unwrap();
        let served: Value = serde_json::from_str(&text).unwrap();
        let records = served.as_array().or_else(|| served["requests"].as_array()).unwrap();
        let garbled = records.iter().find(|record| record["seq"] == number).unwrap();
        records.iter().any(|record| record["seq"].as_u64() > Some(number) && record["fingerprint"] == garbled["fingerprint"])
    }
}

/// The environment, made on first use.
fn python() -> Option<Python> {
    static MADE: OnceLock<Result<Python, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| environment("peers-llmock", &[PACKAGE]));
    crate::process::had("llmock", made)
}
