//! Starts a llama.cpp server of our own for a GGUF file, and makes sure that it ends.
//!
//! Owns the process, its flags, waiting until it has loaded, and its last output if it died. The server runs under a shell that
//! reads a pipe from us: the pipe closes when this program ends in any way, including SIGKILL, and the shell then ends the
//! server. (The kernel's own way, a death signal, needs code between fork and exec, which safe Rust does not allow.)

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::environment::given;
use crate::clean::clean_line;
use crate::engine::member::ending::{self, Ending};
use crate::engine::member::http::{Endpoint, Http, HttpError, Limits, Secrets, names_secret};

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

/// How many lines of the server's output are kept.
const KEPT: usize = 12;

/// How many lines are shown if none gives the reason for its end.
const LAST: usize = 3;

/// How many characters of a line are kept.
const LINE: usize = 300;

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

/// Why there is no server.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    File {
        name: String,
        file: String,
        problem: std::io::Error,
    },
    Start {
        name: String,
        program: String,
        problem: std::io::Error,
    },
    /// It ended before it could answer.
    Ended {
        name: String,
        program: String,
        /// What its end means, or its output about it.
        why: String,
    },
    /// It runs but does not answer as a server should.
    Http(#[from] HttpError),
}

impl LaunchError {
    /// The error for a reader who already knows which member it is about.
    #[must_use]
    pub fn without_name(&self) -> String {
        match self {
            Self::Http(error) => error.without_name(),
            Self::File { file, problem, .. } => format!("the model's file {file} cannot be read: {problem}"),
            Self::Start { program, problem, .. } => format!("{program} cannot be started: {problem}"),
            Self::Ended { program, why, .. } => format!("{program} ended while loading the model: {why}"),
        }
    }
}

impl std::fmt::Display for LaunchError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(error) => error.fmt(formatter),
            Self::File { name, .. } | Self::Start { name, .. } | Self::Ended { name, .. } => {
                write!(formatter, "{name}: {}", self.without_name())
            }
        }
    }
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

/// The server's last output, fit to show.
#[derive(Debug, Clone, Default)]
struct Said {
    lines: Arc<Mutex<VecDeque<String>>>,
    /// What the server knows and must not reveal.
    secrets: Arc<Secrets>,
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

impl Said {
    fn new(secrets: Secrets) -> Self {
        Self { lines: Arc::default(), secrets: Arc::new(secrets) }
    }

