//! The whole program with real servers: run on the command line, checked, and started for a file by itself.

use std::process::{Command, Output, Stdio};

use crate::launching::{stand_in, until_gone};
use crate::llama::{Served, gguf, serve};

const QUESTION: &str = "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave?";
const ANSWER: &str = "The capital of Japan is Tokyo. 27 plus 48 is 75. The opposite of brave is cowardly.\n";

/// The program in a separate home.
fn specfuse(home: &tempfile::TempDir, path: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
    command.args(arguments).env_clear().env("HOME", home.path()).env("PATH", path).stdin(Stdio::null());
    command.output().unwrap()
}

fn told(output: &Output) -> (String, String) {
    (String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

fn specialists() -> Option<[Served; 3]> {
    Some([serve("atlas", &[])?, serve("abacus", &[])?, serve("lexicon", &[])?])
}

#[test]
fn three_servers_answer_what_none_of_them_knows_alone() {
    let Some(servers) = specialists() else { return };
    let home = tempfile::tempdir().unwrap();
    let mut arguments = vec!["run", "--seed", "1"];
    arguments.extend(servers.iter().flat_map(|server| ["--model", server.url.as_str()]));
    arguments.push(QUESTION);
    let (answer, summary) = told(&specfuse(&home, "/usr/bin:/bin", &arguments));
    assert_eq!(answer, ANSWER, "{summary}");
    for said in ["segments: atlas 1, abacus 1, lexicon 1", "tokens used: atlas ", "cached)"] {
        assert!(summary.contains(said), "`{said}` is missing in: {summary}");
    }
}

#[test]
fn a_mixed_configuration_is_checked_in_one_table() {
    let Some(server) = serve("atlas", &["--api-key", "a-key-for-tests"]) else { return };
    let home = tempfile::tempdir().unwrap();
    let (config, key) = (home.path().join("mixed.toml"), home.path().join("key"));
    std::fs::write(&key, "a-key-for-tests\n").unwrap();
    let text = format!(
        "ensemble = 'mixed'\n[ensembles]\nmixed = ['served', 'chat', 'lexicon', 'gone', 'unpaid']\n\
         [members.served]\nurl = '{url}'\nkey = {{ file = '{key}' }}\n\
         [members.chat]\nurl = '{url}/v1'\nkind = 'openai-compatible'\nkey = {{ file = '{key}' }}\n\
         [members.gone]\nurl = 'http://127.0.0.1:9'\n\
         [members.unpaid]\nkind = 'openai'\nmodel = 'some-model'\n",
        url = server.url,
        key = key.display(),
    );
    std::fs::write(&config, text).unwrap();
    let output = specfuse(&home, "/usr/bin:/bin", &["check", "--config", config.to_str().unwrap()]);
    let (table, errors) = told(&output);
    assert_eq!(output.status.code(), Some(1), "two are away: {table}{errors}");
    let row = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {table}"));
    assert!(row("served").contains("llama-server") && row("served").contains("T2 exact, forced decoding"), "{table}");
    assert!(row("served").contains(" ms "), "{table}");
    assert!(row("chat").contains("openai-compatible") && row("chat").contains("judges"), "{table}");
    assert!(row("lexicon").contains("T0 exact, in this process"), "{table}");
    assert!(row("gone").contains("away: http://127.0.0.1:9/health: the connection was refused"), "{table}");
    assert!(row("unpaid").contains("OPENAI_API_KEY is not set"), "{table}");
    assert!(!table.contains("a-key-for-tests") && !errors.contains("a-key-for-tests"));
    let output = specfuse(&home, "/usr/bin:/bin", &["check", "--json", "--config", config.to_str().unwrap()]);
    let list: serde_json::Value = serde_json::from_str(&told(&output).0).unwrap();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["capabilities"]["tier"]), (5, &serde_json::json!("forced")));
}

