//! The recorded run that a command is about: which file, and which of the runs in it.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};

use super::Failure;
use crate::engine::trace::{self, Chosen, Trace, TraceError};
use crate::files::Folders;
use crate::files::traces;

/// Stands for the newest trace of the platform's folder.
const LAST: &str = "last";

/// How many traces the message about a missing one names.
const NAMED: usize = 3;

/// Adds the options that select the recorded run.
pub(super) fn add(command: Command) -> Command {
    command
        .arg(Arg::new("trace").value_name("TRACE").required(true).value_parser(value_parser!(PathBuf)).help(
            "A trace, as `run --json` prints it and every run leaves it: a file, or `last` for the newest of those that are kept",
        ))
        .arg(
            Arg::new("run")
                .long("run")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .help("Only the N-th run, or conversation, of a trace that holds several"),
        )
}

/// A trace that was read.
pub(super) struct Recording {
    pub(super) path: PathBuf,
    pub(super) trace: Trace,
    /// Which of its runs was requested, if one was.
    pub(super) wanted: Option<usize>,
}

impl Recording {
    /// Finds the file and reads it.
    pub(super) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let Some(named) = matches.get_one::<PathBuf>("trace") else {
            return Err(Failure::Usage("say which trace".to_owned()));
        };
        let folder = Folders::of_platform().map(|folders| folders.traces());
        let path = find(named, folder.as_deref())?;
        let trace = trace::read(&path).map_err(Failure::Recording)?;
        Ok(Self { path, trace, wanted: matches.get_one("run").copied() })
    }

    /// The requested run or conversation, by default the last.
    pub(super) fn choose(&self) -> Result<Chosen, Failure> {
        self.trace.choose(&self.path, self.wanted).map_err(Failure::Recording)
    }

    /// The file's name.
    pub(super) fn file(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// The file of that name: as it is given, or among the kept traces.
fn find(named: &Path, folder: Option<&Path>) -> Result<PathBuf, Failure> {
    if named.as_os_str() == LAST {
        let newest = folder.and_then(|folder| traces::list(folder).into_iter().next());
        return match (newest, folder) {
            (Some(found), _) => Ok(found.path),
            (None, Some(folder)) => Err(Failure::Usage(format!("there is no trace yet in {}", folder.display()))),
            (None, None) => Err(Failure::Usage("there is no home, and so no trace is kept: name a file".to_owned())),
        };
    }
    match std::fs::metadata(named) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
            let Some(folder) = folder else {
                return Err(Failure::Recording(TraceError::File { path: named.to_owned(), source }));
            };
            traces::named(folder, named).ok_or_else(|| Failure::NoTrace {
                named: named.to_owned(),
                folder: folder.to_owned(),
                newest: newest(folder),
            })
        }
        Ok(_) | Err(_) => Ok(named.to_owned()),
    }
}

/// The names of the newest traces of a folder.
fn newest(folder: &Path) -> Vec<String> {
    let newest = traces::list(folder).into_iter().take(NAMED);
    newest.filter_map(|found| Some(found.path.file_name()?.to_string_lossy().into_owned())).collect()
}

/// What exists, for the message about a trace that does not.
pub(super) fn known(newest: &[String]) -> String {
    if newest.is_empty() {
        "no trace is kept there yet: every run leaves one".to_owned()
    } else {
        format!("the newest there: {} (`last` is the first of them)", newest.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_trace_is_named_with_where_it_was_sought_and_what_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let said = find(Path::new("nope-and-nope"), Some(folder.path())).unwrap_err().to_string();
        let place = folder.path().display().to_string();
        for part in ["no trace `nope-and-nope`", place.as_str(), "no trace is kept there yet"] {
            assert!(said.contains(part), "{said}");
        }
        assert!(!said.contains("os error"), "{said}");
        assert_eq!(known(&["b".to_owned(), "a".to_owned()]), "the newest there: b, a (`last` is the first of them)");
    }
}
