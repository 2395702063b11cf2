//! The same sentence through every API's stream gives the same draft.

use serde_json::json;
use specfuse::engine::fusion::event::Drafting;
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::api::{ApiMember, Kind};
use specfuse::engine::member::{DraftRequest, Member, Progress, Usage};

use crate::loopback::Reply;
use crate::server::{About, serve, serve_with, streamed};
use crate::{SENTENCE, connect, draft, request};

/// The fixtures' log-probabilities.
const LOGPROBS: [f32; 4] = [-0.25, -0.5, -1.0, -0.125];

#[tokio::test]
async fn the_same_sentence_through_every_api_is_the_same_draft() {
    for (kind, name) in Kind::NAMES {
        let server = serve(*kind).await;
        let member = connect(*kind, &server.url("")).await.unwrap();
        let drafted = draft(&member).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        // A model that is instructed to write the next words stops after them; it has to vote explicitly to end.
        let ends = member.capabilities().drafting != Drafting::Instruction;
        assert_eq!((drafted.draft.text().as_str(), drafted.draft.ends), (SENTENCE, ends), "{name}");
        let logprobs: Vec<f32> = drafted.draft.tokens.iter().filter_map(|token| token.logprob).collect();
        let told = member.capabilities().draft_logprobs;
        assert_eq!(logprobs, if told { LOGPROBS.to_vec() } else { Vec::new() }, "{name}");
        let end = matches!(kind, Kind::Vllm | Kind::SgLang | Kind::Tgi).then_some(-0.75);
        assert_eq!(drafted.draft.end_logprob, end, "{name}");
        if *kind != Kind::LlamaCppPython {
            assert_eq!(drafted.usage.prompt_tokens, 21, "{name}");
        }
        assert!(drafted.usage.output_tokens >= 4 && drafted.forwards > 0, "{name}: {drafted:?}");
    }
}

#[tokio::test]
async fn tokens_read_from_a_cache_are_told() {
    for kind in [Kind::OpenAi, Kind::OpenAiResponses, Kind::Anthropic, Kind::DeepSeek, Kind::Cohere] {
        let server = serve(kind).await;
        let drafted = draft(&connect(kind, &server.url("")).await.unwrap()).await.unwrap();
        assert_eq!(drafted.usage, Usage::counted(21, 16, 4), "{}", kind.name());
        assert_eq!(drafted.forwards, 9, "{}", kind.name());
    }
}

#[tokio::test]
async fn a_draft_is_complete_when_its_segment_is() {
    for kind in [Kind::Vllm, Kind::Anthropic, Kind::Ollama, Kind::Gemini] {
        let server = serve(kind).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let drafted = member.draft(request(2), Progress::nowhere()).await.unwrap();
        assert_eq!((drafted.draft.text().as_str(), drafted.draft.ends), (" Paris,", false), "{}", kind.name());
    }
}

#[tokio::test]
async fn a_draft_by_words_hangs_up_when_it_is_complete() {
    let kind = Kind::OpenAi;
    let server = serve_with(kind, |about, _| {
        let word = serde_json::json!({"choices": [{"index": 0, "delta": {"content": " word"}, "finish_reason": null}]});
        (about == About::Draft).then(|| crate::loopback::Reply::events().repeat(format!("data: {word}\n\n")))
    })
    .await;
    let member = connect(kind, &server.url("")).await.unwrap();
    let segment = SegmentRule::words(3, 40);
    let drafted = member.draft(DraftRequest { segment, ..request(10) }, Progress::nowhere()).await.unwrap();
    assert!(drafted.draft.text().starts_with(" word word word") && !drafted.draft.ends, "{drafted:?}");
    drop(member);
    server.until_open(0).await;
}

#[tokio::test]
async fn an_endless_stream_ends_with_the_segment() {
    for kind in [Kind::OpenAi, Kind::Ollama, Kind::Anthropic] {
        let server = serve_with(kind, move |about, _| {
            let event = match kind {
                Kind::Ollama => "{\"message\":{\"content\":\" no\"},\"done\":false}\n".to_owned(),
                Kind::Anthropic => "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\" no\"}}\n\n".to_owned(),
                _ => "data: {\"choices\":[{\"delta\":{\"content\":\" no\"}}]}\n\n".to_owned(),
            };
            let head = if kind == Kind::Ollama { "application/x-ndjson" } else { "text/event-stream" };
            (about == About::Draft).then(|| crate::loopback::Reply::chunked(head).repeat(event))
        })
        .await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let drafted = draft(&member).await.unwrap();
        assert_eq!((drafted.draft.tokens.len(), drafted.draft.ends), (10, false), "{}", kind.name());
        assert!(drafted.usage.prompt_tokens > 0 && drafted.usage.output_tokens >= 10, "{drafted:?}");
        drop(member);
        server.until_open(0).await;
    }
}

