//! What each API is sent for a draft: what must be there, and what must not.

use serde_json::{Value, json};
use specfuse::engine::member::api::{ApiMember, Kind, Settings};

use crate::server::serve;
use crate::{FAKE, connect, draft, settings};

/// Kind; where drafts go; values at locations of the body; locations that must be empty.
type Sent = (Kind, &'static str, &'static str, &'static [&'static str]);

const SENT: &[Sent] = &[
    (
        Kind::OpenAi,
        "/chat/completions",
        r#"{"/model": "gpt-4.1-mini", "/max_completion_tokens": 18, "/temperature": 0.6, "/top_p": 0.9, "/seed": 7, "/stream": true,
            "/stream_options/include_usage": true, "/messages/0/role": "system", "/messages/1/role": "user"}"#,
        &["/max_tokens", "/messages/2", "/reasoning_effort", "/logprobs"],
    ),
    (
        Kind::OpenAiResponses,
        "/responses",
        r#"{"/max_output_tokens": 18, "/store": false, "/input/0/role": "user", "/stream": true}"#,
        &["/messages", "/seed", "/stream_options", "/input/1"],
    ),
    (
        Kind::Anthropic,
        "/v1/messages",
        r#"{"/max_tokens": 10, "/system": "Be brief.", "/messages/0/role": "user", "/messages/1/role": "assistant",
            "/messages/1/content": "The capital of France is", "/temperature": 0.6}"#,
        &["/seed", "/messages/2", "/logprobs", "/stream_options"],
    ),
    (
        Kind::Gemini,
        "/v1beta/models/gemini-x:streamGenerateContent?alt=sse",
        r#"{"/contents/0/role": "user", "/contents/1/role": "model", "/contents/1/parts/0/text": "The capital of France is",
            "/systemInstruction/parts/0/text": "Be brief.", "/generationConfig/maxOutputTokens": 10, "/generationConfig/topP": 0.9,
            "/generationConfig/thinkingConfig/thinkingBudget": 0, "/generationConfig/responseLogprobs": true}"#,
        &["/model", "/messages", "/max_tokens", "/stream"],
    ),
    (
        Kind::Mistral,
        "/chat/completions",
        r#"{"/random_seed": 7, "/messages/2/prefix": true, "/messages/2/content": "The capital of France is", "/max_tokens": 10}"#,
        &["/seed", "/stream_options", "/logprobs"],
    ),
    (
        Kind::DeepSeek,
        "/beta/chat/completions",
        r#"{"/messages/2/prefix": true, "/thinking/type": "disabled", "/logprobs": true, "/top_logprobs": 1}"#,
        &["/seed"],
    ),
    (Kind::Groq, "/chat/completions", r#"{"/max_completion_tokens": 10, "/messages/2/role": "assistant"}"#, &["/logprobs"]),
    (Kind::Cohere, "/v2/chat", r#"{"/p": 0.9, "/seed": 7, "/max_tokens": 18}"#, &["/top_p", "/stream_options"]),
    (Kind::Together, "/chat/completions", r#"{"/logprobs": 1, "/messages/2/role": "assistant"}"#, &["/top_logprobs", "/echo"]),
    (
        Kind::Ollama,
        "/api/chat",
        r#"{"/model": "qwen:latest", "/options/num_predict": 10, "/options/temperature": 0.6, "/options/num_ctx": 8192,
            "/options/seed": 7, "/think": false, "/keep_alive": "30m", "/logprobs": true}"#,
        &["/max_tokens", "/temperature"],
    ),
    (
        Kind::Vllm,
        "/v1/completions",
        r#"{"/max_tokens": 10, "/logprobs": 1, "/seed": 7}"#,
        &["/messages", "/chat_template_kwargs"],
    ),
    (
        Kind::Tgi,
        "/generate_stream",
        r#"{"/parameters/max_new_tokens": 10, "/parameters/details": true, "/parameters/temperature": 0.6}"#,
        &["/model", "/stream", "/max_tokens"],
    ),
    (
        Kind::TabbyApi,
        "/v1/chat/completions",
        r#"{"/continue_final_message": true, "/add_generation_prompt": false, "/messages/2/role": "assistant"}"#,
        &[],
    ),
    (Kind::KoboldCpp, "/v1/chat/completions", r#"{"/continue_assistant_turn": true}"#, &[]),
];

#[tokio::test]
async fn each_api_is_sent_what_it_takes() {
    for (kind, path, there, absent) in SENT {
        let server = serve(*kind).await;
        let member = connect(*kind, &server.url("")).await.unwrap();
        draft(&member).await.unwrap();
        let request = server.requests().last().unwrap().clone();
        assert_eq!(request.path, *path, "{}", kind.name());
        let body = request.json();
        let there: serde_json::Map<String, Value> = serde_json::from_str(there).unwrap();
        for (place, value) in &there {
            assert_eq!(body.pointer(place), Some(value), "{} {place}: {body}", kind.name());
        }
        for place in *absent {
            assert_eq!(body.pointer(place), None, "{} {place}: {body}", kind.name());
        }
    }
}

#[tokio::test]
async fn keys_go_where_each_api_looks_for_them() {
    for (kind, name) in Kind::NAMES {
        let server = serve(*kind).await;
        connect(*kind, &server.url("")).await.unwrap();
        let auth = kind.dialect().auth;
        for request in server.requests() {
            assert_eq!(request.header(auth.header), Some(format!("{}{FAKE}", auth.prefix).as_str()), "{name}");
            assert!(!request.path.contains("fake"), "{name}");
            if *kind == Kind::Anthropic {
                assert_eq!(request.header("anthropic-version"), Some("2023-06-01"));
            }
        }
    }
}

#[tokio::test]
async fn fields_of_the_configuration_are_merged_last() {
    let server = serve(Kind::Ollama).await;
    let Value::Object(extra) = json!({"options": {"num_ctx": 2048, "num_gpu": 0}, "keep_alive": "5m"}) else { panic!() };
    let member = ApiMember::connect(Settings { extra, ..settings(Kind::Ollama, &server.url("")) }).await.unwrap();
    draft(&member).await.unwrap();
    let body = server.requests().last().unwrap().json();
    assert_eq!(body.pointer("/options/num_ctx"), Some(&json!(2048)));
    assert_eq!(body.pointer("/options/num_gpu"), Some(&json!(0)));
    assert_eq!(body.pointer("/options/num_predict"), Some(&json!(10)));
    assert_eq!(body["keep_alive"], "5m");
}

#[tokio::test]
async fn a_round_asks_a_tokenizer_only_about_what_is_new() {
    let server = serve(Kind::Vllm).await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    let count = || server.requests().iter().filter(|request| request.path == "/tokenize").count();
    draft(&member).await.unwrap();
    let before = count();
    draft(&member).await.unwrap();
    assert_eq!(count(), before);
}
