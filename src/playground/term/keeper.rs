//! Gives the terminal back when this process ends without being able to.
//!
//! Foreign code that ends its process on the spot (llama.cpp does where it finds a fault), or the system where memory runs out,
//! leaves nothing that could put the terminal in order. So a second process of this program holds one end of a pipe: it is told
//! when the screen is taken and given back, and when the pipe ends while the screen is taken, it gives it back itself.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The hidden command of this program that keeps the terminal.
pub const COMMAND: &str = "keep-terminal";

/// What is told through the pipe.
const TAKEN: u8 = b't';
const GIVEN_BACK: u8 = b'g';

static KEEPER: Mutex<Option<Child>> = Mutex::new(None);

/// What the second process is given, where these are its arguments: the terminal's modes.
#[must_use]
pub fn meant(arguments: &[OsString]) -> Option<Vec<String>> {
    let [_, command, modes @ ..] = arguments else { return None };
    (command == COMMAND).then(|| modes.iter().map(|mode| mode.to_string_lossy().into_owned()).collect())
}

/// Starts the second process, which is given the terminal's modes; without it the terminal is kept as far as this one can.
pub(super) fn start(modes: Vec<String>) {
    let started = std::env::current_exe().and_then(|program| {
        let mut command = Command::new(program);
        command.arg(COMMAND).args(modes);
        command.stdin(Stdio::piped()).stdout(Stdio::inherit()).stderr(Stdio::inherit()).spawn()
    });
    *KEEPER.lock().unwrap_or_else(PoisonError::into_inner) = started.ok();
}

/// Tells it whether the screen is taken now.
pub(super) fn tell(taken: bool) {
    // A panic hook calls this too, and must not wait for a lock that the thread itself holds.
    let Ok(mut keeper) = KEEPER.try_lock() else { return };
    if let Some(pipe) = keeper.as_mut().and_then(|keeper| keeper.stdin.as_mut()) {
        // One that is gone keeps nothing any more.
        let _ = pipe.write_all(&[if taken { TAKEN } else { GIVEN_BACK }]);
    }
}

/// Ends the second process; the screen has to be given back.
pub(super) fn stop() {
    let keeper = KEEPER.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(mut keeper) = keeper {
        drop(keeper.stdin.take());
        let _ = keeper.wait();
    }
}

/// The second process: waits until the pipe ends, and gives the terminal back if the first did not.
pub fn keep(give_back: impl FnOnce()) {
    let mut taken = false;
    let mut told = [0];
    let mut pipe = io::stdin().lock();
    loop {
        match pipe.read(&mut told) {
            Ok(1) => taken = told[0] == TAKEN,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) => break,
        }
    }
    if taken {
        give_back();
        // Where the terminal is gone too, there is no reader.
        let _ = writeln!(
            io::stderr(),
            "specfuse was ended from outside, or by a fault of llama.cpp, as when a model's file is cut short while it is in use. What was \
             accepted is kept: `specfuse replay last` shows it."
        );
    }
}
