//! The screen while it is ours: taken by entering, drawn on, lent to others, and given back in every way a program can end.
//!
//! Owns the life of the screen; what is drawn is the views' business, when is [`super::frames`]'s. Whoever ends the process with
//! `std::process::exit` must call [`Terminal::leave`] before, because nothing is dropped then.

use std::io::{self, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::thread;

use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Rect, Size};

use super::{panics, screen};

/// What the user may choose about the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Whether clicks and the wheel come to us. Off by default: the terminal's own selection works only without.
    pub mouse: bool,
}

/// The terminal, with its screen taken until [`Terminal::leave`] or the end of this value. There should be one at a time.
pub struct Terminal {
    /// Never dropped: its own end would show the cursor again, and where the terminal is gone it complains on standard error,
    /// which is gone too, so that it would panic. There is one a process, so its buffers are not missed.
    inner: ManuallyDrop<ratatui::Terminal<CrosstermBackend<Stdout>>>,
    mouse: bool,
}

impl Terminal {
    /// Takes the screen: raw mode, the alternate screen, pastes as one event. From now on panics are kept in [`super::panics`].
    ///
    /// # Errors
    /// When there is no terminal or it refuses; then everything is as before.
    pub fn enter(options: Options) -> io::Result<Self> {
        let inner = ratatui::Terminal::new(CrosstermBackend::new(stdout()))?;
        let mut terminal = Self { inner: ManuallyDrop::new(inner), mouse: options.mouse };
        panics::keep();
        // A failure drops `terminal`, which gives back what was taken.
        terminal.resume()?;
        Ok(terminal)
    }

    /// Draws one frame, which the terminal shows as a whole. The cursor is hidden unless the frame sets it. While the screen is
    /// lent to another program nothing is drawn.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !screen::is_taken() {
            return Ok(());
        }
        let _whole = screen::OneFrame::begin()?;
        self.inner.draw(render).map(drop)
    }

    /// Columns and rows of the terminal now.
    pub fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    /// Has clicks and the wheel reported, or not; remembered while the screen is lent.
    pub fn set_mouse(&mut self, wanted: bool) -> io::Result<()> {
        self.mouse = wanted;
        if screen::is_taken() { screen::set_mouse(wanted) } else { Ok(()) }
    }

    /// Sends a sequence that draws nothing, as those of [`super::clipboard`].
    pub fn send(&mut self, sequence: &str) -> io::Result<()> {
        let backend = self.inner.backend_mut();
        backend.write_all(sequence.as_bytes())?;
        Write::flush(backend)
    }

    /// Lends the screen: it is as before entering until [`Terminal::resume`]. Panics are still kept.
    pub fn suspend(&mut self) {
        screen::restore();
    }

    /// Takes the screen again; the next frame draws everything, in the size of now.
    ///
    /// # Errors
    /// When the terminal refuses or is gone; then the screen is not taken.
    pub fn resume(&mut self) -> io::Result<()> {
        screen::take(self.mouse).and_then(|()| self.forget_drawn()).inspect_err(|_| screen::restore())
    }

    /// Lends the screen while `borrower` runs.
    pub fn suspended<T>(&mut self, borrower: impl FnOnce() -> T) -> io::Result<T> {
        self.suspend();
        let result = borrower();
        self.resume()?;
        Ok(result)
    }

    /// Gives the screen back and lets panics be printed again. A second time nothing happens.
    pub fn leave(&mut self) {
        screen::restore();
        panics::stop_keeping();
    }

    /// Has the next frame draw every cell. Not by `clear`, which asks the terminal where the cursor is and waits for the answer.
    pub fn forget_drawn(&mut self) -> io::Result<()> {
        let size = self.inner.size()?;
        self.inner.resize(Rect::from((ratatui::layout::Position::ORIGIN, size)))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
        if thread::panicking() {
            panics::print_kept();
        }
    }
}
