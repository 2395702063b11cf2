//! Whether the verifiers agree: what each would have chosen alone, and how alike their orders are.

use super::super::{listed, percent};
use super::Subject;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::agreement::{Agreement, agreement};

/// A candidate that some verifiers would have chosen alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstChoice {
    /// The candidate, counted from the best; `None` of verifiers that scored none, or all alike.
    pub place: Option<usize>,
    /// Who would have chosen it.
    pub verifiers: Vec<MemberIndex>,
}

/// The agreement on the candidates in the order in which ties are decided.
fn of(subject: &Subject<'_>) -> Agreement {
    agreement(&subject.matrix.ranking.verifier_scores.rows().map(<[_]>::to_vec).collect::<Vec<_>>())
}

/// The candidates that verifiers would have chosen alone, best first; last who has no preference. A vote that is not complete
/// says nothing yet.
pub(super) fn firsts(subject: &Subject<'_>) -> Vec<FirstChoice> {
    let firsts = of(subject).firsts;
    let place_of = |column: usize| subject.order().iter().position(|other| *other == column);
    let chosen = |place: Option<usize>| {
        let verifiers = firsts.iter().zip(&subject.matrix.verifiers).enumerate();
        let verifiers = verifiers.filter(|(row, (first, _))| subject.counts(*row) && first.and_then(place_of) == place);
        FirstChoice { place, verifiers: verifiers.map(|(_, (_, verifier))| *verifier).collect() }
    };
    let places = (0..subject.order().len()).map(Some).chain([None]);
    places.map(chosen).filter(|choice| !choice.verifiers.is_empty()).collect()
}

/// How alike the verifiers' orders are, in words.
pub(super) fn alike(subject: &Subject<'_>) -> Option<DisplayText> {
    let agreement = of(subject);
    let (alike, of) = agreement.total();
    if of == 0 {
        return None;
    }
    let share = percent(alike as f64, of as f64);
    let apart = agreement.furthest_apart().map_or_else(DisplayText::new, |pair| {
        let name = |place: usize| subject.matrix.verifiers.get(place).map_or("?".into(), |verifier| subject.name(*verifier));
        let names = listed(&[name(pair.verifiers.0), name(pair.verifiers.1)]);
        display!("; furthest apart: {names}, {} of {}", pair.alike, pair.of)
    });
    Some(display!("two verifiers put two candidates in the same order in {alike} of {of} cases ({share}){apart}"))
}
