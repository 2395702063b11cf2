//! Work on a separate thread that can be abandoned.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use super::TemplateError;

/// Stack size in bytes. Only what is used takes memory; the deepest template that the scan accepts fits into a sixteenth.
const STACK: usize = 32 << 20;

/// Runs this and waits for it, at most until `limit`: then it is abandoned and runs until it ends by itself.
pub(super) fn run<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, TemplateError> + Send + 'static,
) -> Result<T, TemplateError> {
    let (answer, reply) = sync_channel(1);
    let thread = Builder::new().name("chat template".to_owned()).stack_size(STACK).spawn(move || {
        // A late result is not needed.
        let _ = answer.send(work());
    });
    thread.map_err(|error| TemplateError::Thread(error.to_string()))?;
    match reply.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(TemplateError::TimedOut(limit)),
        Err(RecvTimeoutError::Disconnected) => Err(TemplateError::Broken),
    }
}
