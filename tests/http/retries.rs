//! What is retried, and what is not.

use std::time::Duration;

use serde_json::json;
use specfuse::engine::member::http::{Framing, HttpError, Limits};

use crate::loopback::{Loopback, Reply};
use crate::{client, once, patient};

fn ok() -> Reply {
    Reply::json(200, &json!({"ok": true}))
}

#[tokio::test]
async fn passing_errors_are_tried_again() {
    for status in [408, 409, 425, 429, 500, 502, 503, 504, 529] {
        let server = Loopback::replies(vec![Reply::text(status, "text/plain", "later"), ok()]).await;
        assert_eq!(client(&server.url(""), patient()).post("/x", &json!({"n": 1})).await.unwrap(), json!({"ok": true}));
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{status}");
        assert!(requests.iter().all(|request| request.json() == json!({"n": 1})), "{status}");
    }
}

#[tokio::test]
async fn lasting_errors_are_not() {
    for status in [400, 401, 402, 403, 404, 405, 413, 422, 501] {
        let server = Loopback::replies(vec![Reply::text(status, "text/plain", "no"), ok()]).await;
        let error = client(&server.url(""), patient()).get("/").await.unwrap_err();
        assert_eq!((error.status(), server.requests().len()), (Some(status), 1));
    }
}

#[tokio::test]
async fn a_used_up_quota_is_not_a_rate_limit() {
    let body = json!({"error": {"message": "You exceeded your current quota", "type": "insufficient_quota", "code": "insufficient_quota"}});
    let server = Loopback::always(Reply::json(429, &body)).await;
    let error = client(&server.url(""), patient()).get("/").await.unwrap_err();
    assert!(error.to_string().contains("the quota is used up: check the plan and its billing (429)"), "{error}");
    assert!(error.is_permanent());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn attempts_come_to_an_end_and_are_counted() {
    let server = Loopback::always(Reply::text(500, "text/plain", "out of memory")).await;
    let error = client(&server.url(""), patient()).get("/").await.unwrap_err();
    assert!(error.to_string().ends_with("the server failed (500): out of memory; tried 4 times"), "{error}");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_goes_before_our_own_choice() {
    let limited = Reply::with_headers(429, "text/plain", &[("retry-after-ms", "1"), ("retry-after", "3000")], "slow down");
    let server = Loopback::replies(vec![limited, ok()]).await;
    // By the less precise header there would be no second attempt.
    client(&server.url(""), patient()).get("/").await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_told_instead() {
    let limited = Reply::with_headers(429, "text/plain", &[("retry-after", "3000")], "slow down");
    let server = Loopback::always(limited).await;
    let error = client(&server.url(""), patient()).get("/").await.unwrap_err();
    let words = "(429): slow down; it asks to wait 50 min, longer than 60 s is not waited";
    assert!(error.to_string().ends_with(words), "{error}");
    assert_eq!((error.wait(), server.requests().len()), (Some(Duration::from_secs(3000)), 1));
}

#[tokio::test]
async fn a_wait_beyond_all_measure_is_refused_in_words() {
    for asked in ["1e300", "99999999999999999999", "9999999999", "99999999999999999999d", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let server = Loopback::always(Reply::with_headers(429, "text/plain", &[("retry-after", asked)], "")).await;
        let error = client(&server.url(""), patient()).get("/").await.unwrap_err().to_string();
        assert!(error.ends_with("it asks to wait years, longer than 60 s is not waited"), "{asked}: {error}");
        assert_eq!(server.requests().len(), 1, "{asked}");
    }
}

#[tokio::test]
async fn what_is_no_wait_is_none() {
    for asked in
        ["", "-1", "-99999999999999999999", "NaN", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "0", "0.0001", "1ms", "\u{e9}"]
    {
        let limited = Reply::with_headers(429, "text/plain", &[("retry-after", asked)], "");
        let server = Loopback::replies(vec![limited, ok()]).await;
        client(&server.url(""), patient()).get("/").await.unwrap();
        assert_eq!(server.requests().len(), 2, "{asked}");
    }
}

#[tokio::test]
async fn an_error_that_names_a_parameter_is_not_tried_again() {
    let error = json!({"error": {"message": "create() got an unexpected keyword argument 'top_logprobs'"}});
    let server = Loopback::always(Reply::json(500, &error)).await;
    let error = client(&server.url(""), patient()).post("/", &json!({"top_logprobs": 2})).await.unwrap_err();
    assert!(error.is_permanent() && error.refuses_parameter(), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_server_that_loads_its_model_is_waited_for() {
    let loading = json!({"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}});
    let mut replies = vec![Reply::json(503, &loading); 20];
    replies.push(ok());
    let server = Loopback::replies(replies).await;
    let error = client(&server.url(""), once()).get("/health").await.unwrap_err();
    assert!(error.to_string().ends_with("the server is still loading its model (503): Loading model"), "{error}");
    assert_eq!(client(&server.url(""), patient()).get("/health").await.unwrap(), json!({"ok": true}));
    assert_eq!(server.requests().len(), 21);
}

#[tokio::test]
async fn a_stream_is_tried_again_only_before_its_first_byte() {
    let cut = Reply::events().event(&json!({"content": "a"})).close();
    let server = Loopback::replies(vec![Reply::text(503, "text/plain", ""), cut, ok()]).await;
    let mut messages = client(&server.url(""), patient()).stream("/", &json!({}), Framing::EventStream).await.unwrap();
    assert!(messages.next().await.unwrap().is_some());
    assert!(matches!(messages.next().await, Err(HttpError::Cut { .. })));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_call_that_waits_keeps_no_other_from_its_place() {
    // The first call is refused and waits half a minute; the second is served in the meantime.
    let refused = Reply::with_headers(503, "text/plain", &[("retry-after", "30")], "");
    let server = Loopback::replies(vec![refused, ok()]).await;
    let http = client(&server.url(""), Limits { calls: 1, ..patient() });
    let waiting = tokio::spawn({
        let http = http.clone();
        async move { http.get("/refused").await }
    });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    http.get("/served").await.unwrap();
    waiting.abort();
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/refused", "/served"]);
}
