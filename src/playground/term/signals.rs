//! What the system and other programs ask of this one.
//!
//! Without a listener each of these signals would end or stop the process at once, with the terminal still in raw mode and on the
//! alternate screen. In raw mode no key sends them: they come from outside (`kill`, a closed window, a shutdown). Keys do send
//! them while the terminal is lent to an editor, to it and to us alike: [`Signals::while_lent`] knows which are not for us.

use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;

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
    /// To end, as by Ctrl-\ (SIGQUIT).
    Quit,
    /// To stop until continued (SIGTSTP).
    Suspend,
}

impl Signal {
    /// The exit code of a program that a signal has ended: 128 and its number, as a shell reckons it.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::HangUp => 129,
            Self::Interrupt => 130,
            Self::Quit => 131,
            Self::Terminate => 143,
            Self::Suspend => 148,
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
        quit: Stream,
        suspend: Stream,
    }

    impl Signals {
        /// Starts to listen; needs a tokio runtime.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
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
                () = received(&mut self.quit) => Signal::Quit,
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
        /// Starts to listen; needs a tokio runtime.
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

/// How long a program that has the terminal may take to end when this one is to end, and after that once it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How soon after Ctrl-\ a program that the key ends has ended. One that has not keeps the key for itself, or the signal was
/// not a key's.
const KEY: Duration = Duration::from_millis(500);

impl Signals {
    /// Waits for a program to which the terminal is lent. What keys send meanwhile is for that program and forgotten. On a signal
    /// to end, which comes back, the program is ended too: `end` is called to ask it, and again to force it. The result is None
    /// where even that does not help.
    pub async fn while_lent<T>(
        &mut self,
        borrower: impl Future<Output = T>,
        mut end: impl FnMut(Urgency),
    ) -> (Option<T>, Option<Signal>) {
        let mut borrower = pin!(borrower);
        let ending = loop {
            let signal = tokio::select! {
                signal = self.next() => signal,
                result = &mut borrower => return (Some(result), self.told_since().await),
            };
            match signal {
                Signal::Interrupt | Signal::Suspend => {}
                Signal::Terminate | Signal::HangUp => break signal,
                // A key sends it to the program as well; most of them end by it.
                Signal::Quit => match timeout(KEY, &mut borrower).await {
                    Ok(result) => return (Some(result), self.told_since().await),
                    Err(_) => break signal,
                },
            }
        };
        for urgency in [Urgency::Asked, Urgency::Forced] {
            end(urgency);
            if let Ok(result) = timeout(GRACE, &mut borrower).await {
                return (Some(result), Some(ending));
            }
        }
        (None, Some(ending))
    }

    /// A signal to end that came just now. The key that ended the program sent us its signal too, which the runtime may not have
    /// fetched yet; it does so between two turns of its tasks.
    async fn told_since(&mut self) -> Option<Signal> {
        let mut ending = None;
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
            while let Some(signal) = self.next().now_or_never() {
                ending = ending.or(match signal {
                    Signal::Interrupt | Signal::Quit | Signal::Suspend => None,
                    Signal::Terminate | Signal::HangUp => Some(signal),
                });
            }
        }
        ending
    }
}

/// How a program that has the terminal is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It may save what it has.
    Asked,
    /// It did not.
    Forced,
}
