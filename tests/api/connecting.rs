//! What the probe finds for each API, and what the user reads about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use specfuse::engine::fusion::event::Drafting;
use specfuse::engine::member::api::{ApiMember, Kind, Part, Route, Settings};
use specfuse::engine::member::{Member, MemberError, Overrides, ScoreTier};

use crate::loopback::{Loopback, Reply};
use crate::server::{About, asked, fixture, reply, serve, serve_with, streamed};
use crate::{connect, draft, settings};

/// Kind; how it drafts; whether with log-probabilities; how it scores; whether with the end; context.
type Found = (Kind, Drafting, bool, ScoreTier, bool, Option<usize>);

const FOUND: &[Found] = &[
    (Kind::OpenAi, Drafting::Instruction, false, ScoreTier::Labels, false, None),
    (Kind::OpenAiResponses, Drafting::Instruction, false, ScoreTier::Labels, false, None),
    (Kind::Azure, Drafting::Instruction, false, ScoreTier::Labels, false, None),
    (Kind::Anthropic, Drafting::Prefill, false, ScoreTier::Ranking, false, None),
    (Kind::Gemini, Drafting::Prefill, true, ScoreTier::Labels, false, Some(1_048_576)),
    (Kind::Mistral, Drafting::Prefill, false, ScoreTier::Ranking, false, Some(131_072)),
    (Kind::DeepSeek, Drafting::Prefill, true, ScoreTier::Labels, false, None),
    (Kind::Groq, Drafting::Prefill, false, ScoreTier::Ranking, false, Some(131_072)),
    (Kind::OpenRouter, Drafting::Prefill, false, ScoreTier::Ranking, false, Some(131_072)),
    (Kind::XAi, Drafting::Prefill, true, ScoreTier::Labels, false, None),
    (Kind::Cohere, Drafting::Instruction, false, ScoreTier::Ranking, false, Some(128_000)),
    (Kind::Together, Drafting::Prefill, true, ScoreTier::Prompt, false, Some(8192)),
    (Kind::Fireworks, Drafting::Prefill, true, ScoreTier::Prompt, false, Some(8192)),
    (Kind::Vllm, Drafting::Raw, true, ScoreTier::Prompt, true, Some(4096)),
    (Kind::SgLang, Drafting::Raw, true, ScoreTier::Prompt, true, Some(4096)),
    (Kind::Tgi, Drafting::Raw, true, ScoreTier::Prompt, false, None),
    (Kind::Ollama, Drafting::Prefill, true, ScoreTier::Labels, false, Some(8192)),
    (Kind::LmStudio, Drafting::Prefill, false, ScoreTier::Ranking, false, None),
    (Kind::LlamaCppPython, Drafting::Instruction, false, ScoreTier::Labels, false, None),
    (Kind::TextGenerationWebUi, Drafting::Raw, true, ScoreTier::Prompt, false, None),
    (Kind::TabbyApi, Drafting::Prefill, true, ScoreTier::Labels, false, Some(8192)),
    (Kind::KoboldCpp, Drafting::Prefill, false, ScoreTier::Ranking, false, None),
    (Kind::MlxLm, Drafting::Instruction, false, ScoreTier::Ranking, false, None),
    (Kind::OpenAiCompatible, Drafting::Prefill, true, ScoreTier::Labels, false, None),
];

#[tokio::test]
async fn each_api_is_found_to_do_what_its_replies_show() {
    assert_eq!(FOUND.len(), Kind::NAMES.len());
    for (kind, drafting, logprobs, tier, end, context) in FOUND {
        let server = serve(*kind).await;
        let member = connect(*kind, &server.url("")).await.unwrap();
        let can = member.capabilities();
        let found = (*kind, can.drafting, can.draft_logprobs, can.tier, can.end_probability, can.context_tokens);
        assert_eq!(found, (*kind, *drafting, *logprobs, *tier, *end, *context), "{can:?}");
        assert_eq!(can.kind, kind.name());
        let calls = server.requests().iter().filter(|request| request.method == "POST").count();
        assert!(calls <= 16, "{}: {calls} calls", kind.name());
    }
}

