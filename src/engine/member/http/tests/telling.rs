//! What is read from servers' messages.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::engine::member::http::Endpoint;
use crate::engine::member::http::context::{ContextLength, context_length};
use crate::engine::member::http::detail::{in_band, of_body, page_title};
use crate::engine::member::http::redact::Secrets;

#[test]
fn paths_continue_the_address() {
    for (address, path, expected) in [
        ("http://h:1", "/health", "http://h:1/health"),
        ("http://h:1/", "health", "http://h:1/health"),
        ("http://h/v1/", "/models?limit=2", "http://h/v1/models?limit=2"),
        ("http://h/v1?api-version=1", "models?limit=2", "http://h/v1/models?api-version=1&limit=2"),
        ("http://h/v1?api-version=1", "", "http://h/v1?api-version=1"),
        (
            "http://h/v1beta",
            "models/gemini:streamGenerateContent?alt=sse",
            "http://h/v1beta/models/gemini:streamGenerateContent?alt=sse",
        ),
        ("http://h", "/a b", "http://h/a%20b"),
    ] {
        assert_eq!(Endpoint::new("x", address).unwrap().url(path).as_str(), expected);
    }
}

#[test]
fn messages_about_the_context_are_recognised_with_their_numbers() {
    let both = |needed, limit| Some(ContextLength { needed: Some(needed), limit: Some(limit) });
    for (message, expected) in [
        ("This model's maximum context length is 8192 tokens. However, your request has 9000 input tokens.", both(9000, 8192)),
        (
            "'max_tokens' is too large: 4000. This model's maximum context length is 8192 tokens and your request has 8500.",
            both(8500, 8192),
        ),
        ("the request (29 tokens) exceeds the available context size (16 tokens)", both(29, 16)),
        ("input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000", both(209_573, 200_000)),
        ("Prompt is too long", Some(ContextLength { needed: None, limit: None })),
        ("Rate limit reached for gpt-4 on tokens per min: limit 10000, requested 12000", None),
        ("", None),
    ] {
        assert_eq!(context_length(&Value::Null, message), expected, "{message}");
    }
    let coded = json!({"code": "context_length_exceeded"});
    assert_eq!(context_length(&coded, "no"), Some(ContextLength { needed: None, limit: None }));
}

#[test]
fn only_an_error_inside_a_reply_is_one() {
    let none = Secrets::default();
    for data in [
        json!({"error": null}),
        json!({"error": ""}),
        json!({"error": {}}),
        json!({"error": false}),
        json!({"type": "ping"}),
        json!({"message": {"content": "error"}}),
        json!("error"),
        json!([{"error": "x"}]),
    ] {
        assert_eq!(in_band(None, &data, &none), None, "{data}");
    }
    for (event, data, message) in [
        (None, json!({"error": "m"}), "m"),
        (Some("error"), json!({"message": "m"}), "m"),
        (Some("error"), json!("m"), "m"),
        (None, json!({"type": "error", "code": 3}), "{\"code\":3,\"type\":\"error\"}"),
        (None, json!({"error": 17}), "{\"error\":17}"),
    ] {
        assert_eq!(in_band(event, &data, &none).unwrap().message, message);
    }
}

#[test]
fn web_pages_have_titles() {
    for (text, expected) in [
        ("<!DOCTYPE HTML><TITLE a=b> x </TITLE>", Some("x")),
        ("\u{feff}\n <html><title>İ&amp;</title>", Some("İ&amp;")),
        ("<html><title>cut", Some("")),
        ("<html>", Some("")),
        ("<xml>", None),
        ("plain <html>", None),
    ] {
        assert_eq!(page_title(text).as_deref(), expected, "{text}");
    }
}

/// JSON of any structure, with the fields in which servers put errors.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,300}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        let field =
            prop::sample::select(vec!["error", "message", "detail", "msg", "code", "type", "status", "metadata", "raw", "n_ctx"]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((field, inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_a_server_says_is_one_short_line(body in anything(), event in proptest::option::of("error|ping")) {
        let none = Secrets::default();
        let details = [Some(of_body(body.to_string().as_bytes(), &none)), in_band(event.as_deref(), &body, &none)];
        for detail in details.into_iter().flatten() {
            for text in [Some(detail.message), detail.code, detail.kind].into_iter().flatten() {
                prop_assert!(text.chars().count() <= 1001 && !text.chars().any(char::is_control), "{text:?}");
            }
        }
    }

    #[test]
    fn any_bytes_can_be_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200), page in "(<html>|<!doctype html>)(<title>|.){0,9}") {
        let none = Secrets::default();
        prop_assert!(of_body(&bytes, &none).message.chars().count() <= 1001);
        prop_assert!(of_body(page.as_bytes(), &none).message.starts_with("a web page"));
    }
}
