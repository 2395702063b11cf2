//! What the log contains about a server that misbehaves, and that it never contains a secret.

use std::time::SystemTime;

use serde_json::{Value, json};
use specfuse::engine::member::http::{Framing, redact};
use specfuse::log::Log;

use crate::loopback::{Loopback, Reply};
use crate::{FAKE, keyed, patient};

/// The log entries of calls, and the text they are read from.
async fn logged(calls: impl Future<Output = ()>) -> (Vec<Value>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.log");
    let log = Log::create(&path, || SystemTime::UNIX_EPOCH, |text| redact(text, &[])).unwrap();
    {
        // A test's runtime is this thread only.
        let _guard = tracing::subscriber::set_default(log);
        calls.await;
    }
    let text = std::fs::read_to_string(path).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), text)
}

fn events(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["event"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_refusal_and_what_follows_it_are_there_step_by_step() {
    let server = Loopback::replies(vec![
        Reply::with_headers(
            503,
            "text/plain",
            &[("retry-after-ms", "1"), ("server", "odd/1")],
            &format!("no {FAKE}\u{1b}[2J now"),
        ),
        Reply::json(200, &json!({"ok": true})),
    ])
    .await;
    let (entries, text) = logged(async {
        let client = keyed(&server.url("?api_key=secret-in-query"), patient());
        client.post("/v1/x", &json!({"question": format!("Why? {FAKE}")})).await.unwrap();
    })
    .await;
    assert_eq!(
        events(&entries),
        ["request", "response", "refusal", "failure", "retry", "request", "response", "reply"],
        "{text}"
    );
    assert!(entries.iter().all(|entry| entry["member"] == "remote" && entry["time"] == "1970-01-01T00:00:00.000Z"), "{text}");
    assert_eq!(entries[0]["method"], "POST");
    assert!(entries[0]["url"].as_str().unwrap().ends_with("/v1/x?api_key=…"), "{text}");
    assert!(entries[0]["body"].as_str().unwrap().contains("Why? …"), "{text}");
    assert_eq!((&entries[1]["status"], &entries[1]["call"]), (&json!(503), &entries[0]["call"]));
    assert!(entries[1]["headers"].as_str().unwrap().contains("server: odd/1"), "{text}");
    assert_eq!(entries[2]["body"], "no … now");
    assert!(entries[3]["error"].as_str().unwrap().contains("503"), "{text}");
    assert_eq!(entries[4]["after_attempts"], 1);
    assert_eq!((&entries[7]["complete"], &entries[7]["bytes"]), (&json!(true), &json!(11)));
    assert!(!text.contains("secret-in-query") && !text.contains(FAKE), "{text}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_and_one_that_is_dropped_say_so() {
    let broken = Reply::events().event(&json!({"n": 1})).close();
    let server = Loopback::replies(vec![broken.clone(), broken]).await;
    let (entries, text) = logged(async {
        let client = keyed(&server.url(""), patient());
        let mut messages = client.stream("/x", &json!({}), Framing::EventStream).await.unwrap();
        while let Ok(Some(_)) = messages.next().await {}
        drop(client.stream("/x", &json!({}), Framing::EventStream).await.unwrap());
    })
    .await;
    let replies: Vec<&Value> = entries.iter().filter(|entry| entry["event"] == "reply").collect();
    assert_eq!(replies.len(), 2, "{text}");
    assert!(replies.iter().all(|reply| reply["complete"] == false), "{text}");
    assert_eq!(events(&entries).iter().filter(|event| **event == "failure").count(), 1, "{text}");
}

#[tokio::test]
async fn a_good_status_with_something_else_inside_is_a_failure() {
    let server = Loopback::replies(vec![Reply::json(200, &json!({"error": {"message": "the model is gone"}}))]).await;
    let (entries, text) = logged(async {
        keyed(&server.url(""), patient()).get("/x").await.unwrap_err();
    })
    .await;
    let last = entries.iter().find(|entry| entry["event"] == "failure").unwrap();
    assert!(last["error"].as_str().unwrap().contains("the model is gone"), "{text}");
}
