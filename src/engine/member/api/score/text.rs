//! Servers that repeat the prompt as tokens: `echo` of completions and chats, TGI's details. One call per candidate, all at the
//! same time.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::super::{Bill, Context, Usage};
use super::super::client::Client;
use super::super::dialect::Scoring;
use super::super::draft::size;
use super::super::endpoints::CHOICES;
use super::super::error::of_call;
use super::super::gauge::Measure;
use super::super::logprob::entries;
use super::super::path;
use super::super::reply::counted;
use super::super::request::{Call, Prompt, Subject, parted};
use super::locate::{Told, locate};
use super::{Counted, Fault, Scorer};
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::conversation::Conversation;

/// How many bytes of the answer before a candidate must match too, so that the right position is found.
const PRECEDING: usize = 24;

/// Tokens of the answer to have repeated along with the candidate's.
const MORE: usize = 24;

pub(super) async fn score(
    scorer: &Scorer,
    client: &Client,
    context: &Context,
    candidates: &[CandidateText],
    bill: &Bill,
) -> Result<Counted, Fault> {
    let accepted = context.accepted.concat();
    let asked = candidates.iter().filter(|candidate| !candidate.text.is_empty());
    let mut replies =
        join_all(asked.map(|candidate| ask(scorer, client, context, &accepted, &candidate.text, bill))).await.into_iter();
    let (mut logprobs, mut usage) = (Vec::with_capacity(candidates.len()), Usage::default());
    for CandidateText { text, .. } in candidates {
        let reply = if text.is_empty() { None } else { replies.next() };
        logprobs.push(match reply {
            Some(reply) => {
                let reply = reply?;
                let used = used(scorer.way, &reply);
                usage += used;
                of_candidate(scorer.way, &reply, used, preceding(&accepted), text)
            }
            None => Ok(Vec::new()),
        });
    }
    Ok(Counted { logprobs, usage })
}

async fn ask(
    scorer: &Scorer,
    client: &Client,
    context: &Context,
    accepted: &str,
    candidate: &str,
    bill: &Bill,
) -> Result<Value, Fault> {
    let answer = format!("{accepted}{candidate}");
    let (route, body, needed, measure) = match scorer.way {
        Scoring::ChatEcho => chat_echo(client, &context.conversation, &answer, bill),
        Scoring::InputDetails => {
            let prompt = scorer.renderer()?.prompt(client, &context.conversation, &answer).await?;
            let parameters = json!({"max_new_tokens": 1, "details": true, "decoder_input_details": true});
            (
                "generate".to_owned(),
                json!({"inputs": prompt.value(), "parameters": parameters}),
                prompt.tokens(),
                Measure::of(Subject::Raw(&prompt)),
            )
        }
        Scoring::Echo | Scoring::EchoLast | Scoring::PromptLogprobs | Scoring::InputLogprobs => {
            let prompt = scorer.renderer()?.prompt(client, &context.conversation, &answer).await?;
            // A token has at least one byte.
            let last = (scorer.way == Scoring::EchoLast).then_some(candidate.len() + MORE);
            echo(client, &prompt, last)
        }
    };
    let replied = client.post(bill, &route, &body, measure).await;
    let (reply, item) = replied.map_err(|error| Fault::Call(of_call(&error, needed, None)))?;
    item.set(used(scorer.way, &reply));
    Ok(reply)
}

/// Generates one token, because some servers treat 0 as no limit; it is cut off.
fn echo(client: &Client, prompt: &Prompt, last: Option<usize>) -> (String, Value, usize, Measure) {
    let endpoint = client.sender.dialect.raw.as_ref().map_or("completions", |endpoint| endpoint.path);
    let mut body = client.sender.base();
    for (place, value) in
        [("prompt", prompt.value()), ("max_tokens", json!(1)), ("temperature", json!(0)), ("logprobs", json!(1))]
    {
        path::set(&mut body, place, value);
    }
    match last {
        Some(last) => path::set(&mut body, "echo_last", json!(last)),
        None => path::set(&mut body, "echo", json!(true)),
    }
    path::merge(&mut body, &client.sender.extra);
    (client.sender.route(endpoint), Value::Object(body), prompt.tokens(), Measure::of(Subject::Raw(prompt)))
}

fn chat_echo(client: &Client, conversation: &Conversation, answer: &str, bill: &Bill) -> (String, Value, usize, Measure) {
    let (system, turns) = parted(conversation);
    let subject = Subject::Turns { system: &system, turns: &turns, begun: Some(answer) };
    let call = Call { subject, limit: 1, sampling: None, alternatives: Some(1), json: false, bill };
    let (request, _) = client.sender.request(&call);
    let mut body = request.body.as_object().cloned().unwrap_or_default();
    for field in ["stream", "stream_options"] {
        body.remove(field);
    }
    path::set(&mut body, "echo", json!(true));
    (request.path, Value::Object(body), size(subject), Measure::of(subject))
}

