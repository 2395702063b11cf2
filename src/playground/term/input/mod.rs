//! Keys, pastes, the mouse and new sizes, as a stream that can be let go of and taken back.
//!
//! Standard input is read on a thread of its own ([`terminal`]; [`console`] where there is no Unix), so that whatever this program
//! does the terminal can send, and whoever waits here stays free to hear the signal that it is gone. As long as that thread lives
//! it takes keys away from an editor or a shell, so lending the terminal means to end it. [`sequences`] finds what the bytes hold,
//! [`decode`] what that means, [`moment`] when to stop waiting for the rest of it.

#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod decode;
#[cfg(unix)]
mod moment;
#[cfg(unix)]
mod sequences;
#[cfg(unix)]
mod terminal;

use std::future::pending;
use std::io;

use crossterm::event::{Event, KeyEventKind, MouseEventKind};

#[cfg(not(unix))]
use console::Reading;
#[cfg(unix)]
use terminal::Reading;

/// What the person does, as it comes.
#[derive(Debug)]
pub struct Input(Source);

#[derive(Debug)]
enum Source {
    /// The terminal is lent.
    Lent,
    Reading(Reading),
    /// The system refuses to read; told once.
    Refused(io::Error),
    Gone,
}

impl Input {
    /// Starts to read standard input, which must be in raw mode. Needs a tokio runtime.
    #[must_use]
    pub fn new() -> Self {
        Self(Source::start(false))
    }

    /// Waits for the next event. None means that nothing can be read; that the terminal is gone is told by a signal too
    /// ([`super::signals::Signal::HangUp`]). While the input is let go of, this waits for ever. Nothing is lost when the future is
    /// dropped.
    pub async fn next(&mut self) -> Option<io::Result<Event>> {
        match &mut self.0 {
            Source::Reading(reading) => reading.next().await,
            Source::Lent => pending().await,
            Source::Gone => None,
            Source::Refused(_) => match std::mem::replace(&mut self.0, Source::Gone) {
                Source::Refused(error) => Some(Err(error)),
                Source::Reading(_) | Source::Lent | Source::Gone => None,
            },
        }
    }

    /// The terminal's background, once it has answered the question for it; `None` where no answer can be read.
    #[cfg(unix)]
    pub async fn background(&mut self) -> Option<[u8; 3]> {
        match &mut self.0 {
            Source::Reading(reading) => reading.background().await,
            Source::Lent | Source::Refused(_) | Source::Gone => None,
        }
    }

    /// What else is there already, without waiting: at most `limit` events, of several new sizes in a row the last. An error is
    /// left out, because reading fails again.
    pub fn ready(&mut self, limit: usize) -> Vec<Event> {
        let mut batch = Vec::new();
        if let Source::Reading(reading) = &mut self.0 {
            for event in std::iter::from_fn(|| reading.waiting()).take(limit).flatten() {
                add(&mut batch, event);
            }
        }
        batch
    }

    /// Lets go of standard input: when this returns, no thread of ours reads it any more. Events that nobody has looked at are
    /// forgotten.
    pub fn release(&mut self) {
        if let Source::Reading(reading) = std::mem::replace(&mut self.0, Source::Lent) {
            reading.end();
        }
    }

    /// Reads standard input again, which must be in raw mode again. What was typed before is thrown away: it was meant for the
    /// other program, and here every letter is a command.
    pub fn take_back(&mut self) {
        if matches!(self.0, Source::Lent) {
            self.0 = Source::start(true);
        }
    }
}

impl Default for Input {
    fn default() -> Self {
        Self::new()
    }
}

impl Source {
    fn start(forgets_typed: bool) -> Self {
        Reading::start(forgets_typed).map_or_else(Self::Refused, Self::Reading)
    }
}

/// Whether an event means anything here. Some terminals report releases of keys too, and with the mouse reported, each of its
/// moves.
fn is_wanted(event: &Event) -> bool {
    match event {
        Event::Key(key) => key.kind != KeyEventKind::Release,
        Event::Mouse(mouse) => mouse.kind != MouseEventKind::Moved,
        Event::Paste(_) | Event::Resize(..) | Event::FocusGained | Event::FocusLost => true,
    }
}

/// Adds an event to a batch; a new size replaces one directly before it, which nobody needs to see.
fn add(batch: &mut Vec<Event>, event: Event) {
    match (batch.last_mut(), event) {
        (Some(last @ Event::Resize(..)), newer @ Event::Resize(..)) => *last = newer,
        (_, event) => batch.push(event),
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent};

    use super::*;

    fn key(kind: KeyEventKind) -> Event {
        Event::Key(KeyEvent::new_with_kind(KeyCode::Char('x'), KeyModifiers::NONE, kind))
    }

    fn mouse(kind: MouseEventKind) -> Event {
        Event::Mouse(MouseEvent { kind, column: 0, row: 0, modifiers: KeyModifiers::NONE })
    }

    #[test]
    fn releases_of_keys_and_mere_moves_are_left_out() {
        assert!(is_wanted(&key(KeyEventKind::Press)));
        assert!(is_wanted(&key(KeyEventKind::Repeat)));
        assert!(!is_wanted(&key(KeyEventKind::Release)));
        assert!(is_wanted(&mouse(MouseEventKind::ScrollDown)));
        assert!(is_wanted(&mouse(MouseEventKind::Up(MouseButton::Left))));
        assert!(!is_wanted(&mouse(MouseEventKind::Moved)));
        assert!(is_wanted(&Event::Paste(String::new())));
        assert!(is_wanted(&Event::Resize(80, 24)));
    }

    #[test]
    fn of_new_sizes_in_a_row_the_last_is_kept_and_the_order_stays() {
        let press = || key(KeyEventKind::Press);
        let table = [
            (vec![], vec![]),
            (vec![Event::Resize(1, 1), Event::Resize(2, 2), Event::Resize(3, 3)], vec![Event::Resize(3, 3)]),
            (
                vec![Event::Resize(1, 1), press(), Event::Resize(2, 2), Event::Resize(3, 3), press()],
                vec![Event::Resize(1, 1), press(), Event::Resize(3, 3), press()],
            ),
            (vec![press(), press()], vec![press(), press()]),
        ];
        for (events, expected) in table {
            let mut batch = Vec::new();
            for event in events {
                add(&mut batch, event);
            }
            assert_eq!(batch, expected);
        }
    }
}