#[tokio::test]
async fn what_is_known_is_not_asked_again() {
    let server = serve(Kind::Vllm).await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    let kept = serde_json::to_string(member.probed()).unwrap();
    let before = server.requests().len();
    let known = serde_json::from_str(&kept).unwrap();
    let again = ApiMember::connect_known(settings(Kind::Vllm, &server.url("")), known).await.unwrap();
    assert_eq!(again.capabilities(), member.capabilities());
    let asked = server.requests().split_off(before);
    let count = |path: &str| asked.iter().filter(|request| request.path == path).count();
    assert_eq!(
        (count("/v1/models"), count("/v1/chat/completions"), count("/v1/completions")),
        (1, 1, 1),
        "whether it still holds"
    );
}

/// A server that scores until this is set.
async fn forgetful(forgets: &Arc<AtomicBool>) -> Loopback {
    let forgets = forgets.clone();
    serve_with(Kind::Vllm, move |about, _| {
        let refused = Reply::json(400, &json!({"error": {"message": "prompt_logprobs are switched off"}}));
        (about == About::Scoring && forgets.load(Ordering::Relaxed)).then_some(refused)
    })
    .await
}

#[tokio::test]
async fn what_is_known_is_doubted_where_the_first_call_contradicts_it() {
    let forgets = Arc::new(AtomicBool::new(false));
    let server = forgetful(&forgets).await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    assert_eq!(member.capabilities().tier, ScoreTier::Prompt);
    forgets.store(true, Ordering::Relaxed);
    let again = ApiMember::connect_known(settings(Kind::Vllm, &server.url("")), member.probed().clone()).await.unwrap();
    assert_eq!(again.capabilities().tier, ScoreTier::Labels);
    // A missing capability is not remembered forever either: it is found when the entry is old, or on request.
    forgets.store(false, Ordering::Relaxed);
    assert_eq!(connect(Kind::Vllm, &server.url("")).await.unwrap().capabilities().tier, ScoreTier::Prompt);
}

#[tokio::test]
async fn what_was_found_of_another_model_is_not_used() {
    let server = serve(Kind::Vllm).await;
    let mut probed = connect(Kind::Vllm, &server.url("")).await.unwrap().probed().clone();
    probed.model = "what/was/there/before".to_owned();
    let member = ApiMember::connect_known(settings(Kind::Vllm, &server.url("")), probed).await.unwrap();
    assert_eq!(member.capabilities().model, "local/model");
}

#[tokio::test]
async fn a_person_knows_better_than_the_probe() {
    let server = serve(Kind::Vllm).await;
    let overrides = Overrides {
        tier: Some(ScoreTier::Ranking),
        drafting: Some(Drafting::Instruction),
        draft_logprobs: Some(false),
        concurrency: Some(2),
        context_tokens: Some(1000),
        ..Overrides::default()
    };
    let settings = Settings { overrides, ..settings(Kind::Vllm, &server.url("")) };
    let member = ApiMember::connect(settings).await.unwrap();
    let can = member.capabilities();
    assert_eq!((can.tier, can.drafting, can.draft_logprobs), (ScoreTier::Ranking, Drafting::Instruction, false));
    assert_eq!((can.concurrency, can.context_tokens, can.end_probability), (2, Some(1000), false));
}

#[tokio::test]
async fn a_wrong_model_is_told_with_the_ones_there_are() {
    let server = serve_with(Kind::OpenAi, |about, _| {
        let gone = json!({"error": {"message": "The model `gpt-9` does not exist", "code": "model_not_found"}});
        (about == About::Letter).then(|| Reply::json(404, &gone))
    })
    .await;
    let wrong = Settings { model: Some("gpt-9".to_owned()), ..settings(Kind::OpenAi, &server.url("")) };
    let error = ApiMember::connect(wrong).await.unwrap_err().to_string();
    assert!(error.contains("no model \"gpt-9\"") && error.ends_with("there are gpt-4.1-mini, gpt-4.1, o4-mini"), "{error}");
    let several = Settings { model: None, ..settings(Kind::OpenAi, &server.url("")) };
    let error = ApiMember::connect(several).await.unwrap_err().to_string();
    assert!(error.contains("has to name one") && error.contains("o4-mini"), "{error}");
    // If the list is incomplete, the model itself is described.
    let server = serve_with(Kind::Anthropic, |about, _| {
        let gone = json!({"type": "error", "error": {"type": "not_found_error", "message": "model: claude-9"}});
        (about == About::Letter).then(|| Reply::json(404, &gone))
    })
    .await;
    let wrong = Settings { model: Some("claude-9".to_owned()), ..settings(Kind::Anthropic, &server.url("")) };
    let error = ApiMember::connect(wrong).await.unwrap_err().to_string();
    assert!(error.ends_with("there is claude-haiku-4-5"), "{error}");
}

