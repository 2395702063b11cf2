//! Plays a run to its end: the one way for every command without a screen.
//!
//! Owns the outcome of a run for its caller ([`Played`]), the request to stop it, and a member that answers alone
//! ([`alone`](alone::alone)). The knobs limit a run and a member alone in the same way: `max-tokens` and `max-rounds` end an
//! answer, `draft-seconds` ends a call ([`LimitCounts`] counts which limits ended answers). Callers decide what to show in the
//! meantime, how to grade the answer and what to keep.
//!
//! A member whose calls fail is not wrong: each failed call is listed. One whose calls all fail leaves the run, and if the last
//! drafter has left, there is no whole answer ([`Unanswered::NoMembers`]). A member alone whose call fails has no answer either
//! ([`Alone::Failed`](alone::Alone::Failed)).

pub(crate) mod alone;
mod limit;
mod played;

use std::pin::Pin;

use crate::engine::fusion::event::Record;
use crate::engine::round::Command;
use crate::engine::{Engine, Setup, SetupError};

pub(crate) use limit::LimitCounts;
pub(crate) use played::{FailedCall, Played, Unanswered};

/// Becomes ready when the run has to stop.
type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A run in progress. Dropping it ends it immediately, without a last event.
pub(crate) struct Playthrough {
    engine: Engine,
    /// `None` once it was ready.
    stop: Option<Stop>,
    played: Played,
}

/// Plays a run to its end.
pub(crate) async fn play(setup: Setup) -> Played {
    match Playthrough::start(setup, std::future::pending()).await {
        Ok(mut run) => {
            while run.next().await.is_some() {}
            run.end().await
        }
        Err(error) => Played::refused(error),
    }
}

impl Playthrough {
    /// Starts a run; needs a tokio runtime. When `stop` is ready the run is asked to end, which it still records.
    pub(crate) async fn start(setup: Setup, stop: impl Future<Output = ()> + Send + 'static) -> Result<Self, SetupError> {
        Ok(Self { engine: Engine::start(setup).await?, stop: Some(Box::pin(stop)), played: Played::default() })
    }

    /// The next record, for the caller to show; `None` after the last.
    pub(crate) async fn next(&mut self) -> Option<Record> {
        loop {
            tokio::select! {
                record = self.engine.next_event() => {
                    let record = record?;
                    self.played.take_in(&record);
                    return Some(record);
                }
                () = ready(&mut self.stop) => {
                    self.stop = None;
                    self.played.interrupted = true;
                    // A run that has just ended accepts no command, and needs none.
                    let _ = self.engine.commands().send(Command::Stop).await;
                }
            }
        }
    }

    /// The text accepted so far.
    pub(crate) fn text(&self) -> &str {
        self.played.text()
    }

    /// The outcome of the run, after its last record.
    pub(crate) async fn end(mut self) -> Played {
        self.played.journal_error = self.engine.ended().await.journal_error;
        self.played
    }
}

async fn ready(stop: &mut Option<Stop>) {
    match stop {
        Some(stop) => stop.await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
