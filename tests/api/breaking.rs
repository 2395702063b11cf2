//! Replies that end as if they were complete but are not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::member::api::Kind;
use specfuse::engine::member::{Drafted, Member, MemberError, Progress, ScoreRequest, ScoreTier};

use crate::loopback::Reply;
use crate::server::{About, fixture, serve_with, streamed};
use crate::{connect, context, draft};

/// The sentence without its end, cleanly closed: the first messages with text, and no finish reason.
fn half(kind: Kind) -> String {
    let text = fixture(kind, "sentence").unwrap();
    let end = text.find("naturally").unwrap();
    // Back to the end of the message before.
    let separator = if kind == Kind::Ollama { "\n" } else { "\n\n" };
    text[..text[..end].rfind(separator).unwrap() + separator.len()].to_owned()
}

/// A draft from a server whose first `times` replies break off, and how many times the server was asked for one.
async fn broken(kind: Kind, times: usize) -> (Result<Drafted, MemberError>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let server = serve_with(kind, move |about, _| {
        let breaks = about == About::Draft && count.fetch_add(1, Ordering::Relaxed) < times;
        breaks.then(|| streamed(kind, &half(kind)))
    })
    .await;
    let member = connect(kind, &server.url("")).await.unwrap();
    let drafted = draft(&member).await;
    (drafted, asked.load(Ordering::Relaxed))
}

const KINDS: [Kind; 9] = [
    Kind::OpenAi,
    Kind::OpenAiResponses,
    Kind::Anthropic,
    Kind::Gemini,
    Kind::Cohere,
    Kind::Ollama,
    Kind::Vllm,
    Kind::Tgi,
    Kind::OpenRouter,
];

#[tokio::test]
async fn a_reply_that_ends_without_saying_so_is_asked_for_once_more() {
    for kind in KINDS {
        let (drafted, asked) = broken(kind, 1).await;
        let drafted = drafted.unwrap_or_else(|error| panic!("{}: {error}", kind.name()));
        let whole = broken(kind, 0).await.0.unwrap();
        assert_eq!(
            (drafted.draft.text().trim_start(), drafted.draft.ends),
            ("Paris, naturally.", whole.draft.ends),
            "{}",
            kind.name()
        );
        assert_eq!(asked, 2, "{}", kind.name());
        assert!(drafted.usage.prompt_tokens > 21, "{}: what broke off was used: {:?}", kind.name(), drafted.usage);
    }
}

#[tokio::test]
async fn a_reply_that_breaks_off_twice_is_no_draft() {
    for kind in KINDS {
        let (drafted, asked) = broken(kind, 9).await;
        let error = drafted.unwrap_err();
        assert!(matches!(&error, MemberError::Failed(why) if why.contains("no finish reason")), "{}: {error:?}", kind.name());
        assert_eq!(asked, 2, "{}", kind.name());
    }
}

#[tokio::test]
async fn a_reply_with_a_mark_of_its_end_and_no_reason_is_believed() {
    let delta = json!({"choices": [{"delta": {"content": " Paris is it"}}]});
    for text in [
        format!("data: {delta}\n\ndata: [DONE]\n\n"),
        format!("data: {delta}\n\ndata: [DONE]"),
        json!({"choices": [{"message": {"content": " Paris is it"}}]}).to_string(),
    ] {
        let server =
            serve_with(Kind::OpenAi, move |about, _| (about == About::Draft).then(|| streamed(Kind::OpenAi, &text))).await;
        let drafted = draft(&connect(Kind::OpenAi, &server.url("")).await.unwrap()).await.unwrap();
        assert!(drafted.draft.text().starts_with(" Paris") && !drafted.draft.ends, "{drafted:?}");
    }
}

#[tokio::test]
async fn a_segment_that_was_complete_before_the_break_stands() {
    for kind in [Kind::Anthropic, Kind::Vllm, Kind::Ollama] {
        let server = serve_with(kind, move |about, _| (about == About::Draft).then(|| streamed(kind, &half(kind)))).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let drafted = member.draft(crate::request(1), Progress::nowhere()).await.unwrap();
        assert_eq!(drafted.draft.text(), " Paris", "{}", kind.name());
    }
}

#[tokio::test]
async fn a_judgement_that_breaks_off_is_none() {
    for kind in [Kind::Anthropic, Kind::Mistral, Kind::OpenRouter] {
        let server = serve_with(kind, move |about, _| {
            let text = fixture(kind, "letter").unwrap().replace("\"A\"", "\"A, B\"");
            let begin = text.find("A, B").unwrap();
            let end = begin + text[begin..].find("\n\n").unwrap() + 2;
            (about == About::Judging).then(|| Reply::events().chunk(text[..end].replace("\"length\"", "null")).end())
        })
        .await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let candidates = vec![CandidateText::new(" Lyon.", true), CandidateText::new(" Paris.", true)];
        let asking = ScoreRequest { candidates, tier: ScoreTier::Ranking, seed: 5, ..ScoreRequest::exact(context(), Vec::new()) };
        let judged = member.score(asking).await;
        let error = judged.unwrap_err();
        assert!(error.to_string().contains("no finish reason"), "{}: {error}", kind.name());
    }
}
