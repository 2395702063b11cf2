//! What calls to an endpoint have learned of its trouble, for later calls.
//!
//! A call that fails is repeated by the next round, often word for word. Without a memory the waits that a server requests, and
//! the limit on attempts, would apply within one call only: three rounds would be twelve attempts without a pause. So:
//!
//! - a request that used up its attempts has a single one when it comes again, until a call succeeds;
//! - a wait that the server requested applies to later calls too; one longer than the limit fails them immediately;
//! - a request that the server does not accept as it is fails immediately when it comes again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::HttpError;

/// How long a request counts as not accepted: the server may be a different one later.
const REMEMBERED: Duration = Duration::from_secs(60);

/// The trouble of one endpoint.
#[derive(Debug, Default)]
pub(super) struct Trouble(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The hash of the last request that used up its attempts.
    spent: Option<u64>,
    /// The server's answer when it requested a wait, and until when.
    asked: Option<(HttpError, Instant)>,
    /// The hash of the last request that was not accepted, why, and when.
    refused: Option<(u64, HttpError, Instant)>,
}

impl Trouble {
    /// How many attempts a request has, normally `most`.
    pub(super) fn attempts(&self, request: u64, most: u32) -> u32 {
        if self.with(|state| state.spent == Some(request)) { 1 } else { most }
    }

    /// How long to wait before an attempt, if at all; an error if the call must not be made. `longest` is the longest wait.
    pub(super) fn before(&self, request: u64, longest: Duration) -> Result<Option<Duration>, HttpError> {
        let now = Instant::now();
        self.with(|state| {
            if let Some((refused, error, at)) = &state.refused
                && *refused == request
                && now.duration_since(*at) < REMEMBERED
            {
                return Err(error.clone());
            }
            match &state.asked {
                Some((error, until)) if until.saturating_duration_since(now) > longest => Err(error.clone()),
                Some((_, until)) => Ok(until.checked_duration_since(now).filter(|wait| !wait.is_zero())),
                None => Ok(None),
            }
        })
    }

    /// Records that a call succeeded.
    pub(super) fn over(&self) {
        self.with(|state| *state = State::default());
    }

    /// Records that a call failed for good. `again`: another attempt might have helped.
    pub(super) fn failed(&self, request: u64, error: &HttpError, again: bool) {
        let now = Instant::now();
        self.with(|state| {
            if again {
                state.spent = Some(request);
            }
            if let Some(wait) = error.wait().filter(|_| again) {
                state.asked = now.checked_add(wait).map(|until| (error.clone(), until));
            }
            if error.is_unacceptable() {
                state.refused = Some((request, error.clone(), now));
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::super::at::At;
    use super::super::detail::Detail;
    use super::super::refusal::Refusal;
    use super::*;

    const LONGEST: Duration = Duration::from_secs(60);

    fn refusal(status: u16, wait: Option<u64>) -> HttpError {
        let (at, detail, wait) = (At::new("there", "http://there"), Detail::default(), wait.map(Duration::from_secs));
        HttpError::Status(Box::new(Refusal {
            at,
            status,
            detail,
            wait,
            keyed: false,
            attempts: 1,
            blames: false,
            longest: LONGEST,
        }))
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_was_asked_for_holds_for_the_next_call() {
        let trouble = Trouble::default();
        assert_eq!((trouble.attempts(1, 4), trouble.before(1, LONGEST)), (4, Ok(None)));
        trouble.failed(1, &refusal(503, Some(20)), true);
        assert_eq!((trouble.attempts(1, 4), trouble.before(1, LONGEST)), (1, Ok(Some(Duration::from_secs(20)))));
        tokio::time::advance(Duration::from_secs(15)).await;
        assert_eq!(trouble.before(2, LONGEST), Ok(Some(Duration::from_secs(5))));
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!((trouble.attempts(1, 4), trouble.before(2, LONGEST)), (1, Ok(None)));
        assert_eq!(trouble.attempts(2, 4), 4, "another request is another call");
        trouble.over();
        assert_eq!(trouble.attempts(1, 4), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_too_long_fails_the_calls_that_would_come_into_it() {
        let trouble = Trouble::default();
        trouble.failed(1, &refusal(429, Some(90)), true);
        assert_eq!(trouble.before(2, LONGEST), Err(refusal(429, Some(90))));
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(trouble.before(2, LONGEST), Ok(Some(Duration::from_secs(59))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_was_not_accepted_is_not_sent_again() {
        let trouble = Trouble::default();
        trouble.failed(1, &refusal(400, None), false);
        assert_eq!((trouble.attempts(1, 4), trouble.before(1, LONGEST)), (4, Err(refusal(400, None))));
        assert_eq!(trouble.before(2, LONGEST), Ok(None), "another one is");
        tokio::time::advance(REMEMBERED).await;
        assert_eq!(trouble.before(1, LONGEST), Ok(None), "and after a while the same one too");
        for status in [401, 403, 404, 409, 429, 500] {
            let trouble = Trouble::default();
            trouble.failed(1, &refusal(status, None), false);
            assert_eq!(trouble.before(1, LONGEST), Ok(None), "{status} says nothing of the request");
        }
    }
}
