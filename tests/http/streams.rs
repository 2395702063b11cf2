//! Streamed replies: messages arrive immediately, however their bytes are split, and every way in which a stream goes wrong.

use serde_json::{Value, json};
use specfuse::engine::member::http::{Framing, HttpError, Limits, Message, Messages, Place};

use crate::loopback::{Loopback, Reply};
use crate::{client, once};

/// All messages up to the end or the error.
async fn read(messages: &mut Messages) -> (Vec<Value>, Option<HttpError>) {
    let mut all = Vec::new();
    loop {
        match messages.next().await {
            Ok(Some(message)) => all.push(message.data),
            Ok(None) => return (all, None),
            Err(error) => return (all, Some(error)),
        }
    }
}

async fn stream(reply: Reply, framing: Framing) -> (Vec<Value>, Option<HttpError>) {
    let server = Loopback::always(reply).await;
    match client(&server.url(""), once()).stream("/v1/completions", &json!({"stream": true}), framing).await {
        Ok(mut messages) => read(&mut messages).await,
        Err(error) => (Vec::new(), Some(error)),
    }
}

async fn events(reply: Reply) -> (Vec<Value>, Option<HttpError>) {
    stream(reply, Framing::EventStream).await
}

#[tokio::test]
async fn a_message_is_handed_out_before_the_next_is_sent() {
    // The server continues only after the test has what came so far, even if only a line end marks the message's end.
    let reply =
        Reply::events().chunk("data: {\"n\":1}\n\n").gate().chunk("data: {\"n\":2}\r\r").gate().chunk("data: [DONE]\n\n").end();
    let server = Loopback::always(reply).await;
    let http = client(&server.url(""), once());
    let mut messages = http.stream("/", &json!({}), Framing::EventStream).await.unwrap();
    for number in [1, 2] {
        let expected = Message { event: None, data: json!({"n": number}) };
        assert_eq!(messages.next().await.unwrap(), Some(expected));
        server.open_gate();
    }
    assert_eq!(messages.next().await, Ok(None));
    assert_eq!(messages.next().await, Ok(None));
}

#[tokio::test]
async fn two_messages_in_one_chunk_are_two_and_json_lines_come_line_by_line() {
    let (all, error) = events(Reply::events().chunk("data: 1\n\ndata: 2\n\n").end()).await;
    assert_eq!((all, error), (vec![json!(1), json!(2)], None));
    let reply =
        Reply::chunked("application/x-ndjson").chunk("{\"response\":\"a\"}\n{\"respon").gate().chunk("se\":\"é\"}\r\n\n").end();
    let server = Loopback::always(reply).await;
    let mut messages = client(&server.url(""), once()).stream("/api/generate", &json!({}), Framing::JsonLines).await.unwrap();
    assert_eq!(messages.next().await.unwrap().unwrap().data, json!({"response": "a"}));
    server.open_gate();
    assert_eq!(read(&mut messages).await, (vec![json!({"response": "é"})], None));
}

#[tokio::test]
async fn named_events_keep_their_names() {
    let reply = Reply::events().chunk("event: ping\ndata: {\"type\": \"ping\"}\n\nevent: message_stop\ndata: {}\n\n").end();
    let server = Loopback::always(reply).await;
    let mut messages = client(&server.url(""), once()).stream("/v1/messages", &json!({}), Framing::EventStream).await.unwrap();
    let mut names = Vec::new();
    while let Some(message) = messages.next().await.unwrap() {
        names.push(message.event.unwrap());
    }
    assert_eq!(names, ["ping", "message_stop"]);
}

#[tokio::test]
async fn characters_cut_between_chunks_are_whole_again() {
    let bytes = "\u{feff}data: {\"text\":\"naïve 漢字 🦀\"}\r\n\r\n".as_bytes();
    let reply = bytes.iter().fold(Reply::events(), |reply, byte| reply.chunk([*byte])).end();
    assert_eq!(events(reply).await, (vec![json!({"text": "naïve 漢字 🦀"})], None));
}

