//! Starts a llama.cpp server of our own for a GGUF file, and makes sure that it ends.
//!
//! Owns the process, its flags and waiting until it has loaded; [`said`] keeps its last output and says why it died. The server
//! runs under a shell that reads a pipe from us: the pipe closes when this program ends in any way, including SIGKILL, and the
//! shell then ends the server. (The kernel's own way, a death signal, needs code between fork and exec, which safe Rust does not
//! allow.)

mod error;
mod said;
#[cfg(test)]
mod tests;

use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

pub use self::error::LaunchError;
use self::said::{Said, is_taken, listen, secrets, why};
use super::environment::given;
use crate::engine::member::http::{Endpoint, Http, HttpError, Limits};

/// The program's name.
pub const PROGRAM: &str = "llama-server";

/// Runs a server, and ends it when the standard input closes: politely, then by force.
#[cfg(unix)]
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
(
    while read -r line; do :; done <&3
    kill "$server"
    sleep 3
    kill -9 "$server"
) >/dev/null 2>&1 &
guard=$!
wait "$server"
status=$?
kill "$guard" 2>/dev/null
exit "$status"
"#;

/// The time between two checks of a starting server.
const LOOK: Duration = Duration::from_millis(50);

/// How long the program may take to list its flags.
const HELP: Duration = Duration::from_secs(20);

/// How many ports to try, since one may turn out to be taken.
const ATTEMPTS: usize = 3;

/// Flags that newer or older programs lack: the first flag of each row that the program knows is used.
const OPTIONAL: [&[&str]; 3] = [
    // Do not open its web page.
    &["--no-ui", "--no-webui"],
    // Idle slots stay as they are: nearly every call comes back to them.
    &["--no-cache-idle-slots"],
    // Use the model's own chat template; newer programs always do so.
    &["--jinja"],
];

/// Which server to start.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone)]
pub struct Launch {
    /// Its name in messages, and the model's name there.
    pub name: String,
    /// The program; see [`on_path`].
    pub program: PathBuf,
    pub gguf: PathBuf,
    /// Tokens of context, shared by all requests.
    pub context_tokens: usize,
    /// Requests answered at the same time.
    pub slots: usize,
    /// Compute threads; `None` leaves the choice to the server.
    pub threads: Option<usize>,
    /// More flags, last.
    pub flags: Vec<String>,
}

/// A server started by this program. Dropping it ends the server, and so does the end of this process, however it comes.
#[derive(Debug)]
pub struct Launched {
    url: String,
    said: Said,
    child: Child,
    /// Closing it ends the server.
    guard: Option<ChildStdin>,
}

/// Finds the program in a list of folders as in `PATH`.
#[must_use]
pub fn on_path(folders: &OsStr) -> Option<PathBuf> {
    let file = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(folders).map(|folder| folder.join(&file)).find(|program| program.is_file())
}

/// Starts a server and waits until it has loaded its model, however long that takes; dropping the future ends it. Lines of its
/// output in the meantime go to `progress`, fit to show.
pub async fn launch(launch: &Launch, progress: Option<mpsc::Sender<String>>) -> Result<Launched, LaunchError> {
    let unreadable = |problem| LaunchError::File { name: launch.name.clone(), file: launch.gguf.display().to_string(), problem };
    std::fs::File::open(&launch.gguf).map_err(unreadable)?;
    let known = help(launch).await?;
    let mut attempts = 1;
    loop {
        let port = free_port().map_err(|problem| launch.unstartable(problem))?;
        let mut launched = start(launch, port, &known, progress.clone())?;
        match launched.answers(launch).await {
            Err(LaunchError::Ended { .. }) if attempts < ATTEMPTS && is_taken(&launched.said()) => attempts += 1,
            Err(error) => return Err(error),
            Ok(()) => return Ok(launched),
        }
    }
}

impl Launch {
    fn unstartable(&self, problem: std::io::Error) -> LaunchError {
        LaunchError::Start { name: self.name.clone(), program: self.program.display().to_string(), problem }
    }

