//! The members as they are told, and who left.

use serde::Serialize;

use super::{Who, who};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Role, Usage};
use crate::engine::fusion::run::{Round, Run};

/// A member.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemberReport {
    /// Its name.
    pub name: Who,
    /// What kind of member: `built-in`, `llama-server`, `openai`, …
    pub kind: String,
    /// The model, as it names itself.
    pub model: String,
    /// What it does: `both`, `draft` or `verify`.
    pub role: Role,
    /// Its weight as a verifier when the run began.
    pub weight: f64,
    /// Segments of the answer that are credited to it.
    pub segments: usize,
    /// Tokens of these, by its own tokenizer.
    pub tokens: usize,
    /// Tokens that it used, where a server counts them.
    pub usage: Usage,
    /// What they cost in US dollars, where its price was given.
    pub cost: Option<f64>,
}

/// A member that left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Departure {
    /// Who.
    pub member: Who,
    /// The round after which (by the exit rule) or in which (otherwise) it left; 0 where it took part in none.
    pub round: usize,
    /// Why, in words; `null` where it was brought back and the reason is not known any more.
    pub reason: Option<String>,
    /// The round in which it took part again, if a person brought it back.
    pub back: Option<usize>,
}

/// Every member with its part in the answer.
pub(super) fn members(run: &Run) -> Vec<MemberReport> {
    let summary = run.summarise();
    let members = run.members.iter().zip(&summary.members).enumerate();
    members
        .map(|(place, (member, figures))| MemberReport {
            name: who(run, MemberIndex(place)),
            kind: member.header.capabilities.kind.clone(),
            model: member.header.capabilities.model.clone(),
            role: member.header.role,
            weight: member.header.weight,
            segments: figures.segments,
            tokens: figures.tokens,
            usage: member.usage,
            cost: member.cost(),
        })
        .collect()
}

/// Everybody who left, in order of rounds.
pub(super) fn departures(run: &Run) -> Vec<Departure> {
    let places = 0..run.members.len();
    let mut departures: Vec<Departure> = places.flat_map(|place| of_member(run, MemberIndex(place))).collect();
    departures.sort_by_key(|departure| (departure.round, departure.member.place));
    departures
}

fn of_member(run: &Run, member: MemberIndex) -> Vec<Departure> {
    let mut departures = Vec::new();
    let mut last: Option<usize> = None;
    let mut missed = false;
    for round in &run.rounds {
        if !takes_part(round, member) {
            missed = true;
            continue;
        }
        if let Some(last) = last.filter(|_| missed) {
            departures.push(Departure { member: who(run, member), round: last, reason: None, back: Some(round.number) });
        }
        (last, missed) = (Some(round.number), false);
    }
    departures.extend(run.member(member).exit.as_ref().map(|exit| Departure {
        member: who(run, member),
        round: exit.round,
        reason: Some(exit.reason.in_words()),
        back: None,
    }));
    departures
}

fn takes_part(round: &Round, member: MemberIndex) -> bool {
    round.drafters.contains(&member) || round.verifiers.contains(&member)
}
