//! Servers that take tokens: vLLM (`prompt_logprobs`) and `SGLang` (`input_token_logprobs`). All candidates go in one call.

use crate::engine::fusion::candidate::CandidateText;
use std::sync::Arc;

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::super::super::{Bill, Context, Usage};
use super::super::client::Client;
use super::super::dialect::Scoring;
use super::super::endpoints::CHOICES;
use super::super::error::of_call;
use super::super::gauge::Measure;
use super::super::logprob::believed;
use super::super::path;
use super::super::reply::counted;
use super::super::request::Prompt;
use super::{Counted, Fault, Scorer};

/// A prompt with a candidate at its end.
#[derive(Debug, Clone, PartialEq)]
struct Plan {
    ids: Vec<u32>,
    /// Where the candidate starts.
    from: usize,
}

pub(super) async fn score(
    scorer: &Scorer,
    client: &Client,
    context: &Context,
    candidates: &[CandidateText],
    bill: &Bill,
) -> Result<Counted, Fault> {
    let plans = plan(scorer, client, context, candidates).await?;
    let (route, body) = match scorer.way {
        Scoring::PromptLogprobs => ("v1/completions", prompt_logprobs(client, &plans)),
        Scoring::InputLogprobs | Scoring::Echo | Scoring::EchoLast | Scoring::ChatEcho | Scoring::InputDetails => {
            ("generate", input_logprobs(&plans))
        }
    };
    let needed = plans.iter().map(|plan| plan.ids.len()).max().unwrap_or_default();
    let measure = Measure::Tokens(plans.iter().map(|plan| plan.ids.len() as u64).sum());
    let route = client.sender.route(route);
    let (reply, item) = client.post(bill, &route, &body, measure).await.map_err(|error| of_call(&error, needed, None))?;
    let counted = if scorer.way == Scoring::PromptLogprobs { read_choices(&reply, &plans) } else { read_meta(&reply, &plans) };
    if !counted.usage.is_zero() {
        item.set(counted.usage);
    }
    Ok(counted)
}

/// Tokens of the answer with and without each candidate: the candidate starts where they first differ.
async fn plan(scorer: &Scorer, client: &Client, context: &Context, candidates: &[CandidateText]) -> Result<Vec<Plan>, Fault> {
    let renderer = scorer.renderer()?;
    let Prompt::Tokens(base) = renderer.base(client, &context.conversation).await? else {
        return Err(Fault::Shape("the server renders no tokens".to_owned()));
    };
    let accepted = context.accepted.concat();
    let before = renderer.tokens(client, &accepted).await?;
    let texts: Vec<String> = candidates.iter().map(|candidate| format!("{accepted}{}", candidate.text)).collect();
    let tokens = try_join_all(texts.iter().map(|text| renderer.tokens(client, text))).await?;
    let plan = |(tokens, candidate): (Arc<[u32]>, &CandidateText)| {
        let common = before.iter().zip(tokens.iter()).take_while(|(a, b)| a == b).count();
        let end = scorer.end_token.filter(|_| candidate.ends);
        Plan { ids: base.iter().chain(tokens.iter()).copied().chain(end).collect(), from: base.len() + common }
    };
    Ok(tokens.into_iter().zip(candidates).map(plan).collect())
}

/// Generates one token, because 0 is refused; it is ignored.
fn prompt_logprobs(client: &Client, plans: &[Plan]) -> Value {
    let mut body = client.sender.base();
    let prompts: Vec<&[u32]> = plans.iter().map(|plan| plan.ids.as_slice()).collect();
    for (place, value) in
        [("prompt", json!(prompts)), ("max_tokens", json!(1)), ("temperature", json!(0)), ("prompt_logprobs", json!(0))]
    {
        path::set(&mut body, place, value);
    }
    path::merge(&mut body, &client.sender.extra);
    Value::Object(body)
}

fn input_logprobs(plans: &[Plan]) -> Value {
    let ids: Vec<&[u32]> = plans.iter().map(|plan| plan.ids.as_slice()).collect();
    let starts: Vec<usize> = plans.iter().map(|plan| plan.from.saturating_sub(1)).collect();
    json!({
        "input_ids": ids, "return_logprob": vec![true; plans.len()], "logprob_start_len": starts,
        "top_logprobs_num": vec![0; plans.len()], "sampling_params": {"max_new_tokens": 1, "temperature": 0},
    })
}

/// `choices[].prompt_logprobs[]`, the choices in the order of their `index`.
fn read_choices(reply: &Value, plans: &[Plan]) -> Counted {
    let choices = reply.get("choices").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let choice = |place: usize| {
        let named = choices.iter().find(|choice| choice.get("index").and_then(Value::as_u64) == Some(place as u64));
        named.or_else(|| choices.get(place).filter(|choice| choice.get("index").is_none()))
    };
    let one = |(place, plan): (usize, &Plan)| {
        let told = choice(place).and_then(|choice| choice.get("prompt_logprobs")).and_then(Value::as_array);
        let told = told.ok_or("the reply has no prompt_logprobs for every prompt")?;
        if told.len() != plan.ids.len() {
            return Err(format!("the reply has prompt_logprobs of {} tokens for a prompt of {}", told.len(), plan.ids.len()));
        }
        let tokens = told.iter().zip(&plan.ids).skip(plan.from);
        tokens.map(|(of, id)| logprob(path::one(of, &format!("{id}/logprob")))).collect()
    };
    let logprobs = plans.iter().enumerate().map(one).collect();
    Counted { logprobs, usage: counted(&CHOICES, reply) }
}

