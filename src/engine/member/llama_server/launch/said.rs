//! What a server says: its last lines, fit to show, and what they and its end mean.

use std::collections::VecDeque;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::mpsc;

use crate::clean::clean_line;
use crate::engine::member::ending::{self, Ending};
use crate::engine::member::http::{Secrets, names_secret};

/// How many lines of the server's output are kept.
const KEPT: usize = 12;

/// How many lines are shown if none gives the reason for its end.
const LAST: usize = 3;

/// How many characters of a line are kept.
const LINE: usize = 300;

/// The server's last output, fit to show.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    lines: Arc<Mutex<VecDeque<String>>>,
    /// What the server knows and must not reveal.
    secrets: Arc<Secrets>,
}

impl Said {
    pub(super) fn new(secrets: Secrets) -> Self {
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

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// The values of flags such as `--api-key a,b` or `--hf-token=c`.
pub(super) fn secrets(flags: &[String]) -> Secrets {
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

/// Reads the server's output to its end, so that it never blocks.
pub(super) async fn listen(errors: impl AsyncRead + Unpin, said: Said, progress: Option<mpsc::Sender<String>>) {
    let mut lines = BufReader::new(errors).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        if let (Some(line), Some(progress)) = (said.hear(&String::from_utf8_lossy(&line)), &progress) {
            // Do not wait for a slow receiver.
            let _ = progress.try_send(line);
        }
    }
}

/// Whether a server's last output says that its port is taken.
pub(super) fn is_taken(said: &[String]) -> bool {
    let said = said.join("\n").to_lowercase();
    ["couldn't bind", "address already in use", "failed to bind"].iter().any(|words| said.contains(words))
}

/// What the end of a server means, given its last output.
pub(super) fn why(status: ExitStatus, said: &[String]) -> String {
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
