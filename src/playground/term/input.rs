//! Keys, pastes, the mouse and new sizes, as a stream that can be let go of and taken back.
//!
//! Crossterm reads standard input on a thread of its own while somebody waits for its stream. As long as that thread lives it takes
//! keys away from an editor or a shell, so lending the terminal means to drop the stream, not only to leave it alone.

use std::future::{pending, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, EventStream, KeyEventKind, MouseEventKind};
use futures_util::Stream;

/// How long to wait for crossterm's thread to end. It ends at once unless the terminal sent half a sequence.
const ENDING: Duration = Duration::from_millis(200);

/// Keys typed ahead that are looked at when they are thrown away; more can only be a terminal that never stops sending.
const TYPED_AHEAD: usize = 10_000;

/// What the person does, as it comes.
#[derive(Debug)]
pub struct Input {
    /// None while the terminal is lent.
    stream: Option<EventStream>,
}

impl Input {
    /// Begins to read standard input, which must be in raw mode.
    #[must_use]
    pub fn new() -> Self {
        Self { stream: Some(EventStream::new()) }
    }

    /// Waits for the next event. None means that the terminal is gone and nothing will come. While the input is let go of, this
    /// waits for ever. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<io::Result<Event>> {
        if self.stream.is_none() {
            return pending().await;
        }
        poll_fn(|context| self.poll_kept(context)).await
    }

    /// What else is there already, without waiting: at most `limit` events, of several new sizes in a row the last. An error is
    /// left out, because reading fails again at the next [`Input::next`].
    pub async fn ready(&mut self, limit: usize) -> Vec<Event> {
        // Polled with the waker of the caller: crossterm remembers the one of the last poll that found nothing, and with another
        // one, as `now_or_never` has, the next key would wake nobody.
        let mut batch = Vec::new();
        poll_fn(|context| {
            for _ in 0..limit {
                match self.poll_kept(context) {
                    Poll::Ready(Some(Ok(event))) => add(&mut batch, event),
                    Poll::Ready(Some(Err(_)) | None) | Poll::Pending => break,
                }
            }
            Poll::Ready(())
        })
        .await;
        batch
    }

    /// Lets go of standard input: when this returns, no thread of ours reads it any more.
    pub fn release(&mut self) {
        if self.stream.take().is_none() || hung_up() {
            return;
        }
        // The thread of the dropped stream was woken but may not have ended. A new stream is made only after it let go of the
        // terminal, so making one is how to wait for it; elsewhere, because half a sequence can keep it until the next key.
        let (ended, end) = mpsc::channel();
        thread::spawn(move || {
            drop(EventStream::new());
            // Too late is nobody's loss.
            let _ = ended.send(());
        });
        let _ = end.recv_timeout(ENDING);
    }

    /// Reads standard input again, which must be in raw mode again. What was typed before is thrown away: it was meant for the
    /// other program, and here every letter is a command.
    pub fn take_back(&mut self) {
        if self.stream.is_some() {
            return;
        }
        if !hung_up() {
            throw_away_typed();
        }
        self.stream = Some(EventStream::new());
    }

    /// The next event that is not filtered out.
    fn poll_kept(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Event>>> {
        let Some(stream) = &mut self.stream else { return Poll::Pending };
        loop {
            // Crossterm reads a terminal that is gone again and again without end, here on the thread of the caller.
            if hung_up() {
                return Poll::Ready(None);
            }
            match Pin::new(&mut *stream).poll_next(context) {
                Poll::Ready(Some(Ok(event))) if !is_wanted(&event) => {}
                other => return other,
            }
        }
    }
}

impl Default for Input {
    fn default() -> Self {
        Self::new()
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

/// Throws away what the system keeps for us, then what crossterm read already.
fn throw_away_typed() {
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
    for _ in 0..TYPED_AHEAD {
        match event::poll(Duration::ZERO) {
            Ok(true) => drop(event::read()),
            Ok(false) | Err(_) => return,
        }
    }
}

/// Whether the terminal of standard input is gone (its window was closed, its connection lost).
#[cfg(unix)]
fn hung_up() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdin = io::stdin();
    // Some systems say nothing about a file of which nothing is asked.
    let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut asked, Some(&at_once)).is_ok() && asked[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
}

#[cfg(not(unix))]
fn hung_up() -> bool {
    false
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