/// `[].meta_info.input_token_logprobs[] = [log-probability, id, text]`; a single prompt may come without the outer array.
fn read_meta(reply: &Value, plans: &[Plan]) -> Counted {
    let replies = match reply {
        Value::Array(replies) => replies.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut usage = Usage::default();
    let mut one = |(place, plan): (usize, &Plan)| {
        let reply = replies.get(place).ok_or("the reply has fewer parts than there were prompts")?;
        let count = |place: &str| path::number(reply, &[place]).unwrap_or_default();
        usage += Usage::counted(
            count("meta_info/prompt_tokens"),
            count("meta_info/cached_tokens"),
            count("meta_info/completion_tokens"),
        );
        let told = path::one(reply, "meta_info/input_token_logprobs").and_then(Value::as_array);
        let told = told.ok_or("the reply has no input_token_logprobs")?;
        let wanted = plan.ids.get(plan.from..).unwrap_or_default();
        let skipped = told.len().checked_sub(wanted.len());
        let skipped = skipped.ok_or("the reply has fewer input_token_logprobs than the candidate has tokens")?;
        let tokens = told.iter().skip(skipped).zip(wanted);
        tokens
            .map(|(of, id)| {
                if path::one(of, "1").and_then(Value::as_u64) == Some(u64::from(*id)) {
                    logprob(path::one(of, "0"))
                } else {
                    Err("the reply's input_token_logprobs are of other tokens than were sent".to_owned())
                }
            })
            .collect()
    };
    let logprobs = plans.iter().enumerate().map(&mut one).collect();
    Counted { logprobs, usage }
}

fn logprob(value: Option<&Value>) -> Result<f32, String> {
    let value = value.ok_or("the reply leaves out the log-probability of one of the candidate's tokens")?;
    let believed = value.as_f64().and_then(believed);
    believed.ok_or_else(|| format!("the reply says that a log-probability is {value}, which is none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans() -> Vec<Plan> {
        vec![Plan { ids: vec![1, 2, 7], from: 2 }, Plan { ids: vec![1, 2, 8, 9], from: 2 }]
    }

    #[test]
    fn vllm_tells_each_token_by_its_id() {
        let reply = json!({"choices": [
            {"index": 1, "prompt_logprobs": [null, {"2": {"logprob": -9.0}}, {"8": {"logprob": -1.0}, "5": {"logprob": -0.1}},
                {"9": {"logprob": -9999.0}}]},
            {"index": 0, "prompt_logprobs": [null, {"2": {"logprob": -9.0}}, {"7": {"logprob": -0.5}}]},
        ], "usage": {"prompt_tokens": 7, "completion_tokens": 2}});
        let counted = read_choices(&reply, &plans());
        assert_eq!(counted.logprobs, [Ok(vec![-0.5]), Ok(vec![-1.0, -100.0])]);
        assert_eq!(counted.usage, Usage::counted(7, 0, 2));
    }

    #[test]
    fn vllm_replies_of_another_shape_say_what_is_missing() {
        for (reply, problem) in [
            (json!({"choices": [{"index": 0, "text": "x"}]}), "no prompt_logprobs"),
            (json!({"choices": [{"prompt_logprobs": [null, {"7": {"logprob": -1}}]}]}), "of 2 tokens for a prompt of 3"),
            (json!({"choices": [{"prompt_logprobs": [null, {}, {"6": {"logprob": -1}}]}]}), "leaves out"),
            (json!({"choices": [{"prompt_logprobs": [null, {}, {"7": {"logprob": 2.5}}]}]}), "is 2.5, which is none"),
            (json!({"choices": [{"prompt_logprobs": [null, {}, {"7": {"logprob": "NaN"}}]}]}), "is \"NaN\", which is none"),
        ] {
            let counted = read_choices(&reply, &plans());
            let fault = counted.logprobs[0].clone().unwrap_err();
            assert!(fault.contains(problem), "{fault}");
        }
    }

    #[test]
    fn sglang_tells_the_last_tokens() {
        let part = |tokens: Value| {
            json!({"meta_info": {"input_token_logprobs": tokens, "prompt_tokens": 3, "cached_tokens": 2,
            "completion_tokens": 1}})
        };
        let reply = json!([part(json!([[null, 2, null], [-0.5, 7, null]])), part(json!([[-1.0, 8, "a"], [-2.0, 9, "b"]]))]);
        let counted = read_meta(&reply, &plans());
        assert_eq!(counted.logprobs, [Ok(vec![-0.5]), Ok(vec![-1.0, -2.0])]);
        assert_eq!(counted.usage, Usage::counted(6, 4, 2));
        let other = part(json!([[-1.0, 2, null], [-0.5, 6, null]]));
        assert!(read_meta(&other, &plans()).logprobs[0].clone().unwrap_err().contains("other tokens"));
        assert!(read_meta(&json!({"text": ""}), &plans()).logprobs[0].is_err());
    }
}
