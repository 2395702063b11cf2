//! The player in its own terminal.

use portable_pty::CommandBuilder;

use crate::player::ROLE;

#[path = "../support/pty.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod support;

pub use support::{Playing, Seen};

impl Playing {
    /// The player as the first and only program of its terminal.
    pub fn player(environment: &[(&str, &str)]) -> Self {
        Self::played(CommandBuilder::new(std::env::current_exe().unwrap()), environment)
    }

    /// The player as a job of a shell with job control, which reports when it was stopped and continues it after a line was
    /// typed.
    pub fn job(environment: &[(&str, &str)]) -> Self {
        let mut shell = CommandBuilder::new("sh");
        shell.args(["-c", r#"set -m; "$0"; echo stopped; read line; fg > /dev/null; echo back in the shell"#]);
        shell.arg(std::env::current_exe().unwrap());
        Self::played(shell, environment)
    }

    fn played(mut command: CommandBuilder, environment: &[(&str, &str)]) -> Self {
        command.env(ROLE, "1");
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        for (name, value) in environment {
            command.env(name, value);
        }
        Self::start(command, (80, 24))
    }
}
