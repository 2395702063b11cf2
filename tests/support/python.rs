//! Private Python environments under `target/`, each made by the first test that needs it and reused offline.
//!
//! Owns making them. The caller reports if one cannot be made.

#![allow(dead_code, reason = "helpers that each test program uses in part")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How packages are installed: only wheels, since no test waits for a compiler.
const INSTALL: &[&str] = &["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];

/// A Python with the packages it was made with.
#[derive(Debug, Clone)]
pub struct Python {
    pub(crate) program: PathBuf,
    /// A folder of modules outside the interpreter's own, if there is one.
    pub(crate) modules: Option<PathBuf>,
}

impl Python {
    /// A command that runs a script, which has to be added.
    pub fn interpreter(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.modules.iter().map(|folder| ("PYTHONPATH", folder)));
        command
    }
}

/// Finds or makes the environment of this name with these packages (`NAME==VERSION`). Test programs run concurrently: a lock lets
/// only one of them make it.
pub fn environment(name: &str, packages: &[&str]) -> Result<Python, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("there is no target folder")?;
    let folder = target.join(name);
    let unwritable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let lock = File::create(target.join(format!("{name}.lock"))).map_err(unwritable)?;
    lock.lock().map_err(unwritable)?;
    let (stamp, wanted) = (folder.join("made-with"), packages.join("\n"));
    let (inside, beside) = (folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" }), folder.join("modules"));
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        let own = if beside.exists() { None } else { Some(inside.clone()) };
        return Ok(own.map_or_else(|| outside(&beside), |program| Python { program, modules: None }));
    }
    let _ = fs::remove_dir_all(&folder);
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).and_then(|()| {
        run(Command::new(&inside).args(["-m", "pip"]).args(INSTALL).args(packages))?;
        Ok(Python { program: inside, modules: None })
    });
    // Some systems ship Python without the module for environments, but with pip.
    let made = made.or_else(|first| {
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "pip"]).args(INSTALL).arg("--target").arg(&beside).args(packages))
            .map(|()| outside(&beside))
            .map_err(|second| format!("{first}; {second}"))
    })?;
    fs::write(&stamp, wanted).map_err(unwritable)?;
    Ok(made)
}

fn outside(modules: &Path) -> Python {
    Python { program: "python3".into(), modules: Some(modules.to_owned()) }
}

/// Runs a command to its end; on failure returns the end of its output.
pub fn run(command: &mut Command) -> Result<(), String> {
    let name = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.trim().lines().rev().take(3).collect();
    Err(format!("{name}: {}", last.into_iter().rev().collect::<Vec<_>>().join(" ")))
}
