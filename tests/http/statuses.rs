//! Error statuses: reported in words that the user can act on, without the key.

use serde_json::{Value, json};
use specfuse::engine::member::http::{ContextLength, HttpError};

use crate::loopback::{Loopback, Reply};
use crate::{FAKE, client, keyed, once, patient};

async fn refusal(reply: Reply) -> HttpError {
    let server = Loopback::always(reply).await;
    keyed(&server.url("/v1"), once()).post("/chat/completions", &json!({})).await.unwrap_err()
}

fn openai(message: &str, code: &Value) -> Value {
    json!({"error": {"message": message, "type": "invalid_request_error", "param": null, "code": code}})
}

#[tokio::test]
async fn every_status_says_what_to_do() {
    let cases = [
        (400, "the server does not accept the request", true),
        (401, "the key was refused: check that it is right and may use this model", true),
        (402, "the account has no balance: top it up", true),
        (403, "the key was refused: check that it is right and may use this model", true),
        (404, "not found: check the address's path and the model's name", true),
        (408, "the server gave up waiting for the request", false),
        (413, "the request is too large", true),
        (422, "the server does not accept the request", true),
        (429, "rate limit: too many requests or tokens", false),
        (500, "the server failed", false),
        (503, "the server is not available", false),
        (529, "the server is overloaded", false),
    ];
    for (status, meaning, permanent) in cases {
        let error = refusal(Reply::json(status, &openai("Some reason.", &Value::Null))).await;
        let words = error.to_string();
        assert!(words.starts_with("remote (http://127.0.0.1:"), "{words}");
        assert!(words.ends_with(&format!("/v1/chat/completions): {meaning} ({status}): Some reason.")), "{words}");
        assert_eq!((error.status(), error.is_permanent(), error.message()), (Some(status), permanent, "Some reason."));
    }
}

#[tokio::test]
async fn without_a_key_a_401_asks_for_one() {
    let server = Loopback::always(Reply::json(401, &openai("Invalid API Key", &json!(401)))).await;
    let error = client(&server.url(""), once()).get("/props").await.unwrap_err();
    assert!(error.without_name().starts_with(&format!("{}: the server wants a key", server.url("/props"))), "{error}");
    let words = "the server wants a key, and none is set (401): Invalid API Key; give one by --key NAME=env:VARIABLE, or by";
    assert!(error.to_string().contains(words), "{error}");
}