#[tokio::test]
async fn an_end_without_done_and_a_last_event_without_its_blank_line_are_the_end() {
    for rest in [
        "data: {\"n\":2}\n\n",
        "data: {\"n\":2}\n",
        "data: {\"n\":2}",
        ":\n\ndata:{\"n\":2}\n\ndata: [DONE]",
        "data:{\"n\":2}\n\ndata:[DONE]\n\n",
    ] {
        let reply = Reply::events().event(&json!({"n": 1})).chunk(rest).end();
        assert_eq!(events(reply).await, (vec![json!({"n": 1}), json!({"n": 2})], None), "{rest:?}");
        // The end of the connection ends a body without a length.
        let reply =
            Reply::head(200, &[("content-type", "text/event-stream")]).send(format!("data: {{\"n\":1}}\n\n{rest}")).close();
        assert_eq!(events(reply).await, (vec![json!({"n": 1}), json!({"n": 2})], None), "{rest:?}");
    }
}

#[tokio::test]
async fn done_is_the_end_also_when_the_body_goes_on() {
    for reply in [
        Reply::events().chunk("data: 1\n\ndata: [DONE]\n\n").silence(),
        Reply::events().chunk("data: 1\n\ndata: [DONE]\n\n").repeat(":\n"),
    ] {
        let server = Loopback::always(reply).await;
        let mut messages = client(&server.url(""), once()).stream("/", &json!({}), Framing::EventStream).await.unwrap();
        assert_eq!(read(&mut messages).await, (vec![json!(1)], None));
        server.until_open(0).await;
    }
}

#[tokio::test]
async fn a_message_with_something_after_it_is_none() {
    let server = Loopback::always(Reply::events().chunk("data: {\"n\":1} oops\n\n").end()).await;
    let mut messages = client(&server.url(""), once()).stream("/", &json!({}), Framing::EventStream).await.unwrap();
    assert!(matches!(messages.next().await, Err(HttpError::NotJson { .. })));
    assert_eq!(messages.next().await, Ok(None));
}

#[tokio::test]
async fn a_cut_is_told_by_where_it_was() {
    let first = || Reply::events().event(&json!({"n": 1}));
    let cases = [
        (first().close(), Place::Between),
        (first().send("ff\r\ndata: {\"n\": 2").close(), Place::Line),
        (first().send(b"ff\r\ndata: {\"text\": \"\xF0\x9F\xA6").close(), Place::Character),
        // The body's own end comes in the middle of a message.
        (first().chunk("data: {\"n\": 2").end(), Place::Line),
        (first().chunk(b"data: {\"text\": \"\xF0\x9F\xA6").end(), Place::Character),
    ];
    for (reply, expected) in cases {
        let (all, error) = events(reply).await;
        assert_eq!(all, [json!({"n": 1})]);
        assert!(matches!(&error, Some(HttpError::Cut { place, .. }) if *place == expected), "{expected:?}: {error:?}");
    }
    let lines = Reply::chunked("application/x-ndjson").chunk("{\"n\":1}\n{\"n\":").end();
    let (all, error) = stream(lines, Framing::JsonLines).await;
    assert_eq!(all, [json!({"n": 1})]);
    assert!(matches!(error, Some(HttpError::Cut { place: Place::Line, .. })), "{error:?}");
}

#[tokio::test]
async fn errors_inside_a_stream_are_errors() {
    let first = || Reply::events().event(&json!({"n": 1, "error": null}));
    let server = json!({"error": {"code": 500, "message": "slot is gone", "type": "server_error"}});
    let cases = [
        (first().event(&server).end(), "slot is gone"),
        (first().event(&json!({"error": "slot is gone"})).end(), "slot is gone"),
        (
            first()
                .chunk(
                    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n",
                )
                .end(),
            "busy",
        ),
        (first().chunk("event: error\ndata: too busy\n\n").end(), "too busy"),
        (first().event(&json!({"object": "error", "message": "flat"})).end(), "flat"),
        // llama.cpp closes after it.
        (first().event(&server).close(), "slot is gone"),
    ];
    for (reply, message) in cases {
        let (all, error) = events(reply).await;
        assert_eq!(all, [json!({"n": 1, "error": null})]);
        let error = error.unwrap();
        assert!(matches!(error, HttpError::InBand { .. }), "{error:?}");
        assert_eq!(error.message(), message);
        assert!(error.to_string().contains(&format!("an error inside its reply: {message}")), "{error}");
    }
    let lines = Reply::chunked("application/x-ndjson").chunk("{\"response\":\"a\"}\n{\"error\":\"runner died\"}\n").end();
    let (all, error) = stream(lines, Framing::JsonLines).await;
    assert_eq!((all.len(), error.unwrap().message()), (1, "runner died"));
}

