//! Counts as servers send them: tokens used, tokens in a context.
//!
//! Real servers and proxies send them as fractions (`12.0`), as text (`"12"`), below 0 if unknown, or beyond what 64 bits hold. A
//! count is only shown and added up, so none of that may fail a reply: whatever reads as a number is clamped, and anything else
//! is not a count.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The count in a value, between 0 and `u64::MAX`; `None` if it is not a count.
pub(super) fn of(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| bounded(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok().or_else(|| bounded(text.trim().parse().ok()?)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A count in a field of a reply; 0 if there is none.
pub(super) fn or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(optional(deserializer)?.unwrap_or_default())
}

/// A count in a field of a reply, if there is one.
pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(of(&Value::deserialize(deserializer)?))
}

/// A size in a field of a reply, if there is one, clamped to what this machine can address.
pub(super) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    Ok(optional(deserializer)?.map(|count| usize::try_from(count).unwrap_or(usize::MAX)))
}

/// A float, cut to a whole number; Rust's conversion clamps it.
fn bounded(number: f64) -> Option<u64> {
    (!number.is_nan()).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_servers_send_is_a_count_or_none() {
        for (sent, count) in [
            (json!(12), Some(12)),
            (json!(12.9), Some(12)),
            (json!("12"), Some(12)),
            (json!(" 12.5 "), Some(12)),
            (json!(-1), Some(0)),
            (json!(-0.5), Some(0)),
            (json!("-3"), Some(0)),
            (json!(1e300), Some(u64::MAX)),
            (json!(u64::MAX), Some(u64::MAX)),
            (json!("99999999999999999999999"), Some(u64::MAX)),
            (json!(null), None),
            (json!(true), None),
            (json!("many"), None),
            (json!(""), None),
            (json!("NaN"), None),
            (json!([1]), None),
            (json!({"tokens": 1}), None),
        ] {
            assert_eq!(of(&sent), count, "{sent}");
        }
    }

    proptest! {
        #[test]
        fn a_whole_number_is_itself(number: u64) {
            prop_assert_eq!(of(&json!(number)), Some(number));
            prop_assert_eq!(of(&json!(number.to_string())), Some(number));
        }
    }
}
