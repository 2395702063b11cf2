//! llama.cpp's own `llama-server`, the program as distributed, with the project's models.
//!
//! There is a package of it only for Linux on x86-64, and it is built for some processors of that kind; elsewhere these tests are
//! skipped with a message. The server inside a Python module that other suites use runs everywhere.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::http;
use crate::llama::gguf;
use crate::process::{Peer, free_port};
use crate::program::Program;
use crate::real::fetched;

const QUESTION: &str = "What is the capital of Japan?";
const ANSWER: &str = "The capital of Japan is Tokyo.";
const SECRET: &str = "a-key-for-tests-0123456789";

#[test]
fn plain_it_scores_exactly() {
    let Some(server) = started(&serving("atlas", &[])) else { return };
    let program = Program::new(&member("atlas", &server.url(""), ""));
    let check = program.check();
    assert!(check.code == Some(0) && check.out.contains("continues the raw text"), "{check:?}");
    assert!(check.out.contains("T2 exact, forced decoding"), "{check:?}");
    let run = program.run(&[QUESTION]);
    assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{run:?}");
    let pasted = Program::new("").run(&["--model", &server.url("/v1"), QUESTION]);
    assert_eq!((pasted.code, pasted.out.trim()), (Some(0), ANSWER), "the address of its other interface: {pasted:?}");
}

#[test]
fn a_key_is_sent_and_a_missing_or_wrong_one_is_said() {
    let Some(server) = started(&serving("atlas", &["--api-key", SECRET])) else { return };
    let keyed = Program::new(&member("atlas", &server.url(""), "key = { env = 'PEER_KEY' }\n"));
    let run = ["run", "--seed", "1", "--no-trace", QUESTION];
    let said = keyed.call(&run, Some(SECRET));
    assert_eq!((said.code, said.out.trim()), (Some(0), ANSWER), "{said:?}");
    let check = keyed.call(&["check"], Some(SECRET));
    assert!(check.code == Some(0) && check.out.contains("T2 exact, forced decoding"), "{check:?}");
    let wrong = keyed.call(&run, Some("not-that-key-987654"));
    assert!(wrong.code == Some(1) && wrong.err.contains("401") && wrong.err.contains("the key was refused"), "{wrong:?}");
    let none = Program::new("").run(&["--model", &server.url(""), QUESTION]);
    assert!(none.code == Some(1) && none.err.contains("wants a key"), "{none:?}");
    for said in [said, check, wrong, none] {
        let text = format!("{said:?}");
        assert!(!text.contains(SECRET) && !text.contains("not-that-key"), "{text}");
    }
}

#[test]
fn an_address_of_ipv6_is_as_good() {
    let Some(server) = started(&serving("atlas", &["--host", "::1"])) else { return };
    let run = Program::new(&member("atlas", &format!("http://[::1]:{}", server.port()), "")).run(&[QUESTION]);
    assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{run:?}");
}

/// The port answers before the model is loaded; a member that is opened then waits.
#[test]
fn a_server_that_loads_is_waited_for() {
    let Some(mut server) = begun(&serving("atlas", &[])) else { return };
    let program = Program::new(&member("atlas", &server.url(""), ""));
    server.wait(|server| http::get("127.0.0.1", server.port(), "/health").is_ok());
    let run = program.run(&[QUESTION]);
    assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{run:?}");
}

/// A template that opens a thought, and a server that leaves thoughts in the text: none of their tags reaches the answer.
#[test]
fn thoughts_left_in_the_text_are_not_in_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("think.jinja");
    let text = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}\
                {% if add_generation_prompt %}assistant: <think>\n{% endif %}";
    fs::write(&template, text).unwrap();
    let flags = ["--jinja", "--reasoning-format", "none", "--chat-template-file", template.to_str().unwrap()];
    let Some(server) = started(&serving("atlas", &flags)) else { return };
    for kind in ["llama-server", "openai-compatible"] {
        let program = Program::new(&member("atlas", &server.url("/v1"), &format!("kind = '{kind}'\n")));
        let check = program.check();
        assert!(check.out.contains(kind), "{check:?}");
        let run = program.run(&["--max-tokens", "40", QUESTION]);
        assert!(!run.out.contains("think>") && matches!(run.code, Some(0 | 1)), "{run:?}");
        assert!(run.code == Some(0) || run.err.contains("no member"), "{run:?}");
    }
}

