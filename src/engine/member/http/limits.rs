//! How long and how much the HTTP client takes, and when it tries again.
//!
//! Owns the rules of waiting, pure: the chance comes in as a number. Which error is worth another attempt is the error's.

use std::time::Duration;

/// Limits of one endpoint. None of them ends a reply that keeps coming: that is the caller's time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For finding the host and connecting, TLS included.
    pub connect: Duration,
    /// For a first answer to TLS: after it the port is asked whether it speaks plain HTTP, once, before connecting continues.
    pub handshake: Duration,
    /// From sending a request to the first byte of its reply's body. Long prompts are read in this time.
    pub first: Duration,
    /// Between two pieces of a body that has started.
    pub idle: Duration,
    /// Calls at once; a streamed reply counts until it has ended or is dropped. At least one.
    pub calls: usize,
    /// Attempts for one call, the first included.
    pub attempts: u32,
    /// Whether to wait, as long as the caller does, for a server that says it is loading its model.
    pub patient: bool,
    /// Bytes of one line or event of a streamed reply.
    pub line: usize,
    /// Bytes of a reply that is not streamed.
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

/// The waits between attempts: they double, and chance shortens each by up to two fifths, which spreads clients that were refused
/// together (Brooker, "Exponential Backoff And Jitter", 2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first attempt; it doubles with each further one.
    pub first: Duration,
    /// The longest wait of all that we choose.
    pub cap: Duration,
    /// The longest wait that a server may ask for; what asks for more is not tried again.
    pub longest: Duration,
    /// The longest wait between two looks at a server that is loading its model.
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
    /// How long to wait after a failed attempt (0 is the first): what the server asked for, else a part of `first · 2^attempt`,
    /// at most `cap`; `jitter`, 0 to 1, says which. A server that asks for less than `first` gets our own wait up to `first`: one
    /// that asks for none would be called again and again. `None`: the server asks for more than is worth waiting.
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

    /// How long to wait before looking again at a server that is loading its model.
    #[must_use]
    pub fn while_loading(&self, attempt: u32, jitter: f64) -> Duration {
        self.delay(attempt, None, jitter).unwrap_or(self.loading).min(self.loading)
    }
}

/// The least of a wait that chance leaves: with it each wait is longer than the one before, whatever chance says of both, and none
/// is no wait at all.
const LEAST: f64 = 0.6;

fn part(whole: Duration, share: f64) -> Duration {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 1.0 };
    Duration::try_from_secs_f64(whole.as_secs_f64() * (LEAST + (1.0 - LEAST) * share)).map_or(whole, |part| part.min(whole))
}
