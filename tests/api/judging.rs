//! Judging by members that cannot score: by label probabilities and by rankings, through the APIs themselves.

use serde_json::json;
use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::member::api::{ApiMember, Kind};
use specfuse::engine::member::{Member, MemberError, Opinion, Progress, ScoreRequest, ScoreTier};

use crate::loopback::Reply;
use crate::server::{About, serve, serve_with, streamed};
use crate::{connect, context, settings};

fn asking(tier: ScoreTier) -> ScoreRequest {
    let candidates = vec![CandidateText::new(" Lyon.", true), CandidateText::new(" Paris.", true)];
    ScoreRequest { context: context(), candidates, tier, seed: 5, asks_end: false, progress: Progress::nowhere() }
}

fn shares(opinions: &[Opinion]) -> Vec<f32> {
    let share = |opinion: &Opinion| match opinion {
        Opinion::Preference(share) => *share,
        Opinion::Tokens(_) => panic!("{opinion:?}"),
    };
    opinions.iter().map(share).collect()
}

#[tokio::test]
async fn a_judge_prefers_what_its_model_prefers() {
    for (kind, tier) in [
        (Kind::OpenAi, ScoreTier::Labels),
        (Kind::OpenAiResponses, ScoreTier::Labels),
        (Kind::Gemini, ScoreTier::Labels),
        (Kind::DeepSeek, ScoreTier::Labels),
        (Kind::Ollama, ScoreTier::Labels),
        (Kind::Vllm, ScoreTier::Labels),
        (Kind::Anthropic, ScoreTier::Ranking),
        (Kind::Mistral, ScoreTier::Ranking),
        (Kind::OpenRouter, ScoreTier::Ranking),
        (Kind::Cohere, ScoreTier::Ranking),
        (Kind::Together, ScoreTier::Ranking),
        (Kind::SgLang, ScoreTier::Ranking),
    ] {
        let server = serve(kind).await;
        let member = connect(kind, &server.url("")).await.unwrap();
        let scored = member.score(asking(tier)).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name()));
        let shares = shares(&scored.opinions);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{}: {shares:?}", kind.name());
        assert!(shares[1] > 0.6, "{}: {shares:?}", kind.name());
        assert!(scored.usage.prompt_tokens >= 42, "{}: two calls are counted: {:?}", kind.name(), scored.usage);
    }
}

#[tokio::test]
async fn a_judge_is_asked_coldly_and_within_the_apis_minimum() {
    let server = serve(Kind::OpenAiResponses).await;
    let member = connect(Kind::OpenAiResponses, &server.url("")).await.unwrap();
    member.score(asking(ScoreTier::Labels)).await.unwrap();
    let body = server.requests().last().unwrap().json();
    assert_eq!((&body["max_output_tokens"], &body["temperature"]), (&json!(16), &json!(0.0)));
    assert_eq!(body["include"], json!(["message.output_text.logprobs"]));
    let server = serve(Kind::Mistral).await;
    let member = connect(Kind::Mistral, &server.url("")).await.unwrap();
    member.score(asking(ScoreTier::Ranking)).await.unwrap();
    assert_eq!(server.requests().last().unwrap().json()["response_format"], json!({"type": "json_object"}));
}

#[tokio::test]
async fn a_judge_whose_letters_do_not_come_ranks_from_then_on() {
    let server = serve_with(Kind::OpenAi, |about, _| {
        let text = "data: {\"choices\":[{\"delta\":{\"content\":\"A\"},\"finish_reason\":\"length\"}]}\n\n";
        (about == About::Judging).then(|| streamed(Kind::OpenAi, text))
    })
    .await;
    let member = connect(Kind::OpenAi, &server.url("")).await.unwrap();
    let error = member.score(asking(ScoreTier::Labels)).await.unwrap_err();
    assert!(matches!(error, MemberError::Lowered { to: ScoreTier::Ranking, .. }), "{error:?}");
}

#[tokio::test]
async fn a_judge_that_cannot_be_read_abstains() {
    let server = serve_with(Kind::Anthropic, |about, _| {
        let text = "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"\u{2026}\"}}\n\n\
                    data: {\"type\":\"message_stop\"}\n\n";
        (about == About::Judging).then(|| streamed(Kind::Anthropic, text))
    })
    .await;
    let member = connect(Kind::Anthropic, &server.url("")).await.unwrap();
    let error = member.score(asking(ScoreTier::Ranking)).await.unwrap_err();
    assert!(matches!(&error, MemberError::Failed(why) if why.contains("no ranking")), "{error:?}");
}

#[tokio::test]
async fn more_candidates_than_letters_reported_are_ranked_this_once() {
    let server = serve(Kind::Ollama).await;
    let member = connect(Kind::Ollama, &server.url("")).await.unwrap();
    assert_eq!(member.probed().alternatives, 3);
    let candidates = [" Paris", " a", " b", " c"].map(|text| CandidateText::new(text, false)).to_vec();
    let request = ScoreRequest { candidates, ..asking(ScoreTier::Labels) };
    let shares = shares(&member.score(request).await.unwrap().opinions);
    assert!(shares[0] > shares[1], "{shares:?}");
    assert_eq!(server.requests().last().unwrap().json()["format"], "json");
}

#[tokio::test]
async fn a_refused_key_is_told_by_the_judge_too() {
    let server = serve_with(Kind::Groq, |about, _| {
        (about == About::Judging).then(|| Reply::json(402, &json!({"error": {"message": "no balance"}})))
    })
    .await;
    let member = connect(Kind::Groq, &server.url("")).await.unwrap();
    let error = member.score(asking(ScoreTier::Ranking)).await.unwrap_err();
    assert!(matches!(&error, MemberError::Refused(why) if why.contains("no balance")), "{error:?}");
}

#[tokio::test]
async fn a_server_that_scores_text_tells_the_labels_exactly() {
    for kind in [Kind::Vllm, Kind::SgLang, Kind::Tgi] {
        let server = serve(kind).await;
        let mut settings = settings(kind, &server.url(""));
        settings.overrides.tier = Some(ScoreTier::Labels);
        let member = ApiMember::connect(settings).await.unwrap();
        let before = server.requests().len();
        let scored = member.score(asking(ScoreTier::Labels)).await.unwrap();
        // This server finds every letter equally probable.
        assert_eq!(shares(&scored.opinions), [0.5, 0.5], "{}", kind.name());
        let asked = server.requests().split_off(before);
        assert!(asked.iter().all(|request| request.json().get("stream").is_none()), "{}: nothing is generated", kind.name());
    }
}