#[tokio::test]
async fn a_server_that_does_not_stream_gives_one_message() {
    let body = json!({"choices": [{"text": "a\nb"}]});
    for framing in [Framing::EventStream, Framing::JsonLines] {
        assert_eq!(stream(Reply::json(200, &body), framing).await, (vec![body.clone()], None));
        let pretty = Reply::text(200, "application/json; charset=utf-8", &format!("{body:#}\n"));
        assert_eq!(stream(pretty, framing).await, (vec![body.clone()], None));
    }
    // Without a content type too.
    assert_eq!(events(Reply::chunked("text/plain").chunk(body.to_string()).end()).await, (vec![body.clone()], None));
    let (all, error) = events(Reply::json(200, &json!({"error": "no"}))).await;
    assert!(all.is_empty() && matches!(error, Some(HttpError::InBand { .. })));
    let (all, error) = events(Reply::text(200, "application/json", "{\"choices\": [")).await;
    assert!(all.is_empty() && matches!(error, Some(HttpError::Cut { place: Place::Line, .. })), "{error:?}");
}

#[tokio::test]
async fn the_content_type_decides_how_a_stream_is_cut() {
    let lines = Reply::chunked("application/x-ndjson").chunk("{\"n\":1}\n{\"n\":2}\n").end();
    assert_eq!(events(lines).await, (vec![json!({"n": 1}), json!({"n": 2})], None));
    let reply = Reply::events().chunk("data: {\"n\":1}\n\n").end();
    assert_eq!(stream(reply, Framing::JsonLines).await, (vec![json!({"n": 1})], None));
}

#[tokio::test]
async fn another_content_type_is_told() {
    let page = Reply::text(200, "text/html; charset=utf-8", "<!doctype html><html><head><title>Router</title></head></html>");
    let (_, error) = events(page).await;
    let error = error.unwrap();
    assert!(matches!(error, HttpError::ContentType { .. }) && error.is_permanent(), "{error:?}");
    assert!(
        error
            .to_string()
            .ends_with("an answer was expected, but a web page titled \"Router\" came (text/html): check the address's path")
    );
    let (_, error) = events(Reply::text(200, "image/png", "\u{89}PNG")).await;
    assert!(error.unwrap().to_string().contains("but something else came (image/png)"));
}

#[tokio::test]
async fn what_is_no_json_in_a_stream_is_told() {
    for (reply, found) in [
        (Reply::events().chunk("data: {oops}\n\n").end(), "{oops}"),
        (Reply::events().chunk("data: {\"logprob\": NaN}\n\n").end(), "{\"logprob\": NaN}"),
        (Reply::events().chunk("Internal Server Error\n").end(), "Internal Server Error"),
        (Reply::events().chunk("<html><title>Down</title></html>").end(), "a web page titled \"Down\""),
    ] {
        let (all, error) = events(reply).await;
        let error = error.unwrap();
        assert!(all.is_empty() && matches!(error, HttpError::NotJson { .. }), "{error:?}");
        assert!(error.to_string().ends_with(&format!("JSON was expected, but this came: {found}")), "{error}");
    }
    let (_, error) = events(Reply::events().chunk(b"data: \"\xFF\"\n\n").end()).await;
    assert!(error.unwrap().to_string().ends_with("what came is not UTF-8 text"));
    assert_eq!(events(Reply::events().end()).await, (Vec::new(), None), "nothing at all is for the dialect to judge");
}

#[tokio::test]
async fn a_line_without_end_is_not_read_on() {
    for (content_type, bytes) in [
        ("text/event-stream", "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".repeat(200)),
        ("text/event-stream", "data: x\n".repeat(1000)),
        ("application/x-ndjson", " ".repeat(8000)),
    ] {
        let server = Loopback::always(Reply::chunked(content_type).repeat(bytes)).await;
        let http = client(&server.url(""), Limits { line: 100_000, ..once() });
        let mut messages = http.stream("/", &json!({}), Framing::EventStream).await.unwrap();
        let (all, error) = read(&mut messages).await;
        assert!(all.is_empty());
        assert!(matches!(error, Some(HttpError::TooLong { limit: 100_000, line: true, .. })), "{error:?}");
        // Even while the caller still holds what it read from.
        server.until_open(0).await;
    }
}
