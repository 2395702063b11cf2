//! The user at a terminal: types, looks, waits. The caller chooses what runs in the terminal.

use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

/// Long enough for a machine that does ten other things.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the terminal got.
pub struct Seen {
    emulator: vt100::Parser,
    bytes: Vec<u8>,
    /// Whether the next part is the last to be examined.
    last: bool,
}

impl Seen {
    pub fn screen(&self) -> &vt100::Screen {
        self.emulator.screen()
    }

    pub fn shows(&self, text: &str) -> bool {
        self.screen().contents().contains(text)
    }

    /// Everything that was ever sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the last frame is complete.
    fn is_whole(&self) -> bool {
        let last = |sequence: &[u8]| self.bytes.windows(sequence.len()).rposition(|window| window == sequence);
        last(b"\x1b[?2026h") <= last(b"\x1b[?2026l")
    }

    pub fn got(&self, sequence: &str) -> bool {
        self.count(sequence) > 0
    }

    pub fn count(&self, sequence: &str) -> usize {
        self.bytes.windows(sequence.len()).filter(|window| *window == sequence.as_bytes()).count()
    }
}

/// The program; it does not outlive a failing test.
struct Program(Box<dyn Child + Send + Sync>);

impl Drop for Program {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            let _ = self.0.kill();
        }
    }
}

/// A terminal with a program in it.
pub struct Playing {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    program: Program,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    watching: JoinHandle<()>,
    /// The terminal's modes as the program finds them.
    modes: Option<String>,
}

impl Playing {
    /// A program as the first one of a terminal with this many columns and rows.
    pub fn start(command: CommandBuilder, (cols, rows): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols, ..PtySize::default() }).unwrap();
        let modes = modes(pair.master.as_ref());
        let program = Program(pair.slave.spawn_command(command).unwrap());
        let seen = Seen { emulator: vt100::Parser::new(rows, cols, 0), bytes: Vec::new(), last: false };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let watching = watch(pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        Self { keys: pair.master.take_writer().unwrap(), master: pair.master, program, seen, watching, modes }
    }

    pub fn types(&mut self, keys: &str) {
        self.types_bytes(keys.as_bytes());
    }

    /// Sends any bytes in one piece.
    pub fn types_bytes(&mut self, bytes: &[u8]) {
        self.keys.write_all(bytes).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.program.0.process_id().unwrap()).unwrap()).unwrap()
    }

    pub fn kill(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits until the program is stopped.
    pub fn stops(&self) {
        // Only looks, without consuming the wait for its end.
        let looks = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        waited("the program stops", || waitid(WaitId::Pid(self.pid()), looks).unwrap());
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        self.seen.0.lock().unwrap().emulator.screen_mut().set_size(rows, cols);
        self.master.resize(PtySize { rows, cols, ..PtySize::default() }).unwrap();
    }

    /// Waits until the terminal's contents satisfy `condition`.
    pub fn sees(&self, what: &str, condition: impl Fn(&Seen) -> bool) {
        self.finds(what, |seen| condition(seen).then_some(()));
    }

    /// Waits until `search` finds something in the terminal's contents; it never sees part of a frame.
    pub fn finds<T>(&self, what: &str, search: impl Fn(&Seen) -> Option<T>) -> T {
        let (seen, changed) = &*self.seen;
        let mut found = None;
        let missing = |seen: &mut Seen| {
            found = if seen.is_whole() { search(seen) } else { None };
            found.is_none()
        };
        let (seen, _) = changed.wait_timeout_while(seen.lock().unwrap(), PATIENCE, missing).unwrap();
        let screen = seen.screen().contents();
        drop(seen);
        found.unwrap_or_else(|| panic!("never seen: {what}; the screen:\n{screen}"))
    }

    /// Queries the terminal's contents so far.
    pub fn look<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.0.lock().unwrap())
    }

    /// Waits until the screen of the player shows `text`.
    pub fn plays(&self, text: &str) {
        self.sees(text, |seen| seen.screen().alternate_screen() && seen.shows(text));
    }

    /// Waits until the ordinary screen shows `text`, and checks that the terminal is as the player found it.
    pub fn is_back(&self, text: &str) {
        // The cursor is restored last.
        self.sees(text, |seen| {
            let given = !seen.screen().alternate_screen() && !seen.screen().hide_cursor();
            given && seen.shows(text) && seen.shows("before")
        });
        let (seen, _) = &*self.seen;
        let seen = seen.lock().unwrap();
        assert!(seen.got("\x1b[?1049l"), "the alternate screen was left");
        assert!(!seen.screen().bracketed_paste(), "pastes are plain");
        assert_eq!(seen.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is the terminal's");
        assert_eq!(seen.count("\x1b[?2026h").min(1), 1, "frames are synchronized");
        assert!(seen.count("\x1b[?2026l") >= seen.count("\x1b[?2026h"), "no synchronized update is left open");
        drop(seen);
        assert_eq!(modes(self.master.as_ref()), self.modes, "the modes of the terminal are as before");
        assert!(self.modes.is_some());
    }

    /// Whether the terminal is in the modes it had before.
    pub fn has_modes_of_before(&self) -> bool {
        modes(self.master.as_ref()) == self.modes
    }

    /// Waits for the end of the program.
    pub fn ends(&mut self) -> ExitStatus {
        ended(&mut self.program)
    }

    /// Closes the terminal, as closing its window does, and waits for the end of the program.
    pub fn closes(mut self) -> ExitStatus {
        self.seen.0.lock().unwrap().last = true;
        // Send something, so that the watching thread wakes up and closes its side.
        self.types("x");
        self.watching.join().unwrap();
        drop(self.keys);
        drop(self.master);
        ended(&mut self.program)
    }
}

fn ended(program: &mut Program) -> ExitStatus {
    waited("the program ends", || program.0.try_wait().unwrap())
}

/// Asks repeatedly: there is no signal for the end or the stop of a process.
fn waited<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Raw mode and everything else that the system stores about a terminal.
fn modes(master: &(dyn MasterPty + Send)) -> Option<String> {
    master.get_termios().map(|modes| format!("{modes:?}"))
}

fn watch(mut reader: Box<dyn Read + Send>, seen: Arc<(Mutex<Seen>, Condvar)>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            let (seen, changed) = &*seen;
            let mut seen = seen.lock().unwrap();
            seen.emulator.process(&buffer[..length]);
            seen.bytes.extend_from_slice(&buffer[..length]);
            changed.notify_all();
            if seen.last {
                return;
            }
        }
    })
}
