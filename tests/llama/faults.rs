//! Servers of other versions or modes, and servers that fail: each is supported as well as possible, or reported in words.

use std::sync::Arc;

use serde_json::json;
use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::fusion::conversation::{Conversation, Role, Turn};
use specfuse::engine::member::llama_server::{ConnectError, LlamaServer, Settings};
use specfuse::engine::member::{Member, MemberError, Opinion, Progress, ScoreRequest, ScoreTier};

use crate::loopback::{Reply, Request};
use crate::scripted::{Script, connected, last, props, rendered, server, token, usual};
use crate::support::{context, draft, request, score, settings};

/// Whether it is a draft that a test requests: those of the probe come without a nucleus.
fn is_draft(request: &Request) -> bool {
    request.path == "/completion" && !request.json()["top_p"].is_null()
}

async fn drafted(script: Script) -> Result<specfuse::engine::member::Drafted, MemberError> {
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    draft(&member, request(context("Why?", &[]), 0.6, 1, 8)).await
}

async fn scored(script: Script, candidates: &[(&str, bool)]) -> Result<Vec<Vec<f32>>, MemberError> {
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    score(&member, context("Why?", &["So"]), candidates).await.map(|scored| scored.logprobs())
}

#[tokio::test]
async fn an_old_server_is_asked_token_by_token() {
    let script: Script = |request| {
        let body = request.json();
        match request.path.as_str() {
            "/completion" if body["grammar"].as_str().is_some_and(|grammar| grammar.contains("<[")) => {
                let message = "Failed to initialize samplers: failed to parse grammar";
                Some(Reply::json(400, &json!({"error": {"code": 400, "message": message, "type": "invalid_request_error"}})))
            }
            "/tokenize" => {
                let text = body["content"].as_str().unwrap().to_owned();
                Some(Reply::json(200, &json!({ "tokens": text.chars().map(u32::from).collect::<Vec<_>>() })))
            }
            "/apply-template" => Some(Reply::json(404, &json!({"error": {"code": 404, "message": "File Not Found"}}))),
            _ => None,
        }
    };
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    let found = member.capabilities();
    assert_eq!((found.tier, found.end_probability, member.probed().grammar), (ScoreTier::Forced, true, false));
    assert!(found.advice.iter().any(|sentence| sentence.contains("update llama.cpp")), "{:?}", found.advice);
    assert!(found.advice.iter().any(|sentence| sentence.contains("plain form")), "{:?}", found.advice);
    let scored = score(&member, context("Why?", &["So"]), &[(" it", true)]).await.unwrap();
    assert_eq!(scored.logprobs(), [[-0.5; 4]]);
    draft(&member, request(context("Why?", &[]), 0.6, 1, 8)).await.unwrap();
    let asked = server.requests().into_iter().filter(is_draft).map(|request| request.json()["stop"].clone()).next_back();
    assert_eq!(asked, Some(json!(["\n### User:", "\n### Assistant:"])));
}

#[tokio::test]
async fn a_server_that_restarts_older_is_asked_token_by_token_from_then_on() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static OLD: AtomicBool = AtomicBool::new(false);
    let script: Script = |request| {
        let grammar = request.json()["grammar"].as_str().is_some_and(|grammar| grammar.contains("<["));
        (OLD.load(Ordering::SeqCst) && grammar)
            .then(|| Reply::json(400, &json!({"error": {"code": 400, "message": "failed to parse grammar"}})))
    };
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    OLD.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let scored = score(&member, context("Why?", &["So"]), &[(" it", true)]).await.unwrap();
        assert_eq!(scored.logprobs(), [[-0.5; 4]]);
    }
    let grammars = server.requests().iter().filter(|request| String::from_utf8_lossy(&request.body).contains("<[")).count();
    assert_eq!(grammars, 2, "once while probing, once more, then never again");
}

#[tokio::test]
async fn a_router_is_told_the_model_in_every_request() {
    let script: Script = |request| {
        let named = request.path.ends_with("?model=b%2Fc") || request.json()["model"] == json!("b/c");
        match request.path.split('?').next().unwrap() {
            "/props" if !named => Some(Reply::json(200, &json!({"role": "router", "default_generation_settings": {"n_ctx": 0}}))),
            "/v1/models" => Some(Reply::json(200, &json!({"data": [{"id": "a"}, {"id": "b/c"}]}))),
            "/health" => None,
            _ if named => None,
            _ => Some(Reply::json(400, &json!({"error": {"code": 400, "message": "model name is missing from the request"}}))),
        }
    };
    let server = server(script).await;
    let error = connected(&server).await.unwrap_err();
    assert_eq!(error.to_string(), "server: the server has several models: name one of `a`, `b/c`");
    let wanted = |model: &str| Settings { model: Some(model.into()), ..settings(&server.url("")) };
    let error = LlamaServer::connect(wanted("c")).await.unwrap_err();
    assert!(matches!(error, ConnectError::NoSuchModel { .. }), "{error}");
    let member = LlamaServer::connect(wanted("b/c")).await.unwrap();
    assert_eq!((member.capabilities().model.as_str(), member.capabilities().context_tokens), ("b/c", Some(4096)));
    draft(&member, request(context("Why?", &[]), 0.6, 1, 8)).await.unwrap();
    score(&member, context("Why?", &[]), &[("So", true)]).await.unwrap();
}