/// A server whose list of models fails this way.
async fn listless(kind: Kind, status: u16, body: Value) -> Loopback {
    serve_with(kind, move |about, _| (about == About::Models).then(|| Reply::json(status, &body))).await
}

#[tokio::test]
async fn a_list_that_fails_is_no_reason_to_give_up_where_a_model_is_named() {
    let detail = json!({"error": {"message": "not for this key"}});
    for (kind, status) in
        [(Kind::OpenAi, 403), (Kind::Mistral, 500), (Kind::OpenAiCompatible, 502), (Kind::Groq, 404), (Kind::Gemini, 400)]
    {
        let server = listless(kind, status, detail.clone()).await;
        let named = Settings { model: Some("some-model".to_owned()), ..settings(kind, &server.url("")) };
        let member = ApiMember::connect(named).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name()));
        assert_eq!(member.capabilities().model, "some-model");
    }
}

#[tokio::test]
async fn a_server_without_a_list_is_asked_for_whatever_model_it_has() {
    let server = listless(Kind::OpenAiCompatible, 404, json!({"detail": "Not Found"})).await;
    let member = connect(Kind::OpenAiCompatible, &server.url("")).await.unwrap();
    assert_eq!(member.capabilities().drafting, Drafting::Prefill);
    let picky = serve_with(Kind::OpenAiCompatible, |about, _| match about {
        About::Models => Some(Reply::json(404, &json!({"detail": "Not Found"}))),
        _ => Some(Reply::json(404, &json!({"error": {"message": "no model `default`"}}))),
    })
    .await;
    let error = connect(Kind::OpenAiCompatible, &picky.url("")).await.unwrap_err().to_string();
    assert!(error.contains("name the model") && error.contains("does not list any") && error.contains("404"), "{error}");
}

#[tokio::test]
async fn a_name_that_no_list_has_is_tried() {
    let server = serve(Kind::Together).await;
    let named = Settings { model: Some("mine/endpoint-7".to_owned()), ..settings(Kind::Together, &server.url("")) };
    let member = ApiMember::connect(named).await.unwrap();
    let advice = &member.capabilities().advice;
    assert!(advice.iter().any(|said| said.contains("`mine/endpoint-7` is not in its list of models")), "{advice:?}");
}

#[tokio::test]
async fn a_model_that_is_exchanged_is_noticed() {
    let other = Arc::new(AtomicBool::new(false));
    let exchanged = other.clone();
    let server = serve_with(Kind::OpenAiCompatible, move |about, _| {
        let text = fixture(Kind::OpenAiCompatible, "sentence").unwrap();
        let named = if exchanged.load(Ordering::Relaxed) { text.replace("some-model", "another") } else { text };
        (about == About::Draft).then(|| streamed(Kind::OpenAiCompatible, &named))
    })
    .await;
    let member = connect(Kind::OpenAiCompatible, &server.url("")).await.unwrap();
    draft(&member).await.unwrap();
    other.store(true, Ordering::Relaxed);
    let error = draft(&member).await.unwrap_err();
    assert!(matches!(&error, MemberError::Refused(said) if said.contains("`another` instead of `some-model`")), "{error:?}");
}

#[tokio::test]
async fn a_wrong_key_is_no_missing_list() {
    let server = serve_with(Kind::Mistral, |_, _| Some(Reply::json(401, &json!({"detail": "Unauthorized"})))).await;
    let error = connect(Kind::Mistral, &server.url("")).await.unwrap_err().to_string();
    assert!(error.contains("the key was refused") && !error.contains("fake-key"), "{error}");
}

