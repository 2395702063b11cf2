//! Ctrl-C, remembered: one listener for the whole command, so that none is lost between two questions.

use tokio::sync::watch;

/// Whether the person pressed Ctrl-C since the command began.
#[derive(Clone)]
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Begins to listen; needs a tokio runtime.
    pub(super) fn listen() -> Self {
        let (pressed, receiver) = watch::channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                // Without a receiver the command is over already.
                let _ = pressed.send(true);
            }
            // A system without signals keeps the sender, so that waiting goes on for ever instead of ending at once.
            pressed.closed().await;
        });
        Self(receiver)
    }

    /// Waits until it is pressed.
    pub(super) async fn pressed(&mut self) {
        if self.0.wait_for(|pressed| *pressed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
