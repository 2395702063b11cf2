//! What may have made a wrong candidate win, in words: what the user looks for who sees a wrong answer.
//!
//! Two causes are known from measurement (`tests/study/README.md`, the table of rules and lengths): an improbable word that is averaged with many
//! certain ones, and a segment that spans several answers, none of which is right as a whole. Each is told only where the
//! recorded numbers show it.

use super::super::{chance, listed};
use super::Subject;
use super::alternatives::Alternative;
use super::sentences::Sentences;
use super::tokens::{Read, Readings};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::reading::reading;
use crate::engine::fusion::score::{Pooling, ScoringRule};

/// A token below this is worth a warning.
const IMPROBABLE: f64 = 0.1;
/// How much less probable a token must be whose place is only guessed.
const GUESSED: f64 = 5.0;
/// So few others dilute nothing.
const FEW: usize = 4;

pub(super) fn causes(
    subject: &Subject<'_>,
    readings: &[Readings],
    alternatives: &[Alternative],
    sentences: Option<&Sentences>,
) -> Vec<DisplayText> {
    // Where every rule chooses the same, the rule is no cause; in a segment of several sentences it shows where to look.
    let dilution = dilution(subject, readings, alternatives).filter(|(_, differs)| *differs || sentences.is_some());
    let spans = sentences.map(|sentences| spans(subject, sentences));
    dilution.map(|(text, _)| text).into_iter().chain(spans).chain(all_improbable(subject, sentences)).collect()
}

/// An improbable token among many others, under a rule that averages; and whether a stricter rule would choose another candidate.
fn dilution(subject: &Subject<'_>, readings: &[Readings], alternatives: &[Alternative]) -> Option<(DisplayText, bool)> {
    let winner = readings.iter().find(|readings| readings.wins)?;
    let told = winner.read.iter().filter_map(|read| Some((read, read.least.as_ref()?)));
    let (read, (token, probability)) = told.min_by(|one, other| told_first(one).total_cmp(&told_first(other)))?;
    let others = read.tokens.len().saturating_sub(1);
    if *probability >= IMPROBABLE || others < FEW {
        return None;
    }
    let together = match subject.round.params.scoring.pooling() {
        Pooling::Averaged => "averaged with",
        Pooling::PerCharacter => "spread over its characters with",
        Pooling::Summed => "summed up with",
        // It alone decides: nothing is diluted.
        Pooling::Least => return None,
    };
    let strict = |alternative: &&Alternative| alternative.rule.is_some_and(ScoringRule::is_strict) && !alternative.in_force;
    let (differing, alike): (Vec<&Alternative>, Vec<&Alternative>) =
        alternatives.iter().filter(strict).partition(|alternative| alternative.differs);
    let start = display!(
        "the least probable token of the winner ({token}, {} for {}) is {together} {others} others",
        chance(*probability),
        subject.name(read.verifier)
    );
    let names = |list: &[&Alternative]| listed(&list.iter().map(|one| display!("`{}`", one.name)).collect::<Vec<_>>());
    let choices: Vec<DisplayText> = differing
        .iter()
        .map(|one| {
            display!("`{}` would choose {}'s", one.name, one.winner.map_or("nobody".into(), |winner| subject.name(winner)))
        })
        .collect();
    let text = match (differing.as_slice(), alike.as_slice()) {
        ([], []) => start,
        ([], alike) => display!("{start}; {} would choose it too", names(alike)),
        ([one, other], _) if one.winner == other.winner => {
            let whose = one.winner.map_or("nobody".into(), |winner| subject.name(winner));
            display!("{start}: {} would choose {whose}'s", names(&differing))
        }
        ([_, ..], _) => display!("{start}: {}", DisplayText::joined(&choices, ", ")),
    };
    Some((text, !differing.is_empty()))
}

/// What is told first: the less probable, but a token that is known rather than one whose place is guessed, unless that is far
/// less probable.
fn told_first((read, (_, probability)): &(&Read, &(DisplayText, f64))) -> f64 {
    if read.known { *probability } else { probability * GUESSED }
}

/// A segment of several sentences.
fn spans(subject: &Subject<'_>, sentences: &Sentences) -> DisplayText {
    let count = sentences.means.len();
    let best = sentences.best();
    let named = |(sentence, place): (usize, &Option<usize>)| {
        let column = subject.order().get((*place)?)?;
        Some(display!("in sentence {} {}", sentence + 1, subject.authors(*column)))
    };
    let winners: Vec<DisplayText> = best.iter().enumerate().filter_map(named).collect();
    if sentences.disagree() {
        return display!(
            "this segment spans {count} sentences, and no candidate is the most probable in all of them ({}): every candidate is \
             better in some and worse in others, so a shorter segment chooses better",
            DisplayText::joined(&winners, ", ")
        );
    }
    match sentences.best_throughout().and_then(|place| subject.order().get(place)) {
        Some(column) => {
            display!("this segment spans {count} sentences; {}'s is the most probable in each of them", subject.authors(*column))
        }
        None => display!(
            "this segment spans {count} sentences: a candidate that is right in one and wrong in another wins or loses as a whole"
        ),
    }
}

/// Whether each candidate of several sentences holds something improbable.
fn all_improbable(subject: &Subject<'_>, sentences: Option<&Sentences>) -> Option<DisplayText> {
    let several = sentences.is_some() && subject.matrix.candidates.len() > 1 && !subject.round.is_judged();
    if !several {
        return None;
    }
    let params = Params { scoring: ScoringRule::MinProb, ..Params::clone(&subject.round.params) };
    let settings = params.score_settings();
    let plain = settings.normalisation == crate::engine::fusion::score::Normalisation::None;
    let matrix = super::super::matrix::matrix(subject.answer, subject.round, &params);
    let best = matrix.ranking.scores.iter().flatten().copied().reduce(f64::max).filter(|_| plain)?;
    let all_told = matrix.candidates.iter().all(|candidate| {
        matrix
            .verifiers
            .iter()
            .any(|verifier| reading(&subject.answer.run.members, subject.round, *verifier, candidate).is_some())
    });
    (best < IMPROBABLE && all_told).then(|| {
        display!("every candidate holds a token that the verifiers find improbable (at best {} by `min-prob`): none is right as a whole", chance(best))
    })
}
