//! Servers that report little or the wrong thing about themselves are still recognised by what they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::{Context, DraftRequest, Progress, Sampling};
use specfuse::ensemble::{MemberSpec, OpenOptions, Opened, kinds, open};

use crate::loopback::{Loopback, Reply, Request};

/// A chat that answers one letter, as most servers do.
fn letter(request: &Request) -> Reply {
    let model = request.json()["model"].as_str().unwrap_or("own").to_owned();
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": "A"}, "finish_reason": "stop"});
    let usage = json!({"prompt_tokens": 9, "completion_tokens": 1});
    Reply::json(200, &json!({"object": "chat.completion", "model": model, "choices": [choice], "usage": usage}))
}

/// A server that chats, and replies this to everything else.
async fn chatting(otherwise: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Loopback {
    Loopback::start(move |_, request| {
        let chats = request.method == "POST" && request.path.ends_with("/chat/completions");
        if chats { letter(request) } else { otherwise(request) }
    })
    .await
}

async fn opened(arguments: &[String]) -> Vec<Opened> {
    let kinds = kinds();
    let specs = arguments.iter().map(|argument| MemberSpec::parse(argument, &kinds).unwrap()).collect();
    open(specs, &OpenOptions::default(), &|_, _| {}).await
}

/// The kind of the only member, and its problem.
async fn kind(server: &Loopback, model: &str) -> (String, Option<String>) {
    let opened = opened(&[format!("{}{model}", server.url("").trim_end_matches('/'))]).await;
    (opened[0].seat.member.capabilities().kind.clone(), opened[0].fault.as_ref().map(ToString::to_string))
}

fn list(owner: &str) -> Value {
    json!({"object": "list", "data": [{"id": "some-model", "object": "model", "owned_by": owner}]})
}

#[tokio::test]
async fn a_server_that_has_nothing_but_its_chat_is_used() {
    for status in [400, 403, 404, 405, 500, 501, 503] {
        let server = chatting(move |_| Reply::json(status, &json!({"error": {"message": "nothing of the kind"}}))).await;
        for model in ["", "#some-model"] {
            assert_eq!(kind(&server, model).await, ("openai-compatible".to_owned(), None), "{status} {model:?}");
        }
    }
    let page = chatting(|_| Reply::text(200, "text/html", "<html><title>My gateway</title></html>")).await;
    assert_eq!(kind(&page, "").await, ("openai-compatible".to_owned(), None));
    for path in ["/api/paas/v4", "/inference", "/v1/openai", "/v1"] {
        let below = chatting(|_| Reply::json(404, &json!({"detail": "Not Found"}))).await;
        assert_eq!(kind(&below, &format!("{path}#some-model")).await, ("openai-compatible".to_owned(), None), "{path}");
    }
    let any_json = chatting(|_| Reply::json(200, &json!({"status": "ok"}))).await;
    assert_eq!(kind(&any_json, "").await, ("openai-compatible".to_owned(), None));
}

#[tokio::test]
async fn a_key_that_is_missing_is_no_missing_list() {
    let server = chatting(|_| Reply::json(401, &json!({"error": {"message": "Unauthorized"}}))).await;
    let (_, fault) = kind(&server, "#some-model").await;
    assert!(fault.as_deref().is_some_and(|fault| fault.contains("key") && fault.contains("401")), "{fault:?}");
}

#[tokio::test]
async fn the_owner_of_its_models_says_whose_server_it_is() {
    for (owner, wanted) in
        [("me", "llama-cpp-python"), ("organization_owner", "lm-studio"), ("vllm", "vllm"), ("openai", "openai-compatible")]
    {
        let models = list(owner);
        let server = chatting(move |request| match request.path.as_str() {
            "/v1/models" => Reply::json(200, &models),
            _ => Reply::json(404, &json!({"detail": "Not Found"})),
        })
        .await;
        assert_eq!(kind(&server, "").await, (wanted.to_owned(), None), "{owner}");
    }
}

#[tokio::test]
async fn a_server_that_imitates_llama_servers_properties_is_taken_for_what_it_is() {
    let models = list("koboldcpp");
    let props = json!({"default_generation_settings": {"n_ctx": 4096}, "total_slots": 1, "chat_template": ""});
    let server = chatting(move |request| match request.path.as_str() {
        "/v1/models" => Reply::json(200, &models),
        "/props" => Reply::json(200, &props),
        _ => Reply::json(404, &json!({"detail": "Not Found"})),
    })
    .await;
    assert_eq!(kind(&server, "").await, ("koboldcpp".to_owned(), None));
}

#[tokio::test]
async fn members_of_a_server_that_answers_one_call_at_a_time_wait_for_each_other() {
    let (working, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, highest) = (working.clone(), most.clone());
    let models = list("me");
    let server = Loopback::start(move |_, request| match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/v1/models") => Reply::json(200, &models),
        ("POST", "/v1/chat/completions") => {
            highest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let done = now.clone();
            let event = |text: &str, finish: Value| {
                json!({"model": "some-model", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})
            };
            let reply = Reply::events().event(&event("A word", Value::Null)).pause(Duration::from_millis(5));
            reply.then(move || _ = done.fetch_sub(1, Ordering::SeqCst)).event(&event("", json!("stop"))).chunk("data: [DONE]\n\n").end()
        }
        _ => Reply::json(404, &json!({"detail": "Not Found"})),
    })
    .await;
    let opened = opened(&["a", "b", "c"].map(|name| format!("{name}={}", server.url("")))).await;
    assert!(opened.iter().all(|opened| opened.fault.is_none()));
    let request = || DraftRequest {
        context: Context { conversation: Arc::new(Conversation::question("Say a word.")), accepted: Arc::default() },
        sampling: Sampling { temperature: 0.0, top_p: 1.0, seed: 1 },
        segment: SegmentRule::tokens(10),
        asks_end: false,
        confidence: None,
    };
    let drafts = opened.iter().map(|opened| opened.seat.member.draft(request(), Progress::nowhere()));
    for draft in join_all(drafts).await {
        assert_eq!(draft.unwrap().draft.text(), "A word");
    }
    assert_eq!(most.load(Ordering::SeqCst), 1, "one at a time, while they were opened too");
}
