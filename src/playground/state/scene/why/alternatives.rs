//! What else would have been chosen from the same recorded scores: by each other scoring rule, other normalisations, the outlier
//! filter, equal weights.

use super::super::matrix::{Matrix, matrix, weighted, weights};
use super::Subject;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::params::{NormalisationKind, Params};
use crate::engine::fusion::score::ScoringRule;

/// What another way of scoring makes of the same recorded scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Its name.
    pub name: &'static str,
    /// The rule, where it is one.
    pub rule: Option<ScoringRule>,
    /// Whose candidate it would choose.
    pub winner: Option<MemberIndex>,
    /// By how much.
    pub margin: Option<f64>,
    /// Whether it is in force.
    pub in_force: bool,
    /// Whether it would have chosen another candidate than what is in force.
    pub differs: bool,
}

pub(super) fn alternatives(subject: &Subject<'_>) -> Vec<Alternative> {
    let Subject { answer, round, .. } = subject;
    let (now, _) = choice(&subject.matrix);
    let entry = |name: &'static str, rule: Option<ScoringRule>, in_force: bool, matrix: &Matrix| {
        let (winner, margin) = choice(matrix);
        Alternative { name, rule, winner, margin, in_force, differs: winner != now }
    };
    let with = |params: Params| matrix(answer, round, &params);
    let base = || Params::clone(&round.params);
    let mut all = Vec::new();
    for (rule, name) in ScoringRule::NAMES {
        let matrix = with(Params { scoring: *rule, ..base() });
        all.push(entry(name, Some(*rule), *rule == round.params.scoring, &matrix));
    }
    for (kind, name) in NORMALISATIONS {
        let matrix = with(Params { normalisation: *kind, ..base() });
        all.push(entry(name, None, *kind == round.params.normalisation, &matrix));
    }
    let (filtered, name) = if round.params.outlier_filter { (false, "without outlier filter") } else { (true, "outlier filter") };
    all.push(entry(name, None, false, &with(Params { outlier_filter: filtered, ..base() })));
    let known = weights(answer, round);
    let mut counting = subject.matrix.verifiers.iter().filter_map(|verifier| known.get(verifier.0));
    let equal = counting.next().is_none_or(|first| counting.all(|weight| (weight - first).abs() < 1e-9));
    let matrix = weighted(answer, round, &round.params, &vec![1.0; known.len()]);
    all.push(entry("equal weights", None, equal, &matrix));
    all
}

/// Normalisations as this list calls them.
const NORMALISATIONS: &[(NormalisationKind, &str)] = &[
    (NormalisationKind::None, "not normalised"),
    (NormalisationKind::SumToOne, "sum-to-one"),
    (NormalisationKind::Softmax, "softmax"),
];

/// The candidate with the best score, by its key, and by how much.
fn choice(matrix: &Matrix) -> (Option<MemberIndex>, Option<f64>) {
    let first = matrix.ranking.order.first().filter(|first| matrix.ranking.scores[**first].is_some());
    (first.map(|first| matrix.candidates[*first].key), matrix.ranking.margin)
}
