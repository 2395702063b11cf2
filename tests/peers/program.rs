//! The program in a separate home, and its output.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The variable that holds the key of a peer that requires one.
pub const KEY: &str = "PEER_KEY";

/// The program with one configuration; what it learns of servers stays from one call to the next.
pub struct Program {
    home: TempDir,
}

/// The output of a call.
#[derive(Debug)]
pub struct Said {
    /// The exit status; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error, on one line: it is wrapped by the width of a terminal.
    pub err: String,
}

impl Program {
    /// The program with this configuration file.
    pub fn new(configuration: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("config.toml"), configuration).unwrap();
        Self { home }
    }

    /// A call with further arguments; `key` is the value of [`KEY`].
    pub fn call(&self, arguments: &[&str], key: Option<&str>) -> Said {
        let mut command = self.command(arguments);
        command.envs(key.map(|key| (KEY, key)));
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = Said { code: output.status.code(), out: text(&output.stdout), err: one_line(&text(&output.stderr)) };
        assert!(!said.err.contains("panicked"), "{}", said.err);
        said
    }

    /// The same as a command that still has to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
        command.args(arguments).arg("--config").arg(self.path("config.toml"));
        command.env_clear().env("HOME", self.home.path()).env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        command
    }

    /// Asks a question.
    pub fn run(&self, arguments: &[&str]) -> Said {
        self.call(&[&["run", "--seed", "1", "--no-trace"], arguments].concat(), None)
    }

    /// Asks what the members can do.
    pub fn check(&self) -> Said {
        self.call(&["check"], None)
    }

    /// A file in its home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }
}

/// Text with single blanks instead of line breaks.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
