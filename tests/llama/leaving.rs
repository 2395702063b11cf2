//! Servers that are left, that disappear, and that come back.

use std::time::Duration;

use serde_json::{Value, json};
use specfuse::engine::member::http::{Endpoint, Http, Limits};
use specfuse::engine::member::{Member, MemberError, Progress};
use tokio::sync::mpsc;

use crate::llama::serve;
use crate::loopback::Reply;
use crate::scripted::{connected, server};
use crate::support::{QUESTION, TOKEN_LIMIT, connect, context, draft, request, score};

/// Asks until the condition holds; there is no signal when a server has noticed.
async fn until(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    for _ in 0..2000 {
        if ask().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn a_dropped_draft_ends_on_the_server_too() {
    let Some(served) = serve("abacus", &[]) else { return };
    let member = connect(&served).await;
    let (sender, mut receiver) = mpsc::channel(1);
    // At this temperature it hardly ever ends by itself.
    let mut asked = request(context(QUESTION, &[]), 8.0, 1, 400);
    asked.sampling.top_p = 1.0;
    let mut reply = member.draft(asked, Progress::new(1, sender));
    tokio::select! {
        reply = &mut reply => panic!("it was faster than its first token: {reply:?}"),
        token = receiver.recv() => assert!(token.is_some()),
    }
    drop(reply);
    until("the task is cancelled", async || served.log().contains("cancel task")).await;
    let http = Http::new(Endpoint::new("x", &served.url).unwrap(), Limits::default()).unwrap();
    until("the slots are idle", async || {
        let slots = http.get("/slots").await.unwrap();
        slots.as_array().unwrap().iter().all(|slot| slot["is_processing"] == Value::Bool(false))
    })
    .await;
    draft(&member, request(context(QUESTION, &[]), 0.0, 1, 4)).await.unwrap();
}

#[tokio::test]
async fn a_server_that_restarts_between_rounds_goes_on_as_if_nothing_was() {
    let Some(served) = serve("atlas", &[]) else { return };
    let port = served.port().to_string();
    let member = connect(&served).await;
    let context = context(QUESTION, &["The capital"]);
    let before = score(&member, context.clone(), &[(" of France", false)]).await.unwrap();
    drop(served);
    let gone = draft(&member, request(context.clone(), 0.0, 1, 4)).await.unwrap_err();
    assert!(matches!(&gone, MemberError::Failed(reason) if reason.contains("check that the server runs")), "{gone}");
    let Some(_again) = serve("atlas", &["--port", &port]) else { return };
    let after = score(&member, context.clone(), &[(" of France", false)]).await.unwrap();
    let same = before.logprobs()[0].iter().zip(&after.logprobs()[0]).all(|(before, after)| (before - after).abs() < TOKEN_LIMIT);
    assert!(same, "{before:?} {after:?}");
    assert_eq!(draft(&member, request(context, 0.0, 1, 2)).await.unwrap().draft.text(), " of France");
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_of_a_draft_is_an_error_in_words() {
    let Some(served) = serve("abacus", &[]) else { return };
    let member = connect(&served).await;
    let (sender, mut receiver) = mpsc::channel(1);
    let mut asked = request(context(QUESTION, &[]), 8.0, 1, 400);
    asked.sampling.top_p = 1.0;
    let reply = tokio::spawn(member.draft(asked, Progress::new(1, sender)));
    receiver.recv().await.unwrap();
    drop(served);
    // What came before its death still arrives.
    while receiver.recv().await.is_some() {}
    match reply.await.unwrap() {
        Err(MemberError::Failed(reason)) => assert!(reason.contains("cut"), "{reason}"),
        // It was done before it died.
        Ok(drafted) => assert!(drafted.draft.tokens.len() > 100 || drafted.draft.ends),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_full_context_is_told_with_its_numbers() {
    let Some(served) = serve("babble", &[]) else { return };
    let member = connect(&served).await;
    let long = "What is the capital of France? ".repeat(100);
    let full = member.prepare(context(&long, &[]).conversation).await.unwrap_err();
    let MemberError::ContextFull { needed, limit } = full else { panic!("{full}") };
    assert!(needed > limit && limit == member.capabilities().context_tokens.unwrap());
    let full = draft(&member, request(context(&long, &[]), 0.6, 1, 4)).await.unwrap_err();
    assert_eq!(full, MemberError::ContextFull { needed, limit });
    // A prompt that just fits: the draft stops where the context does.
    let filler = "a ".repeat(limit);
    let room = (1..limit).rev();
    for words in room.step_by(7) {
        let context = context(&filler[..words * 2], &[]);
        if member.prepare(context.conversation.clone()).await.is_ok() {
            let mut asked = request(context, 8.0, 1, 60);
            asked.sampling.top_p = 1.0;
            let drafted = draft(&member, asked).await.unwrap();
            assert!(!drafted.draft.ends && drafted.draft.tokens.len() < 60, "{drafted:?}");
            return;
        }
    }
    panic!("no prompt fits");
}

#[tokio::test]
async fn a_server_that_comes_back_with_another_model_is_left() {
    let Some(served) = serve("atlas", &[]) else { return };
    let port = served.port().to_string();
    let member = connect(&served).await;
    let context = context(QUESTION, &["The capital"]);
    score(&member, context.clone(), &[(" of France", false)]).await.unwrap();
    drop(served);
    // Its kept connections are gone by then.
    draft(&member, request(context.clone(), 0.0, 1, 4)).await.unwrap_err();
    let Some(_other) = serve("abacus", &["--port", &port]) else { return };
    let error = score(&member, context, &[(" of France", false)]).await.unwrap_err();
    let names = ["another model now", "abacus", "atlas", "connect to it again"];
    assert!(matches!(&error, MemberError::Refused(said) if names.iter().all(|name| said.contains(name))), "{error:?}");
}

#[tokio::test]
async fn a_router_says_how_many_models_it_holds() {
    let server = server(|request| {
        let router = json!({"role": "router", "max_instances": 1, "default_generation_settings": {"params": null, "n_ctx": 0}});
        (request.path == "/props").then(|| Reply::json(200, &router))
    })
    .await;
    assert_eq!(connected(&server).await.unwrap().models_at_once(), Some(1));
}
