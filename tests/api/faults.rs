//! What goes wrong while a draft is drawn, reported in words that the user can act on.

use serde_json::{Value, json};
use specfuse::engine::member::api::Kind;
use specfuse::engine::member::{Drafted, MemberError};

use crate::loopback::Reply;
use crate::server::{About, fixture, serve_with, streamed};
use crate::{connect, draft};

/// A draft from a server that replies this.
async fn drafted(kind: Kind, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Result<Drafted, MemberError> {
    let server = serve_with(kind, move |about, _| (about == About::Draft).then(&reply)).await;
    let member = connect(kind, &server.url("")).await.unwrap();
    draft(&member).await
}

async fn streaming(kind: Kind, text: String) -> Result<Drafted, MemberError> {
    drafted(kind, move || streamed(kind, &text)).await
}

#[tokio::test]
async fn a_context_that_is_full_is_told_as_such_by_every_api() {
    for (kind, name) in Kind::NAMES {
        let text = fixture(*kind, "context").unwrap();
        let error = drafted(*kind, move || Reply::text(400, "application/json", &text)).await.unwrap_err();
        assert!(matches!(error, MemberError::ContextFull { needed, limit } if needed >= limit), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn the_numbers_of_a_full_context_are_passed_on() {
    let text = fixture(Kind::Vllm, "context").unwrap();
    let error = drafted(Kind::Vllm, move || Reply::text(400, "application/json", &text)).await.unwrap_err();
    assert_eq!(error, MemberError::ContextFull { needed: 5000, limit: 4096 });
}

#[tokio::test]
async fn what_will_not_work_however_often_is_refused() {
    for status in [401, 402, 403, 404] {
        let body = json!({"error": {"message": "because"}});
        let error = drafted(Kind::OpenAi, move || Reply::json(status, &body)).await.unwrap_err();
        assert!(matches!(&error, MemberError::Refused(why) if why.contains("because")), "{error:?}");
    }
    let quota = json!({"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}});
    let error = drafted(Kind::OpenAi, move || Reply::json(429, &quota)).await.unwrap_err();
    assert!(matches!(&error, MemberError::Refused(why) if why.contains("quota")), "{error:?}");
    for status in [400, 413, 429, 500] {
        let body = json!({"error": {"message": "because"}});
        let error = drafted(Kind::OpenAi, move || Reply::json(status, &body)).await.unwrap_err();
        assert!(matches!(&error, MemberError::Failed(why) if why.contains("because")), "{error:?}");
    }
}

#[tokio::test]
async fn what_a_filter_stops_is_no_draft() {
    let filtered =
        [Kind::OpenAi, Kind::OpenAiResponses, Kind::Azure, Kind::Anthropic, Kind::Gemini, Kind::DeepSeek, Kind::Cohere];
    for kind in filtered {
        let error = streaming(kind, fixture(kind, "filtered").unwrap()).await.unwrap_err();
        assert!(matches!(&error, MemberError::Failed(why) if why.contains("filter")), "{}: {error:?}", kind.name());
    }
    for kind in [Kind::Mistral, Kind::Vllm, Kind::SgLang, Kind::TextGenerationWebUi] {
        let error = streaming(kind, fixture(kind, "filtered").unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("the reply failed"), "{}: {error:?}", kind.name());
    }
    let error = streaming(Kind::Gemini, fixture(Kind::Gemini, "blocked").unwrap()).await.unwrap_err();
    assert!(error.to_string().ends_with("PROHIBITED_CONTENT"), "{error}");
}

#[tokio::test]
async fn a_refusal_is_told_in_its_own_words() {
    let text = "data: {\"choices\":[{\"delta\":{\"refusal\":\"I can't help \"}}]}\n\n\
                data: {\"choices\":[{\"delta\":{\"refusal\":\"with that.\"},\"finish_reason\":\"stop\"}]}\n\n";
    let error = streaming(Kind::OpenAi, text.to_owned()).await.unwrap_err();
    assert!(error.to_string().ends_with("refused by the model: I can't help with that."), "{error}");
}

#[tokio::test]
async fn an_error_inside_a_good_reply_is_told() {
    for (kind, name, said) in [
        (Kind::Anthropic, "overloaded", "Overloaded"),
        (Kind::OpenRouter, "broken", "Provider disconnected unexpectedly"),
        (Kind::Ollama, "filtered", "CUDA error"),
        (Kind::Tgi, "broken", "Request failed during generation"),
        (Kind::OpenAiResponses, "failed", "The model failed to generate a response."),
    ] {
        let error = streaming(kind, fixture(kind, name).unwrap()).await.unwrap_err();
        assert!(matches!(&error, MemberError::Failed(why) if why.contains(said)), "{}: {error:?}", kind.name());
    }
    let whole = json!({"error": {"message": "out of memory", "code": 500}});
    let error = drafted(Kind::OpenAi, move || Reply::json(200, &whole)).await.unwrap_err();
    assert!(error.to_string().contains("out of memory"), "{error}");
}

/// The sentence, its log-probabilities replaced.
fn with_logprobs(kind: Kind, value: &str) -> String {
    let text = fixture(kind, "sentence").unwrap();
    ["-0.25", "-0.5", "-1.0", "-0.125"].iter().fold(text, |text, number| text.replace(number, value))
}

#[tokio::test]
async fn log_probabilities_that_cannot_be_are_none() {
    for kind in [Kind::Vllm, Kind::DeepSeek, Kind::Ollama, Kind::Gemini, Kind::Tgi] {
        for value in ["3.5", "-1e300", "null", "\"x\""] {
            let drafted = streaming(kind, with_logprobs(kind, value)).await.unwrap();
            assert_eq!(drafted.draft.text(), crate::SENTENCE, "{} {value}", kind.name());
            assert!(drafted.draft.tokens.iter().all(|token| token.logprob.is_none()), "{} {value}", kind.name());
        }
        let error = streaming(kind, with_logprobs(kind, "NaN")).await.unwrap_err();
        assert!(error.to_string().contains("JSON was expected"), "{}: {error}", kind.name());
    }
}

#[tokio::test]
async fn missing_fields_lose_no_text() {
    let text = "data: {}\n\ndata: {\"choices\":[]}\n\ndata: {\"choices\":[{}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":null}}]}\n\n\
                data: {\"choices\":[{\"delta\":{\"content\":\" Paris is it\"}}]}\n\n\
                data: {\"choices\":[{\"delta\":{\"content\":\" too\"},\"finish_reason\":\"length\"}]}\n\n";
    let drafted = streaming(Kind::DeepSeek, text.to_owned()).await.unwrap();
    assert_eq!((drafted.draft.text().as_str(), drafted.draft.ends), (" Paris is it too", false));
}

#[tokio::test]
async fn fewer_log_probabilities_than_tokens_lose_no_text() {
    let text = "data: {\"choices\":[{\"text\":\" Paris\",\"logprobs\":{\"tokens\":[\" Par\"],\"token_logprobs\":[-1.0]}}]}\n\n\
                data: {\"choices\":[{\"text\":\" is\",\"logprobs\":{\"tokens\":[],\"token_logprobs\":[]},\"finish_reason\":\"stop\"}]}\n\n";
    let drafted = streaming(Kind::Vllm, text.to_owned()).await.unwrap();
    assert_eq!((drafted.draft.text().as_str(), drafted.draft.ends), (" Paris is", true));
}

#[tokio::test]
async fn a_repeated_prefix_is_taken_off_however_it_comes() {
    let whole = json!({"choices": [{"message": {"role": "assistant", "content": "The capital of France is Paris."},
        "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 2}});
    for kind in [Kind::Groq, Kind::DeepSeek, Kind::TabbyApi] {
        let whole = whole.clone();
        let drafted = drafted(kind, move || Reply::json(200, &whole)).await.unwrap();
        assert_eq!((drafted.draft.text().as_str(), drafted.draft.ends), (" Paris.", true), "{}", kind.name());
    }
}

#[tokio::test]
async fn a_reply_without_text_says_why() {
    let hidden = json!({"choices": [{"delta": {"reasoning_content": "Hmm"}, "finish_reason": "length"}]});
    let error = streaming(Kind::DeepSeek, format!("data: {hidden}\n\n")).await.unwrap_err();
    assert!(error.to_string().contains("hidden reasoning"), "{error}");
    let tool: Value = json!({"choices": [{"delta": {"tool_calls": []}, "finish_reason": "tool_calls"}]});
    let error = streaming(Kind::DeepSeek, format!("data: {tool}\n\n")).await.unwrap_err();
    assert!(error.to_string().contains("wants to call a tool"), "{error}");
    let error = streaming(Kind::DeepSeek, "data: [DONE]\n\n".to_owned()).await.unwrap_err();
    assert!(error.to_string().contains("before any text came"), "{error}");
}

#[tokio::test]
async fn a_draft_that_was_cut_off_fails() {
    let text = fixture(Kind::OpenAi, "sentence").unwrap();
    let begin = text.find(" naturally").unwrap();
    let half = text[..begin].to_owned();
    let error = drafted(Kind::OpenAi, move || Reply::events().chunk(&half).close()).await.unwrap_err();
    assert!(matches!(&error, MemberError::Failed(why) if why.contains("cut")), "{error:?}");
}
