//! A real llama.cpp server for tests, in a private Python environment under `target/` that the first test makes.
//!
//! Owns the environment and the server's process. Where it cannot be made, the tests fail if `CI` is set, and otherwise say
//! plainly that they were left out.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "helpers of tests stop a test as the tests themselves do")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// What is installed: llama.cpp's own server, embedded in a Python module.
const PACKAGE: &str = "xllamacpp==2026.10.11549";

/// A Python that has it.
#[derive(Debug, Clone)]
pub struct Python {
    program: PathBuf,
    /// A folder of modules outside the interpreter's own, where there is one.
    modules: Option<PathBuf>,
}

/// A server at work; dropping it ends it.
pub struct Served {
    /// `http://HOST:PORT`.
    pub url: String,
    process: Child,
    log: tempfile::NamedTempFile,
}

/// Serves one of the project's models with flags of `llama-server` (see `llama_serve.py`). `None`: there is no server here, and
/// that was said.
pub fn serve(model: &str, flags: &[&str]) -> Option<Served> {
    serve_file(&gguf(model), model, flags)
}

/// As [`serve`], any file, under this name.
pub fn serve_file(file: &Path, name: &str, flags: &[&str]) -> Option<Served> {
    let python = python()?;
    let mut command = python.command();
    command.arg("-m").arg(file).args(["--alias", name]).args(flags).arg("--die-with-stdin");
    Some(Served::start(command))
}

/// The file of one of the project's models.
pub fn gguf(model: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models").join(format!("{model}.gguf"))
}

/// The environment, made on first use. `None`: it cannot be made here, and that was said.
pub fn python() -> Option<Python> {
    static MADE: OnceLock<Result<Python, String>> = OnceLock::new();
    match MADE.get_or_init(make) {
        Ok(python) => Some(python.clone()),
        Err(reason) if std::env::var_os("CI").is_some() => panic!("no llama.cpp server: {reason}"),
        Err(reason) => {
            println!("left out: no llama.cpp server: {reason}");
            None
        }
    }
}

impl Python {
    /// A command that runs a script, which is still to be added.
    pub fn interpreter(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.modules.iter().map(|folder| ("PYTHONPATH", folder)));
        command
    }

    /// A command that runs the serving script; its flags are still to be added.
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

    /// What it said of itself.
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

/// Finds or makes the environment. Test programs run side by side: a lock lets one of them make it.
fn make() -> Result<Python, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("there is no target folder")?;
    let folder = target.join("llama-venv");
    let unwritable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let lock = File::create(target.join("llama-venv.lock")).map_err(unwritable)?;
    lock.lock().map_err(unwritable)?;
    let stamp = folder.join("made-with");
    let (inside, beside) = (folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" }), folder.join("modules"));
    if fs::read_to_string(&stamp).is_ok_and(|made| made == PACKAGE) {
        let own = if beside.exists() { None } else { Some(inside.clone()) };
        return Ok(own.map_or_else(|| outside(&beside), |program| Python { program, modules: None }));
    }
    let _ = fs::remove_dir_all(&folder);
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).and_then(|()| {
        run(Command::new(&inside).args(["-m", "pip"]).args(INSTALL).arg(PACKAGE))?;
        Ok(Python { program: inside, modules: None })
    });
    // Some systems ship Python without what makes environments, but with pip.
    let made = made.or_else(|first| {
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "pip"]).args(INSTALL).arg("--target").arg(&beside).arg(PACKAGE))
            .map(|()| outside(&beside))
            .map_err(|second| format!("{first}; {second}"))
    })?;
    fs::write(&stamp, PACKAGE).map_err(unwritable)?;
    Ok(made)
}

/// How packages are installed: wheels only, since nobody waits for a compiler here.
const INSTALL: &[&str] = &["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];

fn outside(modules: &Path) -> Python {
    Python { program: "python3".into(), modules: Some(modules.to_owned()) }
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.trim().lines().rev().take(3).collect();
    Err(format!("{name}: {}", last.into_iter().rev().collect::<Vec<_>>().join(" ")))
}