#[tokio::test]
async fn other_servers_are_told_apart() {
    let told = async |script: Script| connected(&server(script).await).await.unwrap_err().to_string();
    let other = told(|request| (request.path == "/props").then(|| Reply::json(404, &json!({"error": "not found"})))).await;
    assert!(other.contains("no llama.cpp server: it has no /props"), "{other}");
    let other = told(|request| (request.path == "/props").then(|| Reply::json(200, &json!({"version": 3})))).await;
    assert!(other.contains("`default_generation_settings`"), "{other}");
    let page = told(|_| Some(Reply::text(200, "text/html", "<html><title>Router login</title></html>"))).await;
    assert!(page.contains("Router login"), "{page}");
}

#[tokio::test]
async fn a_server_that_loads_is_waited_for() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static LOOKS: AtomicUsize = AtomicUsize::new(0);
    let script: Script = |request| {
        let loading = json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}});
        (request.path == "/health" && LOOKS.fetch_add(1, Ordering::SeqCst) < 2).then(|| Reply::json(503, &loading))
    };
    let server = server(script).await;
    assert_eq!(connected(&server).await.unwrap().capabilities().model, "made-up");
    assert_eq!(LOOKS.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_opened_thought_is_closed_before_the_answer() {
    let script: Script = |request| (request.path == "/apply-template").then(|| rendered(&request.json(), "", "<think>\n"));
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    draft(&member, request(context("Why?", &[]), 0.6, 1, 8)).await.unwrap();
    let sent = server.requests();
    let rendered = sent.iter().find(|request| request.path == "/apply-template").unwrap().json();
    assert_eq!(rendered["chat_template_kwargs"], json!({"enable_thinking": false}));
    let asked = sent.iter().rfind(|request| is_draft(request)).unwrap().json();
    let prompt = asked["prompt"].as_array().unwrap().iter();
    let prompt: String = prompt.map(|id| char::from_u32(id.as_u64().unwrap() as u32).unwrap()).collect();
    assert_eq!(prompt, "Why?<think>\n\n</think>\n\n");
    assert!(asked.get("id_slot").is_none(), "a chosen slot may read the prompt anew");
}

#[tokio::test]
async fn a_thought_never_becomes_a_draft() {
    // A model that thinks despite everything, until its thought is closed for it.
    let script: Script = |request| {
        let prompt = request.json()["prompt"].as_array()?.iter().map(serde_json::Value::as_u64).collect::<Vec<_>>();
        let closed = prompt.contains(&Some(u64::from(u32::from('<'))));
        let text = "<think>hm".chars().enumerate();
        let thought = text.fold(Reply::events(), |reply, (at, letter)| reply.event(&token(u64::from(u32::from(letter)), at + 1)));
        (is_draft(request) && !closed).then(|| thought.event(&last(9, 9)).end())
    };
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    for _ in 0..2 {
        let drafted = draft(&member, request(context("Why?", &[]), 0.6, 1, 8)).await.unwrap();
        assert_eq!(drafted.draft.text(), "abcdefgh");
    }
    assert_eq!(server.requests().iter().filter(|request| is_draft(request)).count(), 3, "it thought once");
    // A text that starts like a thought but is not one.
    let drafted = drafted(|request| {
        let tokens = ["<", "t", "d", ">"].map(|text| u64::from(u32::from(text.chars().next().unwrap())));
        let reply = (1..).zip(tokens).fold(Reply::events(), |reply, (at, id)| reply.event(&token(id, at)));
        is_draft(request).then(|| reply.event(&last(9, 4)).end())
    });
    assert_eq!(drafted.await.unwrap().draft.text(), "<td>");
}

#[tokio::test]
async fn contents_that_name_control_tokens_are_kept_apart() {
    // `|` is a control token where one is meant: 1 instead of its code point.
    let script: Script = |request| {
        let body = request.json();
        if request.path == "/tokenize" && body["parse_special"] == json!(true) {
            let id = |character: char| if character == '|' { 1 } else { u32::from(character) };
            let text = body["content"].as_str().unwrap().to_owned();
            let pieces = text.chars().map(|character| json!({"id": id(character), "piece": character.to_string()}));
            return Some(Reply::json(200, &json!({ "tokens": pieces.collect::<Vec<_>>() })));
        }
        (request.path == "/apply-template").then(|| rendered(&body, "|", "|"))
    };
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    let turns = vec![Turn { role: Role::User, content: "a|b".into() }];
    assert_eq!(member.prepare(Arc::new(Conversation { turns })).await.unwrap(), 5);
    draft(&member, request(context("a|b", &["|"]), 0.6, 1, 8)).await.unwrap();
    let asked = server.requests().into_iter().rfind(is_draft).unwrap().json();
    let bar = u32::from('|');
    assert_eq!(asked["prompt"], json!([1, 97, bar, 98, 1, bar]));
}

#[tokio::test]
async fn faults_of_drafts_are_told_in_words() {
    let cut = drafted(|request| is_draft(request).then(|| Reply::events().event(&token(97, 1)).close())).await.unwrap_err();
    assert!(cut.to_string().contains("the connection was cut"), "{cut}");
    let short = drafted(|request| is_draft(request).then(|| Reply::events().event(&token(97, 1)).end())).await.unwrap_err();
    assert!(short.to_string().contains("ended before its last event"), "{short}");
    let inside = drafted(|request| {
        let error = json!({"error": {"code": 500, "message": "the GPU is on fire", "type": "server_error"}});
        is_draft(request).then(|| Reply::events().event(&token(97, 1)).event(&error).end())
    });
    let inside = inside.await.unwrap_err();
    assert!(inside.to_string().contains("the GPU is on fire"), "{inside}");
    let shape =
        drafted(|request| is_draft(request).then(|| Reply::events().event(&json!({"content": 5})).end())).await.unwrap_err();
    assert!(shape.to_string().contains("another form"), "{shape}");
    let full = drafted(|request| {
        let error =
            json!({"code": 400, "message": "too long", "type": "exceed_context_size_error", "n_prompt_tokens": 9, "n_ctx": 8});
        is_draft(request).then(|| Reply::json(400, &json!({ "error": error })))
    });
    assert_eq!(full.await.unwrap_err(), MemberError::ContextFull { needed: 9, limit: 8 });
    let key = drafted(|request| is_draft(request).then(|| Reply::json(401, &json!({"error": {"message": "Invalid API Key"}}))));
    assert!(matches!(key.await, Err(MemberError::Refused(_))));
}

#[tokio::test]
async fn an_endless_stream_is_left_as_soon_as_the_segment_is_there() {
    let server = server(|request| {
        let event = format!("data: {}\n\n", token(97, 1));
        is_draft(request).then(|| Reply::events().repeat(event))
    });
    let server = server.await;
    let member = connected(&server).await.unwrap();
    let drafted = draft(&member, request(context("Why?", &[]), 0.6, 1, 8)).await.unwrap();
    assert_eq!(drafted.draft.text(), "aaaaaaaa");
    drop(member);
    server.until_open(0).await;
}

/// A scoring in which every log-probability is this text of JSON.
fn with_logprob(request: &Request, logprob: &str) -> Option<Reply> {
    let grammar = request.json()["grammar"].as_str().is_some_and(|grammar| grammar.contains("<[105]>"));
    let body = token(105, 1).to_string().replace("-0.5", logprob);
    let reply = || Reply::events().chunk(format!("data: {body}\n\n")).event(&last(9, 1)).end();
    let single = request.json()["logit_bias"][0][0] == json!(105);
    (grammar || single).then(reply)
}

#[tokio::test]
async fn numbers_that_cannot_be_log_probabilities_are_errors() {
    let candidate = [("i", false)];
    let positive = scored(|request| with_logprob(request, "3.5"), &candidate).await.unwrap_err();
    let lowers = |error: &MemberError| matches!(error, MemberError::Lowered { to: ScoreTier::Labels, .. });
    assert!(lowers(&positive) && positive.to_string().contains("it sent 3.5 for a log-probability"), "{positive}");
    let absurd = scored(|request| with_logprob(request, "-123456.0"), &candidate).await.unwrap_err();
    assert!(lowers(&absurd) && absurd.to_string().contains("-123456"), "{absurd}");
    let text = scored(|request| with_logprob(request, "\"NaN\""), &candidate).await.unwrap_err();
    assert!(lowers(&text) && text.to_string().contains("without its log-probability"), "{text}");
    let impossible = scored(|request| with_logprob(request, "-3.4028234663852886e38"), &candidate).await.unwrap();
    assert_eq!(impossible, [[-104.0]], "less than any number above 0 in the server's precision");
    // Without numbers there is nothing to score by; it may still judge.
    let missing = scored(|request| with_logprob(request, "null"), &candidate).await.unwrap_err();
    assert!(lowers(&missing), "{missing:?}");
}

#[tokio::test]
async fn a_draft_whose_log_probabilities_cannot_be_is_a_draft_without_any() {
    let draft = drafted(|request| {
        let odd = |logprob: &str| token(97, 1).to_string().replace("-0.5", logprob);
        let reply = ["null", "3.5", "\"NaN\""]
            .iter()
            .fold(Reply::events(), |reply, logprob| reply.chunk(format!("data: {}\n\n", odd(logprob))));
        is_draft(request).then(|| reply.event(&last(9, 3)).end())
    });
    let draft = draft.await.unwrap().draft;
    assert_eq!(draft.text(), "aaa");
    assert!(draft.tokens.iter().all(|token| token.logprob.is_none()), "{draft:?}");
}

#[tokio::test]
async fn a_server_that_does_not_do_as_it_is_forced_is_caught() {
    let candidate = [("i", false)];
    let other = scored(
        |request| {
            let forced = request.json()["grammar"].as_str().is_some_and(|grammar| grammar.contains("<[105]>"))
                || request.json()["logit_bias"][0][0] == json!(105);
            forced.then(|| Reply::events().event(&token(106, 1)).event(&last(9, 1)).end())
        },
        &candidate,
    );
    let other = other.await.unwrap_err();
    assert!(other.to_string().contains("another token than it was forced to"), "{other}");
}

#[tokio::test]
async fn candidates_are_judged_where_scores_cannot_be_had() {
    let script: Script = |request| {
        let body = request.json();
        match request.path.as_str() {
            // Log-probabilities of generated tokens are missing, but the most probable first tokens are reported.
            "/completion" if body["n_probs"] == json!(40) => {
                let top = json!([{"id": 65, "token": "A", "logprob": -0.1}, {"id": 66, "token": "B", "logprob": -3.0}]);
                let entry = json!([{"id": 65, "token": "A", "logprob": -0.1, "top_logprobs": top}]);
                let event = json!({"content": "A", "stop": false, "tokens_predicted": 1, "completion_probabilities": entry});
                Some(Reply::events().event(&event).event(&last(9, 1)).end())
            }
            "/completion" => {
                let event = json!({"content": "a", "stop": false, "tokens_predicted": 1});
                Some(Reply::events().event(&event).event(&last(9, 1)).end())
            }
            "/props" => Some(props("")),
            _ => Some(usual(request)),
        }
    };
    let server = server(script).await;
    let member = connected(&server).await.unwrap();
    let found = member.capabilities();
    assert_eq!((found.tier, found.draft_logprobs, found.end_probability), (ScoreTier::Labels, false, false));
    let candidates = vec![CandidateText::new("yes", false), CandidateText::new("no", true)];
    let context = context("Why?", &["So"]);
    let request =
        ScoreRequest { context, candidates, tier: ScoreTier::Labels, seed: 1, asks_end: false, progress: Progress::nowhere() };
    let judged = member.score(request).await.unwrap();
    let shares: Vec<f32> = judged
        .opinions
        .iter()
        .filter_map(|opinion| if let Opinion::Preference(share) = opinion { Some(*share) } else { None })
        .collect();
    assert_eq!(shares.len(), 2);
    assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{shares:?}");
    // It always prefers the first letter, and is asked in both orders: no preference is left.
    assert!((shares[0] - 0.5).abs() < 1e-3, "{shares:?}");
    assert!(judged.usage.output_tokens >= 2);
}

/// A warm server that is known gets a few requests and draws nothing.
#[tokio::test]
async fn a_known_server_is_asked_little_and_draws_nothing() {
    let server = server(|_| None).await;
    let first = connected(&server).await.unwrap();
    let paths = |from: usize| server.requests().split_off(from).into_iter().map(|request| request.path).collect::<Vec<_>>();
    assert!(paths(0).iter().any(|path| path == "/completion"), "it is tried out once");
    let before = server.requests().len();
    let again = LlamaServer::connect_known(settings(&server.url("")), first.probed().clone()).await.unwrap();
    assert_eq!(again.capabilities(), first.capabilities());
    let mut asked = paths(before);
    asked.sort();
    assert_eq!(asked, ["/apply-template", "/health", "/props", "/slots", "/tokenize", "/v1/models"]);
}

#[tokio::test]
async fn a_server_that_was_started_otherwise_is_tried_out_again() {
    let usual_one = server(|_| None).await;
    let probed = connected(&usual_one).await.unwrap().probed().clone();
    let other = server(|request| {
        let settings = json!({"params": {}, "n_ctx": 4096});
        let props =
            json!({"default_generation_settings": settings, "total_slots": 3, "chat_template": "user: ", "bos_token": ""});
        (request.path == "/props").then(|| Reply::json(200, &props))
    })
    .await;
    let known = LlamaServer::connect_known(settings(&other.url("")), probed.clone()).await.unwrap();
    assert!(other.requests().iter().any(|request| request.path == "/completion"));
    assert_ne!(known.probed(), &probed);
}
