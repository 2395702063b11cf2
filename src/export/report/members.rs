//! The members as they are told, and who left.

use serde::Serialize;

use super::{Who, who};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Role, Usage};
use crate::engine::fusion::run::{self, Run};

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
    /// Its weight as a verifier when the run started.
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
    /// Why, in words.
    pub reason: String,
    /// The round after which the user brought it back; `null` where it stayed away.
    pub returned: Option<usize>,
}

/// Every member with its part in the answer.
pub(super) fn members(run: &Run) -> Vec<MemberReport> {
    let (summary, weights) = (run.summarise(), run.weights());
    let members = run.members.iter().zip(&summary.members).enumerate();
    members
        .map(|(place, (member, figures))| MemberReport {
            name: who(run, MemberIndex(place)),
            kind: member.header.capabilities.kind.clone(),
            model: member.header.capabilities.model.clone(),
            role: member.header.role,
            weight: weights.now().get(place).copied().unwrap_or(1.0),
            segments: figures.segments,
            tokens: figures.tokens,
            usage: member.usage,
            cost: member.cost(),
        })
        .collect()
}

/// Every absence, oldest first.
pub(super) fn departures(run: &Run) -> Vec<Departure> {
    let told = |departure: &run::Departure| Departure {
        member: who(run, departure.member),
        round: departure.round,
        reason: departure.reason.in_words(),
        returned: departure.returned,
    };
    run.departures().iter().map(told).collect()
}
