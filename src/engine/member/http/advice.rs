//! The forms in which servers request a wait.
//!
//! Owns reading them; the backoff decides whether to wait. In order: `retry-after-ms` (`OpenAI`, Azure), `retry-after` (RFC 9110,
//! section 10.2.3: seconds or a date), `RetryInfo.retryDelay` in the body (Google), `x-ratelimit-reset-*` (`OpenAI` and its
//! relatives).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A number of seconds from here on is a point in time since 1970: no server requests a wait of thirty years.
const EPOCH: f64 = 1e9;

/// From here on it is in milliseconds.
const EPOCH_IN_MILLISECONDS: f64 = 1e11;

/// The upper limit on waits, a century. Adding it to a date cannot fail.
const CENTURY: f64 = 4e9;

/// How long the server asks to wait, if it does. `body` is the reply's, if it is JSON.
pub(super) fn advice(headers: &HeaderMap, body: Option<&Value>, now: SystemTime) -> Option<Duration> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    header("retry-after-ms")
        .and_then(|text| text.parse().ok().and_then(|milliseconds: f64| seconds(milliseconds / 1000.0)))
        .or_else(|| header("retry-after").and_then(|text| moment(text, now)))
        .or_else(|| body.and_then(retry_info))
        .or_else(|| resets(headers, now))
}

/// A span or a point in time: seconds, seconds since 1970, an HTTP date, `1m30s`.
pub(super) fn moment(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        let since = |number: f64| Some((UNIX_EPOCH + seconds(number)?).duration_since(now).unwrap_or_default());
        return match number {
            _ if number < EPOCH => seconds(number),
            _ if number < EPOCH_IN_MILLISECONDS => since(number),
            _ => since(number / 1000.0),
        };
    }
    match httpdate::parse_http_date(text) {
        Ok(date) => Some(date.duration_since(now).unwrap_or_default()),
        Err(_) => span(text),
    }
}

/// `1m30s`, `20ms`, `6m0s`, `1.5s`, `2h`: numbers with units, added up.
pub(super) fn span(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|part: char| part != '.' && !part.is_ascii_digit())?);
        let tail = tail.trim_start();
        let (unit, tail) = tail.split_at(tail.find(|part: char| part == '.' || part.is_ascii_digit()).unwrap_or(tail.len()));
        let scale = match unit.trim() {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" | "msec" | "millisecond" | "milliseconds" => 1e-3,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86400.0,
            _ => return None,
        };
        total = total.saturating_add(seconds(number.trim().parse::<f64>().ok()? * scale)?);
        rest = tail;
    }
    Some(total)
}

/// This many seconds, a century at most: a longer wait is refused just the same. `None` if it is not a duration.
fn seconds(number: f64) -> Option<Duration> {
    let number = if number.is_finite() && number >= 0.0 { number.min(CENTURY) } else { return None };
    Duration::try_from_secs_f64(number).ok()
}

/// `{"error":{"details":[{"@type":"…/google.rpc.RetryInfo","retryDelay":"34s"}]}}`, also inside an array.
fn retry_info(body: &Value) -> Option<Duration> {
    let body = body.get(0).unwrap_or(body);
    let details = body.get("error")?.get("details")?.as_array()?;
    details.iter().find_map(|detail| span(detail.get("retryDelay")?.as_str()?))
}

/// The latest reset among the exhausted limits; a limit that does not report what remains counts as exhausted.
fn resets(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    ["requests", "tokens"]
        .into_iter()
        .filter(|limit| text(&format!("x-ratelimit-remaining-{limit}")).is_none_or(|remaining| remaining == "0"))
        .filter_map(|limit| moment(text(&format!("x-ratelimit-reset-{limit}"))?, now))
        .max()
}
