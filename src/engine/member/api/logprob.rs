//! Log-probabilities in the forms in which APIs report them, unified.
//!
//! Owns reading them and which values are plausible. Some servers reply in another form than the API they imitate, so the form is
//! recognised from the value.

use serde_json::Value;

/// The value of an impossible token: servers clamp minus infinity to some number, -9999 or less.
const LEAST: f32 = -100.0;

/// No log-probability is below this; such a value means something else.
const ABSURD: f64 = -1e5;

/// A value above 0 by no more than this is a rounding error.
const ROUNDING: f64 = 1e-2;

/// A token as a server reports it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Its bytes: parts of characters are tokens too.
    pub bytes: Vec<u8>,
    /// Its natural log-probability, if reported and plausible.
    pub logprob: Option<f32>,
    /// The most probable tokens at its position, with their natural log-probabilities.
    pub top: Vec<(String, f32)>,
}

/// A plausible natural log-probability, clamped to -100 to 0; `None` for anything else.
#[must_use]
pub fn believed(value: f64) -> Option<f32> {
    (ABSURD..=ROUNDING).contains(&value).then(|| (value as f32).clamp(LEAST, 0.0))
}

/// The tokens in a value; none if its form is unknown.
pub fn entries(value: &Value) -> Vec<Entry> {
    match value {
        Value::Array(elements) => elements.iter().flat_map(entries).collect(),
        Value::Object(fields) => {
            let has = |name: &str| fields.get(name).is_some_and(|field| !field.is_null());
            if has("content") {
                fields.get("content").map(entries).unwrap_or_default()
            } else if has("token_logprobs") {
                parallel(value)
            } else if has("chosenCandidates") {
                candidates(value)
            } else if fields.get("logprobs").is_some_and(Value::is_array) {
                of_text(value)
            } else if fields.contains_key("logprob") || fields.contains_key("logProbability") {
                vec![single(value)]
            } else {
                Vec::new()
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// `{token, bytes, logprob, top_logprobs[]}`: `OpenAI` chat and its relatives, TGI (`text`), Gemini (`logProbability`).
fn single(value: &Value) -> Entry {
    let top = value.get("top_logprobs").and_then(Value::as_array);
    let top = top.into_iter().flatten().filter_map(alternative).collect();
    Entry { bytes: bytes_of(value), logprob: logprob_of(value), top }
}

/// `{tokens[], token_logprobs[], top_logprobs[]}`: completions, Together, Fireworks. Alternatives are objects of texts or lists.
fn parallel(value: &Value) -> Vec<Entry> {
    let list = |name: &str| value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (logprobs, tops) = (list("token_logprobs"), list("top_logprobs"));
    let entry = |(place, token): (usize, &Value)| Entry {
        bytes: token.as_str().map(unescaped).unwrap_or_default(),
        logprob: logprobs.get(place).and_then(Value::as_f64).and_then(believed),
        top: tops.get(place).map(alternatives).unwrap_or_default(),
    };
    list("tokens").iter().enumerate().map(entry).collect()
}

/// `{chosenCandidates[], topCandidates[].candidates[]}`: Gemini.
fn candidates(value: &Value) -> Vec<Entry> {
    let list = |name: &str| value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let tops = list("topCandidates");
    let top = |place: usize| tops.get(place).and_then(|top| top.get("candidates")).map(alternatives).unwrap_or_default();
    let chosen = list("chosenCandidates").iter().enumerate();
    chosen.map(|(place, token)| Entry { top: top(place), ..single(token) }).collect()
}

/// `{text, logprobs[]}`: Cohere. A text of several tokens goes to the last.
fn of_text(value: &Value) -> Vec<Entry> {
    let logprobs = value.get("logprobs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let token = |logprob: &Value| Entry { logprob: logprob.as_f64().and_then(believed), ..Entry::default() };
    let mut entries: Vec<Entry> = logprobs.iter().map(token).collect();
    if let Some(last) = entries.last_mut() {
        last.bytes = bytes_of(value);
    }
    entries
}

/// Alternatives as a list of tokens or as an object from texts to numbers.
fn alternatives(value: &Value) -> Vec<(String, f32)> {
    match value {
        Value::Array(tokens) => tokens.iter().filter_map(alternative).collect(),
        Value::Object(tokens) => {
            let known = |(text, logprob): (&String, &Value)| Some((text.clone(), believed(logprob.as_f64()?)?));
            tokens.iter().filter_map(known).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// An alternative with a text: some servers report only numbers.
fn alternative(value: &Value) -> Option<(String, f32)> {
    let text = String::from_utf8_lossy(&bytes_of(value)).into_owned();
    Some((text, logprob_of(value)?)).filter(|(text, _)| !text.is_empty())
}

fn logprob_of(value: &Value) -> Option<f32> {
    ["logprob", "logProbability"].into_iter().find_map(|name| value.get(name)?.as_f64()).and_then(believed)
}

/// A token's bytes if given, otherwise its text's.
fn bytes_of(value: &Value) -> Vec<u8> {
    let byte = |byte: &Value| byte.as_u64().and_then(|byte| u8::try_from(byte).ok());
    let given = value.get("bytes").and_then(Value::as_array).and_then(|bytes| bytes.iter().map(byte).collect());
    let text = || ["token", "text"].into_iter().find_map(|name| value.get(name)?.as_str()).map(unescaped);
    given.or_else(text).unwrap_or_default()
}

/// A text's bytes; completions write tokens that are parts of characters as `bytes:\xe2\x82`.
fn unescaped(text: &str) -> Vec<u8> {
    let escaped = text.strip_prefix("bytes:").and_then(|bytes| {
        let mut parts = bytes.split("\\x");
        let before = parts.next()?;
        let mut decoded = before.as_bytes().to_vec();
        for part in parts {
            let (digits, rest) = part.split_at_checked(2)?;
            decoded.push(u8::from_str_radix(digits, 16).ok()?);
            decoded.extend_from_slice(rest.as_bytes());
        }
        (decoded.len() < bytes.len()).then_some(decoded)
    });
    escaped.unwrap_or_else(|| text.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn entry(text: &str, logprob: f32, top: &[(&str, f32)]) -> Entry {
        let top = top.iter().map(|(text, logprob)| ((*text).to_owned(), *logprob)).collect();
        Entry { bytes: text.as_bytes().to_vec(), logprob: Some(logprob), top }
    }

    #[test]
    fn the_shapes_of_the_apis_mean_the_same() {
        let want = vec![entry("A", -0.5, &[("A", -0.5), ("B", -1.0)]), entry("b", -2.0, &[("b", -2.0)])];
        let chat = json!({"content": [
            {"token": "A", "bytes": [65], "logprob": -0.5, "top_logprobs": [
                {"token": "A", "bytes": [65], "logprob": -0.5}, {"token": "B", "bytes": null, "logprob": -1.0}]},
            {"token": "b", "logprob": -2.0, "top_logprobs": [{"token": "b", "logprob": -2.0}]},
        ], "refusal": null});
        let ollama = chat.get("content").unwrap().clone();
        let legacy = json!({"tokens": ["A", "b"], "token_logprobs": [-0.5, -2.0], "text_offset": [0, 1],
            "top_logprobs": [{"A": -0.5, "B": -1.0}, {"b": -2.0}]});
        let gemini = json!({
            "chosenCandidates": [{"token": "A", "tokenId": 1, "logProbability": -0.5}, {"token": "b", "logProbability": -2.0}],
            "topCandidates": [
                {"candidates": [{"token": "A", "logProbability": -0.5}, {"token": "B", "logProbability": -1.0}]},
                {"candidates": [{"token": "b", "logProbability": -2.0}]}]});
        for value in [chat, ollama, legacy, gemini] {
            assert_eq!(entries(&value), want, "{value}");
        }
        let cohere = json!([{"text": "Ab", "token_ids": [1, 2], "logprobs": [-0.5, -2.0]}]);
        assert_eq!(entries(&cohere), [Entry { bytes: Vec::new(), ..entry("", -0.5, &[]) }, entry("Ab", -2.0, &[])]);
        assert_eq!(entries(&json!({"id": 5, "text": "A", "logprob": -0.5, "special": false})), [entry("A", -0.5, &[])]);
    }

    #[test]
    fn numbers_without_texts_are_no_alternatives() {
        let numbers = json!({"id": 5, "logprob": -0.5, "top_logprobs": [{"id": 5, "logprob": -0.5}, {"id": 6, "logprob": -1.0}]});
        assert_eq!(entries(&numbers), [entry("", -0.5, &[])]);
    }

    #[test]
    fn what_tells_nothing_gives_nothing() {
        for value in [json!(null), json!({"content": null}), json!({"content": []}), json!("x"), json!({"tokens": ["a"]})] {
            assert_eq!(entries(&value), [], "{value}");
        }
        let fewer = json!({"tokens": ["a", "b"], "token_logprobs": [null]});
        assert!(entries(&fewer).iter().all(|entry| entry.logprob.is_none()));
    }

    #[test]
    fn parts_of_characters_are_bytes() {
        assert_eq!(unescaped("bytes:\\xe2\\x82"), [0xe2, 0x82]);
        assert_eq!(unescaped("bytes: \\xe2"), [0x20, 0xe2]);
        for text in ["bytes:", "bytes: none", "bytes:\\xzz", "é"] {
            assert_eq!(unescaped(text), text.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_clamp_is_believed_and_nonsense_is_not() {
        assert_eq!(believed(-9999.0), Some(-100.0));
        assert_eq!(believed(0.000_01), Some(0.0));
        for nonsense in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.5, 3.0, -1e9] {
            assert_eq!(believed(nonsense), None, "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_fault(text in "(bytes:)?(\\\\x[0-9a-g]{0,2}|.){0,8}") {
            let _ = entries(&json!([{"token": text, "logprob": -1.0}]));
        }
    }
}