#[test]
fn a_router_serves_several_models() {
    let Some(router) = router("4") else { return };
    let url = router.server.url("");
    let program = Program::new(&(member("a", &format!("{url}#atlas"), "") + &member("l", &format!("{url}#lexicon"), "")));
    let check = program.check();
    assert_eq!(check.out.matches("T2 exact, forced decoding").count(), 2, "{check:?}");
    let run = program.run(&[QUESTION]);
    assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{run:?}");
}

#[test]
fn a_router_that_holds_one_model_is_no_place_for_two_members() {
    let Some(router) = router("1") else { return };
    let url = router.server.url("");
    let program = Program::new(&(member("a", &format!("{url}#atlas"), "") + &member("l", &format!("{url}#lexicon"), "")));
    let said = program.check();
    let text = format!("{} {}", said.out, said.err);
    assert!(text.contains("one model"), "{text}");
    let run = program.run(&[QUESTION]);
    assert!(run.err.contains("one model"), "{run:?}");
    assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{run:?}");
}

/// A router, and the folder with its models.
struct Router {
    server: Peer,
    _models: tempfile::TempDir,
}

fn router(most: &str) -> Option<Router> {
    let models = tempfile::tempdir().unwrap();
    for name in ["atlas", "lexicon"] {
        symlink(gguf(name), models.path().join(format!("{name}.gguf"))).unwrap();
    }
    let folder = models.path().to_str().unwrap();
    let server = started(&["--models-dir", folder, "--models-max", most].map(str::to_owned))?;
    Some(Router { server, _models: models })
}

fn member(name: &str, url: &str, more: &str) -> String {
    let (url, model) = url.split_once('#').unwrap_or((url, ""));
    let model = if model.is_empty() { String::new() } else { format!("model = '{model}'\n") };
    format!("[members.{name}]\nurl = '{url}'\n{model}{more}")
}

fn serving(model: &str, flags: &[&str]) -> Vec<String> {
    let file = gguf(model).display().to_string();
    ["-m", &file].into_iter().chain(flags.iter().copied()).map(str::to_owned).collect()
}

/// Starts the program with these arguments and waits until it is ready. `None`: there is none here, which was reported.
fn started(arguments: &[String]) -> Option<Peer> {
    let mut server = begun(arguments)?;
    let host = if arguments.iter().any(|argument| argument == "::1") { "::1" } else { "127.0.0.1" };
    server.wait(|server| is_ready(host, server));
    Some(server)
}

/// As [`started`], without waiting.
fn begun(arguments: &[String]) -> Option<Peer> {
    Some(begin(&program()?, arguments))
}

fn begin(program: &Path, arguments: &[String]) -> Peer {
    let port = free_port();
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", program.parent().unwrap());
    command.args(["--port", &port.to_string(), "-t", "1", "--no-ui"]).args(arguments);
    Peer::begin(&command, port)
}

fn is_ready(host: &str, server: &Peer) -> bool {
    http::get(host, server.port(), "/health").is_ok_and(|(status, _)| status == 200)
}

/// The program, if one runs here.
fn program() -> Option<PathBuf> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            println!("left out: there is no package of llama-server for this kind of machine");
            return None;
        }
        let program = fetched(&["server"])?.remove(0);
        // What a processor lacks only shows when it computes.
        let mut trial = begin(&program, &serving("atlas", &[]));
        match trial.until(|trial| is_ready("127.0.0.1", trial)) {
            Err(ended) if ended.signal().is_some() => {
                println!("left out: this llama-server is built for another processor: {ended}");
                None
            }
            Err(ended) => panic!("llama-server ended: {ended}: {}", trial.log()),
            Ok(()) => Some(program),
        }
    });
    program.clone()
}
