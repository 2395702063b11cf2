//! A pace that members share, and the timing of one call at it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// The slowest pace, in tokens per second; a slower one is raised to it.
pub const SLOWEST: f64 = 0.01;

/// How fast members may write. Clones share one pace; a change takes effect immediately, even in the middle of a draft.
#[derive(Debug, Clone)]
pub struct Pace(Arc<watch::Sender<Option<f64>>>);

impl Pace {
    /// A pace in tokens per second for each member; `None`, 0 and NaN mean unlimited.
    #[must_use]
    pub fn new(tokens_per_second: Option<f64>) -> Self {
        Self(Arc::new(watch::Sender::new(bounded(tokens_per_second))))
    }

    /// Changes the pace of everyone who shares it; values as in [`Pace::new`].
    pub fn set(&self, tokens_per_second: Option<f64>) {
        self.0.send_replace(bounded(tokens_per_second));
    }

    /// Tokens per second, from [`SLOWEST`] on; `None` is unlimited.
    #[cfg(test)]
    pub(super) fn tokens_per_second(&self) -> Option<f64> {
        *self.0.borrow()
    }
}

fn bounded(tokens_per_second: Option<f64>) -> Option<f64> {
    tokens_per_second.filter(|rate| rate.is_finite() && *rate > 0.0).map(|rate| rate.max(SLOWEST))
}

/// The timing of one call: tokens come at least a token time apart, never in bursts.
pub(super) struct Beat {
    pace: watch::Receiver<Option<f64>>,
    last: Instant,
}

impl Beat {
    pub(super) fn new(pace: &Pace) -> Self {
        Self { pace: pace.0.subscribe(), last: Instant::now() }
    }

    /// Waits until this many token times have passed since it last returned.
    pub(super) async fn wait(&mut self, tokens: u32) {
        let mut left = f64::from(tokens);
        loop {
            let now = Instant::now();
            let Some(rate) = *self.pace.borrow_and_update() else {
                self.last = now;
                return;
            };
            let due = self.last + Duration::from_secs_f64(left.max(0.0) / rate);
            if due <= now {
                self.last = now;
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(due) => {
                    // Not the present: delays of timers do not add up.
                    self.last = due;
                    return;
                }
                // A waiting call keeps the pace alive; if it were gone, this would wait at the last one.
                Ok(()) = self.pace.changed() => {
                    let changed = Instant::now();
                    left -= changed.saturating_duration_since(self.last).as_secs_f64() * rate;
                    self.last = changed;
                }
            }
        }
    }
}