#[tokio::test]
async fn claude_without_prefill_and_sampling_is_told_to_continue() {
    let server = serve_with(Kind::Anthropic, |about, request| {
        let body = request.json();
        let refusal = |name| Some(Reply::text(400, "application/json", &fixture(Kind::Anthropic, name).unwrap()));
        match about {
            About::Letter if body.get("top_p").is_some() => refusal("no-top-p"),
            About::Letter if body.get("temperature").is_some() => refusal("no-temperature"),
            About::Alphabet => refusal("no-prefill"),
            _ => None,
        }
    })
    .await;
    let member = connect(Kind::Anthropic, &server.url("")).await.unwrap();
    let can = member.capabilities();
    assert_eq!((can.drafting, can.tier, can.seed), (Drafting::Instruction, ScoreTier::Ranking, false));
    let refused: Vec<Part> = member.probed().tuning.refused.iter().copied().collect();
    assert_eq!(refused, [Part::Temperature, Part::TopP]);
    assert!(
        can.advice.iter().any(|advice| advice == "this model takes no temperature, top_p: it is left out"),
        "{:?}",
        can.advice
    );
}

#[tokio::test]
async fn a_name_for_the_limit_that_is_refused_is_changed() {
    let server = serve_with(Kind::OpenAi, |_, request| {
        let refused = request.json().get("max_completion_tokens").is_some();
        refused.then(|| Reply::text(400, "application/json", &fixture(Kind::OpenAi, "reasoning").unwrap()))
    })
    .await;
    let member = connect(Kind::OpenAi, &server.url("")).await.unwrap();
    assert!(member.probed().tuning.refused.contains(&Part::TokensName));
}

#[tokio::test]
async fn log_probabilities_that_are_refused_are_not_asked_for_again() {
    let server = serve_with(Kind::Gemini, |_, request| {
        let asks = request.json().pointer("/generationConfig/responseLogprobs").is_some();
        asks.then(|| Reply::text(400, "application/json", &fixture(Kind::Gemini, "no-logprobs").unwrap()))
    })
    .await;
    let member = connect(Kind::Gemini, &server.url("")).await.unwrap();
    assert_eq!((member.capabilities().tier, member.capabilities().drafting), (ScoreTier::Ranking, Drafting::Prefill));
    assert_eq!(member.probed().tuning.refused.iter().copied().collect::<Vec<_>>(), [Part::Logprobs]);
}

#[tokio::test]
async fn fewer_alternatives_are_asked_for_where_so_many_are_refused() {
    let server = serve_with(Kind::OpenAiCompatible, |_, request| {
        let many = request.json().get("top_logprobs").and_then(serde_json::Value::as_u64).is_some_and(|count| count > 5);
        let error = json!({"error": {"message": "top_logprobs must be less than or equal to 5"}});
        many.then(|| Reply::json(400, &error))
    })
    .await;
    let member = connect(Kind::OpenAiCompatible, &server.url("")).await.unwrap();
    assert_eq!(member.capabilities().tier, ScoreTier::Labels);
    assert!(member.probed().tuning.refused.is_empty());
}

#[tokio::test]
async fn a_model_that_cannot_stop_thinking_verifies_only() {
    let server = serve_with(Kind::OpenAi, |about, _| {
        let silent = fixture(Kind::OpenAi, "letter").unwrap().replace("\"content\": \"A\"", "\"reasoning\": \"Hm\"");
        (about == About::Letter).then(|| crate::server::streamed(Kind::OpenAi, &silent))
    })
    .await;
    let member = connect(Kind::OpenAi, &server.url("")).await.unwrap();
    let can = member.capabilities();
    assert_eq!((can.drafting, can.tier), (Drafting::None, ScoreTier::Ranking));
    assert!(can.advice.iter().any(|advice| advice.contains("reasons before it replies")), "{:?}", can.advice);
}

