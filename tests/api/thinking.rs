//! Thoughts in replies: removed, kept, and never a draft.

use std::sync::Arc;

use serde_json::json;
use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::fusion::event::Drafting;
use specfuse::engine::member::api::Kind;
use specfuse::engine::member::{Drafted, Member, MemberError, Progress, ScoreRequest, ScoreTier, Thought};

use crate::server::{About, serve_with, streamed};
use crate::{connect, context, request};

/// A reply of chat completions in pieces of this many characters.
fn chat(text: &str, pieces: usize, finish: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let deltas = characters.chunks(pieces).map(|piece| {
        let delta =
            json!({"choices": [{"index": 0, "delta": {"content": piece.iter().collect::<String>()}, "finish_reason": null}]});
        format!("data: {delta}\n\n")
    });
    let last = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]});
    deltas.collect::<String>() + &format!("data: {last}\n\ndata: [DONE]\n\n")
}

async fn drafted(kind: Kind, accepted: &[&str], text: String) -> Result<Drafted, MemberError> {
    let server = serve_with(kind, move |about, _| (about == About::Draft).then(|| streamed(kind, &text))).await;
    let member = connect(kind, &server.url("")).await.unwrap();
    let mut wanted = request(40);
    wanted.context.accepted = accepted.iter().map(|part| Arc::from(*part)).collect();
    member.draft(wanted, Progress::nowhere()).await
}

fn thought(text: &str) -> Thought {
    Thought { text: text.to_owned(), characters: text.chars().count() }
}

#[tokio::test]
async fn a_thought_is_taken_off_and_kept_however_the_member_drafts() {
    let told: [&[&str]; 2] = [&[], &["The capital of France", " is"]];
    for kind in [Kind::OpenAi, Kind::MlxLm, Kind::DeepSeek, Kind::OpenRouter, Kind::Mistral] {
        for accepted in told {
            for reply in ["<think>Hm.</think>\n\n Paris, of course.", "[THINK]Hm.[/THINK] Paris, of course."] {
                for pieces in [1, 3, 100] {
                    let drafted = drafted(kind, accepted, chat(reply, pieces, "stop")).await.unwrap();
                    assert_eq!(drafted.draft.text().trim_start(), "Paris, of course.", "{} {reply:?}", kind.name());
                    assert_eq!((drafted.thought, drafted.draft.ends), (thought("Hm."), drafted.draft.ends), "{}", kind.name());
                }
            }
        }
    }
}

#[tokio::test]
async fn the_end_of_a_thought_alone_takes_back_what_was_drawn() {
    for pieces in [1, 4, 100] {
        let drafted = drafted(Kind::OpenAi, &[], chat("So, France.\n</think>\n\nParis.", pieces, "stop")).await.unwrap();
        assert_eq!((drafted.draft.text().as_str(), drafted.thought.text.trim()), ("Paris.", "So, France."));
    }
}

#[tokio::test]
async fn an_answer_about_tags_keeps_them() {
    for reply in ["Models write `<think>` first and `</think>` last.", "First comes <think>, then </think> follows."] {
        let drafted = drafted(Kind::OpenAi, &[], chat(reply, 2, "stop")).await.unwrap();
        assert_eq!((drafted.draft.text().as_str(), drafted.thought), (reply, Thought::default()));
    }
}

#[tokio::test]
async fn hidden_reasoning_is_kept_like_a_thought() {
    let reasoning = json!({"choices": [{"delta": {"reasoning_content": "Hm."}}]});
    let text = format!("data: {reasoning}\n\n{}", chat(" Paris.", 3, "stop"));
    assert_eq!(drafted(Kind::DeepSeek, &["It is"], text).await.unwrap().thought, thought("Hm."));
    let event = |delta| format!("data: {}\n\n", json!({"type": "content_block_delta", "delta": delta}));
    let text = event(json!({"type": "thinking_delta", "thinking": "Hm."}))
        + &event(json!({"type": "text_delta", "text": " Paris."}))
        + "data: {\"type\":\"message_stop\"}\n\n";
    assert_eq!(drafted(Kind::Anthropic, &["It is"], text).await.unwrap().thought, thought("Hm."));
}

#[tokio::test]
async fn a_draft_that_is_only_a_thought_says_why_and_what_helps() {
    for (kind, remedy) in
        [(Kind::OpenAi, "reasoning_effort"), (Kind::LmStudio, "enable_thinking"), (Kind::Mistral, "another model")]
    {
        for finish in ["length", "stop"] {
            let error = drafted(kind, &[], chat("<think>Let me see, where is it", 3, finish)).await.unwrap_err().to_string();
            for words in ["only a thought", "23 characters", "where is it", remedy, "only verify"] {
                assert!(error.contains(words), "{}: {error:?} lacks {words:?}", kind.name());
            }
        }
    }
}

#[tokio::test]
async fn a_model_that_thinks_in_its_text_is_found_out() {
    for (reply, long) in
        [("<think>\nOkay", "<think>\nOkay, A.\n</think>\n\nA"), ("Okay, the user", "Okay, the user wants A.\n</think>\n\nA")]
    {
        for stops in [false, true] {
            let server = serve_with(Kind::LmStudio, move |about, request| {
                let body = request.json();
                let switched = body.pointer("/chat_template_kwargs/enable_thinking") == Some(&json!(false));
                let text = match body["max_tokens"].as_u64() {
                    _ if switched && stops => chat("A", 1, "stop"),
                    Some(tokens) if tokens > 100 => chat(long, 3, "stop"),
                    _ => chat(reply, 3, "length"),
                };
                (about == About::Letter).then(|| streamed(Kind::LmStudio, &text))
            })
            .await;
            let member = connect(Kind::LmStudio, &server.url("")).await.unwrap();
            assert_eq!(member.probed().thinks, !stops, "{reply:?}");
            assert_eq!(member.capabilities().drafting == Drafting::None, !stops, "{reply:?}");
            assert_eq!(member.probed().tuning.less_thinking, stops.then_some(0));
        }
    }
}

#[tokio::test]
async fn a_judge_may_think_first() {
    let server = serve_with(Kind::Mistral, |about, request| {
        if about != About::Judging {
            return None;
        }
        let body = request.json().to_string();
        // The letter of the candidate with Paris.
        let at = body.find(": Paris").or_else(|| body.find("Paris")).unwrap();
        let letter = body[..at].chars().rev().find(|c| matches!(c, 'A' | 'B')).unwrap();
        let other = if letter == 'A' { 'B' } else { 'A' };
        let text = format!(
            "<think>{other} is {{\"ranking\": [\"{other}\", \"{letter}\"]}}?</think>{{\"ranking\": [\"{letter}\", \"{other}\"]}}"
        );
        Some(streamed(Kind::Mistral, &chat(&text, 5, "stop")))
    })
    .await;
    let member = connect(Kind::Mistral, &server.url("")).await.unwrap();
    let candidates = vec![CandidateText::new(" Lyon.", true), CandidateText::new(" Paris.", true)];
    let asking = ScoreRequest { candidates, tier: ScoreTier::Ranking, seed: 5, ..ScoreRequest::exact(context(), Vec::new()) };
    member.score(asking).await.unwrap();
}

#[tokio::test]
async fn the_whole_answer_once_more_ends_it() {
    let accepted = ["The capital of France", " is Paris."];
    let drafted = drafted(Kind::OpenAi, &accepted, chat("The capital of France is Paris.", 4, "stop")).await.unwrap();
    assert_eq!((drafted.draft.text().as_str(), drafted.draft.ends), ("", true));
}
