//! What `--details` saves: one line of JSON per prompt.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::play::{Alone, Answer, Fused, Results};
use crate::engine::Seat;
use crate::engine::fusion::event::Outcome;
use crate::prompts::Prompt;

/// One JSON object per prompt, one per line.
pub(super) fn lines(seats: &[Seat], results: &Results, prompts: &[Prompt]) -> String {
    let mut text = String::new();
    for (number, (fused, prompt)) in results.fused.iter().zip(prompts).enumerate() {
        let alone = seats.iter().zip(&results.alone).filter_map(|(seat, answers)| Some((seat, answers.get(number)?)));
        let _ = writeln!(text, "{}", line(fused, prompt, &Members::new(alone)));
    }
    text
}

fn line(fused: &Fused, prompt: &Prompt, members: &Members) -> Value {
    let (summary, departures) = (&fused.summary, &fused.departures);
    let exits: Map<_, _> = departures.iter().map(|departure| (departure.member.clone(), departure.round.into())).collect();
    let failures: Vec<_> =
        fused.failures.iter().map(|failed| json!({ "member": &*failed.member, "error": failed.error })).collect();
    json!({
        "prompt": prompt.conversation.prompt(),
        "answers": prompt.answers,
        "right": fused.error.is_none().then_some(fused.right),
        "text": fused.text,
        "echo": fused.echo,
        "outcome": fused.outcome.as_ref().map(name),
        "rounds": summary.rounds,
        "tokens": summary.tokens,
        "elapsed_ms": summary.elapsed_ms,
        "calls": summary.draft_calls + summary.score_calls,
        "mean_active": summary.mean_active,
        "exits": exits,
        "premature": departures.iter().any(|departure| departure.premature),
        "error": fused.error.as_ref().map(ToString::to_string),
        "failed_calls": failures,
        "alone": members.texts,
        "alone_figures": members.figures,
        "alone_failed": members.failed,
    })
}

/// An outcome by its name in traces.
fn name(outcome: &Outcome) -> Value {
    serde_json::to_value(outcome).ok().and_then(|mut written| Some(written.get_mut("outcome")?.take())).unwrap_or_default()
}

/// The members' own answers to one prompt.
struct Members<'a> {
    /// In the members' order.
    texts: Vec<Option<&'a str>>,
    /// What is known of each answer, in the same order.
    figures: Vec<Option<Value>>,
    /// By name, why there is no answer.
    failed: Map<String, Value>,
}

impl<'a> Members<'a> {
    fn new(alone: impl Iterator<Item = (&'a Seat, &'a Alone)>) -> Self {
        let mut members = Self { texts: Vec::new(), figures: Vec::new(), failed: Map::new() };
        for (seat, answer) in alone {
            let answered = match answer {
                Alone::Answered(answer) => Some(answer),
                Alone::Failed(error) => {
                    members.failed.insert(seat.name.clone(), error.to_string().into());
                    None
                }
                Alone::NotAsked => None,
            };
            members.texts.push(answered.map(|answer| answer.given.text.as_str()));
            members.figures.push(answered.map(|answer| figures(&seat.name, answer)));
        }
        members
    }
}

fn figures(member: &str, answer: &Answer) -> Value {
    json!({
        "member": member,
        "right": answer.right,
        "echo": answer.echo,
        "ended": answer.given.ended,
        "tokens": answer.given.tokens,
        "elapsed_ms": answer.given.elapsed_ms,
    })
}