#[tokio::test]
async fn messages_without_text_do_not_go_on_for_ever() {
    let server = serve_with(Kind::OpenAi, |about, _| {
        (about == About::Draft).then(|| crate::loopback::Reply::events().repeat("data: {\"choices\":[]}\n\n"))
    })
    .await;
    let error = draft(&connect(Kind::OpenAi, &server.url("")).await.unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("before any text came"), "{error}");
}

#[tokio::test]
async fn a_model_that_only_repeats_says_so_and_then_that_it_is_its_way() {
    let server = serve_with(Kind::OpenAi, |about, _| {
        let text =
            "data: {\"choices\":[{\"delta\":{\"content\":\"The capital of France is\"},\"finish_reason\":\"length\"}]}\n\n";
        (about == About::Draft).then(|| streamed(Kind::OpenAi, text))
    })
    .await;
    let member = connect(Kind::OpenAi, &server.url("")).await.unwrap();
    assert_eq!(member.capabilities().drafting, Drafting::Instruction);
    let first = draft(&member).await.unwrap_err().to_string();
    assert_eq!(first, "its reply only repeated the answer so far");
    let second = draft(&member).await.unwrap_err().to_string();
    assert!(second.starts_with("its last 2 replies only repeated") && second.contains("only verify"), "{second}");
}

#[tokio::test]
async fn a_model_that_is_told_to_continue_says_when_it_is_done() {
    let server = serve_with(Kind::OpenAi, |about, _| {
        let delta = |text: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
        let stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        let text = format!("{}{}{}{stop}", delta("Sure, "), delta(" Paris.<EN"), delta("D>"));
        (about == About::Draft).then(|| streamed(Kind::OpenAi, &text))
    })
    .await;
    let drafted = draft(&connect(Kind::OpenAi, &server.url("")).await.unwrap()).await.unwrap();
    assert_eq!((drafted.draft.text().as_str(), drafted.draft.ends), (" Paris.", true));
}

#[tokio::test]
async fn white_space_that_anthropic_refuses_is_not_sent_and_not_doubled() {
    let server = serve(Kind::Anthropic).await;
    let member: ApiMember = connect(Kind::Anthropic, &server.url("")).await.unwrap();
    let mut wanted = request(10);
    wanted.context.accepted = ["The capital of France is ".into()].into();
    let drafted = member.draft(wanted, Progress::nowhere()).await.unwrap();
    assert_eq!(drafted.draft.text(), "Paris, naturally.");
    let messages = server.requests().last().unwrap().json()["messages"].clone();
    assert_eq!(messages[1]["content"], "The capital of France is");
}

#[tokio::test]
async fn an_answer_is_begun_without_prefill() {
    for kind in [Kind::Anthropic, Kind::Vllm, Kind::OpenAi] {
        let server = serve(kind).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let mut wanted = request(10);
        wanted.context.accepted = [].into();
        let drafted = member.draft(wanted, Progress::nowhere()).await.unwrap();
        assert_eq!(drafted.draft.text().trim_start(), SENTENCE.trim_start(), "{}", kind.name());
        assert!(drafted.draft.ends, "{}", kind.name());
        let body = server.requests().last().unwrap().json();
        if let Some(messages) = body["messages"].as_array() {
            assert_eq!(messages.last().unwrap()["role"], "user", "{}", kind.name());
        }
    }
}

#[tokio::test]
async fn a_part_that_is_refused_after_the_probe_is_left_out_from_then_on() {
    for (field, status) in [("seed", 400), ("temperature", 422), ("top_p", 500)] {
        let server = serve_with(Kind::OpenAi, move |about, request| {
            let message = format!("Unsupported parameter: '{field}' is not supported by this provider");
            let refused = Reply::json(status, &json!({"error": {"message": message}}));
            (about == About::Draft && request.json().get(field).is_some()).then_some(refused)
        })
        .await;
        let member = connect(Kind::OpenAi, &server.url("")).await.unwrap();
        let before = server.requests().len();
        draft(&member).await.unwrap_or_else(|error| panic!("{field}: {error}"));
        assert_eq!(server.requests().len(), before + 2, "{field}: once with it, once without");
        draft(&member).await.unwrap();
        assert_eq!(server.requests().len(), before + 3, "{field}: never with it again");
    }
}