/// The end of the answer so far.
fn preceding(accepted: &str) -> &str {
    let start = (accepted.len().saturating_sub(PRECEDING)..=accepted.len()).find(|start| accepted.is_char_boundary(*start));
    start.and_then(|start| accepted.get(start..)).unwrap_or_default()
}

/// The log-probabilities of a candidate's tokens in a reply that repeats the prompt.
fn of_candidate(way: Scoring, reply: &Value, used: Usage, preceding: &str, candidate: &str) -> Result<Vec<f32>, String> {
    let (all, generated) = repeated(way, reply, used);
    if all.is_empty() {
        return Err("the reply has no log-probabilities of the prompt's tokens".to_owned());
    }
    let prompt = all.get(..all.len().saturating_sub(generated)).unwrap_or_default();
    let found = locate(prompt, preceding, candidate).or_else(|| locate(&all, preceding, candidate));
    let found = found.ok_or("the tokens that the server repeats do not spell the candidate")?;
    let logprobs: Option<Vec<f32>> = found.iter().map(|token| token.logprob).collect();
    logprobs.ok_or_else(|| "the reply has no believable log-probability of one of the candidate's tokens".to_owned())
}

/// Tokens used; for a server that does not count them, as many as it read.
fn used(way: Scoring, reply: &Value) -> Usage {
    let mut used = counted(&CHOICES, reply);
    if used.prompt_tokens == 0 {
        used.prompt_tokens = repeated(way, reply, used).0.len() as u64;
    }
    used
}

/// The tokens of a reply, and how many at the end were generated.
fn repeated(way: Scoring, reply: &Value, used: Usage) -> (Vec<Told>, usize) {
    let at = |place: &str| {
        let told = path::one(reply, place).map(entries).unwrap_or_default();
        told.into_iter().map(|entry| Told { bytes: entry.bytes, logprob: entry.logprob }).collect::<Vec<_>>()
    };
    match way {
        Scoring::InputDetails => (at("details/prefill"), 0),
        Scoring::Echo | Scoring::ChatEcho if path::one(reply, "prompt/0").is_some() => (at("prompt/0/logprobs"), 0),
        Scoring::ChatEcho | Scoring::Echo | Scoring::EchoLast | Scoring::PromptLogprobs | Scoring::InputLogprobs => {
            let generated = usize::try_from(used.output_tokens).unwrap_or(1).max(1);
            (at("choices/0/logprobs"), generated)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_token_is_cut_off() {
        let reply = json!({"choices": [{"text": "It is so so", "logprobs": {
            "tokens": ["It", " is", " so", " so"], "token_logprobs": [null, -1.0, -2.0, -0.5], "text_offset": [0, 2, 5, 8]}}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 1}});
        let used = counted(&CHOICES, &reply);
        assert_eq!(of_candidate(Scoring::Echo, &reply, used, " is", " so"), Ok(vec![-2.0]));
    }

    #[test]
    fn together_tells_the_prompt_apart() {
        let reply = json!({"prompt": [{"text": "…", "logprobs": {"tokens": ["It", " is", " so", "<|eot|>"],
            "token_logprobs": [null, -1.0, -2.0, -0.1], "token_ids": [1, 2, 3, 4]}}], "choices": [{"text": " so"}]});
        for way in [Scoring::Echo, Scoring::ChatEcho] {
            assert_eq!(of_candidate(way, &reply, Usage::default(), "It is", " so"), Ok(vec![-2.0]));
        }
    }

    #[test]
    fn tgi_without_its_flag_says_what_is_missing() {
        let good = json!({"generated_text": "x", "details": {"prefill": [
            {"id": 1, "text": "It", "logprob": null}, {"id": 2, "text": " is", "logprob": -1.5}]}});
        assert_eq!(of_candidate(Scoring::InputDetails, &good, Usage::default(), "It", " is"), Ok(vec![-1.5]));
        let bare = json!({"generated_text": "x", "details": {"prefill": []}});
        assert!(of_candidate(Scoring::InputDetails, &bare, Usage::default(), "It", " is").unwrap_err().contains("no log-prob"));
        let absurd = json!({"details": {"prefill": [{"text": "It", "logprob": null}, {"text": " is", "logprob": 7.0}]}});
        assert!(of_candidate(Scoring::InputDetails, &absurd, Usage::default(), "It", " is").unwrap_err().contains("believable"));
    }

    #[test]
    fn fewer_numbers_than_tokens_are_no_scores() {
        let reply = json!({"choices": [{"logprobs": {"tokens": ["It", " is", "x"], "token_logprobs": [-1.0]}}]});
        assert!(of_candidate(Scoring::Echo, &reply, Usage::default(), "It", " is").is_err());
    }

    #[test]
    fn the_end_of_the_answer_is_cut_between_characters() {
        assert_eq!(preceding("short"), "short");
        let long = "é".repeat(40);
        assert_eq!(preceding(&long).len(), 24);
        assert_eq!(preceding(&format!("{long}x")).len(), 23);
    }
}