/// A key reaches the server, but nothing that is kept or shown.
#[test]
fn a_key_is_in_no_trace_and_no_output() {
    const KEY: &str = "a-key-for-tests-0123456789";
    let Some(server) = serve("atlas", &["--api-key", KEY]) else { return };
    let home = tempfile::tempdir().unwrap();
    let (config, trace) = (home.path().join("keyed.toml"), home.path().join("run.jsonl"));
    let member =
        |name: &str, command: &str| format!("[members.{name}]\nurl = '{}'\nkey = {{ command = '{command}' }}\n", server.url);
    std::fs::write(&config, member("right", &format!("printf %s {KEY}")) + &member("wrong", "echo not-that-key-987654")).unwrap();
    let arguments = ["--seed", "1", "--config", config.to_str().unwrap()];
    let mut run = vec!["run", "--json", "--trace", trace.to_str().unwrap()];
    run.extend(arguments.iter().copied().chain(["What is the capital of Japan?"]));
    let (events, summary) = told(&specfuse(&home, "/usr/bin:/bin", &run));
    let check = told(&specfuse(&home, "/usr/bin:/bin", &["check", "--json", arguments[2], arguments[3]]));
    assert!(events.contains("is Tokyo") && summary.contains("wrong took no part"), "{events}{summary}");
    assert!(summary.contains("401") && summary.contains("key"), "why is said: {summary}");
    let mut kept: Vec<String> = vec![events, summary, check.0, check.1, std::fs::read_to_string(trace).unwrap()];
    let data = home.path().join(".local/share/specfuse");
    kept.extend(
        std::fs::read_dir(data).into_iter().flatten().filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok()),
    );
    for text in kept {
        assert!(!text.contains(KEY) && !text.contains("not-that-key"), "{text}");
    }
}

#[test]
fn a_server_is_started_for_a_file_and_ends_with_the_program() {
    let Some(folder) = stand_in() else { return };
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("own.toml");
    let text = format!("[members.own]\ngguf = '{}'\narguments = ['-t', '1']\n", gguf("atlas").display());
    std::fs::write(&config, text).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let arguments = ["run", "--seed", "1", "--config", config.to_str().unwrap(), "What is the capital of Japan?"];
    let (answer, summary) = told(&specfuse(&home, &path, &arguments));
    assert_eq!(answer, "The capital of Japan is Tokyo.\n", "{summary}");
    until_gone(folder.path());
    let output = specfuse(&home, "/usr/bin:/bin", &arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).1.contains("`llama-server` on the PATH"), "{}", told(&output).1);
}

/// A built-in model is ready immediately; a file's server takes longer than a remote server would be waited for.
#[test]
fn an_answer_waits_for_files_that_are_being_loaded() {
    let Some(folder) = stand_in() else { return };
    let program = folder.path().join("llama-server");
    let script = std::fs::read_to_string(&program).unwrap();
    std::fs::write(&program, script.replacen('\n', "\nsleep 4\n", 1)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("own.toml");
    let own = format!("[members.own]\ngguf = '{}'\narguments = ['-t', '1']\n", gguf("atlas").display());
    std::fs::write(&config, own + "[members.toy]\nbuilt-in = 'babble'\n").unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let arguments = ["run", "--seed", "1", "--config", config.to_str().unwrap(), "What is the capital of Japan?"];
    let (answer, summary) = told(&specfuse(&home, &path, &arguments));
    assert_eq!(answer, "The capital of Japan is Tokyo.\n", "{summary}");
    assert!(!summary.contains("not ready"), "{summary}");
}

#[test]
fn servers_of_our_own_share_the_cores_unless_told_otherwise() {
    let Some(folder) = stand_in() else { return };
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("own.toml");
    let file = |name: &str| format!("gguf = '{}'\narguments = ['-c', '1024']\n", gguf(name).display());
    let text = format!("[members.a]\n{}[members.b]\n{}threads = 1024\n", file("atlas"), file("lexicon"));
    std::fs::write(&config, text).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let arguments = ["run", "--seed", "1", "--config", config.to_str().unwrap(), "What is the capital of Japan?"];
    let (answer, summary) = told(&specfuse(&home, &path, &arguments));
    assert_eq!(answer, "The capital of Japan is Tokyo.\n", "{summary}");
    let cores = std::thread::available_parallelism().unwrap().get();
    let each = (cores / 2).max(1);
    assert!(summary.contains("2 llama.cpp servers of this program share"), "{summary}");
    let bounded = format!("it computes with {cores} threads, not 1024");
    assert!(cores >= 1024 || summary.replace('\n', " ").contains(&bounded), "{summary}");
    let given = std::fs::read_to_string(folder.path().join("arguments")).unwrap();
    for (member, threads) in [("a", each), ("b", cores)] {
        let wanted = format!("--alias {member} --threads {threads} --threads-batch {threads}");
        assert!(given.lines().any(|line| line.contains(&wanted)), "`{wanted}` is missing in: {given}");
    }
}

#[test]
fn servers_asked_in_turn_answer_the_same() {
    let Some(servers) = specialists() else { return };
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("turns.toml");
    std::fs::write(&config, "in-turn = true\n").unwrap();
    let mut arguments = vec!["run", "--seed", "1", "--config", config.to_str().unwrap()];
    arguments.extend(servers.iter().flat_map(|server| ["--model", server.url.as_str()]));
    arguments.push(QUESTION);
    let (answer, summary) = told(&specfuse(&home, "/usr/bin:/bin", &arguments));
    assert_eq!(answer, ANSWER, "{summary}");
}
