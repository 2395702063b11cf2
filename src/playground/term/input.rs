//! Keys, pastes, the mouse and new sizes, as a stream that can be let go of and taken back.
//!
//! Crossterm reads standard input on a thread of its own while somebody waits for its stream. As long as that thread lives it takes
//! keys away from an editor or a shell, so lending the terminal means to drop the stream, not only to leave it alone. And asking
//! crossterm never returns once the terminal is gone: it reads again and again without end. So nobody but a thread of ours asks
//! it, and whoever waits here stays free to hear the signal that the terminal is gone.

use std::future::pending;
use std::io;
use std::sync::mpsc as sync;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, EventStream, KeyEventKind, MouseEventKind};
use futures_util::StreamExt;
use tokio::sync::mpsc;

/// How long to wait for the thread to begin and to end. It does so at once unless the terminal sent half a sequence, of which
/// crossterm awaits the rest.
const PATIENCE: Duration = Duration::from_millis(200);

/// Events that wait to be looked at; more wait in the terminal.
const WAITING: usize = 64;

/// Keys typed ahead that are looked at when they are thrown away; more can only be a terminal that never stops sending.
const TYPED_AHEAD: usize = 10_000;

/// What the person does, as it comes.
#[derive(Debug)]
pub struct Input {
    /// None while the terminal is lent.
    reading: Option<Reading>,
}

/// The thread that reads, as seen from here: it ends when nobody receives any more.
#[derive(Debug)]
struct Reading {
    events: mpsc::Receiver<io::Result<Event>>,
    /// Told once when it begins to wait for keys; closed when it has ended.
    thread: sync::Receiver<()>,
}

impl Input {
    /// Begins to read standard input, which must be in raw mode.
    #[must_use]
    pub fn new() -> Self {
        Self { reading: Some(Reading::start(false)) }
    }

    /// Waits for the next event. None means that nothing can be read; that the terminal is gone is told by a signal instead
    /// ([`super::signals::Signal::HangUp`]). While the input is let go of, this waits for ever. Nothing is lost when the future is
    /// dropped.
    pub async fn next(&mut self) -> Option<io::Result<Event>> {
        match &mut self.reading {
            Some(reading) => reading.events.recv().await,
            None => pending().await,
        }
    }

    /// What else is there already, without waiting: at most `limit` events, of several new sizes in a row the last. An error is
    /// left out, because reading fails again.
    pub fn ready(&mut self, limit: usize) -> Vec<Event> {
        let mut batch = Vec::new();
        if let Some(reading) = &mut self.reading {
            for event in std::iter::from_fn(|| reading.events.try_recv().ok()).take(limit).flatten() {
                add(&mut batch, event);
            }
        }
        batch
    }

    /// Lets go of standard input: when this returns, no thread of ours reads it any more. Events that nobody has looked at are
    /// forgotten.
    pub fn release(&mut self) {
        let Some(Reading { events, thread }) = self.reading.take() else { return };
        drop(events);
        while thread.recv_timeout(PATIENCE).is_ok() {}
    }

    /// Reads standard input again, which must be in raw mode again. What was typed before is thrown away: it was meant for the
    /// other program, and here every letter is a command.
    pub fn take_back(&mut self) {
        if self.reading.is_none() {
            self.reading = Some(Reading::start(true));
        }
    }
}

impl Default for Input {
    fn default() -> Self {
        Self::new()
    }
}

impl Reading {
    fn start(forgets_typed: bool) -> Self {
        let (sender, events) = mpsc::channel(WAITING);
        let (told, thread) = sync::channel();
        thread::spawn(move || read(&sender, &told, forgets_typed));
        // Without waiting for the answer a key pressed from now on could still be thrown away. None comes where the terminal is gone.
        let _ = thread.recv_timeout(PATIENCE);
        Self { events, thread }
    }
}

/// Reads until nobody receives any more; where the terminal is gone, until the process ends.
fn read(events: &mpsc::Sender<io::Result<Event>>, told: &sync::Sender<()>, forgets_typed: bool) {
    if forgets_typed {
        throw_away_typed();
    }
    // Only its scheduler is used, which needs no resource of the system that could be refused.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    let mut stream = EventStream::new();
    // Whoever does not listen any more has waited too long.
    let _ = told.send(());
    runtime.block_on(async {
        loop {
            tokio::select! {
                biased;
                () = events.closed() => return,
                event = stream.next() => {
                    let Some(event) = event else { return };
                    let wanted = event.as_ref().map_or(true, is_wanted);
                    if wanted && events.send(event).await.is_err() {
                        return;
                    }
                }
            }
        }
    });
    drop(stream);
    // Crossterm's thread was woken but may not have ended. A stream is made only after that thread let go of the terminal, so
    // making one is how to wait for it.
    drop(EventStream::new());
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
