//! Remembers what asks a command to end: one listener for the whole command, so that nothing is lost between two checks.
//!
//! Ctrl-C, and on Unix also SIGTERM (a shutdown, `kill`, `timeout`) and SIGHUP (the terminal was closed) unless the command was
//! started to survive that (`nohup`). What was played until then is shown and kept, and the exit code tells which it was.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// The exit code of what asked, process-wide: the process ends only once.
static CODE: AtomicU8 = AtomicU8::new(Cause::Interrupt as u8);

/// How long to wait for the signal that the terminal is gone.
const GONE: Duration = Duration::from_millis(500);

/// What asks, with its exit code: 128 and the signal's number, as in a shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Cause {
    #[cfg(unix)]
    HangUp = 129,
    Interrupt = 130,
    #[cfg(unix)]
    Terminate = 143,
}

/// The exit code of a command that was asked to end: 130, or the one for the signal's number.
pub(super) fn code() -> u8 {
    CODE.load(Ordering::SeqCst)
}

/// Whether the user pressed Ctrl-C, or a signal asked the command to end, since it started.
#[derive(Clone)]
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Starts to listen; needs a tokio runtime.
    pub(super) fn listen() -> Self {
        let (pressed, receiver) = watch::channel(false);
        let asked = system::asked();
        tokio::spawn(async move {
            if let Some(cause) = asked.await {
                CODE.store(cause as u8, Ordering::SeqCst);
                // Without a receiver the command is already over.
                let _ = pressed.send(true);
            }
            // On a system without signals keep the sender, so that waiting never ends instead of ending immediately.
            pressed.closed().await;
        });
        Self(receiver)
    }

    /// Whether it was asked to end.
    pub(super) fn is_pressed(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked to end.
    pub(super) async fn pressed(&mut self) {
        if self.0.wait_for(|pressed| *pressed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Whether output failed because the terminal is gone, which a signal reports at about the same time.
    pub(super) async fn explains(&mut self, error: &io::Error) -> bool {
        self.is_pressed() || (system::terminal_is_gone(error) && tokio::time::timeout(GONE, self.pressed()).await.is_ok())
    }
}

#[cfg(unix)]
mod system {
    use std::io;

    use rustix::io::Errno;
    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};

    use super::Cause;

    /// Listens from now on; returns what asks first.
    pub(super) fn asked() -> impl Future<Output = Option<Cause>> {
        let listen = |kind| signal(kind).ok();
        let mut interrupt = listen(SignalKind::interrupt());
        let mut terminate = listen(SignalKind::terminate());
        let mut hang_up = if ignores(Signal::HUP) { None } else { listen(SignalKind::hangup()) };
        async move {
            tokio::select! {
                Some(()) = received(&mut interrupt) => Some(Cause::Interrupt),
                Some(()) = received(&mut terminate) => Some(Cause::Terminate),
                Some(()) = received(&mut hang_up) => Some(Cause::HangUp),
                else => None,
            }
        }
    }

    async fn received(stream: &mut Option<tokio::signal::unix::Signal>) -> Option<()> {
        stream.as_mut()?.recv().await
    }

    /// Whether this process was started to ignore a signal. Assumes not if the system does not report it.
    fn ignores(signal: Signal) -> bool {
        std::fs::read_to_string("/proc/self/status").is_ok_and(|status| is_ignored(&status, signal))
    }

    fn is_ignored(status: &str, signal: Signal) -> bool {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
        mask >> (signal.as_raw() - 1) & 1 == 1
    }

    pub(super) fn terminal_is_gone(error: &io::Error) -> bool {
        error.raw_os_error() == Some(Errno::IO.raw_os_error())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn an_ignored_signal_is_a_bit_of_the_mask() {
            let status = |mask: &str| format!("Name:\tspecfuse\nSigBlk:\tffffffffffffffff\nSigIgn:\t{mask}\nSigCgt:\t0\n");
            for (mask, ignored) in
                [("0000000000000001", true), ("0000000000001001", true), ("0000000000001000", false), ("", false)]
            {
                assert_eq!(is_ignored(&status(mask), Signal::HUP), ignored, "{mask}");
            }
            assert!(is_ignored(&status("0000000000004000"), Signal::TERM));
            assert!(!is_ignored("", Signal::HUP));
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    use super::Cause;

    /// Listens from now on; returns what asks first.
    pub(super) async fn asked() -> Option<Cause> {
        tokio::signal::ctrl_c().await.ok().map(|()| Cause::Interrupt)
    }

    pub(super) fn terminal_is_gone(_error: &io::Error) -> bool {
        false
    }
}
