//! Asks the terminal which background it has, so that the theme can follow it: OSC 11, with a time limit, because many terminals
//! do not answer. An answer that comes later is no key ([`super::input`]) and changes nothing.

use std::io;

use super::guard::Terminal;
use super::input::Input;

/// The background as the terminal answers it; `None` where it does not within the time that a start may take longer for it.
#[cfg(unix)]
pub(super) async fn ask(terminal: &mut Terminal, input: &mut Input) -> io::Result<Option<[u8; 3]>> {
    const QUESTION: &str = "\x1b]11;?\x1b\\";
    const PATIENCE: std::time::Duration = std::time::Duration::from_millis(100);
    terminal.send(QUESTION)?;
    Ok(tokio::time::timeout(PATIENCE, input.background()).await.ok().flatten())
}

/// Nothing is asked where the answer would be read as keys.
#[cfg(not(unix))]
#[allow(clippy::unused_async, reason = "one signature on every system")]
pub(super) async fn ask(_: &mut Terminal, _: &mut Input) -> io::Result<Option<[u8; 3]>> {
    Ok(None)
}
