//! Scores of given text: the candidate's tokens and no others, in every form in which servers report them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::member::api::{ApiMember, Kind, Settings};
use specfuse::engine::member::{Context, Member, MemberError, Opinion, Progress, ScoreRequest, ScoreTier, Scored};

use crate::loopback::Reply;
use crate::server::{About, logprob, reply, serve, serve_with};
use crate::{connect, context, settings};

fn asking(candidates: &[(&str, bool)], tier: ScoreTier) -> ScoreRequest {
    let candidates = candidates.iter().map(|(text, ends)| CandidateText::new(*text, *ends)).collect();
    ScoreRequest { context: context(), candidates, tier, seed: 3, asks_end: false, progress: Progress::nowhere() }
}

async fn score(member: &ApiMember, candidates: &[(&str, bool)]) -> Result<Scored, MemberError> {
    member.score(asking(candidates, ScoreTier::Prompt)).await
}

fn tokens(texts: &[&str]) -> Opinion {
    Opinion::Tokens(texts.iter().map(|text| logprob(text) as f32).collect())
}

#[tokio::test]
async fn candidates_are_scored_by_their_own_tokens() {
    for kind in [Kind::Vllm, Kind::SgLang, Kind::Tgi, Kind::Together, Kind::Fireworks, Kind::TextGenerationWebUi] {
        let server = serve(kind).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let scored = score(&member, &[(" Paris, naturally.", true), (" Lyon", false), (" Zürich € so", false)]).await.unwrap();
        let mut first = vec![" Paris", ",", " naturally", "."];
        if member.capabilities().end_probability {
            first.push("<|end|>");
        }
        let want = [tokens(&first), tokens(&[" Lyon"]), tokens(&[" Zürich", " ", "€", " so"])];
        assert_eq!(scored.opinions, want, "{}", kind.name());
        assert!(scored.forwards > 0 && scored.usage.prompt_tokens > 0, "{}", kind.name());
    }
}

#[tokio::test]
async fn all_candidates_go_in_one_call_where_the_api_takes_lists() {
    for (kind, path) in [(Kind::Vllm, "/v1/completions"), (Kind::SgLang, "/generate")] {
        let server = serve(kind).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let count = || server.requests().iter().filter(|request| request.path == path).count();
        let before = count();
        score(&member, &[(" a", false), (" b", false), (" c", true)]).await.unwrap();
        assert_eq!(count(), before + 1, "{}", kind.name());
    }
}

#[tokio::test]
async fn one_call_with_several_candidates_gives_the_same_as_several_calls() {
    for kind in [Kind::Vllm, Kind::SgLang, Kind::Together] {
        let server = serve(kind).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let both = score(&member, &[(" one two", false), (" three", true)]).await.unwrap().opinions;
        let one = score(&member, &[(" one two", false)]).await.unwrap().opinions;
        let other = score(&member, &[(" three", true)]).await.unwrap().opinions;
        assert_eq!(both, [one, other].concat(), "{}", kind.name());
    }
}

#[tokio::test]
async fn a_token_across_the_border_counts_wholly() {
    let server = serve(Kind::Vllm).await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    let within = Context { accepted: ["It is Par".into()].into(), ..context() };
    let request = ScoreRequest { context: within, ..asking(&[("is so", false)], ScoreTier::Prompt) };
    let scored = member.score(request).await.unwrap();
    assert_eq!(scored.opinions, [tokens(&[" Paris", " so"])]);
}

#[tokio::test]
async fn stopping_here_is_scored_where_the_end_has_a_token_and_abstained_from_where_not() {
    for (kind, want) in [(Kind::Vllm, tokens(&["<|end|>"])), (Kind::Together, tokens(&[]))] {
        let server = serve(kind).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let scored = score(&member, &[("", true), (" so", false)]).await.unwrap();
        assert_eq!(scored.opinions, [want, tokens(&[" so"])], "{}", kind.name());
    }
}

