//! A real llama.cpp server for tests, in a private Python environment.
//!
//! Owns the server's process. If the environment cannot be made, the tests fail if `CI` is set, and otherwise report that they
//! were skipped.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "helpers of tests stop a test as the tests themselves do")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

#[path = "python.rs"]
pub mod python;

use python::{Python, environment};

/// What is installed: llama.cpp's own server, embedded in a Python module.
const PACKAGE: &str = "xllamacpp==2026.10.11549";

/// A running server; dropping it ends it.
pub struct Served {
    /// `http://HOST:PORT`.
    pub url: String,
    process: Child,
    log: tempfile::NamedTempFile,
}

/// Serves one of the project's models with flags of `llama-server` (see `llama_serve.py`). `None`: there is no server here, which
/// was reported.
pub fn serve(model: &str, flags: &[&str]) -> Option<Served> {
    serve_file(&gguf(model), model, flags)
}

/// As [`serve`], any file, under this name.
pub fn serve_file(file: &Path, name: &str, flags: &[&str]) -> Option<Served> {
    Some(serve_by(&python()?, file, name, flags))
}

/// As [`serve_file`], with another version of the module.
pub fn serve_by(python: &Python, file: &Path, name: &str, flags: &[&str]) -> Served {
    let mut command = python.command();
    command.arg("-m").arg(file).args(["--alias", name]).args(flags).arg("--die-with-stdin");
    Served::start(command)
}

/// The file of one of the project's models.
pub fn gguf(model: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models").join(format!("{model}.gguf"))
}

/// The environment, made on first use. `None`: it cannot be made here, which was reported.
pub fn python() -> Option<Python> {
    static MADE: OnceLock<Result<Python, String>> = OnceLock::new();
    match MADE.get_or_init(|| environment("llama-venv", &[PACKAGE])) {
        Ok(python) => Some(python.clone()),
        Err(reason) if std::env::var_os("CI").is_some() => panic!("no llama.cpp server: {reason}"),
        Err(reason) => {
            println!("left out: no llama.cpp server: {reason}");
            None
        }
    }
}

impl Python {
    /// A command that runs the serving script; its flags have to be added.
    pub fn command(&self) -> Command {
        let mut command = self.interpreter();
        command.arg(script());
        command
    }

    /// The same as a line of a shell script.
    pub fn shell(&self) -> String {
        let modules = self.modules.as_ref().map(|folder| format!("PYTHONPATH='{}' ", folder.display()));
        format!("{}exec '{}' '{}'", modules.unwrap_or_default(), self.program.display(), script().display())
    }
}

impl Served {
    fn start(mut command: Command) -> Self {
        let log = tempfile::NamedTempFile::new().unwrap();
        let errors = log.reopen().unwrap();
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("READY ") else {
            panic!("the llama.cpp server did not start: {}", fs::read_to_string(log.path()).unwrap_or_default());
        };
        Self { url: url.to_owned(), process, log }
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Its own output.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log.path()).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/llama_serve.py")
}
