//! What is found out about real servers, and the errors if one cannot be used.

use specfuse::engine::fusion::event::Drafting;
use specfuse::engine::member::Overrides;
use specfuse::engine::member::http::{Endpoint, Key};
use specfuse::engine::member::llama_server::{ConnectError, LlamaServer, Probed, Settings};
use specfuse::engine::member::{Member, MemberError, ScoreTier};

use crate::llama::{gguf, serve};
use crate::support::{QUESTION, WORST_LIMIT, connect, context, draft, mean, request, score, settings};

#[tokio::test]
async fn a_server_of_today_can_do_everything() {
    let Some(served) = serve("atlas", &["-c", "400", "-np", "3", "--no-kv-unified"]) else { return };
    let member = connect(&served).await;
    let found = member.capabilities();
    assert_eq!((found.kind.as_str(), found.model.as_str()), ("llama-server", "atlas"));
    assert_eq!((found.drafting, found.tier), (Drafting::Raw, ScoreTier::Forced));
    assert!(found.draft_logprobs && found.end_probability && found.seed);
    assert_eq!((found.concurrency, found.parameters), (3, Some(684_416)));
    // A slot's own share of the context, rounded up by the server.
    assert_eq!(found.context_tokens, Some(256));
    assert!(found.advice.iter().any(|sentence| sentence.contains("larger -c")), "{:?}", found.advice);
    assert!(found.advice.iter().any(|sentence| sentence.contains("no place for instructions")), "{:?}", found.advice);
}

#[tokio::test]
async fn what_was_found_can_be_handed_back_but_not_for_another_model() {
    let Some(served) = serve("atlas", &[]) else { return };
    let probed = connect(&served).await.probed().clone();
    let kept: Probed = serde_json::from_str(&serde_json::to_string(&probed).unwrap()).unwrap();
    assert_eq!(kept, probed);
    let wrong = Probed { seed: false, ..kept };
    let known = LlamaServer::connect_known(settings(&served.url), wrong.clone()).await.unwrap();
    assert!(!known.capabilities().seed, "it was not probed again");
    let other = LlamaServer::connect_known(settings(&served.url), Probed { model: "x".into(), ..wrong }).await.unwrap();
    assert!(other.capabilities().seed);
}

#[tokio::test]
async fn a_person_knows_better() {
    let Some(served) = serve("atlas", &[]) else { return };
    let overrides = Overrides {
        drafting: Some(Drafting::None),
        draft_logprobs: Some(false),
        tier: Some(ScoreTier::None),
        end_probability: Some(false),
        seed: None,
        concurrency: Some(2),
        context_tokens: Some(100),
    };
    let member = LlamaServer::connect(Settings { overrides, ..settings(&served.url) }).await.unwrap();
    let found = member.capabilities();
    assert_eq!((found.drafting, found.tier, found.concurrency), (Drafting::None, ScoreTier::None, 2));
    assert_eq!((found.draft_logprobs, found.end_probability, found.context_tokens), (false, false, Some(100)));
    let drafted = draft(&member, request(context(QUESTION, &[]), 0.0, 1, 4)).await.unwrap();
    assert!(drafted.draft.tokens.iter().all(|token| token.logprob.is_none()));
    let scored = score(&member, context(QUESTION, &[]), &[("The", true)]).await.unwrap();
    assert_eq!(scored.logprobs()[0].len(), 1);
    let full = score(&member, context(QUESTION, &[&"word ".repeat(90)]), &[("The", true)]).await;
    assert!(matches!(full, Err(MemberError::ContextFull { limit: 100, .. })), "{full:?}");
}

#[tokio::test]
async fn speculative_decoding_is_seen_and_scores_stay_right() {
    let draft_model = gguf("atlas").display().to_string();
    let Some(speculative) = serve("atlas", &["--spec-type", "draft-simple", "-md", &draft_model]) else { return };
    let Some(plain) = serve("atlas", &[]) else { return };
    let (speculative, plain) = (connect(&speculative).await, connect(&plain).await);
    let found = speculative.capabilities();
    assert!(speculative.probed().speculative && !found.draft_logprobs && found.tier == ScoreTier::Forced);
    assert!(found.advice.iter().any(|sentence| sentence.contains("without --model-draft")), "{:?}", found.advice);
    let drafted = draft(&speculative, request(context(QUESTION, &[]), 0.0, 1, 40)).await.unwrap().draft;
    assert_eq!((drafted.text().as_str(), drafted.logprobs().len()), ("The capital of France is Paris.", 0));
    let candidates = [("The capital of France is Paris.", true), ("The city é", false)];
    let right = score(&plain, context(QUESTION, &[]), &candidates).await.unwrap().logprobs();
    let there = score(&speculative, context(QUESTION, &[]), &candidates).await.unwrap().logprobs();
    for (right, there) in right.iter().zip(&there) {
        assert_eq!(right.len(), there.len());
        assert!((mean(right) - mean(there)).abs() < WORST_LIMIT, "{right:?} {there:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_model_are_told() {
    let Some(served) = serve("babble", &["--api-key", "sk-not-a-secret"]) else { return };
    let error = LlamaServer::connect(settings(&served.url)).await.unwrap_err();
    assert!(error.to_string().contains("wants a key"), "{error}");
    let keyed = |key: &str| {
        let endpoint = Endpoint::new("server", &served.url).unwrap().with_key(Key::bearer(&key.to_owned().into()).unwrap());
        Settings { endpoint, ..settings(&served.url) }
    };
    let error = LlamaServer::connect(keyed("sk-wrong-and-fake")).await.unwrap_err();
    assert!(error.to_string().contains("the key was refused"), "{error}");
    let error = LlamaServer::connect(Settings { model: Some("gpt".into()), ..keyed("sk-not-a-secret") }).await.unwrap_err();
    assert!(matches!(&error, ConnectError::NoSuchModel { there, .. } if there == &["babble"]), "{error}");
    assert!(error.to_string().contains("no model `gpt`; it has `babble`"), "{error}");
    let named = LlamaServer::connect(Settings { model: Some("babble".into()), ..keyed("sk-not-a-secret") }).await.unwrap();
    assert_eq!(named.capabilities().model, "babble");
}

#[tokio::test]
async fn a_template_of_the_servers_own_making_is_not_used() {
    // The template that a server gives a model without one; this model has never seen its control tokens.
    let chatml = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}\
                  {% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    let Some(served) = serve("babble", &["--chat-template", chatml]) else { return };
    let member = connect(&served).await;
    assert!(member.capabilities().advice.iter().any(|sentence| sentence.contains("plain form")), "{:?}", member.capabilities());
    draft(&member, request(context(QUESTION, &[]), 0.6, 1, 8)).await.unwrap();
}
