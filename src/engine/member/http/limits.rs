//! How much the HTTP client accepts, how long it waits, and when it retries.
//!
//! Owns the rules of waiting, as pure functions: the random number is a parameter. Each error decides whether it is worth another
//! attempt.

use std::time::Duration;

/// Limits of one endpoint. None of them ends a reply that keeps arriving: that is up to the caller's time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For finding the host and connecting, including TLS.
    pub connect: Duration,
    /// For a first answer to TLS; after that the port is probed once for plain HTTP, before connecting continues.
    pub handshake: Duration,
    /// From sending a request to the first byte of its reply's body, the time in which long prompts are read.
    pub first: Duration,
    /// Between two pieces of a body that has started.
    pub idle: Duration,
    /// Concurrent calls; a streamed reply counts until it has ended or is dropped. At least one.
    pub calls: usize,
    /// Attempts for one call, including the first.
    pub attempts: u32,
    /// Whether to wait, as long as the caller does, for a server that reports that it is loading its model.
    pub patient: bool,
    /// The most bytes of one line or event of a streamed reply.
    pub line: usize,
    /// The most bytes of a reply that is not streamed.
    pub body: usize,
    /// The waits between attempts.
    pub backoff: Backoff,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            handshake: Duration::from_millis(1500),
            first: Duration::from_secs(120),
            idle: Duration::from_secs(60),
            calls: 16,
            attempts: 4,
            patient: true,
            line: 1 << 20,
            body: 64 << 20,
            backoff: Backoff::default(),
        }
    }
}

/// The waits between attempts: they double, and jitter shortens each by up to two fifths, which spreads clients that were refused
/// together (Brooker, "Exponential Backoff And Jitter", 2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first attempt; it doubles with each further one.
    pub first: Duration,
    /// The longest wait when the server does not request one.
    pub cap: Duration,
    /// The longest wait that a server may request; after a request for more there is no further attempt.
    pub longest: Duration,
    /// The longest wait between two checks of a server that is loading its model.
    pub loading: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            cap: Duration::from_secs(20),
            longest: Duration::from_secs(60),
            loading: Duration::from_secs(1),
        }
    }
}

impl Backoff {
    /// How long to wait after a failed attempt (0 is the first): what the server requested, otherwise a part of `first ·
    /// 2^attempt`, at most `cap`, chosen by `jitter` (0 to 1). If a server requests less than `first`, the usual wait applies up
    /// to `first`: otherwise one that requests none would be called over and over. `None`: the server requests more than is worth
    /// waiting.
    #[must_use]
    pub fn delay(&self, attempt: u32, advice: Option<Duration>, jitter: f64) -> Option<Duration> {
        let factor = 1_u32.checked_shl(attempt).unwrap_or(u32::MAX);
        let own = part(self.first.saturating_mul(factor).min(self.cap), jitter);
        match advice {
            Some(advice) if advice > self.longest => None,
            Some(advice) => Some(advice.max(own.min(self.first))),
            None => Some(own),
        }
    }

    /// How long to wait before checking again on a server that is loading its model.
    #[must_use]
    pub fn while_loading(&self, attempt: u32, jitter: f64) -> Duration {
        self.delay(attempt, None, jitter).unwrap_or(self.loading).min(self.loading)
    }
}

/// The least part of a wait that jitter leaves: it makes each wait longer than the one before, and never zero.
const LEAST: f64 = 0.6;

fn part(whole: Duration, share: f64) -> Duration {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 1.0 };
    Duration::try_from_secs_f64(whole.as_secs_f64() * (LEAST + (1.0 - LEAST) * share)).map_or(whole, |part| part.min(whole))
}
