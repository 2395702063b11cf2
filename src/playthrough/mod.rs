//! Playing a run to its end: the one way that every command goes which has no screen.
//!
//! Owns what a run adds up to for its caller ([`Played`]), the request to stop it, and a member that answers alone
//! ([`alone`](alone::alone)). The knobs limit a run and a member alone in the same way: `max-tokens` and `max-rounds` end an
//! answer, `draft-seconds` ends a call ([`Limit`] says which limit ended an answer). What a caller shows meanwhile, how it grades
//! the answer and what it keeps are its own affair.
//!
//! A member whose calls fail is not wrong: each failed call is listed. One whose calls all fail leaves the run, and when the last
//! drafter has left, there is no whole answer ([`Unanswered::NoMembers`]). A member alone whose call fails has no answer either
//! ([`Alone::Failed`](alone::Alone::Failed)).

pub(crate) mod alone;
mod limit;
mod played;

use std::pin::Pin;

use crate::engine::fusion::event::Record;
use crate::engine::round::Command;
use crate::engine::{Engine, Setup, SetupError};

pub(crate) use limit::{Limit, LimitCounts};
pub(crate) use played::{FailedCall, Played, Unanswered};

/// Is ready when the run shall stop.
type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A run on its way to its end. Dropping it ends it at once, without a last event.
pub(crate) struct Playthrough {
    engine: Engine,
    /// `None` once it was ready.
    stop: Option<Stop>,
    played: Played,
}

/// Plays a run that no one watches.
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

    /// The next record, for what the caller shows of it; `None` after the last.
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
                    // A run that has just ended takes no command any more, and needs none.
                    let _ = self.engine.commands().send(Command::Stop).await;
                }
            }
        }
    }

    /// The text accepted so far.
    pub(crate) fn text(&self) -> &str {
        self.played.text()
    }

    /// What the run adds up to, after its last record.
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
