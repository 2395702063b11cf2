//! Whether an error is about a parameter of the request: then the same request fails again, whatever the status.

use std::collections::BTreeSet;

use serde_json::Value;

/// Words of an error about a parameter, in lower case.
const REFUSING: [&str; 14] = [
    "unexpected keyword",
    "unexpected argument",
    "unexpected field",
    "unsupported",
    "not support",
    "not permitted",
    "not allowed",
    "unknown",
    "unrecognized",
    "unrecognised",
    "invalid",
    "extra ",
    "parameter",
    "must be",
];

/// Fields for the contents of a request: no server fails because it does not know them, and messages about other things name
/// them.
const ORDINARY: [&str; 12] = [
    "model",
    "messages",
    "prompt",
    "input",
    "inputs",
    "content",
    "contents",
    "role",
    "system",
    "stream",
    "options",
    "parameters",
];

/// Whether a message reads like one about a parameter.
pub(super) fn refuses(message: &str) -> bool {
    let message = message.to_lowercase();
    REFUSING.iter().any(|words| message.contains(words))
}

/// Whether a message refuses a parameter that this body has.
pub(super) fn blames(message: &str, body: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice(body) else { return false };
    if !refuses(message) {
        return false;
    }
    let mut names = BTreeSet::new();
    collect(&body, &mut names);
    let message = message.to_lowercase();
    let words: Vec<&str> = message.split(|part: char| !(part.is_ascii_alphanumeric() || part == '_')).collect();
    names.iter().any(|name| words.contains(&name.to_lowercase().as_str()))
}

/// The names of a body's fields; not those inside its lists, which are its contents.
fn collect<'a>(body: &'a Value, names: &mut BTreeSet<&'a str>) {
    for (name, value) in body.as_object().into_iter().flatten() {
        if !ORDINARY.contains(&name.as_str()) {
            names.insert(name);
        }
        collect(value, names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_blames_a_parameter_that_was_sent() {
        let body =
            br#"{"model": "m", "messages": [{"name": "x"}], "top_logprobs": 2, "stream_options": {"include_usage": true}}"#;
        for message in [
            "create() got an unexpected keyword argument 'top_logprobs'",
            "Unsupported parameter: include_usage",
            "TOP_LOGPROBS is not supported",
        ] {
            assert!(blames(message, body), "{message}");
        }
        for message in [
            "out of memory",
            "unknown error in the model",
            "unexpected keyword argument 'seed'",
            "invalid name",
            "top_logprobs",
            "",
        ] {
            assert!(!blames(message, body), "{message}");
        }
        assert!(!blames("unknown x", b"{"));
    }
}
