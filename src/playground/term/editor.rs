//! A text in the person's own editor.
//!
//! Owns the choice of the editor, the file it works on, and waiting for it. The terminal must have been lent to it before
//! ([`super::guard::Terminal::suspend`], [`super::input::Input::release`]). The file lies in a folder of its own that only the
//! person can open, so that what editors leave beside a file (backups, swap files) is as private and vanishes with it.

use std::collections::hash_map::RandomState;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::BuildHasher;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};

use super::signals::Urgency;
use super::words;
use crate::text::{self, NotText};

/// A prompt longer than this fits no model; it rather is a wrong file.
const LIMIT: u64 = 1024 * 1024;

const FALLBACK: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// Why there is no edited text.
#[derive(Debug, thiserror::Error)]
pub enum EditorError {
    /// `VISUAL` or `EDITOR` is no command line.
    #[error("{variable} is `{value}`, in which a {missing} has no partner")]
    Command {
        /// The variable.
        variable: &'static str,
        /// What it says.
        value: String,
        /// The quote or the backslash.
        missing: char,
    },
    /// The file for the editor cannot be written, read or be given a place.
    #[error("the file {path} for the editor")]
    File {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The editor cannot be run.
    #[error("the editor `{command}` does not start (VISUAL or EDITOR names another)")]
    Start {
        /// The whole command.
        command: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The editor says that the text is not to be used, as `:cq` of vim does, or it broke.
    #[error("the editor `{command}` ended with {how}; the text is as it was")]
    Failed {
        /// The whole command.
        command: String,
        /// Its exit code or the signal that ended it.
        how: String,
    },
    /// More than a prompt can be.
    #[error("the text that the editor `{command}` left is longer than {LIMIT} bytes")]
    TooLong {
        /// The whole command.
        command: String,
    },
    /// No text.
    #[error("what the editor `{command}` left is not text in UTF-8: {source}")]
    NotText {
        /// The whole command.
        command: String,
        /// What it is instead.
        source: NotText,
    },
}

/// An editor that waits until the person is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    program: OsString,
    arguments: Vec<OsString>,
}

impl Editor {
    /// The editor that `variable` (the environment) names: `VISUAL`, else `EDITOR`, else `vi` (on Windows `notepad`). Empty ones
    /// count as missing. Words are split as a shell splits simple commands; an editor with a window needs its option to wait
    /// (`code --wait`).
    pub fn choose(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, EditorError> {
        for name in ["VISUAL", "EDITOR"] {
            if let Some(editor) = variable(name).map(|value| Self::parse(name, &value)).transpose()?.flatten() {
                return Ok(editor);
            }
        }
        Ok(Self { program: FALLBACK.into(), arguments: Vec::new() })
    }

    fn parse(variable: &'static str, value: &OsStr) -> Result<Option<Self>, EditorError> {
        let Some(line) = value.to_str() else {
            // A path in another encoding; it cannot be split.
            return Ok(Some(Self { program: value.to_owned(), arguments: Vec::new() }));
        };
        let words = words::split(line, !cfg!(windows)).map_err(|words::Unfinished(missing)| EditorError::Command {
            variable,
            value: line.to_owned(),
            missing,
        })?;
        let mut words = words.into_iter().map(OsString::from);
        Ok(words.next().map(|program| Self { program, arguments: words.collect() }))
    }

    /// Has the person edit `text` and returns what they saved, without one line end at its end, which most editors add. `folder`
    /// takes the file ([`folder`] chooses). Blocks for as long as the person edits: for `spawn_blocking`. If the editor is stopped
    /// (Ctrl-Z), so is this program, until the shell continues both. Meanwhile `running` can end it.
    pub fn edit(&self, text: &str, folder: &Path, running: &Running) -> Result<String, EditorError> {
        let file = PrivateFile::create(folder, text)?;
        let start = |source| EditorError::Start { command: self.to_string(), source };
        let mut child = Command::new(&self.program).args(&self.arguments).arg(&file.path).spawn().map_err(start)?;
        if let Some(how) = failure(&mut child, running).map_err(start)? {
            return Err(EditorError::Failed { command: self.to_string(), how });
        }
        let bytes = file.read()?;
        if bytes.len() as u64 > LIMIT {
            return Err(EditorError::TooLong { command: self.to_string() });
        }
        let edited = text::text(&bytes).map_err(|source| EditorError::NotText { command: self.to_string(), source })?;
        Ok(edited.strip_suffix('\n').unwrap_or(&edited).to_owned())
    }
}

impl std::fmt::Display for Editor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.program.display())?;
        self.arguments.iter().try_for_each(|argument| write!(formatter, " {}", argument.display()))
    }
}

