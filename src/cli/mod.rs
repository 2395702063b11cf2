//! The command line: one enum of errors with exit codes, and the choice of the front end.
//!
//! Owns parsing, exit codes and what goes to standard output and standard error. Exit codes: 0 done, 1 the run failed, 2 wrong
//! usage or configuration, 130 interrupted, 143 ended by SIGTERM, 129 by SIGHUP.

mod check;
mod eval;
mod export;
mod help;
mod interrupt;
mod meant;
mod members;
mod options;
mod output;
mod playground;
mod prompt;
mod recording;
mod run;
mod summary;
mod sweep;
mod ui_replay;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Command;

use crate::config::ConfigError;
use crate::display;
use crate::engine::SetupError;
use crate::engine::fusion::params::ParamError;
use crate::engine::trace::TraceError;
use crate::ensemble::EnsembleError;
use crate::export::ExportError;
use crate::log::LogError;
use crate::playground::state::keymap::KeymapError;
use crate::playground::state::ui_recording::UiRecordingError;
use crate::playground::term::outside::NoTerminal;
use crate::playground::term::ui_recorder::UiRecorderError;
use crate::playthrough::Unanswered;
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
    #[error(
        "there is no trace `{0}`: neither a file {0} here nor a trace of that name in {1}; {2}",
        named.display(),
        folder.display(),
        recording::known(newest)
    )]
    NoTrace {
        named: PathBuf,
        folder: PathBuf,
        /// The names of the newest traces in the folder.
        newest: Vec<String>,
    },
    #[error("{name}: {}", crate::text::trouble(source, "another file"))]
    File { name: String, source: std::io::Error },
    #[error("standard output could not be written: {0}")]
    Output(std::io::Error),
    #[error("this system gives no event loop: {0}")]
    Runtime(std::io::Error),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    NoTerminal(#[from] NoTerminal),
    #[error("the terminal: {0}")]
    Terminal(std::io::Error),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    UiRecorder(#[from] UiRecorderError),
    #[error(transparent)]
    UiRecording(#[from] UiRecordingError),
    #[error("{file}: {source}")]
    Keys { file: String, source: KeymapError },
    #[error("no member could be opened: {}", faults.join("; "))]
    NoMember { faults: Vec<String> },
    #[error(transparent)]
    Unanswered(Unanswered),
}

/// How a command that did its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Complete,
    /// The answer is complete, but something else that was requested is not.
    Incomplete,
    /// With the exit code of what ended it.
    Interrupted(u8),
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
                | StoreError::NotText { .. }
                | StoreError::NotResults { .. }
                | StoreError::OtherSweep { .. }
                | StoreError::BadLine { .. },
            )
            | Self::Usage(_)
            | Self::UiRecording(_)
            | Self::NoTerminal(_)
            | Self::Keys { .. }
            | Self::NoTrace { .. }
            | Self::Export(
                ExportError::NoSegment
                | ExportError::Json(_)
                | ExportError::Exists { .. }
                | ExportError::NoFolder { .. }
                | ExportError::Folder { .. },
            ) => 2,
            Self::Recording(error) | Self::Trace(error) => match error {
                TraceError::File { source, .. } => code_of(source),
                TraceError::NotText { .. }
                | TraceError::BadLine { .. }
                | TraceError::NoHeader { .. }
                | TraceError::TooNew { .. }
                | TraceError::NoSuchRun { .. } => 2,
            },
            Self::Log(LogError { source, .. })
            | Self::UiRecorder(UiRecorderError { source, .. })
            | Self::Export(ExportError::File { source, .. })
            | Self::File { source, .. } => code_of(source),
            Self::Setup(error) | Self::Unanswered(Unanswered::Refused(error)) => code_of_setup(error),
            Self::Output(_)
            | Self::Runtime(_)
            | Self::Terminal(_)
            | Self::NoMember { .. }
            | Self::Unanswered(Unanswered::CutShort | Unanswered::NoMembers { .. })
            | Self::Sweep(_)
            | Self::Results(StoreError::File(_)) => 1,
        }
    }
}

/// The exit code of a run that could not start: 2 unless the members themselves are the problem.
fn code_of_setup(error: &SetupError) -> u8 {
    match error {
        SetupError::PromptTooLong { .. } | SetupError::NotReached { .. } => 1,
        SetupError::EmptyPrompt
        | SetupError::NoDrafter
        | SetupError::SameName { .. }
        | SetupError::BadWeight { .. }
        | SetupError::NoHeader
        | SetupError::OtherMembers { .. } => 2,
    }
}

/// The exit code of a file that could not be read or written: 2 if another name would help, 1 if the system failed.
fn code_of(error: &std::io::Error) -> u8 {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound
        | ErrorKind::PermissionDenied
        | ErrorKind::AlreadyExists
        | ErrorKind::IsADirectory
        | ErrorKind::NotADirectory
        | ErrorKind::InvalidInput
        | ErrorKind::InvalidFilename
        | ErrorKind::ReadOnlyFilesystem => 2,
        _ => 1,
    }
}

