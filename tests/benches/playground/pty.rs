//! A program in a pseudo-terminal, and when its screen showed what.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::load::SIZE;

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the terminal got.
pub struct Seen {
    emulator: vt100::Parser,
    /// Bytes so far.
    pub bytes: usize,
    /// When the last of them came.
    pub at: Instant,
}

impl Seen {
    pub fn shows(&self, text: &str) -> bool {
        self.count(text) > 0
    }

    pub fn count(&self, text: &str) -> usize {
        self.emulator.screen().contents().matches(text).count()
    }

    /// Whether the last row, which is drawn last, is not empty.
    fn is_whole(&self) -> bool {
        self.emulator.screen().rows(0, SIZE.0).last().is_some_and(|row| !row.trim().is_empty())
    }
}

/// A program in its own terminal. Dropping this ends it.
pub struct Playing {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    started: Instant,
    /// Closing it would end the program.
    _terminal: Box<dyn MasterPty + Send>,
}

impl Playing {
    /// Starts a program, with `home` as the home of its files.
    pub fn start(program: &Path, arguments: &[&str], environment: &[(&str, &str)], home: &Path) -> Self {
        let (cols, rows) = SIZE;
        let pair = native_pty_system().openpty(PtySize { rows, cols, ..PtySize::default() }).expect("a terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")].iter().chain(environment) {
            command.env(name, value);
        }
        command.env("HOME", home);
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "NO_COLOR", "CI"] {
            command.env_remove(name);
        }
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("a program");
        let seen = Seen { emulator: vt100::Parser::new(rows, cols, 0), bytes: 0, at: started };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        watch(pair.master.try_clone_reader().expect("a reader"), Arc::clone(&seen));
        let keys = pair.master.take_writer().expect("a writer");
        Self { child, keys, seen, started, _terminal: pair.master }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    pub fn types(&mut self, keys: &str) -> Instant {
        let now = Instant::now();
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("a terminal");
        now
    }

    /// Waits until the terminal shows it; returns when the bytes arrived that did it.
    pub fn sees(&self, what: &str, condition: impl Fn(&Seen) -> bool) -> Instant {
        let (seen, changed) = &*self.seen;
        let seen = seen.lock().expect("a screen");
        let (seen, timeout) = changed.wait_timeout_while(seen, PATIENCE, |seen| !condition(seen)).expect("a screen");
        assert!(!timeout.timed_out(), "never seen: {what}; the screen:\n{}", seen.emulator.screen().contents());
        seen.at
    }

    /// Waits for the first frame; returns how long it took from the start of the program.
    pub fn opens(&self) -> Duration {
        self.sees("the first frame", |seen| seen.shows("SpecFuse") && seen.is_whole()) - self.started
    }

    /// Bytes that the terminal got so far.
    pub fn bytes(&self) -> usize {
        self.seen.0.lock().expect("a screen").bytes
    }

    pub fn count(&self, text: &str) -> usize {
        self.seen.0.lock().expect("a screen").count(text)
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn watch(mut reader: Box<dyn Read + Send>, seen: Arc<(Mutex<Seen>, Condvar)>) {
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            let at = Instant::now();
            let (seen, changed) = &*seen;
            let mut seen = seen.lock().expect("a screen");
            seen.emulator.process(&buffer[..length]);
            (seen.at, seen.bytes) = (at, seen.bytes + length);
            changed.notify_all();
        }
    });
}