#[tokio::test]
async fn a_key_that_the_server_echoes_is_not_shown() {
    let message = format!("Incorrect API key provided: {FAKE}. See http://x/?key={FAKE}");
    let replies = [
        Reply::json(401, &openai(&message, &json!(FAKE))),
        Reply::text(401, "text/plain", &message),
        Reply::text(401, "text/html", &format!("<html><title>{message}</title></html>")),
        // The cut at 200 characters falls into the key.
        Reply::text(401, "text/plain", &format!("{}{message}", "x".repeat(160))),
    ];
    for reply in replies {
        let error = refusal(reply).await;
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains(FAKE.get(..8).unwrap()), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_login_and_a_key_in_the_address_are_not_shown() {
    let server = Loopback::always(Reply::text(500, "text/plain", &format!("no {FAKE} and no swordfish"))).await;
    let address = format!("http://somebody:swordfish@{}/v1?key={FAKE}&alt=sse", server.address());
    let http = client(&address, once());
    let error = http.get("/models?page=2").await.unwrap_err();
    let address = server.address();
    assert_eq!(
        error.to_string(),
        format!("local (http://…@{address}/v1/models?key=…&alt=sse&page=2): the server failed (500): no … and no …")
    );
    for shown in [format!("{error:?}"), format!("{http:?}")] {
        assert!(!shown.contains("fake-key") && !shown.contains("swordfish"), "{shown}");
    }
    let request = server.requests().remove(0);
    assert_eq!(request.path, format!("/v1/models?key={FAKE}&alt=sse&page=2"));
    assert_eq!(request.header("authorization"), Some("Basic c29tZWJvZHk6c3dvcmRmaXNo"));
}

#[tokio::test]
async fn error_bodies_of_every_shape_are_read() {
    let cases = [
        (json!({"error": {"message": "m", "code": "c", "type": "t"}}), "m", Some("c"), Some("t")),
        (json!({"error": "m"}), "m", None, None),
        (json!({"error": "m", "error_type": "overloaded"}), "m", None, Some("overloaded")),
        (json!({"message": "m"}), "m", None, None),
        (json!({"object": "error", "message": "m", "type": "t", "code": 400}), "m", Some("400"), Some("t")),
        (json!({"detail": "m"}), "m", None, None),
        (json!({"detail": [{"loc": ["body", "x"], "msg": "m", "type": "missing"}]}), "m", None, None),
        (
            json!([{"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT"}}]),
            "m",
            Some("400"),
            Some("INVALID_ARGUMENT"),
        ),
        (json!({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}), "m", None, Some("overloaded_error")),
        (json!({"error": {"message": "m", "code": 429, "metadata": {"raw": "slow down"}}}), "m: slow down", Some("429"), None),
        (json!({"error": {"message": "line\n two\u{1b}[31m", "code": null}}), "line two [31m", None, None),
    ];
    for (body, message, code, kind) in cases {
        let error = refusal(Reply::json(400, &body)).await;
        let detail = error.detail().unwrap();
        assert_eq!((detail.message.as_str(), detail.code.as_deref(), detail.kind.as_deref()), (message, code, kind), "{body}");
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_in_short() {
    let page = "<!DOCTYPE html>\n<html><head><title>\n502 Bad Gateway</title></head><body>…</body></html>";
    assert_eq!(refusal(Reply::text(502, "text/html", page)).await.message(), "a web page titled \"502 Bad Gateway\"");
    assert_eq!(refusal(Reply::text(404, "text/html", "<html><body>404</body></html>")).await.message(), "a web page");
    assert_eq!(refusal(Reply::text(500, "text/plain", "")).await.message(), "");
    let long = refusal(Reply::text(500, "text/plain", &"no\r\n ".repeat(1000))).await;
    assert_eq!(long.message(), format!("{}…", "no ".repeat(67).get(..200).unwrap().trim_end()));
}

#[tokio::test]
async fn an_error_body_that_is_cut_still_gives_its_status() {
    let error = refusal(Reply::head(500, &[("content-length", "1000")]).send("out of mem").close()).await;
    assert_eq!((error.status(), error.message()), (Some(500), "out of mem"));
}

#[tokio::test]
async fn a_prompt_too_long_is_recognised_with_its_numbers() {
    let llama = json!({"error": {"code": 400, "message": "the request exceeds the available context size. try increasing it",
        "type": "exceed_context_size_error", "n_prompt_tokens": 120, "n_ctx": 64}});
    let openai = openai(
        "This model's maximum context length is 4097 tokens. However, you requested 4,106 tokens (106 in the messages, 4000 in the completion).",
        &json!("context_length_exceeded"),
    );
    let anthropic = json!({"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 215000 tokens > 200000 maximum"}});
    let gemini = json!({"error": {"code": 400, "status": "INVALID_ARGUMENT",
        "message": "The input token count (1048600) exceeds the maximum number of tokens allowed (1048576)."}});
    for (body, needed, limit) in
        [(llama, 120, 64), (openai, 4106, 4097), (anthropic, 215_000, 200_000), (gemini, 1_048_600, 1_048_576)]
    {
        let error = refusal(Reply::json(400, &body)).await;
        assert_eq!(error.context_length(), Some(ContextLength { needed: Some(needed), limit: Some(limit) }), "{body}");
        assert!(error.to_string().contains("the prompt is longer than the model's context (400)"), "{error}");
    }
    let other = refusal(Reply::json(400, &json!({"error": "gpt-4 does not know 'top_k': 40"}))).await;
    assert_eq!(other.context_length(), None);
}

#[tokio::test]
async fn a_200_with_an_error_inside_is_an_error() {
    let server = Loopback::always(Reply::json(200, &openai("model is gone", &json!("500")))).await;
    for limits in [once(), patient()] {
        let error = client(&server.url(""), limits).post("/", &json!({})).await.unwrap_err();
        assert!(matches!(error, HttpError::InBand { .. }), "{error:?}");
        assert_eq!((error.status(), error.message(), error.is_permanent()), (Some(500), "model is gone", false));
    }
    assert_eq!(server.requests().len(), 2, "a reply that has begun is not asked for again");
    let server = Loopback::always(Reply::json(200, &json!({"error": null, "id": 1}))).await;
    assert_eq!(client(&server.url(""), once()).get("/").await.unwrap(), json!({"error": null, "id": 1}));
}

#[tokio::test]
async fn what_is_no_json_where_json_should_be_is_told() {
    let page = "<html><head><title>Sign in</title></head></html>";
    let cases = [
        (Reply::text(200, "text/html", page), "JSON was expected, but this came: a web page titled \"Sign in\""),
        (Reply::text(200, "text/plain", "Ollama is running"), "JSON was expected, but this came: Ollama is running"),
        (Reply::text(200, "application/json", ""), "JSON was expected, but the reply is empty"),
        (Reply::text(200, "application/json", "{\"a\": [1, 2"), "the connection was cut in the middle of a line of the reply"),
        (
            Reply::head(200, &[("content-length", "99")]).send(b"{\"a\": \"\xE2\x82").close(),
            "cut in the middle of a character of the reply",
        ),
    ];
    for (reply, words) in cases {
        let error = refusal(reply).await;
        assert!(error.to_string().ends_with(words), "{error}");
    }
}

#[tokio::test]
async fn a_body_over_its_limit_is_not_read_on() {
    let server = Loopback::always(Reply::chunked("application/json").repeat([b' '; 8192])).await;
    let limits = specfuse::engine::member::http::Limits { body: 100_000, ..once() };
    let error = client(&server.url(""), limits).get("/").await.unwrap_err();
    assert!(matches!(error, HttpError::TooLong { limit: 100_000, line: false, .. }), "{error:?}");
    server.until_open(0).await;
}
