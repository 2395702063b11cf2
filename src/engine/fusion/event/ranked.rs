//! The outcome of a vote, as a trace holds it.

use serde::{Deserialize, Serialize};

use super::{MemberName, is_false};

/// The outcome of a round's scoring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The candidates from best to worst.
    pub candidates: Vec<RankedCandidate>,
    /// Best minus second best; absent with fewer than two scored candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Whether all drafts were one candidate, accepted without a scoring call.
    pub unanimous: bool,
    /// The probability that the answer ends after the accepted candidate: the verifiers' weighted mean, if those that know it
    /// hold at least half of the weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
    /// The weight of each verifier in this vote.
    pub weights: Vec<(MemberName, f64)>,
    /// The standing of each active drafter after this round.
    pub standings: Vec<RankedStanding>,
}

/// One candidate of a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedCandidate {
    /// The candidate, by the member that drafted it first.
    pub candidate: MemberName,
    /// Its authors, earliest member first.
    pub authors: Vec<MemberName>,
    /// The fused score; absent if every verifier abstained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Whether it ranks behind all candidates that others scored: only its author scored it, because every other member's scoring
    /// failed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unconfirmed: bool,
}

/// The standing of one member after a round.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedStanding {
    pub member: MemberName,
    /// Mean over the verifiers of the mean token log-probability of its draft, nats per token; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<f64>,
    /// Q, in the unit of the exit rule.
    pub cumulative: f64,
    /// p, the probability of staying, 0 to 1.
    pub retention: f64,
    /// δ / n.
    pub threshold: f64,
}