/// Where private files for a moment belong: `XDG_RUNTIME_DIR`, which only the person can open, else the platform's folder.
#[must_use]
pub fn folder(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let runtime = variable("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute() && path.is_dir());
    runtime.unwrap_or_else(std::env::temp_dir)
}

/// The editor that runs now, if one does; one for whoever waits for it, one for whoever ends it.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<Option<Process>>>);

#[cfg(unix)]
type Process = rustix::process::Pid;
#[cfg(not(unix))]
type Process = ();

impl Running {
    fn set(&self, process: Option<Process>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = process;
    }

    /// Ends the editor. Nothing happens where none runs.
    #[cfg(unix)]
    pub fn end(&self, urgency: Urgency) {
        use rustix::process::{Signal, kill_process};

        let signal = match urgency {
            Urgency::Asked => Signal::TERM,
            Urgency::Forced => Signal::KILL,
        };
        // Held meanwhile, so that the number is not given to another process.
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(editor) = *running {
            // One that ended by itself is not missed.
            let _ = kill_process(editor, signal);
            // A stopped one would hear of it only when continued.
            let _ = kill_process(editor, Signal::CONT);
        }
    }

    /// Ends the editor; here it ends with its window.
    #[cfg(not(unix))]
    pub fn end(&self, _urgency: Urgency) {}
}

/// Waits for the editor; says how it failed, if it did.
#[cfg(unix)]
fn failure(child: &mut Child, running: &Running) -> io::Result<Option<String>> {
    use super::suspend::{self, Whom};
    use rustix::io::Errno;
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, waitid, waitpid};

    // Not `Child::wait`, which does not tell of stopping: Ctrl-Z reaches us as well, but we listen for it, so that the shell would
    // wait for us, who wait for the stopped editor.
    let editor = Pid::from_child(child);
    running.set(Some(editor));
    loop {
        // Looked at before it is taken: until then its number is its own.
        match waitid(WaitId::Pid(editor), WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT) {
            Ok(Some(status)) if !status.stopped() => running.set(None),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let status = match waitpid(Some(editor), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) => status,
            Ok(None) | Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        if status.stopped() {
            // The shell continues the editor together with us. Without a shell nobody would continue either of us.
            if !suspend::somebody_waits() || suspend::stop(Whom::Process).is_err() {
                kill_process(editor, Signal::CONT)?;
            }
        } else if let Some(signal) = status.terminating_signal() {
            return Ok(Some(format!("signal {signal}")));
        } else if let Some(code) = status.exit_status() {
            return Ok((code != 0).then(|| format!("exit code {code}")));
        }
    }
}

/// Waits for the editor; says how it failed, if it did.
#[cfg(not(unix))]
fn failure(child: &mut Child, running: &Running) -> io::Result<Option<String>> {
    running.set(None);
    let status = child.wait()?;
    Ok((!status.success()).then(|| status.to_string()))
}

/// A file that only this person can read, alone in its folder; both vanish with this value.
struct PrivateFile {
    folder: PathBuf,
    path: PathBuf,
}

impl PrivateFile {
    fn create(parent: &Path, text: &str) -> Result<Self, EditorError> {
        // Keyed by the system's randomness: nobody can prepare that name, and a prepared one is refused, not followed.
        let folder = parent.join(format!("specfuse-{:016x}", RandomState::new().hash_one(std::process::id())));
        // Only Unix has modes; elsewhere a user's folders are private as they are.
        #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|source| EditorError::File { path: folder.clone(), source })?;
        // From here on the folder is removed in any case. The ending makes editors wrap lines.
        let file = Self { path: folder.join("prompt.md"), folder };
        file.write(text).map_err(|source| EditorError::File { path: file.path.clone(), source })?;
        Ok(file)
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.write_all(text.as_bytes())?;
        // Without it some editors warn about the missing last line end, and all show the last line oddly.
        if text.is_empty() { Ok(()) } else { file.write_all(b"\n") }
    }

    /// What the file at this path holds now (many editors write a new one), up to just over the limit.
    fn read(&self) -> Result<Vec<u8>, EditorError> {
        let mut bytes = Vec::new();
        File::open(&self.path)
            .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
            .map_err(|source| EditorError::File { path: self.path.clone(), source })?;
        Ok(bytes)
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        // What cannot be removed stays unreadable for others.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests;
