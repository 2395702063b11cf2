//! What the system and other programs ask of this one.
//!
//! Without a listener each of these signals would end or stop the process at once, with the terminal still in raw mode and on the
//! alternate screen. In raw mode no key sends them: they come from outside (`kill`, a closed window, a shutdown). Keys do send
//! them while the terminal is lent to an editor, to it and to us alike: [`Signals::while_lent`] knows that they are not for us.

use std::pin::pin;

use futures_util::FutureExt;

/// One turn fetches what the system has delivered; the second what it delivers during the first.
const TURNS: usize = 2;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// To end (SIGTERM).
    Terminate,
    /// To end, because the terminal is gone (SIGHUP): nothing can be shown any more.
    HangUp,
    /// To end, as by Ctrl-C (SIGINT).
    Interrupt,
    /// To stop until continued (SIGTSTP).
    Suspend,
}

impl Signal {
    /// Itself, unless a key of the terminal can send it.
    fn to_end(self) -> Option<Self> {
        match self {
            Self::Interrupt | Self::Suspend => None,
            Self::Terminate | Self::HangUp => Some(self),
        }
    }
}

#[cfg(unix)]
mod system {
    use std::future::pending;
    use std::io;

    use rustix::process::Signal as Number;
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    use super::Signal;

    /// The signals as they come. Listening lasts as long as the process: the default actions never come back.
    #[derive(Debug)]
    pub struct Signals {
        terminate: Stream,
        hang_up: Stream,
        interrupt: Stream,
        suspend: Stream,
    }

    impl Signals {
        /// Begins to listen; needs a tokio runtime.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                suspend: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            })
        }

        /// Waits for the next signal; those that end come before the one that stops. Nothing is lost when the future is dropped.
        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                biased;
                () = received(&mut self.terminate) => Signal::Terminate,
                () = received(&mut self.hang_up) => Signal::HangUp,
                () = received(&mut self.interrupt) => Signal::Interrupt,
                () = received(&mut self.suspend) => Signal::Suspend,
            }
        }
    }

    async fn received(stream: &mut Stream) {
        if stream.recv().await.is_none() {
            // Only when the runtime ends.
            pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::future::pending;
    use std::io;

    use super::Signal;

    /// The signals as they come: here only Ctrl-C, from outside of the raw mode.
    #[derive(Debug)]
    pub struct Signals(());

    impl Signals {
        /// Begins to listen; needs a tokio runtime.
        pub fn listen() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// Waits for the next signal.
        pub async fn next(&mut self) -> Signal {
            if tokio::signal::ctrl_c().await.is_err() {
                pending::<()>().await;
            }
            Signal::Interrupt
        }
    }
}

pub use system::Signals;

impl Signals {
    /// Waits for a program to which the terminal is lent. What keys send meanwhile is for that program and forgotten; a signal to
    /// end is told afterwards, the first one if there are several.
    pub async fn while_lent<T>(&mut self, borrower: impl Future<Output = T>) -> (T, Option<Signal>) {
        let mut borrower = pin!(borrower);
        let mut ending = None;
        let result = loop {
            tokio::select! {
                signal = self.next() => ending = ending.or(signal.to_end()),
                result = &mut borrower => break result,
            }
        };
        // The key that ended the program sent us its signal too, which the runtime may not have fetched yet; it does so between
        // two turns of its tasks.
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
            while let Some(signal) = self.next().now_or_never() {
                ending = ending.or(signal.to_end());
            }
        }
        (result, ending)
    }
}
