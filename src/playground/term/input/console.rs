//! Reading where there is no Unix terminal: crossterm's stream, which reads on a thread of its own while someone waits for it.
//!
//! Asking crossterm may not return once the console is gone, so that only a thread of ours asks it.

use std::io;
use std::sync::mpsc as sync;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, EventStream};
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::is_wanted;

/// How long to wait for the thread to start and to end.
const PATIENCE: Duration = Duration::from_millis(200);

/// Events that wait to be looked at before the sender is made to wait.
const WAITING: usize = 1 << 16;

/// Keys typed ahead that are looked at when they are thrown away; more can only be a console that never stops sending.
const TYPED_AHEAD: usize = 10_000;

/// The thread that reads, as seen from here: it ends when nobody receives any more.
#[derive(Debug)]
pub(super) struct Reading {
    events: mpsc::Receiver<io::Result<Event>>,
    /// Told once when it starts to wait for keys; closed when it has ended.
    thread: sync::Receiver<()>,
}

impl Reading {
    /// Starts to read; what was typed before is thrown away where that is wanted.
    pub(super) fn start(forgets_typed: bool) -> io::Result<Self> {
        let (sender, events) = mpsc::channel(WAITING);
        let (told, thread) = sync::channel();
        thread::Builder::new().name("input".to_owned()).spawn(move || read(&sender, &told, forgets_typed))?;
        // Without waiting for the answer a key pressed from now on could still be thrown away.
        let _ = thread.recv_timeout(PATIENCE);
        Ok(Self { events, thread })
    }

    /// The next event; None where nothing can be read any more.
    pub(super) async fn next(&mut self) -> Option<io::Result<Event>> {
        self.events.recv().await
    }

    /// What is there already.
    pub(super) fn waiting(&mut self) -> Option<io::Result<Event>> {
        self.events.try_recv().ok()
    }

    /// Ends the thread and waits for that.
    pub(super) fn end(self) {
        drop(self.events);
        while self.thread.recv_timeout(PATIENCE).is_ok() {}
    }
}

/// Reads until nobody receives any more; where the console is gone, until the process ends.
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
    // Crossterm's thread was woken but may not have ended. A stream is made only after that thread let go of the console, so
    // making one is how to wait for it.
    drop(EventStream::new());
}

fn throw_away_typed() {
    for _ in 0..TYPED_AHEAD {
        match event::poll(Duration::ZERO) {
            Ok(true) => drop(event::read()),
            Ok(false) | Err(_) => return,
        }
    }
}
