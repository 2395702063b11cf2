//! How long to wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use crate::engine::member::http::Backoff;
use crate::engine::member::http::advice::{advice, moment, span};

const NOW: Duration = Duration::from_secs(1_790_000_000);

fn now() -> SystemTime {
    UNIX_EPOCH + NOW
}

#[allow(clippy::unnecessary_wraps, reason = "what it is compared with is optional")]
fn milliseconds(number: u64) -> Option<Duration> {
    Some(Duration::from_millis(number))
}

fn advised(headers: &[(&'static str, &str)], body: Option<&Value>) -> Option<Duration> {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
    advice(&headers, body, now())
}

#[test]
fn waits_double_up_to_their_cap() {
    let waits: Vec<f64> = (0..8).map(|attempt| Backoff::default().delay(attempt, None, 1.0).unwrap().as_secs_f64()).collect();
    assert_eq!(waits, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]);
    assert_eq!(Backoff::default().delay(2, None, 0.25), milliseconds(1400));
    assert_eq!(Backoff::default().delay(0, None, 0.0), milliseconds(300));
}

#[test]
fn each_wait_is_longer_than_the_one_before_whatever_chance_says() {
    for attempt in 0..5 {
        let longest = Backoff::default().delay(attempt, None, 1.0).unwrap();
        let shortest_next = Backoff::default().delay(attempt + 1, None, 0.0).unwrap();
        assert!(shortest_next.as_secs_f64() >= 1.15 * longest.as_secs_f64(), "{longest:?}, then {shortest_next:?}");
    }
}

#[test]
fn advice_is_kept_up_to_a_minute() {
    let backoff = Backoff::default();
    assert_eq!(backoff.delay(0, milliseconds(60_000), 0.0), milliseconds(60_000));
    assert_eq!(backoff.delay(3, milliseconds(400), 0.5), milliseconds(500), "never less than the first wait of our own");
    assert_eq!(backoff.delay(0, milliseconds(0), 0.5), milliseconds(400));
    assert_eq!(backoff.delay(0, milliseconds(2000), 1.0), milliseconds(2000));
    assert_eq!(backoff.delay(0, milliseconds(60_001), 0.0), None);
}

#[test]
fn spans_are_added_up() {
    for (text, expected) in [
        ("1m30s", milliseconds(90_000)),
        ("20ms", milliseconds(20)),
        ("6m0s", milliseconds(360_000)),
        ("34s", milliseconds(34_000)),
        ("1.5s", milliseconds(1500)),
        ("1h2m3s4ms", milliseconds(3_723_004)),
        ("2d", milliseconds(172_800_000)),
        ("", None),
        ("soon", None),
        ("5", None),
        ("5 parsecs", None),
        ("-3s", None),
        ("1..5s", None),
        ("99999999999999999999d", milliseconds(4_000_000_000_000)),
        ("30 seconds", milliseconds(30_000)),
        ("2 minutes", milliseconds(120_000)),
        ("1 min 5 s", milliseconds(65_000)),
    ] {
        assert_eq!(span(text), expected, "{text}");
    }
}

#[test]
fn moments_are_spans_from_now() {
    for (text, expected) in [
        ("2", milliseconds(2000)),
        ("0.25", milliseconds(250)),
        ("1790000012", milliseconds(12_000)),
        ("1500000000", milliseconds(0)),
        ("Mon, 21 Sep 2026 14:13:50 GMT", milliseconds(30_000)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", milliseconds(0)),
        ("1790000012000", milliseconds(12_000)),
        ("-1", None),
        ("-0", milliseconds(0)),
        ("", None),
        ("NaN", None),
        ("inf", None),
        ("soon", None),
        ("1e300", milliseconds(2_210_000_000_000)),
        ("99999999999999999999", milliseconds(2_210_000_000_000)),
    ] {
        assert_eq!(moment(text, now()), expected, "{text}");
    }
}

#[test]
fn advice_is_read_from_where_servers_put_it() {
    let google = json!({"error": {"details": [{"@type": "type.googleapis.com/google.rpc.Help"}, {"retryDelay": "34s"}]}});
    let used_up = ("x-ratelimit-remaining-tokens", "0");
    let left = ("x-ratelimit-remaining-requests", "17");
    assert_eq!(advised(&[("retry-after-ms", "1500"), ("retry-after", "9")], Some(&google)), milliseconds(1500));
    assert_eq!(advised(&[("retry-after", "9")], Some(&google)), milliseconds(9000));
    assert_eq!(advised(&[("retry-after", "whenever")], Some(&google)), milliseconds(34_000));
    assert_eq!(advised(&[("retry-after-ms", "-5"), ("retry-after", "9")], None), milliseconds(9000));
    assert_eq!(advised(&[("retry-after-ms", "1e300")], None), milliseconds(4_000_000_000_000));
    assert_eq!(advised(&[], Some(&json!([google]))), milliseconds(34_000));
    let resets = [("x-ratelimit-reset-requests", "2m"), ("x-ratelimit-reset-tokens", "300ms")];
    assert_eq!(advised(&resets, None), milliseconds(120_000));
    assert_eq!(advised(&[resets[0], resets[1], used_up, left], None), milliseconds(300));
    assert_eq!(advised(&[resets[0], left], None), None);
    assert_eq!(advised(&[], Some(&json!({"error": "slow down"}))), None);
}

proptest! {
    #[test]
    fn a_wait_is_within_its_bounds(attempt in any::<u32>(), jitter in any::<f64>(), advised in proptest::option::of(0_u64..200_000)) {
        let backoff = Backoff::default();
        let wait = backoff.delay(attempt, advised.map(Duration::from_millis), jitter);
        match advised {
            Some(advised) => {
                let advised = Duration::from_millis(advised);
                prop_assert_eq!(wait.is_some(), advised <= backoff.longest);
                prop_assert!(wait.is_none_or(|wait| wait >= advised && wait <= advised.max(backoff.first)));
            }
            None => prop_assert!(wait.is_some_and(|wait| wait <= backoff.cap)),
        }
        prop_assert!(backoff.while_loading(attempt, jitter) <= backoff.loading);
    }

    #[test]
    fn no_text_makes_reading_it_fail(text in any::<String>(), number in "[0-9.e+-]{0,30}(ms|s|m|h|d|)") {
        let (_, _) = (moment(&text, now()), moment(&number, now()));
    }
}