#[tokio::test]
async fn an_empty_reply_is_called_empty_unless_reasoning_was_seen() {
    let counted = "\"completion_tokens\": 1, \"completion_tokens_details\": {\"reasoning_tokens\": 1}";
    for (usage, finish, said, unsaid) in [
        ("\"completion_tokens\": 1", "length", "first reply was empty (finish reason: length)", "reasons"),
        ("\"completion_tokens\": 1", "stop", "first reply was empty (finish reason: stop)", "reasons"),
        (counted, "length", "it reasons before it replies", "empty"),
    ] {
        let server = serve_with(Kind::OpenAi, move |about, _| {
            let silent = fixture(Kind::OpenAi, "letter").unwrap().replace("\"content\": \"A\"", "\"content\": \"\"");
            let silent = silent.replace("\"completion_tokens\": 1", usage);
            let silent = silent.replace("\"finish_reason\": \"length\"", &format!("\"finish_reason\": \"{finish}\""));
            (about == About::Letter).then(|| crate::server::streamed(Kind::OpenAi, &silent))
        })
        .await;
        let member = connect(Kind::OpenAi, &server.url("")).await.unwrap();
        let can = member.capabilities();
        assert_eq!((can.drafting, can.tier), (Drafting::None, ScoreTier::Ranking));
        let advice = can.advice.join("; ");
        assert!(advice.contains(said) && !advice.contains(unsaid), "{usage} {finish}: {advice}");
    }
}

#[tokio::test]
async fn thinking_is_switched_off_where_a_switch_works() {
    let server = serve_with(Kind::OpenAi, |about, request| {
        let thinks = request.json().get("reasoning_effort") != Some(&json!("minimal"));
        let silent = fixture(Kind::OpenAi, "letter").unwrap().replace("\"content\": \"A\"", "\"content\": \"\"");
        (about == About::Letter && thinks).then(|| crate::server::streamed(Kind::OpenAi, &silent))
    })
    .await;
    let member = connect(Kind::OpenAi, &server.url("")).await.unwrap();
    assert_eq!(member.probed().tuning.less_thinking, Some(1));
    assert_eq!(member.capabilities().drafting, Drafting::Instruction);
}

#[tokio::test]
async fn what_is_ignored_with_200_is_no_capability() {
    // Meaningless prompt log-probabilities: equal for every token.
    let server = serve_with(Kind::Vllm, |about, request| {
        let prompts = request.json()["prompt"].as_array().cloned().unwrap_or_default();
        let choice = |(index, prompt): (usize, &serde_json::Value)| {
            let same = |id: &serde_json::Value| json!({id.to_string(): {"logprob": -1.0}});
            json!({"index": index, "prompt_logprobs": prompt.as_array().unwrap().iter().map(same).collect::<Vec<_>>()})
        };
        let choices: Vec<_> = prompts.iter().enumerate().map(choice).collect();
        (about == About::Scoring).then(|| Reply::json(200, &json!({"choices": choices})))
    })
    .await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    assert_eq!(member.capabilities().tier, ScoreTier::Labels);
    assert!(member.capabilities().advice.iter().any(|advice| advice.contains("--max-logprobs")));
    // TGI without its flag.
    let server = serve_with(Kind::Tgi, |about, _| {
        let bare = json!({"generated_text": "x", "details": {"prefill": [], "tokens": []}});
        (about == About::Scoring).then(|| Reply::json(200, &bare))
    })
    .await;
    let member = connect(Kind::Tgi, &server.url("")).await.unwrap();
    assert!(member.capabilities().advice.iter().any(|advice| advice.contains("--enable-prefill-logprobs")));
}

#[tokio::test]
async fn a_chat_template_makes_a_server_score_that_does_not_render() {
    let server = serve_with(Kind::LlamaCppPython, |about, request| {
        (about == About::Alphabet && request.path.ends_with("/v1/completions"))
            .then(|| reply(Kind::TextGenerationWebUi, "alphabet"))
    })
    .await;
    let template = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>";
    let settings = Settings { chat_template: Some(template.to_owned()), ..settings(Kind::LlamaCppPython, &server.url("")) };
    let member = ApiMember::connect(settings).await.unwrap();
    assert_eq!((member.capabilities().tier, member.capabilities().drafting), (ScoreTier::Prompt, Drafting::Raw));
}

#[tokio::test]
async fn without_its_tokenizer_vllm_continues_what_is_flagged() {
    let server =
        serve_with(Kind::Vllm, |about, _| (about == About::Tokens).then(|| Reply::json(404, &json!({"detail": "Not Found"}))))
            .await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    assert_eq!((member.capabilities().drafting, member.capabilities().tier), (Drafting::Prefill, ScoreTier::Labels));
    let body = server.requests().iter().rfind(|request| request.path.ends_with("/chat/completions")).unwrap().json();
    assert_eq!((&body["continue_final_message"], &body["add_generation_prompt"]), (&json!(true), &json!(false)));
    assert_eq!(body["chat_template_kwargs"], json!({"enable_thinking": false}));
}

