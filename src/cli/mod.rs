//! The command line: one enum of errors with exit codes, and the choice of the front end.
//!
//! Owns parsing, exit codes and what goes to standard output and standard error. Exit codes: 0 done, 1 the run failed, 2 wrong
//! usage or configuration, 130 interrupted, 143 ended by SIGTERM, 129 by SIGHUP (the playground: 130 for each of them).

mod check;
mod eval;
mod export;
mod interrupt;
mod members;
mod options;
mod output;
mod playground;
mod prompt;
mod run;
mod summary;
mod sweep;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Command;

use crate::config::ConfigError;
use crate::engine::SetupError;
use crate::engine::fusion::params::ParamError;
use crate::engine::trace::TraceError;
use crate::ensemble::EnsembleError;
use crate::export::ExportError;
use crate::playground::state::keymap::KeymapError;
use crate::playground::term::outside::NoTerminal;
use crate::prompts::PromptFileError;
use crate::sweep::{GridError, StoreError, SweepError};

/// Why a command ended without doing its work.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Parameter(#[from] ParamError),
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Prompt(#[from] prompt::PromptError),
    #[error(transparent)]
    Prompts(#[from] PromptFileError),
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error(transparent)]
    Sweep(#[from] SweepError),
    #[error(transparent)]
    Results(#[from] StoreError),
    #[error("the trace cannot be written: {0}")]
    Trace(#[from] TraceError),
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Recording(TraceError),
    #[error("the answer could not be written: {0}")]
    Output(std::io::Error),
    #[error("this system gives no event loop: {0}")]
    Runtime(std::io::Error),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    NoTerminal(#[from] NoTerminal),
    #[error("the terminal: {0}")]
    Terminal(std::io::Error),
    #[error("{file}: {source}")]
    Keys { file: String, source: KeymapError },
    #[error("{0}")]
    Run(String),
}

/// How a command that did its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Complete,
    /// The answer is there, but what was asked for beside it is not.
    Incomplete,
    Interrupted,
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::Parameter(_)
            | Self::Ensemble(_)
            | Self::Prompt(_)
            | Self::Prompts(_)
            | Self::Grid(_)
            | Self::Results(
                StoreError::Busy { .. }
                | StoreError::NotResults { .. }
                | StoreError::OtherSweep { .. }
                | StoreError::BadLine { .. },
            )
            | Self::Usage(_)
            | Self::NoTerminal(_)
            | Self::Keys { .. }
            | Self::Recording(_)
            | Self::Export(_)
            | Self::Trace(_) => 2,
            Self::Setup(error) => match error {
                SetupError::PromptTooLong { .. } => 1,
                SetupError::EmptyPrompt
                | SetupError::NoDrafter
                | SetupError::SameName { .. }
                | SetupError::BadWeight { .. }
                | SetupError::NoHeader
                | SetupError::OtherMembers { .. } => 2,
            },
            Self::Output(_)
            | Self::Runtime(_)
            | Self::Terminal(_)
            | Self::Run(_)
            | Self::Sweep(_)
            | Self::Results(StoreError::File(_)) => 1,
        }
    }
}

/// Parses the arguments, does what they say, and returns the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version go to standard output and are no failure; nothing can be done where even that cannot be written.
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()) * 2);
        }
    };
    let result = match matches.subcommand() {
        None => playground::main(&matches),
        Some(("replay", matches)) => playground::replay(matches),
        Some(("demo", matches)) => playground::demo(matches),
        Some(("run", matches)) => run::main(matches),
        Some(("eval", matches)) => eval::main(matches),
        Some(("sweep", matches)) => sweep::main(matches),
        Some(("check", matches)) => check::main(matches),
        Some(("export", matches)) => export::main(matches),
        Some((other, _)) => Err(Failure::Usage(format!("there is no command `{other}`"))),
    };
    match result {
        Ok(Done::Complete) => ExitCode::SUCCESS,
        Ok(Done::Incomplete) => ExitCode::from(1),
        Ok(Done::Interrupted) => ExitCode::from(interrupt::code()),
        Err(failure) => {
            output::notice(&format!("error: {failure}"));
            ExitCode::from(failure.code())
        }
    }
}

fn command() -> Command {
    playground::options(Command::new("specfuse"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Several language models write one answer together, segment by segment (SpecFuse, arXiv 2412.07380)")
        .long_about(
            "Several language models write one answer together, segment by segment (SpecFuse, arXiv 2412.07380).\n\n\
             Without a command: the playground, a terminal program to watch, with PROMPT as its first question.",
        )
        .after_help(
            "The built-in models are toys that show the method: they know a few hundred facts each and nothing else.\n\n\
             Exit codes: 0 done; 1 it failed; 2 wrong usage or configuration; 130, 143, 129 ended by Ctrl-C, SIGTERM, SIGHUP, with \
             what was there until then shown and kept.",
        )
        .args_conflicts_with_subcommands(true)
        .subcommand(playground::demo_command())
        .subcommand(playground::replay_command())
        .subcommand(run::command())
        .subcommand(check::command())
        .subcommand(eval::command())
        .subcommand(sweep::command())
        .subcommand(export::command())
}

/// The event loop that a command runs in. One thread: the models have threads of their own.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
