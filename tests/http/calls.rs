//! Connections, permits and headers: what is shared, what is released, what never travels.

use std::time::Duration;

use serde_json::json;
use specfuse::engine::member::http::{Endpoint, Framing, Http, HttpError, Key, Limits};

use crate::loopback::{Loopback, Reply};
use crate::{FAKE, client, keyed, once, patient};

#[tokio::test]
async fn a_request_carries_what_it_should() {
    let server = Loopback::always(Reply::json(200, &json!({}))).await;
    let key = Key::new("x-api-key", "", &FAKE.into()).unwrap();
    let endpoint = Endpoint::new("remote", &server.url("/gateway/v1/")).unwrap().with_key(key);
    let endpoint = endpoint.with_header("anthropic-version", "2023-06-01").unwrap();
    let http = Http::new(endpoint, once()).unwrap();
    http.post("/messages", &json!({"max_tokens": 10})).await.unwrap();
    http.get("models?limit=1").await.unwrap();
    let [post, get] = server.requests().try_into().unwrap();
    assert_eq!(
        (post.method.as_str(), post.path.as_str(), post.json()),
        ("POST", "/gateway/v1/messages", json!({"max_tokens": 10}))
    );
    assert_eq!((get.method.as_str(), get.path.as_str(), get.body.len()), ("GET", "/gateway/v1/models?limit=1", 0));
    for request in [&post, &get] {
        assert_eq!(request.header("x-api-key"), Some(FAKE));
        assert_eq!(request.header("anthropic-version"), Some("2023-06-01"));
        assert_eq!(request.header("user-agent"), Some(concat!("specfuse/", env!("CARGO_PKG_VERSION"))));
        assert_eq!(request.header("accept"), Some("application/json"));
    }
    assert_eq!((post.header("content-type"), get.header("content-type")), (Some("application/json"), None));
}

#[tokio::test]
async fn few_connections_are_kept_of_a_burst() {
    let server = Loopback::always(Reply::raw().gate().send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")).await;
    let http = client(&server.url(""), once());
    for burst in 1..=3 {
        let calls: Vec<_> = (0..16)
            .map(|_| {
                tokio::spawn({
                    let http = http.clone();
                    async move { http.get("x").await }
                })
            })
            .collect();
        server.until_open(16).await;
        (0..16).for_each(|_| server.open_gate());
        for call in calls {
            call.await.unwrap().unwrap();
        }
        // What is kept does not depend on how many bursts there were.
        server.until_open(4).await;
        assert_eq!(server.requested(), burst * 16);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_target_sees_nothing() {
    let other = Loopback::always(Reply::json(200, &json!({}))).await;
    for status in [301, 302, 303, 307, 308] {
        let target = other.url(&format!("/stolen?key={FAKE}&next=1"));
        let server = Loopback::always(Reply::with_headers(status, "text/plain", &[("location", &target)], "")).await;
        let error = keyed(&server.url(""), patient()).post("/v1/completions", &json!({})).await.unwrap_err();
        assert!(matches!(error, HttpError::Redirect { .. }) && error.is_permanent(), "{error:?}");
        assert!(error.to_string().contains(&format!("sends us on to {} ({status})", other.url("/stolen"))), "{error}");
        assert!(!error.to_string().contains(FAKE));
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!((other.accepted(), other.requests().len()), (0, 0));
}

#[tokio::test]
async fn keys_and_header_values_are_never_printed() {
    let server = Loopback::always(Reply::events().event(&json!(1)).silence()).await;
    let endpoint = Endpoint::new("remote", &format!("{}?api_key={FAKE}", server.url("/v1"))).unwrap();
    let endpoint = endpoint.with_key(Key::bearer(&FAKE.into()).unwrap()).with_header("x-auth-token", FAKE).unwrap();
    let http = Http::new(endpoint.clone(), once()).unwrap();
    let messages = http.stream("/completions", &json!({}), Framing::EventStream).await.unwrap();
    for shown in [format!("{endpoint:?}"), format!("{http:?}"), format!("{messages:?}"), endpoint.shown()] {
        assert!(!shown.contains("fake-key") && shown.contains("api_key=…"), "{shown}");
    }
}

#[tokio::test]
async fn calls_in_turn_use_one_connection() {
    let done = |reply: Reply| reply.chunk("data: [DONE]\n\n").end();
    let server = Loopback::replies(vec![
        Reply::json(200, &json!({})),
        Reply::text(404, "text/plain", "no"),
        done(Reply::events().event(&json!(1))),
        Reply::events().event(&json!(1)).end(),
        Reply::json(200, &json!({})),
    ])
    .await;
    let http = client(&server.url(""), once());
    http.get("/").await.unwrap();
    http.get("/").await.unwrap_err();
    for _ in 0..2 {
        let mut messages = http.stream("/", &json!({}), Framing::EventStream).await.unwrap();
        while messages.next().await.unwrap().is_some() {}
    }
    http.clone().get("/").await.unwrap();
    assert_eq!((server.requests().len(), server.accepted()), (5, 1));
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection_and_frees_its_place() {
    let endless = Reply::events().repeat(format!("data: {}\n\n", json!({"content": "on and on"})));
    let server = Loopback::always(endless).await;
    let http = client(&server.url(""), Limits { calls: 1, ..once() });
    for _ in 0..3 {
        let mut messages = http.stream("/completion", &json!({}), Framing::EventStream).await.unwrap();
        for _ in 0..100 {
            assert!(messages.next().await.unwrap().is_some());
        }
        assert_eq!(server.open(), 1);
        drop(messages);
        server.until_open(0).await;
    }
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection_wherever_it_stands() {
    let replies = [Reply::raw().silence(), Reply::events().silence(), Reply::chunked("application/json").chunk("{").silence()];
    for reply in replies {
        let server = Loopback::always(reply).await;
        let http = client(&server.url(""), once());
        let call = tokio::spawn(async move { http.post("/", &json!({})).await });
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        call.abort();
        server.until_open(0).await;
    }
}

#[tokio::test]
async fn no_more_calls_at_once_than_the_limit() {
    let server = Loopback::always(Reply::events().gate().event(&json!(1)).end()).await;
    let http = client(&server.url(""), Limits { calls: 3, ..once() });
    let calls: Vec<_> = (0..9)
        .map(|_| {
            let http = http.clone();
            tokio::spawn(async move {
                let mut messages = http.stream("/", &json!({}), Framing::EventStream).await.unwrap();
                while messages.next().await.unwrap().is_some() {}
            })
        })
        .collect();
    server.until_open(3).await;
    for served in 0..9 {
        assert!(server.requests().len() <= served + 3, "more than three at once");
        server.open_gate();
    }
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(server.requests().len(), 9);
}

#[tokio::test]
async fn a_stream_keeps_its_place_until_it_is_dropped() {
    let server = Loopback::replies(vec![Reply::events().event(&json!(1)).silence(), Reply::json(200, &json!({}))]).await;
    let http = client(&server.url(""), Limits { calls: 1, ..once() });
    let messages = http.stream("/", &json!({}), Framing::EventStream).await.unwrap();
    let waiting = http.get("/");
    tokio::pin!(waiting);
    let early = tokio::time::timeout(Duration::from_millis(30), &mut waiting).await;
    assert!(early.is_err() && server.requests().len() == 1);
    drop(messages);
    waiting.await.unwrap();
}