    /// Keeps a line, and returns it in the form to show; `None` if nothing of it is left.
    fn hear(&self, line: &str) -> Option<String> {
        // Cleaned before searching for secrets: an invisible character could be inside one.
        let line: String = self.secrets.redact(&clean_line(line)).chars().take(LINE).collect();
        if line.is_empty() {
            return None;
        }
        let mut said = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() >= KEPT {
            said.pop_front();
        }
        said.push_back(line.clone());
        Some(line)
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// The values of flags such as `--api-key a,b` or `--hf-token=c`.
fn secrets(flags: &[String]) -> Secrets {
    let mut secrets = Secrets::default();
    for (place, flag) in flags.iter().enumerate() {
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag.as_str(), flags.get(place + 1).map(String::as_str)),
        };
        if name.starts_with('-') && (names_secret(name) || name == "-hft") {
            value.into_iter().flat_map(|value| value.split(',').chain([value])).for_each(|secret| secrets.add(secret));
        }
    }
    secrets
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

/// Reads the server's output to its end, so that it never blocks.
async fn listen(errors: impl AsyncRead + Unpin, said: Said, progress: Option<mpsc::Sender<String>>) {
    let mut lines = BufReader::new(errors).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        if let (Some(line), Some(progress)) = (said.hear(&String::from_utf8_lossy(&line)), &progress) {
            // Do not wait for a slow receiver.
            let _ = progress.try_send(line);
        }
    }
}

/// A port that is free at this moment.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether a server's last output says that its port is taken.
fn is_taken(said: &[String]) -> bool {
    let said = said.join("\n").to_lowercase();
    ["couldn't bind", "address already in use", "failed to bind"].iter().any(|words| said.contains(words))
}

/// What the end of a server means, given its last output.
fn why(status: ExitStatus, said: &[String]) -> String {
    let ended = match Ending::under_shell(status) {
        Ending::Instructions => {
            return "it was built for another processor than this one: take a llama-server that is built for this machine"
                .to_owned();
        }
        Ending::Killed => {
            return "the system ended it, most likely because memory ran out: choose a smaller model or quantisation, or a smaller \
                    `context`"
                .to_owned();
        }
        Ending::Signal(number) => format!("signal {number}"),
        Ending::Exit => status.to_string(),
    };
    let last = || said[said.len().saturating_sub(LAST)..].join(" | ");
    match ending::reason(said.iter().map(String::as_str)).unwrap_or_else(last) {
        nothing if nothing.is_empty() => format!("{ended}, without a word"),
        words => format!("{words} ({ended})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(help: &str) -> Vec<String> {
        let launch = Launch {
            name: "a".into(),
            program: PROGRAM.into(),
            gguf: "m.gguf".into(),
            context_tokens: 4096,
            slots: 4,
            threads: None,
            flags: vec!["-ngl".into(), "99".into()],
        };
        launch.flags(8080, help).into_iter().map(|flag| flag.into_string().unwrap()).collect()
    }

    #[test]
    fn only_flags_that_the_program_knows_are_given() {
        let always = "-m m.gguf --host 127.0.0.1 --port 8080 -np 4 -c 4096 --alias a";
        assert_eq!(flags("").join(" "), format!("{always} -ngl 99"));
        let new = "--ui, --no-ui, --webui, --no-webui   whether to serve the page\n--jinja, --no-jinja  templates";
        assert_eq!(flags(new).join(" "), format!("{always} --no-ui --jinja -ngl 99"));
        assert_eq!(flags("--no-webui   no page").join(" "), format!("{always} --no-webui -ngl 99"));
        assert!(!flags("--no-ui-config x").join(" ").contains("--no-ui"), "a longer flag is another flag");
    }

    #[test]
    fn threads_are_given_for_prompts_and_tokens_alike() {
        let (name, program, gguf) = ("a".to_owned(), PROGRAM.into(), "m.gguf".into());
        let launch = Launch { name, program, gguf, context_tokens: 4096, slots: 4, threads: Some(2), flags: vec!["-t".into()] };
        let flags: Vec<String> = launch.flags(8080, "").into_iter().map(|flag| flag.into_string().unwrap()).collect();
        assert!(flags.join(" ").ends_with("--alias a --threads 2 --threads-batch 2 -t"), "{flags:?}");
    }

    #[test]
    fn the_last_lines_are_kept() {
        let said = Said::default();
        (0..100).for_each(|line| assert!(said.hear(&format!("{line}{}", "x".repeat(1000))).is_some()));
        assert_eq!(said.lines().len(), KEPT);
        assert!(said.lines()[KEPT - 1].starts_with("99x") && said.lines().iter().all(|line| line.chars().count() == LINE));
    }

    #[test]
    fn lines_are_clean_and_hold_no_secret() {
        let flags = [
            "--api-key",
            "fake-key-0123456789,other-fake-key-1",
            "--hf-token=fake-token-0123456",
            "-hft",
            "short-fake-2",
            "-ngl",
            "99",
        ];
        let said = Said::new(secrets(&flags.map(str::to_owned)));
        for (line, expected) in [
            ("api_keys: fake-key-0123456789", Some("api_keys: …")),
            ("keys: FAKE-KEY-0123456789,other-fake-key-1", Some("keys: …")),
            ("\u{1b}[31mfake-key-\u{1b}[0m0123456789\u{7}", Some("…")),
            ("token fake-token-0123456 cut fake-tok", Some("token … cut …")),
            ("short-fake-2", Some("…")),
            ("get https://me:pass@host/m?api_key=1", Some("get https://…@host/m?api_key=…")),
            ("ngl 99", Some("ngl 99")),
            ("  \u{1b}[0m ", None),
        ] {
            assert_eq!(said.hear(line).as_deref(), expected, "{line:?}");
        }
        assert_eq!(said.lines().len(), 7);
        assert!(!format!("{said:?}").contains("0123"), "{said:?}");
    }

    /// The test runner's own variables stand for keys here. A shell plays the server: `sh -m FILE` runs the file.
    #[cfg(unix)]
    #[tokio::test]
    async fn a_server_gets_no_key_of_ours_and_its_last_words_hold_none() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "env >&2\nprintf '\\033[31mflags: %s\\n' \"$*\" >&2\nexit 3\n").unwrap();
        let flags = ["--api-key", "fake-key-0123456789"].map(str::to_owned).into();
        let (program, gguf) = ("/bin/sh".into(), file.path().to_owned());
        let wanted = Launch { name: "a".into(), program, gguf, context_tokens: 16, slots: 1, threads: None, flags };
        let (sender, mut lines) = mpsc::channel(100);
        let error = launch(&wanted, Some(sender)).await.unwrap_err();
        let told = std::iter::from_fn(|| lines.try_recv().ok()).collect::<Vec<_>>().join("\n") + &error.to_string();
        assert!(told.contains("PATH=") && told.contains("flags: ") && told.contains("--api-key …"), "{told}");
        for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("CARGO")) {
            assert!(!told.contains(&format!("{name}=")), "{told}");
        }
        assert!(!told.contains("0123456789") && !told.contains('\u{1b}'), "{told}");
    }

    #[cfg(unix)]
    #[test]
    fn the_end_of_a_server_is_put_into_words() {
        use std::os::unix::process::ExitStatusExt;
        let why = |code: i32, said: &[&str]| {
            why(ExitStatus::from_raw(code << 8), &said.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
        };
        assert!(why(132, &["threads: 1"]).contains("built for another processor"));
        assert!(why(137, &[]).contains("memory ran out"));
        assert_eq!(why(139, &["one", "two", "three", "four"]), "two | three | four (signal 11)");
        assert_eq!(why(1, &["error loading model: unknown architecture", "exiting"]), "unknown architecture (exit status: 1)");
        assert_eq!(why(1, &[]), "exit status: 1, without a word");
    }

    #[test]
    fn a_taken_port_is_told_from_a_broken_model() {
        let taken = "couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080";
        assert!(is_taken(&["main: loading".to_owned(), taken.to_owned()]));
        assert!(!is_taken(&["failed to load model 'm.gguf'".to_owned()]));
    }
}
