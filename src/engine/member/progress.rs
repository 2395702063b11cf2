//! What a call reports while it is in progress.
//!
//! Owns tokens and signs of life on their way to the receiver, and how long the call has waited for its turn, which its time
//! limit does not count. The call's bill travels with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::bill::Bill;
use super::hints::Hints;
use crate::engine::fusion::candidate::DraftToken;

/// The interval between signs of life of a call that waits, or works without a token.
pub(super) const SIGN: Duration = Duration::from_secs(1);

/// Where the tokens of a draft in progress are sent, and the signs of life of any call. The channel behind it is bounded: a slow
/// receiver slows the drafting.
#[derive(Debug, Clone)]
pub struct Progress {
    call: u64,
    listener: Option<mpsc::Sender<(u64, DraftToken)>>,
    /// Whether tokens are sent as mere signs of life.
    quiet: bool,
    waits: Waits,
    bill: Bill,
    hints: Hints,
}

impl Progress {
    /// Tokens go to this receiver, each with the number of the call that it belongs to.
    #[must_use]
    pub fn new(call: u64, listener: mpsc::Sender<(u64, DraftToken)>) -> Self {
        Self {
            call,
            listener: Some(listener),
            quiet: false,
            waits: Waits::default(),
            bill: Bill::default(),
            hints: Hints::default(),
        }
    }

    /// Tokens go nowhere.
    #[must_use]
    pub fn nowhere() -> Self {
        Self { call: 0, listener: None, quiet: false, waits: Waits::default(), bill: Bill::default(), hints: Hints::default() }
    }

    /// The same call, with what other members have already drafted in this round.
    #[must_use]
    pub fn beside(self, hints: Hints) -> Self {
        Self { hints, ..self }
    }

    /// What other members have already drafted in this round.
    #[must_use]
    pub fn hints(&self) -> &Hints {
        &self.hints
    }

    /// How long the call has waited for its turn.
    #[must_use]
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    /// What the call uses, if its member books that.
    #[must_use]
    pub fn bill(&self) -> &Bill {
        &self.bill
    }

    /// Tokens go to this receiver instead; the waiting and the bill remain this call's.
    #[must_use]
    pub fn heard_by(&self, call: u64, listener: mpsc::Sender<(u64, DraftToken)>) -> Self {
        Self { call, listener: Some(listener), ..self.clone() }
    }

    /// The same, but tokens become mere signs of life: others were already sent, from a reply that no longer counts.
    #[must_use]
    pub fn quiet(&self) -> Self {
        Self { quiet: true, ..self.clone() }
    }

    /// Sends a token from a task. Without a receiver it is lost, which is not an error.
    pub async fn token(&self, token: DraftToken) {
        if self.quiet {
            return self.alive();
        }
        if let Some(listener) = &self.listener {
            let _ = listener.send((self.call, token)).await;
        }
    }

    /// A sign of life without a token: hidden reasoning, or text that is held back. It is not needed without a receiver, or if
    /// the receiver has unread tokens.
    pub fn alive(&self) {
        if let Some(listener) = &self.listener {
            let _ = listener.try_send((self.call, DraftToken::sign_of_life()));
        }
    }

    /// Sends a token from a thread that is not part of the runtime. Without a receiver it is lost, which is not an error.
    #[cfg(any(test, feature = "testing"))]
    pub fn token_blocking(&self, token: DraftToken) {
        if self.quiet {
            return self.alive();
        }
        if let Some(listener) = &self.listener {
            let _ = listener.blocking_send((self.call, token));
        }
    }
}

/// How long a call has waited for its turn so far; clones are shared.
#[derive(Debug, Clone, Default)]
pub struct Waits(Arc<Mutex<Waited>>);

#[derive(Debug, Default)]
struct Waited {
    before: Duration,
    since: Option<Instant>,
}

/// A call waits for its turn until this is dropped.
#[derive(Debug)]
pub(super) struct Waiting<'a>(&'a Waits);

impl Waits {
    /// The time spent waiting, up to now.
    #[must_use]
    pub fn total(&self) -> Duration {
        let waited = self.waited();
        waited.before + waited.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Marks the call as waiting from now on.
    pub(super) fn begin(&self) -> Waiting<'_> {
        self.waited().since.get_or_insert_with(Instant::now);
        Waiting(self)
    }

    fn waited(&self) -> std::sync::MutexGuard<'_, Waited> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waited = self.0.waited();
        if let Some(since) = waited.since.take() {
            waited.before += since.elapsed();
        }
    }
}
