//! A running peer: a separate process that ends with the test, however the test ends.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::http;

/// How long a peer may take to start: only one that never does takes this long.
const PATIENCE: Duration = Duration::from_secs(180);

/// Ends the program that it becomes as soon as its standard input is closed, which the end of the test always does.
const LEASH: &str = r#"exec 3<&0; (cat; kill -9 $$) <&3 >/dev/null 2>&1 & exec "$@" 3<&- </dev/null"#;

/// A server; dropping it ends it.
pub struct Peer {
    process: Child,
    port: u16,
    log: tempfile::NamedTempFile,
}

/// A port that is free at this moment.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

impl Peer {
    /// Starts a server that listens on this port of the loopback interface and answers this path with any status once it is ready.
    pub fn start(command: &Command, port: u16, path: &str) -> Self {
        let mut peer = Self::begin(command, port);
        peer.wait(|peer| http::get("127.0.0.1", peer.port, path).is_ok());
        peer
    }

    /// As [`Self::start`], without waiting.
    pub fn begin(command: &Command, port: u16) -> Self {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut leashed = Command::new("sh");
        leashed.args(["-c", LEASH, "sh"]).arg(command.get_program()).args(command.get_args());
        leashed.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(folder) = command.get_current_dir() {
            leashed.current_dir(folder);
        }
        leashed.stdin(Stdio::piped()).stdout(log.reopen().unwrap()).stderr(log.reopen().unwrap());
        Self { process: leashed.spawn().unwrap(), port, log }
    }

    /// Waits until this holds.
    pub fn wait(&mut self, holds: impl Fn(&Self) -> bool) {
        if let Err(ended) = self.until(holds) {
            panic!("the peer ended: {ended}: {}", self.log());
        }
    }

    /// Waits until this holds, or the peer has ended.
    pub fn until(&mut self, holds: impl Fn(&Self) -> bool) -> Result<(), ExitStatus> {
        let begun = Instant::now();
        while !holds(self) {
            if let Some(ended) = self.process.try_wait().unwrap() {
                return Err(ended);
            }
            assert!(begun.elapsed() < PATIENCE, "the peer did not begin: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// An address below its own.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Its own output.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log.path()).unwrap_or_default()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What is available. If it is not, the test fails if `CI` is set, and is otherwise skipped with a message.
pub fn had<T: Clone>(peer: &str, made: &Result<T, String>) -> Option<T> {
    match made {
        Ok(made) => Some(made.clone()),
        Err(reason) if std::env::var_os("CI").is_some() => panic!("no {peer}: {reason}"),
        Err(reason) => {
            println!("left out: no {peer}: {reason}");
            None
        }
    }
}