/// A vLLM that works until a member uses it, and then replies this to scoring.
async fn spoilt(spoil: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Result<Scored, MemberError> {
    let spoils = Arc::new(AtomicBool::new(false));
    let begun = spoils.clone();
    let server = serve_with(Kind::Vllm, move |about, request| {
        let now = about == About::Scoring && begun.load(Ordering::Relaxed);
        now.then(|| Reply::json(200, &spoil(&request.json())))
    })
    .await;
    let member = connect(Kind::Vllm, &server.url("")).await.unwrap();
    spoils.store(true, Ordering::Relaxed);
    score(&member, &[(" Paris", false)]).await
}

fn choices(request: &Value, logprob: &Value) -> Value {
    let ids = request["prompt"][0].as_array().unwrap();
    let told: Vec<Value> = ids.iter().map(|id| json!({id.to_string(): {"logprob": logprob}})).collect();
    json!({"choices": [{"index": 0, "prompt_logprobs": told}]})
}

#[tokio::test]
async fn numbers_that_cannot_be_lower_the_tier_in_words() {
    for (told, said) in [(json!(4.0), "4.0, which is none"), (json!(-1e12), "-1000000000000.0"), (json!("NaN"), "\"NaN\", which")]
    {
        let error = spoilt(move |request| choices(request, &told)).await.unwrap_err();
        let MemberError::Lowered { to, reason } = error else { panic!("{error:?}") };
        assert!(to == ScoreTier::Labels && reason.contains(said), "{reason}");
    }
    // Minus infinity becomes a very small probability.
    let scored = spoilt(|request| choices(request, &json!(-9999.0))).await.unwrap();
    assert_eq!(scored.opinions, [Opinion::Tokens([-100.0].into())]);
}

#[tokio::test]
async fn fields_that_are_missing_lower_the_tier_in_words() {
    for (reply, said) in [
        (json!({"choices": []}), "no prompt_logprobs"),
        (json!({"choices": [{"index": 0, "text": "ignored"}]}), "no prompt_logprobs"),
        (json!({"choices": [{"index": 0, "prompt_logprobs": [null]}]}), "of 1 tokens for a prompt of"),
    ] {
        let error = spoilt(move |_| reply.clone()).await.unwrap_err();
        let MemberError::Lowered { reason, .. } = error else { panic!("{error:?}") };
        assert!(reason.contains(said), "{reason}");
    }
}

#[tokio::test]
async fn a_member_that_cannot_score_says_how_it_can_judge() {
    for (kind, to) in [(Kind::OpenAi, ScoreTier::Labels), (Kind::Anthropic, ScoreTier::Ranking)] {
        let server = serve(kind).await;
        let error = score(&connect(kind, &server.url("")).await.unwrap(), &[(" a", false)]).await.unwrap_err();
        assert!(matches!(error, MemberError::Lowered { to: lower, .. } if lower == to), "{error:?}");
    }
}

#[tokio::test]
async fn echoes_are_read_with_a_template_of_ones_own() {
    let server = serve_with(Kind::LlamaCppPython, |about, request| {
        let raw = request.path.ends_with("/v1/completions");
        (about == About::Alphabet && raw).then(|| reply(Kind::TextGenerationWebUi, "alphabet"))
    })
    .await;
    let template = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>";
    let settings = Settings { chat_template: Some(template.to_owned()), ..settings(Kind::LlamaCppPython, &server.url("")) };
    let member = ApiMember::connect(settings).await.unwrap();
    let scored = score(&member, &[(" Paris.", false)]).await.unwrap();
    assert_eq!(scored.opinions, [tokens(&[" Paris", "."])]);
    let body = server.requests().last().unwrap().json();
    let prompt = "<|system|>Be brief.<|end|><|user|>Where is the Louvre?<|end|><|assistant|>The capital of France is Paris.";
    assert_eq!((body["prompt"].as_str(), &body["echo"], &body["max_tokens"]), (Some(prompt), &json!(true), &json!(1)));
}
