//! The sequences that take the screen and give it back.
//!
//! Owns the fact whether the screen is taken, for the whole process: a terminal has one screen, and a panic hook, which knows no
//! variables of ours, must be able to give it back. When to do either is the business of [`super::guard`].
//!
//! The keyboard protocol of kitty is left alone: to ask whether a terminal speaks it can take two seconds where no answer comes,
//! and no key of ours needs it.

use std::io::{self, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{SetCursorStyle, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};

static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether the screen is ours now.
pub(super) fn is_taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Takes the screen: raw mode, the alternate screen, pastes as one event, the mouse where it is wanted.
pub(super) fn take(mouse: bool) -> io::Result<()> {
    // Said first: half taken must be given back too.
    TAKEN.store(true, Ordering::SeqCst);
    tell_keeper(true);
    // First of all: a program in the background is stopped here by the system, before it has written anything.
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen)?;
    // Old consoles of Windows do not know it; a paste then comes as keys.
    let _ = execute!(stdout(), EnableBracketedPaste);
    // Thin, because the caret is painted too: a block on a reversed cell is invisible in many terminals.
    let _ = execute!(stdout(), SetCursorStyle::SteadyBar);
    if mouse { set_mouse(true) } else { Ok(()) }
}

/// Gives the screen back, if it is taken: each step even where the one before it failed. Needs nothing but the process, so that a
/// panic hook can call it.
pub(super) fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    leave();
    // Last: keys that come meanwhile must not be echoed into what was written above.
    let _ = disable_raw_mode();
    tell_keeper(false);
}

fn tell_keeper(taken: bool) {
    #[cfg(all(unix, feature = "llama-cpp"))]
    super::keeper::tell(taken);
    #[cfg(not(all(unix, feature = "llama-cpp")))]
    let _ = taken;
}

/// The modes of the terminal before the screen is taken, as another process of this program takes them.
#[cfg(all(unix, feature = "llama-cpp"))]
pub(super) fn modes_in_numbers() -> Vec<String> {
    let numbers = modes().map(|modes| {
        [modes.input_modes.bits(), modes.output_modes.bits(), modes.control_modes.bits(), modes.local_modes.bits()]
            .map(|bits| bits.to_string())
    });
    numbers.map(Vec::from).unwrap_or_default()
}

/// Gives back the screen of a process that has ended, with the modes that the terminal had before.
#[cfg(all(unix, feature = "llama-cpp"))]
pub(super) fn give_back_for_another(numbers: &[String]) {
    use rustix::termios::{ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, tcgetattr, tcsetattr};
    leave();
    let parsed: Vec<_> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
    // The pipe is standard input, so the terminal is known by its output.
    if let (Ok(mut modes), [input, output, control, local]) = (tcgetattr(stdout()), parsed.as_slice()) {
        modes.input_modes = InputModes::from_bits_retain(*input);
        modes.output_modes = OutputModes::from_bits_retain(*output);
        modes.control_modes = ControlModes::from_bits_retain(*control);
        modes.local_modes = LocalModes::from_bits_retain(*local);
        let _ = tcsetattr(stdout(), OptionalActions::Now, &modes);
    }
}

fn leave() {
    let mut out = stdout();
    let _ = execute!(out, EndSynchronizedUpdate);
    let _ = execute!(out, DisableMouseCapture);
    let _ = execute!(out, DisableBracketedPaste);
    let _ = execute!(out, SetCursorStyle::DefaultUserShape);
    let _ = execute!(out, SetAttribute(Attribute::Reset));
    let _ = execute!(out, LeaveAlternateScreen);
    let _ = execute!(out, Show);
    let _ = out.flush();
}

/// What the system keeps of the terminal: raw mode, echo, and the like.
#[cfg(unix)]
pub(super) type Modes = Option<rustix::termios::Termios>;
#[cfg(not(unix))]
pub(super) type Modes = ();

/// The modes now, while the screen is lent.
#[cfg(unix)]
pub(super) fn modes() -> Modes {
    rustix::termios::tcgetattr(io::stdin()).ok()
}

/// The modes now, while the screen is lent.
#[cfg(not(unix))]
pub(super) fn modes() -> Modes {}

/// Puts the terminal in order behind a program that had to be ended while the screen was lent to it.
#[cfg(unix)]
pub(super) fn put_back(modes: Modes, killed: bool) {
    // One that ended by itself did that already, and a second time moves the cursor.
    if killed {
        leave();
    }
    if let Some(modes) = modes {
        // A terminal that is gone has none.
        let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &modes);
    }
}

/// Puts the terminal in order behind a program that had to be ended while the screen was lent to it.
#[cfg(not(unix))]
pub(super) fn put_back((): Modes, killed: bool) {
    if killed {
        leave();
    }
}

/// Has clicks and the wheel reported, or leaves them to the terminal, whose own selection works only then.
pub(super) fn set_mouse(wanted: bool) -> io::Result<()> {
    if wanted { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
}

/// The terminal shows nothing of a frame until this is dropped: no half-drawn frame is seen, and a drawing that fails or panics
/// does not leave the terminal waiting.
pub(super) struct OneFrame(());

impl OneFrame {
    pub(super) fn begin() -> io::Result<Self> {
        // Not flushed: it goes out with the frame.
        queue!(stdout(), BeginSynchronizedUpdate)?;
        Ok(Self(()))
    }
}

impl Drop for OneFrame {
    fn drop(&mut self) {
        // A terminal that cannot be written to says so at the next frame.
        let _ = execute!(stdout(), EndSynchronizedUpdate);
    }
}
