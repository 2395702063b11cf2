//! How the round was decided, in words.

use super::super::timeline::changed_before;
use super::super::{counted, figure, lazy, listed};
use super::Subject;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::lazy::KeepRule;
use crate::engine::fusion::weights::WeightSource;

/// What the numbers of an open round are.
const VOTES_TO_COME: &str = "a vote is complete once its member has scored every draft; it scores its own while it writes that";

pub(super) fn notes(subject: &Subject<'_>) -> Vec<DisplayText> {
    let mut notes = by_hand(subject);
    let candidates = &subject.matrix.candidates;
    let decided = subject.round.accepted.is_some();
    match candidates.as_slice() {
        [] if decided && !notes.is_empty() => {}
        [] => notes.push("no draft is complete yet".into()),
        [_] if !decided => notes.push("one draft so far".into()),
        [_] if subject.round.ahead.is_some() => {}
        [only] if only.authors.len() == 1 => {
            notes.push("there was no other draft, so nothing had to be scored".into());
        }
        [_] => notes.push("all drafts were the same, so nothing had to be scored".into()),
        [_, _, ..] => {
            notes.extend(if subject.has_all_votes() { ahead(subject) } else { Some(VOTES_TO_COME.into()) });
            notes.extend(opinions(subject));
            notes.extend(unconfirmed(subject));
        }
    }
    notes.extend(lazily(subject));
    notes.extend(set_aside(subject));
    notes.extend(end(subject));
    notes.extend(weights(subject));
    notes.extend(tuned(subject));
    notes
}

/// What was kept of what another member drafted, and why no more.
fn lazily(subject: &Subject<'_>) -> Vec<DisplayText> {
    let Subject { answer, round, .. } = subject;
    let Some(ahead) = &round.ahead else { return Vec::new() };
    let mut notes: Vec<DisplayText> = lazy::closed(answer, round).into_iter().collect();
    let kept = round.drafters.iter().find_map(|drafter| Some((drafter, round.finished(*drafter)?.kept?)));
    if let Some((verifier, kept)) = kept
        && let Some(rejected) = kept.rejected
    {
        let (verifier, drafter) = (subject.name(*verifier), subject.name(ahead.member));
        let why = match round.params.keep {
            KeepRule::Likely => display!("less than `keep-probability` ({})", round.params.keep_probability),
            KeepRule::Exact => "and would have drawn another one (`keep` exact)".into(),
        };
        let probability = f64::from(rejected).exp();
        notes.push(display!(
            "{verifier} gives the first token of {drafter}'s that it did not keep {}, {why}",
            figure(probability)
        ));
    }
    notes
}

/// Which drafts only repeat.
fn set_aside(subject: &Subject<'_>) -> Vec<DisplayText> {
    let Subject { round, .. } = subject;
    let aside = round.candidates().iter().filter_map(|candidate| Some((candidate, round.repeats(candidate.key)?)));
    let told = aside.map(|(candidate, repeats)| {
        let authors: Vec<_> = candidate.authors.iter().map(|author| subject.name(*author)).collect();
        display!(
            "the draft of {} was set aside before scoring: it repeats {} (`set-aside`)",
            listed(&authors),
            repeats.in_words()
        )
    });
    told.collect()
}

/// How probable the members find the end of the answer after what was accepted.
fn end(subject: &Subject<'_>) -> Option<DisplayText> {
    let end = subject.round.ranked.as_ref()?.end?;
    let threshold = subject.round.params.end_threshold;
    let members = display!("the members, by weight, put the end of the answer here at {}", figure(end));
    Some(if subject.round.end_was_decided() {
        display!("{members}: at least `end-threshold` ({threshold}), so it ends although this draft does not end it")
    } else {
        members
    })
}

