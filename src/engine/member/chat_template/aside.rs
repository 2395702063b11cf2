//! Work on a thread of its own that can be left behind.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use super::TemplateError;

/// Bytes of stack. Only what is used becomes memory; the deepest template that the scan lets through fits into a sixteenth.
const STACK: usize = 32 << 20;

/// Runs this and waits for it, but not longer than `limit`: then it continues unheard, until it ends by itself.
pub(super) fn run<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, TemplateError> + Send + 'static,
) -> Result<T, TemplateError> {
    let (answer, reply) = sync_channel(1);
    let thread = Builder::new().name("chat template".to_owned()).stack_size(STACK).spawn(move || {
        // Nobody waits any more for what comes late.
        let _ = answer.send(work());
    });
    thread.map_err(|error| TemplateError::Thread(error.to_string()))?;
    match reply.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(TemplateError::TimedOut(limit)),
        Err(RecvTimeoutError::Disconnected) => Err(TemplateError::Broken),
    }
}