#[tokio::test]
async fn an_unpinned_router_and_a_pinned_one() {
    let server = serve(Kind::OpenRouter).await;
    let member = connect(Kind::OpenRouter, &server.url("")).await.unwrap();
    assert!(member.capabilities().advice.iter().any(|advice| advice.contains("no provider is pinned")));
    let pinned = Settings { providers: vec!["acme".to_owned()], ..settings(Kind::OpenRouter, &server.url("")) };
    let member = ApiMember::connect(pinned).await.unwrap();
    assert!(!member.capabilities().advice.iter().any(|advice| advice.contains("pinned")));
    let provider = json!({"order": ["acme"], "allow_fallbacks": false, "require_parameters": true});
    assert_eq!(server.requests().last().unwrap().json()["provider"], provider);
    assert!(asked(&server).contains("/chat/completions"));
}

#[tokio::test]
async fn a_model_that_only_completes_texts_is_asked_in_a_plain_form() {
    let server = serve_with(Kind::OpenAi, |_, request| {
        let no_chat = json!({"error": {"message": "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
            "type": "invalid_request_error", "param": "model", "code": null}});
        let reply = |text: &str, finish: Value| {
            let choice = json!({"index": 0, "text": text, "logprobs": null, "finish_reason": finish});
            Some(Reply::json(200, &json!({"object": "text_completion", "model": "old", "choices": [choice]})))
        };
        let prompt = request.json()["prompt"].as_str().unwrap_or_default().to_owned();
        match request.path.as_str() {
            path if path.ends_with("/chat/completions") => Some(Reply::json(404, &no_chat)),
            _ if prompt.ends_with("A, B, C,") => reply(" D", json!("length")),
            _ if prompt.contains("Louvre") => reply(" Paris.\n\n### User:\nThank you", json!("length")),
            path if path.ends_with("/completions") => reply("A", json!("length")),
            _ => None,
        }
    })
    .await;
    let named = Settings { model: Some("old".to_owned()), ..settings(Kind::OpenAi, &server.url("")) };
    let member = ApiMember::connect(named).await.unwrap();
    let can = member.capabilities();
    assert_eq!((can.chat, can.drafting, can.tier), (false, Drafting::Raw, ScoreTier::None));
    assert!(can.advice.iter().any(|advice| advice.contains("takes no conversation")), "{:?}", can.advice);
    let drafted = draft(&member).await.unwrap().draft;
    assert_eq!((drafted.text(), drafted.ends), (" Paris.\n".to_owned(), true), "another turn is no part of the answer");
    let prompt = server.requests().last().unwrap().json()["prompt"].clone();
    assert_eq!(prompt, "Be brief.\n\n### User:\nWhere is the Louvre?\n\n### Assistant:\nThe capital of France is");
}

#[tokio::test]
async fn a_vllm_without_a_chat_template_scores_exactly_in_the_plain_form() {
    let server = serve_with(Kind::Vllm, |_, request| {
        let refused =
            json!({"error": {"message": "As of transformers v4.44, default chat template is no longer allowed", "code": 400}});
        request.json().get("messages").is_some().then(|| Reply::json(400, &refused))
    })
    .await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    let can = member.capabilities();
    assert_eq!((can.chat, can.tier, can.end_probability), (false, ScoreTier::Prompt, false), "{can:?}");
}

/// A server with only paths that start like this.
async fn only_below(kind: Kind, prefix: &'static str) -> crate::loopback::Loopback {
    let absent = || Some(Reply::json(404, &json!({"detail": "Not Found"})));
    serve_with(kind, move |_, request| if request.path.starts_with(prefix) { None } else { absent() }).await
}

