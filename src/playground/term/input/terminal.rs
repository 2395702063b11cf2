//! Reading standard input on Unix, on a thread of its own: whatever the rest of the program does, what the terminal sends is taken
//! off its hands.
//!
//! `poll` says whenever bytes are there, not only when more have come (crossterm's own reader is told once, and leaves what its
//! buffer does not hold until the next key). On macOS `poll` knows no `/dev/tty`, but a terminal's own device, as standard input is.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::sync::mpsc as sync;
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use crossterm::terminal;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{QueueSelector, tcflush};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::is_wanted;
use super::moment::Moment;
use super::sequences::Sequences;

/// How long to wait for the thread to end. It does so at once, unless another program took the bytes that it was told of.
const PATIENCE: Duration = Duration::from_millis(200);

/// Events that wait to be looked at before the sender is made to wait: more than anyone types or holds down.
const WAITING: usize = 1 << 16;

/// Bytes that are read at once.
const BUFFER: usize = 1 << 16;

/// The thread that reads, as seen from here.
#[derive(Debug)]
pub(super) struct Reading {
    events: mpsc::Receiver<io::Result<Event>>,
    /// The terminal's background, where it was answered. The first answer waits here until it is asked for, later ones are dropped.
    background: mpsc::Receiver<[u8; 3]>,
    /// Closed, it ends the thread.
    stop: PipeWriter,
    /// Closed when the thread has ended.
    thread: sync::Receiver<()>,
    /// Tells of new sizes; None where the system refuses, and the next frame finds out itself.
    sizes: Option<Signal>,
}

impl Reading {
    /// Starts to read; what was typed before is thrown away where that is wanted.
    pub(super) fn start(forgets_typed: bool) -> io::Result<Self> {
        if forgets_typed {
            // A terminal that is gone has nothing to throw away.
            let _ = tcflush(io::stdin(), QueueSelector::IFlush);
        }
        let (stopped, stop) = io::pipe()?;
        let (sender, events) = mpsc::channel(WAITING);
        let (answers, background) = mpsc::channel(1);
        let (running, thread) = sync::channel::<()>();
        thread::Builder::new().name("input".to_owned()).spawn(move || {
            let _running = running;
            if let Err(error) = read(&sender, &answers, &stopped) {
                // Nobody who receives any more needs to know.
                let _ = sender.blocking_send(Err(error));
            }
        })?;
        Ok(Self { events, background, stop, thread, sizes: signal(SignalKind::window_change()).ok() })
    }

    /// The next event; None where nothing can be read any more.
    pub(super) async fn next(&mut self) -> Option<io::Result<Event>> {
        loop {
            tokio::select! {
                biased;
                event = self.events.recv() => return event,
                () = changed(&mut self.sizes) => {
                    if let Ok((width, height)) = terminal::size() {
                        return Some(Ok(Event::Resize(width, height)));
                    }
                }
            }
        }
    }

    /// The terminal's background, once it is answered; None where nothing can be read any more.
    pub(super) async fn background(&mut self) -> Option<[u8; 3]> {
        self.background.recv().await
    }

    /// What is there already.
    pub(super) fn waiting(&mut self) -> Option<io::Result<Event>> {
        self.events.try_recv().ok()
    }

    /// Ends the thread and waits for that.
    pub(super) fn end(self) {
        drop((self.events, self.stop));
        let _ = self.thread.recv_timeout(PATIENCE);
    }
}

async fn changed(sizes: &mut Option<Signal>) {
    let told = match sizes {
        Some(sizes) => sizes.recv().await,
        None => None,
    };
    if told.is_none() {
        std::future::pending::<()>().await;
    }
}

/// What there is to do.
enum Ready {
    Read,
    GiveUp,
    Stop,
    /// A signal came between: see what is left of the time.
    Again,
}

/// Reads until it is stopped or the terminal is gone.
fn read(events: &mpsc::Sender<io::Result<Event>>, answers: &mpsc::Sender<[u8; 3]>, stopped: &PipeReader) -> io::Result<()> {
    let input = io::stdin();
    let (mut sequences, mut moment, mut found) = (Sequences::new(), Moment::default(), Vec::new());
    let mut buffer = vec![0; BUFFER];
    loop {
        let bytes = match ready(&input, stopped, moment.left(Instant::now()))? {
            Ready::Stop => return Ok(()),
            Ready::Again => continue,
            Ready::GiveUp => {
                sequences.give_up(&mut found);
                0
            }
            Ready::Read => match rustix::io::read(&input, &mut buffer) {
                // The terminal is gone; a signal says so too, and comes by itself.
                Ok(0) | Err(Errno::IO) => return Ok(()),
                Ok(bytes) => {
                    sequences.advance(&buffer[..bytes], &mut found);
                    bytes
                }
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(error) => return Err(error.into()),
            },
        };
        moment.read(Instant::now(), bytes, sequences.unfinished());
        if let Some(background) = sequences.background() {
            // One is enough.
            let _ = answers.try_send(background);
        }
        for event in found.drain(..).filter(is_wanted) {
            if events.blocking_send(Ok(event)).is_err() {
                return Ok(());
            }
        }
    }
}

fn ready(input: impl AsFd, stopped: &PipeReader, patience: Option<Duration>) -> io::Result<Ready> {
    let mut watched = [PollFd::new(&input, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
    let timeout = patience.and_then(|patience| Timespec::try_from(patience).ok());
    match poll(&mut watched, timeout.as_ref()) {
        Ok(0) => Ok(Ready::GiveUp),
        Ok(_) if !watched[1].revents().is_empty() => Ok(Ready::Stop),
        Ok(_) => Ok(Ready::Read),
        Err(Errno::INTR) => Ok(Ready::Again),
        Err(error) => Err(error.into()),
    }
}
