//! No connection, an unusable connection, a server that falls silent.

use std::time::Duration;

use serde_json::json;
use specfuse::engine::member::http::{Endpoint, Framing, Http, HttpError, Limits, Place};
use specfuse::ensemble::{MemberSpec, OpenOptions, kinds, open};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::loopback::{Loopback, Reply};
use crate::{client, once, patient};

#[tokio::test]
async fn a_refused_connection_is_told_as_one() {
    // Bound and released: nothing listens there now.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = client(&format!("http://{address}"), patient()).get("/health").await.unwrap_err();
    assert!(matches!(error, HttpError::Refused { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!("local (http://{address}/health): the connection was refused: check that the server runs, and its port")
    );
    assert!(!error.is_permanent() && error.status().is_none() && error.message().is_empty());
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_told_as_one() {
    // RFC 6761: no name under `.invalid` ever has an address.
    let endpoint = Endpoint::new("remote", "http://models.invalid/v1").unwrap().without_proxy();
    let error = Http::new(endpoint, once()).unwrap().get("/models").await.unwrap_err();
    assert!(matches!(error, HttpError::Unresolved { .. }), "{error:?}");
    assert!(error.to_string().starts_with("remote (http://models.invalid/v1/models): the host's name cannot be resolved"));
}

#[tokio::test]
async fn tls_to_a_port_without_it_is_told_with_what_to_do() {
    let server = Loopback::always(Reply::json(200, &json!({}))).await;
    let address = server.address();
    let http = client(&format!("https://{address}/v1"), patient());
    let error = http.get("/models").await.unwrap_err();
    assert!(matches!(&error, HttpError::Scheme { .. }), "{error:?}");
    let words = format!("local (https://{address}/v1/models): the server speaks http, not https: use http://{address}/v1");
    assert_eq!(error.to_string(), words);
    assert!(error.is_permanent());
    assert_eq!(server.accepted(), 2, "one look, and no further attempt: it would fail again");
}

/// A server that answers this to plain HTTP, and nothing to TLS.
async fn silent_to_tls(listener: TcpListener, answer: &'static [u8]) {
    let mut kept = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut first = vec![0; 16 << 10];
        if matches!(stream.read(&mut first).await, Ok(read) if read > 0) && first.starts_with(b"GET ") {
            let _ = stream.write_all(answer).await;
        } else {
            kept.push(stream);
        }
    }
}

#[tokio::test]
async fn a_server_that_is_silent_to_tls_is_asked_in_plain() {
    for (answer, plain) in [
        (&b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"[..], true),
        (b"HTTP/1.1 400 Bad Request\r\n\r\nsomething", true),
        (b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", false),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", false),
        (b"", false),
    ] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(silent_to_tls(listener, answer));
        let soon = Duration::from_millis(50);
        let limits = Limits { connect: Duration::from_millis(200), handshake: soon, ..once() };
        let error = client(&format!("https://{address}"), limits).get("/").await.unwrap_err();
        if plain {
            assert!(error.to_string().ends_with(&format!("use http://{address}")), "{error}");
        } else {
            assert!(matches!(error, HttpError::ConnectTimedOut { .. }), "{error:?}");
        }
        server.abort();
    }
}

#[tokio::test]
async fn a_server_that_wants_https_is_told_as_one() {
    let says = "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>";
    for reply in
        [Reply::text(400, "text/plain", "Client sent an HTTP request to an HTTPS server.\n"), Reply::text(400, "text/html", says)]
    {
        let server = Loopback::always(reply).await;
        let error = client(&server.url("/v1"), patient()).post("/x", &json!({})).await.unwrap_err();
        let words = format!("the server speaks https, not http: use https://{}/v1", server.address());
        assert!(error.to_string().ends_with(&words) && error.is_permanent(), "{error}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_answers_plain_http_with_an_alert_is_known_by_its_handshake() {
    // An alert that a message was not expected, as OpenSSL's servers send it; the same to a handshake that is not theirs.
    for alert in [&b"\x15\x03\x01\x00\x02\x02\x0a"[..], b"\x15\x03\x03\x00\x02\x02\x28"] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let speaks = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut first = vec![0; 16 << 10];
                let _ = stream.read(&mut first).await;
                let _ = stream.write_all(alert).await;
            }
        });
        let error = client(&format!("http://{address}"), once()).get("/").await.unwrap_err();
        assert!(error.to_string().ends_with(&format!("use https://{address}")), "{error}");
        speaks.abort();
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_handshake_fails_tls() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let hang_up = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // Read first: closing with unread bytes resets the connection, which gives less information.
        let mut hello = vec![0; 16 << 10];
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut hello).await;
    });
    let error = client(&format!("https://{address}"), once()).get("/").await.unwrap_err();
    assert!(matches!(&error, HttpError::Tls { .. }), "{error:?}");
    hang_up.await.unwrap();
}

