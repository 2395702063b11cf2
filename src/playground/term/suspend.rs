//! Stopping this program so that the shell gets the terminal, until it is continued.
//!
//! The screen must have been lent before and is taken again after ([`super::guard::Terminal::suspended`]), and the keys too.

/// Who stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Everyone in this process group, for a key press: in raw mode the terminal does not do it, and `cargo run` or a pipe around
    /// us would otherwise keep the shell waiting.
    Group,
    /// This process only, because a signal from outside was meant for it only.
    Process,
}

/// Why the program was not stopped.
#[derive(Debug, thiserror::Error)]
pub enum SuspendError {
    /// No shell with job control waits for this process group, so nobody could continue it.
    #[error("the playground cannot be suspended here: no shell waits that could continue it")]
    NobodyWaits,
    /// The system has no such thing.
    #[cfg(not(unix))]
    #[error("the playground cannot be suspended here")]
    Unsupported,
    /// The system refused.
    #[error("the playground cannot be suspended")]
    Refused(#[source] std::io::Error),
}

/// Stops and returns once continued. Call it on the main thread: the system stops that one before this returns, others may run on
/// for a moment.
#[cfg(unix)]
pub fn stop(whom: Whom) -> Result<(), SuspendError> {
    use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};

    // Not SIGTSTP, for which a listener is set that would only tell ourselves.
    match whom {
        Whom::Group if !somebody_waits() => return Err(SuspendError::NobodyWaits),
        Whom::Group => kill_current_process_group(Signal::STOP),
        Whom::Process => kill_process(getpid(), Signal::STOP),
    }
    .map_err(|error| SuspendError::Refused(error.into()))
}

/// Stops and returns once continued.
#[cfg(not(unix))]
pub fn stop(_whom: Whom) -> Result<(), SuspendError> {
    Err(SuspendError::Unsupported)
}

/// Whether a shell with job control started us: it gives every job a process group of its own. A program that is the terminal's
/// first one (`ssh -t`, `xterm -e`, a container) is in the group of its session, and stopped it would stay so for ever.
#[cfg(unix)]
pub(super) fn somebody_waits() -> bool {
    use rustix::process::{getpgrp, getsid};

    getsid(None).is_ok_and(|session| session != getpgrp())
}
