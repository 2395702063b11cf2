//! A run whose members fail in every way that echoes a secret: no output of the program may contain any of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Every secret.
const SECRETS: [&str; 8] = [
    "fake-env-key-7f3a9c51e0",
    "fake-file-key-b2d84e6617",
    "fake-command-key-09ab77d3",
    "fake-header-value-55c1f2e8",
    "fake-query-key-83be01d4a9",
    "fake-password-6e2d90c7",
    "fake-in-command-d41d8cd9",
    "fake-on-stderr-98f00b204e",
];

/// How a server responds to a question.
#[derive(Clone, Copy)]
enum Way {
    Refuses,
    Breaks,
    Streams,
    SaysPlainly,
}

/// A server that echoes everything it is sent, in several forms. It ends with the test's process.
fn echoing(way: Way) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream, way));
        }
    });
    port
}

/// A client that has gone needs no answer.
fn answer(mut stream: &TcpStream, way: Way) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let asked = head.split_whitespace().nth(1)?.to_owned();
    let said =
        format!("{asked} {} {} {}", head.replace("\r\n", " "), head.to_uppercase().replace("\r\n", " "), STANDARD.encode(&head));
    let error = serde_json::json!({"error": {"message": said, "type": said, "code": said}}).to_string();
    let models = serde_json::json!({"data": [{"id": "model", "owned_by": said}]}).to_string();
    let (status, kind, body) = match way {
        _ if asked.contains("models") && !matches!(way, Way::Refuses) => ("200 OK", "application/json", models),
        Way::Refuses => ("401 Unauthorized", "application/json", error),
        Way::Breaks => ("422 Unprocessable", "text/html", format!("<html><title>{said}</title></html>")),
        Way::Streams => ("200 OK", "text/event-stream", format!("data: {error}\n\n")),
        Way::SaysPlainly => ("403 Forbidden", "text/plain", said),
    };
    let length = body.len();
    let reply =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(reply.as_bytes()).ok()
}

fn specfuse(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
    command.args(arguments).env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin").env("FAKE_ENV_KEY", SECRETS[0]);
    command.current_dir(home).stdin(Stdio::null()).output().unwrap()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Fails if eight characters of a random part of a secret are in the text, as they are or in base64.
fn holds_no_secret(what: &str, text: &[u8]) {
    let text = String::from_utf8_lossy(text).to_lowercase();
    for secret in SECRETS {
        let random = &secret[secret.len() - 8..];
        assert!(!text.contains(random), "{what} holds {secret}: {text}");
        for before in ["", "x", "xx"] {
            let encoded = STANDARD.encode(format!("{before}{secret}")).to_lowercase();
            let middle = &encoded[encoded.len() - 14..encoded.len() - 4];
            assert!(!text.contains(middle), "{what} holds {secret} in base64: {text}");
        }
    }
}

#[test]
fn no_output_of_a_failing_run_holds_a_secret() {
    let home = tempfile::tempdir().unwrap();
    let key = home.path().join("key");
    fs::write(&key, SECRETS[1]).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let mut config = format!(
        "[members.no-key]\nkind = \"openai-compatible\"\nurl = \"http://127.0.0.1:{}\"\n\
         key = {{ command = \"echo {} >&2; echo {}; exit 3 # {}\" }}\n",
        echoing(Way::Streams),
        SECRETS[7],
        SECRETS[2],
        SECRETS[6]
    );
    let keys = [
        "{ env = \"FAKE_ENV_KEY\" }".to_owned(),
        "{ file = \"key\" }".to_owned(),
        format!("{{ command = \"echo {}\" }}", SECRETS[2]),
    ];
    let ways = [("refuses", Way::Refuses), ("breaks", Way::Breaks), ("streams", Way::Streams), ("plain", Way::SaysPlainly)];
    for ((name, way), key) in ways.into_iter().zip(keys.iter().cycle()) {
        let port = echoing(way);
        // A login replaces the key in a request.
        let login = if matches!(way, Way::SaysPlainly) { format!("someone:{}@", SECRETS[5]) } else { String::new() };
        let member = format!(
            "[members.{name}]\nkind = \"openai-compatible\"\nmodel = \"model\"\n\
             url = \"http://{login}127.0.0.1:{port}?api_key={}\"\nkey = {key}\nheaders = {{ X-Custom = \"{}\" }}\n",
            SECRETS[4], SECRETS[3]
        );
        config.push_str(&member);
    }
    config += "[members.atlas]\nbuilt-in = \"atlas\"\n";
    fs::write(home.path().join("config.toml"), &config).unwrap();

    let run = specfuse(
        home.path(),
        &[
            "run",
            "--config",
            "config.toml",
            "--json",
            "--trace",
            "run.jsonl",
            "--log",
            "run.log",
            "What is the capital of Japan?",
        ],
    );
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(0), "{said}");
    assert!(said.contains("no-key: its key command failed (exit status: 3)"), "{said}");
    assert_eq!(said.matches("others on this machine can read this key (mode 644)").count(), 1, "{said}");
    assert!(said.contains("refuses: ") && said.contains("401"), "{said}");
    assert!(fs::read_to_string(home.path().join("run.jsonl")).unwrap().contains("no-key"));
    // What the log contains below comes from these servers.
    let log = fs::read_to_string(home.path().join("run.log")).unwrap();
    for part in
        ["\"member\":\"refuses\",\"event\":\"request\"", "\"status\":401", "\"event\":\"refusal\"", "\"event\":\"run_finished\""]
    {
        assert!(log.contains(part), "{part}: {log}");
    }
    let mut outputs = vec![("run", run)];
    outputs.push(("check", specfuse(home.path(), &["check", "--config", "config.toml", "--log", "check.log"])));
    for format in ["md", "html", "json", "svg"] {
        outputs.push((format, specfuse(home.path(), &["export", "run.jsonl", "--to", format])));
    }
    let broken = format!("[members.x]\nurl = \"http://h\"\nheaders = {{ X = \"{}\" \"{}\" }}\n", SECRETS[3], SECRETS[4]);
    fs::write(home.path().join("broken.toml"), broken).unwrap();
    outputs.push(("broken", specfuse(home.path(), &["run", "--config", "broken.toml", "Why?"])));
    for (what, output) in outputs {
        holds_no_secret(what, &output.stdout);
        holds_no_secret(what, &output.stderr);
    }
    for file in files(home.path()).into_iter().filter(|file| file.extension().is_none_or(|kind| kind != "toml") && *file != key) {
        holds_no_secret(&file.display().to_string(), &fs::read(&file).unwrap());
    }
}