#[tokio::test]
async fn a_handshake_that_is_not_answered_ends_at_the_limit_on_connecting() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = Limits { connect: Duration::from_millis(50), ..once() };
    let error = client(&format!("https://{address}"), limits).get("/").await.unwrap_err();
    assert!(matches!(error, HttpError::ConnectTimedOut { .. }), "{error:?}");
    assert!(
        error.to_string().ends_with("no connection within 50 ms: check the address, the network and the firewall"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_does_not_speak_http_is_told_as_one() {
    let server = Loopback::always(Reply::raw().send("SSH-2.0-OpenSSH_9.2\r\n\r\n").close()).await;
    let error = client(&server.url(""), patient()).get("/").await.unwrap_err();
    assert!(matches!(error, HttpError::NotHttp { .. }), "{error:?}");
    assert!(error.is_permanent());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn silence_before_the_first_byte_ends_at_its_limit_and_is_not_tried_again() {
    let limit = Duration::from_millis(50);
    for reply in [Reply::raw().silence(), Reply::events().silence()] {
        let server = Loopback::always(reply).await;
        let http = client(&server.url(""), Limits { first: limit, ..patient() });
        let error = http.stream("/completion", &json!({}), Framing::EventStream).await.unwrap_err();
        assert!(matches!(error, HttpError::Stalled { begun: false, .. }), "{error:?}");
        assert!(error.to_string().ends_with("nothing came for 50 ms"), "{error}");
        server.until_open(0).await;
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn silence_after_the_first_message_ends_at_its_own_limit() {
    let server = Loopback::always(Reply::events().event(&json!({"content": "a"})).silence()).await;
    let http = client(&server.url(""), Limits { idle: Duration::from_millis(50), ..patient() });
    let mut messages = http.stream("/completion", &json!({}), Framing::EventStream).await.unwrap();
    assert_eq!(messages.next().await.unwrap().unwrap().data, json!({"content": "a"}));
    let error = messages.next().await.unwrap_err();
    assert!(matches!(error, HttpError::Stalled { begun: true, .. }), "{error:?}");
    assert!(error.to_string().ends_with("the reply began, then nothing more came for 50 ms"), "{error}");
    server.until_open(0).await;
    assert_eq!(messages.next().await, Ok(None), "an error is the end");
}

#[tokio::test]
async fn a_connection_cut_before_the_first_byte_is_tried_again() {
    let cuts = [Reply::raw().close(), Reply::events().close(), Reply::raw().send("HTTP/1.1 200 OK\r\nconte").close()];
    for cut in cuts {
        let server = Loopback::replies(vec![cut, Reply::json(200, &json!({"ok": true}))]).await;
        assert_eq!(client(&server.url(""), patient()).get("/").await.unwrap(), json!({"ok": true}));
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_connection_that_is_always_cut_is_told_as_one() {
    let server = Loopback::always(Reply::raw().close()).await;
    let error = client(&server.url(""), patient()).post("/", &json!({})).await.unwrap_err();
    assert!(matches!(error, HttpError::Cut { place: Place::Beginning, .. }), "{error:?}");
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn addresses_that_cannot_be_used_are_told_without_their_secrets() {
    for address in ["", "localhost:8080", "ftp://host/", "http://", "http://host/#part", "http://user:hunter22@host:port/"] {
        let error = Endpoint::new("remote", address).unwrap_err();
        assert!(matches!(error, HttpError::Address { .. }) && error.is_permanent(), "{address}");
        assert!(!error.to_string().contains("hunter22"), "{error}");
    }
    let error = Endpoint::new("local", "127.0.0.1:8080").unwrap_err().to_string();
    assert!(error.contains("127.0.0.1:8080"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_takes_the_connection_and_says_nothing_is_given_up_soon() {
    // The system accepts connections for it; they are never read.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let spec = |address: String| MemberSpec::parse(&address, &kinds()).unwrap();
    let specs = (0..3).map(|_| spec(format!("http://{}", silent.local_addr().unwrap()))).collect();
    let start = tokio::time::Instant::now();
    let opened = open(specs, &OpenOptions::default(), &|_, _| {}).await;
    let faults: Vec<String> = opened.iter().filter_map(|opened| Some(opened.fault.as_ref()?.to_string())).collect();
    assert!(faults.len() == 3 && faults.iter().all(|fault| fault.contains("nothing came for 15 s")), "{faults:?}");
    // On a clock that runs only while everything waits: concurrently, once.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}
