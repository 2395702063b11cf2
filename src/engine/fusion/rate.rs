//! Tokens per second, as far as the clock can measure it.
//!
//! Every speed on the screen comes from here. A few tokens that arrive together, or a time too short for the clock and the
//! scheduler, give meaningless numbers: then there is no speed.

/// A time below this many milliseconds says nothing about speed.
const SHORTEST_MS: f64 = 1.0;

/// Tokens within this many milliseconds of the first arrived together with it.
const AT_ONCE_MS: f64 = 2.0;

/// Tokens per second that no model reaches; anything above comes from wrong times.
const FASTEST: f64 = 100_000.0;

/// The speed of this many tokens in this many milliseconds; `None` for fewer than two tokens, or if the time cannot be right.
#[must_use]
pub fn tokens_per_second(tokens: usize, elapsed_ms: f64) -> Option<f64> {
    if tokens < 2 { None } else { told(tokens, elapsed_ms) }
}

/// The speed of a draft, from the milliseconds to its first and to its last token: measured after the first, unless all arrived
/// together.
#[must_use]
pub fn of_draft(tokens: usize, first_ms: f64, last_ms: f64) -> Option<f64> {
    let after = last_ms - first_ms;
    if after > AT_ONCE_MS && tokens > 1 { told(tokens - 1, after) } else { tokens_per_second(tokens, last_ms) }
}

fn told(tokens: usize, elapsed_ms: f64) -> Option<f64> {
    let rate = tokens as f64 * 1000.0 / elapsed_ms;
    (elapsed_ms >= SHORTEST_MS && elapsed_ms.is_finite() && rate <= FASTEST).then_some(rate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_speed_is_tokens_over_time() {
        assert_eq!(tokens_per_second(50, 2000.0), Some(25.0));
        assert_eq!(of_draft(11, 500.0, 1000.0), Some(20.0), "the wait for the first is no time of the others");
        assert_eq!(of_draft(10, 499.5, 500.0), Some(20.0), "all at once: the whole time");
    }

    #[test]
    fn what_the_clock_cannot_tell_is_no_speed() {
        for (tokens, ms) in [(0, 100.0), (1, 100.0), (10, 0.0), (10, 0.9), (10, -5.0), (10, f64::NAN), (10, f64::INFINITY)] {
            assert_eq!(tokens_per_second(tokens, ms), None, "{tokens} in {ms}");
        }
        assert_eq!(tokens_per_second(100_000, 1.0), None);
        assert_eq!(of_draft(24, 0.1, 0.3), None);
        assert_eq!(of_draft(1, 5.0, 500.0), None);
        assert_eq!(of_draft(10_000, 1.0, 4.0), None);
    }

    proptest! {
        #[test]
        fn a_speed_is_always_one_that_can_be(tokens: usize, first: f64, last: f64) {
            for rate in [tokens_per_second(tokens, last), of_draft(tokens, first, last)].into_iter().flatten() {
                prop_assert!(rate > 0.0 && rate <= FASTEST);
            }
        }
    }
}
