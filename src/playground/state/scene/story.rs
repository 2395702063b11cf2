//! What happens in a round, in one sentence for someone who has never seen fusion.

use super::super::answer::Answer;
use super::pane::Activity;
use super::table::{Row, Table};
use super::{figure, lazy, listed};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::event::ExitReason;
use crate::engine::fusion::run::{DraftState, Round};

/// The sentence for the selected round.
#[must_use]
pub fn story(answer: &Answer, round: Option<&Round>, table: &Table) -> DisplayText {
    let Some(round) = round else { return "every member reads the question".into() };
    match &round.accepted {
        Some(_) => closed(answer, round, table),
        None => open(answer, round, table),
    }
}

fn open(answer: &Answer, round: &Round, table: &Table) -> DisplayText {
    if let Some(lazily) = lazy::open(answer, round) {
        return lazily;
    }
    let drafting = round.drafts.iter().filter(|draft| matches!(draft, DraftState::Open(_))).count();
    let scoring = table.rows.iter().filter(|row| row.activity == Activity::Scoring).count();
    if drafting > 0 {
        let done = round.drafters.len() - drafting;
        let scorers = if scoring > 0 { display!(", {scoring} already score what is there") } else { DisplayText::new() };
        return display!("each member drafts the next segment: {done} of {} done{scorers}", round.drafters.len());
    }
    match leader(table) {
        Some(row) if scoring > 0 => {
            display!("each member scores the others' drafts: {} leads with {}", answer.name(row.member), shown(row.score))
        }
        Some(_) | None => "the drafts are in".into(),
    }
}

fn leader(table: &Table) -> Option<&Row> {
    table.rows.iter().find(|row| row.rank == Some(1))
}

fn shown(score: Option<f64>) -> DisplayText {
    score.map_or_else(|| "no score".into(), figure)
}

fn closed(answer: &Answer, round: &Round, table: &Table) -> DisplayText {
    let Some(accepted) = &round.accepted else { return DisplayText::new() };
    let winner = accepted.author.map_or("?".into(), |author| answer.name(author));
    let what = if accepted.text.trim().is_empty() { "the end" } else { "segment" };
    let mut sentence = if accepted.is_written() {
        "a person wrote this segment".into()
    } else if accepted.edited {
        display!("a person changed {winner}'s {what}")
    } else if accepted.overridden {
        display!("a person chose {winner}'s {what}")
    } else if let Some(lazily) = lazy::closed(answer, round) {
        lazily
    } else if table.unanimous {
        let all = if accepted.authors.len() == 1 { "only one drafted" } else { "all drafted the same" };
        if what == "segment" { display!("{all}: accepted without scoring") } else { display!("{all}: the answer ends here") }
    } else {
        let score = leader(table).and_then(|row| row.score);
        let margin = table.margin.map_or_else(DisplayText::new, |margin| display!(", {} ahead of the next", figure(margin)));
        display!("{winner}'s {what} was accepted with {}{margin}", shown(score))
    };
    if round.end_was_decided() {
        sentence.push("; the members end the answer with it");
    } else if accepted.ends && !table.unanimous {
        sentence.push("; the answer is complete");
    }
    for candidate in round.candidates() {
        if let Some(repeats) = round.repeats(candidate.key) {
            let authors: Vec<_> = candidate.authors.iter().map(|author| answer.name(*author)).collect();
            sentence.push(&display!("; {} only repeats {}", listed(&authors), repeats.in_words()));
        }
    }
    for departure in answer.run.departures().iter().filter(|departure| departure.round == round.number) {
        let name = answer.name(departure.member);
        let reason = match &departure.reason {
            ExitReason::Retention { .. } => "falls behind and leaves",
            ExitReason::Failures { .. } | ExitReason::Unusable { .. } => "failed and leaves",
            ExitReason::Late { .. } => "was late again and rests",
            ExitReason::NotReady => "is not ready yet",
            ExitReason::Excluded => "was excluded by hand",
        };
        sentence.push(&display!("; {name} {reason}"));
    }
    sentence
}
