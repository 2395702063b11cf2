//! Where keys come from: the environment, a file, a command that prints them.
//!
//! Owns reading them and the possible problems. No error or warning here contains any part of a key, nor of a command: users
//! write keys into commands too, and the output of a failing command may contain them.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use crate::text::{self, NotText};

/// How long a command may take: a password manager asks its agent, or the user to touch a key.
const COMMAND: Duration = Duration::from_secs(30);

/// How many bytes of a file or of a command's output are read. No key is longer than the headers a server accepts.
const LONGEST: usize = 16 << 10;

/// Where a key comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The environment variable of this name.
    Environment(String),
    /// The contents of this file, without surrounding blanks.
    File(PathBuf),
    /// The output of this command, without surrounding blanks. It runs through the shell.
    Command(String),
}

/// A key that was read.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug)]
pub struct ResolvedKey {
    pub secret: SecretString,
    /// What the user should know about its source.
    pub warning: Option<KeyWarning>,
}

/// A problem that does not prevent using the key.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyWarning {
    /// Other users on this machine can read the file.
    #[error("{}: others on this machine can read this key (mode {mode:03o}): chmod 600 keeps it private", path.display())]
    Readable {
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// Why there is no key.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the environment variable {variable} is not set: it should hold the key")]
    NotSet { variable: String },
    #[error(
        "`env` names the environment variable that holds the key; what stands there cannot be a name, and is not shown, since it \
         may be the key itself"
    )]
    NoName,
    #[error("{}: the key cannot be read: {reason}", path.display())]
    File { path: PathBuf, reason: String },
    /// The command did not start or did not succeed.
    #[error("its key command failed ({reason}): run `key.command` of this member in a shell to see what it says")]
    Command { reason: String },
    #[error(
        "its key command did not end within {} s: run `key.command` of this member in a shell to see what it waits for",
        limit.as_secs_f64()
    )]
    CommandTimedOut { limit: Duration },
    #[error("{origin} is empty: it should hold the key")]
    Empty { origin: String },
    #[error("{origin} is longer than {LONGEST} bytes: it should hold the key and nothing else")]
    TooLong { origin: String },
    /// It contains characters that no header may contain.
    #[error("{origin} contains characters that no key has (a line break, a blank, a control or non-ASCII character)")]
    Characters { origin: String },
    /// It is in another encoding, or packed. The evidence shown is not part of a key.
    #[error("{origin}: {source}")]
    NotText { origin: String, source: NotText },
    #[error("{header:?} is no name of a header that could carry a key")]
    HeaderName { header: String },
}

/// Printing it shows no command, which may contain a secret.
impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(variable) => formatter.debug_tuple("Environment").field(variable).finish(),
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
            Self::Command(_) => formatter.debug_tuple("Command").finish_non_exhaustive(),
        }
    }
}

impl KeySource {
    /// Reads the key.
    pub async fn resolve(&self) -> Result<ResolvedKey, KeyError> {
        match self {
            Self::Environment(variable) => from_environment(variable, std::env::var_os(variable)),
            Self::File(path) => from_file(path).await,
            Self::Command(command) => from_command(command, COMMAND).await,
        }
    }
}

/// Whether an environment variable can have this name. If not, it is often the key itself, and is not repeated.
fn is_name(variable: &str) -> bool {
    let mut bytes = variable.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub(super) fn from_environment(variable: &str, value: Option<OsString>) -> Result<ResolvedKey, KeyError> {
    if !is_name(variable) {
        return Err(KeyError::NoName);
    }
    let value = value.ok_or_else(|| KeyError::NotSet { variable: variable.to_owned() })?;
    let secret = checked(value.as_encoded_bytes(), &format!("the environment variable {variable}"))?;
    Ok(ResolvedKey { secret, warning: None })
}

async fn from_file(path: &Path) -> Result<ResolvedKey, KeyError> {
    let fault = |error: std::io::Error| KeyError::File { path: path.to_owned(), reason: error.to_string() };
    // On a separate thread: the runtime's file access is not compiled in, and a pipe could block.
    let owned = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read_file(&owned)).await;
    let (bytes, mode) = read.map_err(|error| fault(std::io::Error::other(error)))?.map_err(fault)?;
    let secret = checked(&bytes, &path.display().to_string())?;
    let warning = mode.filter(|mode| mode & 0o077 != 0).map(|mode| KeyWarning::Readable { path: path.to_owned(), mode });
    Ok(ResolvedKey { secret, warning })
}

fn read_file(path: &Path) -> std::io::Result<(Vec<u8>, Option<u32>)> {
    use std::io::Read;
    let file = std::fs::File::open(path)?;
    #[cfg(unix)]
    let mode = Some(std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions()) & 0o777);
    #[cfg(not(unix))]
    let mode = None;
    let mut bytes = Vec::new();
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes, mode))
}

pub(super) async fn from_command(command: &str, limit: Duration) -> Result<ResolvedKey, KeyError> {
    let failed = |reason: String| KeyError::Command { reason };
    let ended = tokio::time::timeout(limit, run(command)).await;
    let ended = ended.map_err(|_| KeyError::CommandTimedOut { limit })?;
    let (status, printed) = ended.map_err(|error| failed(error.to_string()))?;
    // A command that printed too much was stopped for that, which is not its own failure.
    if !status.success() && printed.len() <= LONGEST {
        return Err(failed(status.to_string()));
    }
    let secret = checked(&printed, "what its key command prints")?;
    Ok(ResolvedKey { secret, warning: None })
}

/// Runs a command to its end; dropping this kills it. Returns how it ended and the start of its output. Its standard error is
/// discarded: it must not reach the terminal, nor a trace.
async fn run(command: &str) -> std::io::Result<(ExitStatus, Vec<u8>)> {
    let mut child =
        shell(command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
    let printed = beginning(child.stdout.take()).await?;
    Ok((child.wait().await?, printed))
}

/// The first bytes of an output, which is then closed; that ends a command that keeps writing.
async fn beginning(output: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(output) = output {
        output.take(LONGEST as u64 + 1).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

fn shell(command: &str) -> Command {
    let (program, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut shell = Command::new(program);
    shell.arg(option).arg(command);
    shell
}

/// The key in these bytes: not empty, without surrounding blanks, only visible ASCII characters.
fn checked(bytes: &[u8], origin: &str) -> Result<SecretString, KeyError> {
    let origin = || origin.to_owned();
    if bytes.len() > LONGEST {
        return Err(KeyError::TooLong { origin: origin() });
    }
    // An editor's byte order mark is not part of the key. Nothing is revealed of bytes within a key.
    let bytes = text::lines(bytes).map_err(|source| KeyError::NotText { origin: origin(), source })?;
    let key = bytes.trim_ascii();
    if key.is_empty() {
        return Err(KeyError::Empty { origin: origin() });
    }
    match std::str::from_utf8(key) {
        Ok(key) if key.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(key.into()),
        Ok(_) | Err(_) => Err(KeyError::Characters { origin: origin() }),
    }
}
