//! A separate home for every test, the program opened in it, and reading its screen.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use portable_pty::CommandBuilder;
use rustix::process::Signal;
use specfuse::engine::fusion::event::{Event, Finished};
use specfuse::engine::trace::{self, Trace};

use crate::playing::{Playing, Seen};

pub const QUESTION: &str = "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave?";
pub const ANSWER: &str = "The capital of Japan is Tokyo. 27 plus 48 is 75. The opposite of brave is cowardly.";

/// Columns and rows in which every part has its place.
pub const LARGE: (u16, u16) = (120, 40);

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_specfuse");

/// The exit code of a program that a signal ended.
pub fn code(signal: Signal) -> u32 {
    128 + signal.as_raw().cast_unsigned()
}

/// Keys without a letter.
pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";
pub const UP: &str = "\x1b[A";
pub const DOWN: &str = "\x1b[B";

pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join(".local/share/specfuse")
    }

    /// Writes a file to the configuration folder.
    pub fn configures(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(".config/specfuse").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The program without a terminal.
    pub fn pipes(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_clear().env("HOME", self.path()).current_dir(self.path());
        command.env("OLLAMA_MODELS", self.path().join("ollama"));
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// A shell in this home that runs a script; `$0` and what follows are the program and its arguments.
    pub fn shell(&self, script: &str, arguments: &[&str]) -> CommandBuilder {
        let mut shell = CommandBuilder::new("/bin/sh");
        shell.args(["-c", script, PROGRAM]);
        shell.args(arguments);
        self.settle(&mut shell);
        shell
    }

    /// An environment without any of the user's settings.
    pub fn settle(&self, command: &mut CommandBuilder) {
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("PATH", "/usr/bin:/bin")] {
            command.env(name, value);
        }
        command.env("HOME", self.path());
        // Its service has folders outside this home.
        command.env("OLLAMA_MODELS", self.path().join("ollama"));
        command.cwd(self.path());
    }

    /// The playground in a terminal that already shows text.
    pub fn opens(&self, arguments: &[&str]) -> Playing {
        self.opens_with(LARGE, &[], arguments)
    }

    pub fn opens_with(&self, size: (u16, u16), environment: &[(&str, &str)], arguments: &[&str]) -> Playing {
        let mut shell = self.shell(r#"echo before; exec "$0" "$@""#, arguments);
        for (name, value) in environment {
            shell.env(name, value);
        }
        Playing::start(shell, size)
    }

    /// The playground with the question asked, as fast as the members are.
    pub fn answers(&self) -> Playing {
        let playing = self.opens(&["--seed", "1", "--pace", "0", QUESTION]);
        playing.plays("★ answered");
        playing
    }

    /// The playground with the question asked and a slow round in progress.
    pub fn is_answering(&self) -> Playing {
        let playing = self.opens(&["--seed", "1", "--pace", "5", QUESTION]);
        playing.plays("● drafting");
        playing
    }

    /// The files of all traces, oldest first.
    pub fn traces(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.data().join("traces")).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    /// The only trace, which must be whole.
    pub fn trace(&self) -> Trace {
        let [path] = &self.traces()[..] else { panic!("one trace, not {:?}", self.traces()) };
        let read = trace::read(path).unwrap();
        assert_eq!(read.torn_bytes, 0);
        read
    }
}

/// Waits until every member is ready, so that the idle screen does not change.
pub fn everybody_is_there(playing: &Playing) {
    playing.sees("everybody is there", |seen| seen.shows("· ready") && !seen.shows("connecting"));
}

/// Leaves with these keys: the program exits successfully, and the ordinary screen is back with `text` on it.
pub fn leaves(mut playing: Playing, keys: &str, text: &str) {
    playing.types(keys);
    assert_eq!(playing.ends().exit_code(), 0);
    playing.is_back(text);
}

/// How a run ended, by the last event of its trace.
pub fn finished(trace: &Trace) -> &Finished {
    match &trace.records.last().unwrap().event {
        Event::RunFinished(finished) => finished,
        other => panic!("the last event is {other:?}"),
    }
}

/// The lines of the screen.
pub fn lines(seen: &Seen) -> Vec<String> {
    // An emulator distinguishes cells that were never written from blanks; the user does not.
    seen.screen().rows(0, seen.screen().size().1).map(|line| line.trim_end().to_owned()).collect()
}

/// The text of the transcript without the authors' letters and bars, white space collapsed.
pub fn transcript(seen: &Seen) -> String {
    let lines = lines(seen);
    let Some((top, left)) = lines.iter().enumerate().find_map(|(row, line)| {
        let at = line.find("─ answer ")?;
        Some((row, line[..at].chars().count()))
    }) else {
        return String::new();
    };
    let text = |line: &String| -> String { line.chars().skip(left + 5).collect::<String>().replace('▎', " ") };
    let inside = lines[top + 1..].iter().take_while(|line| !line.starts_with("rounds"));
    let said = inside.map(text).filter(|line| !line.trim_start().starts_with("next best"));
    folded(&said.map(|line| line.trim_end_matches(['│', '█']).to_owned()).collect::<Vec<_>>().join(" "))
}

/// The closing card, ranking, reasons, transcript and timeline, without the line of times.
pub fn outcome(seen: &Seen) -> String {
    let lines = lines(seen);
    let place = |head: &str| lines.iter().position(|line| line.starts_with(head));
    let first = place("─ how it was written").or_else(|| place("─ ranking"));
    let (Some(first), Some(last)) = (first, place("margin")) else { return String::new() };
    let timeless: Vec<&str> =
        lines[first..=last].iter().map(String::as_str).filter(|line| !line.starts_with("it took")).collect();
    timeless.join("\n")
}

pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