/// Where the weights come from, where no one set them.
fn weights(subject: &Subject<'_>) -> Option<DisplayText> {
    let weights = subject.answer.run.weights();
    let rule = subject.round.params.weights;
    let of = |source: WeightSource| {
        let members = subject.matrix.verifiers.iter().filter(|member| weights.source(**member, rule) == source);
        members.map(|member| subject.name(*member)).collect::<Vec<_>>()
    };
    let known = [
        (of(WeightSource::Size), "by the square root of their parameters"),
        (of(WeightSource::Question), "by how well they predict the question"),
    ];
    let told = known.into_iter().find(|(members, _)| members.len() > 1);
    told.map(|(members, by)| display!("the weights of {} go {by} (`weights`)", listed(&members)))
}

/// Which candidates rank behind the others whatever their score.
fn unconfirmed(subject: &Subject<'_>) -> Option<DisplayText> {
    let candidates = subject.matrix.candidates.iter().zip(&subject.matrix.ranking.unconfirmed);
    let authors = candidates.filter(|(_, unconfirmed)| **unconfirmed).filter_map(|(candidate, _)| candidate.authors.first());
    let authors: Vec<_> = authors.map(|author| subject.name(*author)).collect();
    (!authors.is_empty()).then(|| {
        display!("only its author could score the candidate of {}: it ranks behind those that others scored", listed(&authors))
    })
}

/// Which knobs the user changed before the round.
fn tuned(subject: &Subject<'_>) -> Option<DisplayText> {
    let Subject { answer, round, .. } = subject;
    let place = answer.run.rounds.partition_point(|before| before.number < round.number);
    let changes = changed_before(answer, place);
    let changes: Vec<DisplayText> = changes.iter().map(|(knob, value)| display!("{} to {value}", knob.name)).collect();
    (!changes.is_empty()).then(|| display!("knobs changed before this round: {}", DisplayText::joined(&changes, ", ")))
}

/// What the user did.
fn by_hand(subject: &Subject<'_>) -> Vec<DisplayText> {
    let Some(accepted) = subject.round.accepted.as_ref().filter(|accepted| accepted.overridden) else { return Vec::new() };
    let authors = listed(&accepted.authors.iter().map(|author| subject.name(*author)).collect::<Vec<_>>());
    vec![if accepted.is_written() {
        "a person wrote this segment: it is nobody's candidate".into()
    } else if accepted.edited {
        display!("a person changed what {authors} drafted: what was accepted is nobody's candidate as it stands")
    } else {
        display!("a person chose {authors}'s over the ranking")
    }]
}

/// How far the best is ahead, and of whose.
fn ahead(subject: &Subject<'_>) -> Option<DisplayText> {
    let ([best, second, ..], Some(margin)) = (subject.order(), subject.matrix.ranking.margin) else { return None };
    let (one, other) = (subject.authors(*best), subject.authors(*second));
    Some(if margin > 0.0 {
        display!("{one}'s draft is {} ahead of {other}'s", figure(margin))
    } else {
        display!("{one}'s draft and {other}'s score the same")
    })
}

/// How many verifiers scored the best highest, and who preferred another.
fn opinions(subject: &Subject<'_>) -> Option<DisplayText> {
    let best = *subject.order().first()?;
    let mut agree = 0;
    let mut against = Vec::new();
    let rows = subject.matrix.verifiers.iter().zip(subject.matrix.ranking.verifier_scores.rows()).enumerate();
    for (_, (verifier, scores)) in rows.filter(|(row, _)| subject.counts(*row)) {
        if let Some(own) = scores.get(best).copied().flatten() {
            if scores.iter().flatten().all(|other| *other <= own) {
                agree += 1;
            } else {
                against.push(subject.name(*verifier));
            }
        }
    }
    let count = counted(agree + against.len(), "verifier");
    let of_whom = subject.authors(best);
    match (agree, against.as_slice()) {
        (0, []) => None,
        _ if !subject.has_all_votes() => {
            let votes = counted(agree + against.len(), "complete vote");
            Some(display!("of {votes} {agree} put {of_whom}'s draft first"))
        }
        (1, []) => Some(display!("the only verifier scored {of_whom}'s draft highest")),
        (_, []) => Some(display!("all {count} scored {of_whom}'s draft highest")),
        (_, [_, ..]) => {
            Some(display!("{agree} of {count} scored {of_whom}'s draft highest; {} preferred another", listed(&against)))
        }
    }
}