/// Hidden commands with which this program starts itself: to try a model file, and to restore the terminal.
#[cfg(feature = "llama-cpp")]
fn hidden(arguments: &[OsString]) -> Option<u8> {
    use crate::engine::member::llama_cpp::trial;
    #[cfg(unix)]
    if let Some(modes) = crate::playground::term::keeper::meant(arguments) {
        crate::playground::term::keep(&modes);
        return Some(0);
    }
    let [_, command, rest @ ..] = arguments else { return None };
    if command != trial::COMMAND {
        return None;
    }
    let (said, good) = trial::child(rest);
    let written = output::Answer::new().write(&format!("{said}\n"));
    Some(u8::from(!good || written.is_err()))
}

/// Parses the arguments, carries them out, and returns the exit code for [`leave`].
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    #[cfg(feature = "llama-cpp")]
    if let Some(code) = hidden(&arguments) {
        return code;
    }
    let command = command();
    let arguments = match meant::repaired(arguments, &command) {
        Ok(arguments) => arguments,
        Err(misspelt) => {
            output::notice(&display!("error: {misspelt}"));
            return 2;
        }
    };
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return told(&error),
    };
    let log = match options::log(matches.subcommand().map_or(&matches, |(_, matches)| matches)) {
        Ok(log) => log,
        Err(failure) => {
            output::notice(&display!("error: {failure}"));
            return failure.code();
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
        Some(("help", matches)) => help::main(matches, self::command()),
        Some((other, _)) => Err(Failure::Usage(format!("there is no command `{other}`"))),
    };
    if let Some(reason) = log.and_then(|log| log.failure()) {
        output::notice(&display!("warning: the log is not complete: {reason}"));
    }
    match result {
        Ok(Done::Complete) => 0,
        Ok(Done::Incomplete) => 1,
        Ok(Done::Interrupted(code)) => code,
        // A reader that closed the pipe has what it wanted.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
        Err(failure) => {
            output::notice(&display!("error: {failure}"));
            failure.code()
        }
    }
}

/// Checks whether [`main`] would carry this command line out; otherwise returns its error. Does nothing else, and reads no file.
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub fn understood(arguments: Vec<OsString>) -> Result<(), String> {
    let command = command();
    let arguments = meant::repaired(arguments, &command).map_err(|misspelt| misspelt.to_string())?;
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) if error.use_stderr() => return Err(error.to_string()),
        Err(_help) => return Ok(()),
    };
    let (name, matches) = matches.subcommand().unwrap_or(("", &matches));
    if ["export", "help"].contains(&name) {
        return Ok(());
    }
    for (knob, text) in options::given_knobs(matches) {
        if name == "sweep" {
            crate::sweep::Axis::parse(knob, text).map_err(|error| error.to_string())?;
        } else {
            knob.parse(text).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// Ends the program immediately.
///
/// Not with `exit`: that runs the destructors of llama.cpp's statics, and a model's thread that is still computing would then
/// read freed memory. Everything of ours is closed by now, and the threads end with the process.
pub fn leave(code: u8) -> ! {
    output::flush();
    #[cfg(unix)]
    signal_hook::low_level::exit(i32::from(code));
    #[cfg(not(unix))]
    std::process::exit(i32::from(code))
}

/// Prints the output of the argument parser: help and version on standard output, errors on standard error.
fn told(error: &clap::Error) -> u8 {
    let printed = output::parsed(error);
    if error.use_stderr() {
        // This failure cannot be reported anywhere.
        return 2;
    }
    match printed {
        Ok(()) => 0,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            output::notice(&display!("error: {}", Failure::Output(error)));
            1
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
            "Examples:\n  \
             specfuse demo                                     a guided tour\n  \
             specfuse \"What is the capital of Japan?\"          watch an answer being written\n  \
             specfuse run \"What is 27 plus 48?\" > answer.txt   the answer alone, for files and pipes\n  \
             specfuse check --model http://127.0.0.1:8080      what a server of yours can do\n  \
             specfuse help keys                                a topic of the manual; `specfuse help` lists them\n\n\
             The built-in models are toys that show the method: they know a few hundred facts each and nothing else.\n\n\
             Exit codes: 0 done; 1 it failed; 2 wrong usage or configuration; 130, 143, 129 ended by Ctrl-C, SIGTERM, SIGHUP, with \
             what was there until then shown and kept.",
        )
        .args_conflicts_with_subcommands(true)
        .disable_help_subcommand(true)
        .subcommand(playground::demo_command())
        .subcommand(playground::replay_command())
        .subcommand(run::command())
        .subcommand(check::command())
        .subcommand(eval::command())
        .subcommand(sweep::command())
        .subcommand(export::command())
        .subcommand(help::command())
}

/// The event loop that a command runs in. One thread: the models have their own threads.
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