    /// The flags, as far as the program's help lists them.
    fn flags(&self, port: u16, help: &str) -> Vec<OsString> {
        let mut flags: Vec<OsString> = vec!["-m".into(), self.gguf.clone().into()];
        flags.extend(["--host", "127.0.0.1", "--port"].map(OsString::from));
        flags.extend([port.to_string(), "-np".into(), self.slots.max(1).to_string()].map(OsString::from));
        flags.extend(["-c".into(), self.context_tokens.to_string(), "--alias".into(), self.name.clone()].map(OsString::from));
        if let Some(threads) = self.threads {
            flags.extend(["--threads", "--threads-batch"].into_iter().flat_map(|flag| [flag.into(), threads.to_string().into()]));
        }
        let knows = |flag: &&&str| help.split(|part: char| part.is_whitespace() || part == ',').any(|word| word == **flag);
        flags.extend(OPTIONAL.iter().filter_map(|row| row.iter().find(knows)).map(OsString::from));
        flags.extend(self.flags.iter().map(OsString::from));
        flags
    }
}

impl Launched {
    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The last lines of its output, fit to show.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        self.said.lines()
    }

    /// Waits until it answers.
    async fn answers(&mut self, launch: &Launch) -> Result<(), LaunchError> {
        let limits = Limits { attempts: 1, patient: false, ..Limits::default() };
        let http = Http::new(Endpoint::new(&launch.name, &self.url)?.without_proxy(), limits)?;
        loop {
            if let Some(status) = self.child.try_wait().map_err(|problem| launch.unstartable(problem))? {
                // Its last output may still be on its way.
                sleep(LOOK).await;
                let (name, program) = (launch.name.clone(), launch.program.display().to_string());
                return Err(LaunchError::Ended { name, program, why: why(status, &self.said()) });
            }
            match http.get("/health").await {
                Ok(_) => return Ok(()),
                // Not listening yet, or loading.
                Err(HttpError::Refused { .. } | HttpError::Unreachable { .. } | HttpError::Cut { .. }) => {}
                Err(error) if error.status() == Some(503) => {}
                Err(error) => return Err(error.into()),
            }
            sleep(LOOK).await;
        }
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        // The shell ends the server and then itself; without a shell, the child is the server.
        drop(self.guard.take());
        if !cfg!(unix) {
            let _ = self.child.start_kill();
        }
    }
}

/// The flags that the program lists.
async fn help(launch: &Launch) -> Result<String, LaunchError> {
    let mut command = Command::new(&launch.program);
    command.arg("--help").env_clear().envs(given(std::env::vars_os()));
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output();
    match timeout(HELP, output).await {
        Ok(output) => {
            let output = output.map_err(|problem| launch.unstartable(problem))?;
            Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
        }
        // A program that does not list them is started without the optional ones.
        Err(_) => Ok(String::new()),
    }
}

fn start(launch: &Launch, port: u16, help: &str, progress: Option<mpsc::Sender<String>>) -> Result<Launched, LaunchError> {
    let mut command = guarded(&launch.program);
    command.env_clear().envs(given(std::env::vars_os()));
    command.args(launch.flags(port, help)).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|problem| launch.unstartable(problem))?;
    let said = Said::new(secrets(&launch.flags));
    if let Some(errors) = child.stderr.take() {
        // Ends with the pipe.
        tokio::spawn(listen(errors, said.clone(), progress));
    }
    Ok(Launched { url: format!("http://127.0.0.1:{port}"), said, guard: child.stdin.take(), child })
}

/// The program under the shell that ends it, in a separate process group, so that this program handles ctrl+c in the terminal.
#[cfg(unix)]
fn guarded(program: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(GUARD).arg(PROGRAM).arg(program).process_group(0);
    command
}

/// The program itself; it ends with this process unless that is killed.
#[cfg(not(unix))]
fn guarded(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.kill_on_drop(true);
    command
}

/// A port that is free at this moment.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