#[tokio::test]
async fn both_forms_of_the_routes_are_tried_and_the_one_that_answers_is_remembered() {
    for (pasted, there, route) in [
        ("", "/v1/", Route::Versioned),
        ("", "/chat/completions", Route::Direct),
        ("/v1", "/v1/", Route::Versioned),
        ("/inference", "/inference/chat/completions", Route::Direct),
        ("/llm", "/llm/v1/", Route::Versioned),
        ("/api/paas/v4/", "/api/paas/v4/", Route::Direct),
        ("/x/chat/completions", "/x/chat/completions", Route::Direct),
        ("/v1/chat/completions", "/v1/", Route::Versioned),
    ] {
        let server = only_below(Kind::OpenAiCompatible, there).await;
        let settings = Settings { model: Some("m".to_owned()), ..settings(Kind::OpenAiCompatible, &server.url(pasted)) };
        let member = ApiMember::connect(settings.clone()).await.unwrap();
        assert_eq!(member.probed().tuning.route, Some(route), "{pasted} {there}");
        crate::draft(&member).await.unwrap();
        assert!(server.requests().last().unwrap().path.starts_with(there), "{pasted} {there}");
        let before = server.requests().len();
        let again = ApiMember::connect_known(settings, member.probed().clone()).await.unwrap();
        // The list of models, and whether it still answers.
        assert_eq!((again.probed(), server.requests().len()), (member.probed(), before + 2), "{pasted} {there}");
    }
}

#[tokio::test]
async fn where_the_route_is_in_no_form_the_first_is_told() {
    let server = only_below(Kind::OpenAiCompatible, "/nowhere").await;
    let settings = Settings { model: Some("m".to_owned()), ..settings(Kind::OpenAiCompatible, &server.url("/x")) };
    let error = ApiMember::connect(settings).await.unwrap_err().to_string();
    assert!(error.contains("/x/chat/completions): not found"), "{error}");
}

#[tokio::test]
async fn a_parameter_that_is_refused_by_any_status_is_left_out() {
    let message = "create() got an unexpected keyword argument 'top_logprobs'";
    for (status, inside) in [(500, false), (503, false), (200, true), (418, false)] {
        let server = serve_with(Kind::OpenAiCompatible, move |_, request| {
            let error = json!({"error": {"message": message, "type": "TypeError"}});
            let refusal = if inside { Reply::events().event(&error).end() } else { Reply::json(status, &error) };
            request.json().get("top_logprobs").map(|_| refusal)
        })
        .await;
        let member = connect(Kind::OpenAiCompatible, &server.url("")).await.unwrap();
        assert_eq!(member.capabilities().tier, ScoreTier::Ranking, "{status}");
        assert!(member.probed().tuning.refused.contains(&Part::Logprobs), "{status}");
        let asking = server.requests().iter().filter(|request| request.json().get("top_logprobs").is_some()).count();
        assert!(status == 503 || asking <= 2, "{status}: asked {asking} times");
    }
}

#[tokio::test]
async fn a_tokenizer_that_is_not_there_is_asked_for_once() {
    let server = serve(Kind::OpenAiCompatible).await;
    connect(Kind::OpenAiCompatible, &server.url("")).await.unwrap();
    assert_eq!(server.requests().iter().filter(|request| request.path.ends_with("tokenize")).count(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_stream_is_asked_for_whole_replies() {
    for (status, message) in [(400, "Your organization must be verified to stream this model."), (500, "Something went wrong")] {
        let server = serve_with(Kind::OpenAi, move |about, request| {
            let body = request.json();
            let refused = Reply::json(status, &json!({"error": {"message": message}}));
            let whole = |text: &str| {
                let choice = json!({"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"});
                Reply::json(200, &json!({"object": "chat.completion", "model": "m", "choices": [choice]}))
            };
            match (body["stream"] == json!(true), about) {
                (true, _) => Some(refused),
                (false, About::Letter) => Some(whole("A")),
                (false, About::Draft) => Some(whole("Paris, naturally.")),
                (false, _) => None,
            }
        })
        .await;
        let member = connect(Kind::OpenAi, &server.url("")).await.unwrap_or_else(|error| panic!("{status}: {error}"));
        assert!(member.probed().tuning.refused.contains(&Part::Stream), "{status}");
        assert!(member.capabilities().advice.iter().any(|advice| advice.starts_with("it does not stream")), "{status}");
        assert_eq!(draft(&member).await.unwrap().draft.text().trim_start(), "Paris, naturally.", "{status}");
        assert!(server.requests().last().unwrap().json().get("stream_options").is_none(), "{status}");
    }
}
