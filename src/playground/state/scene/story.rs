//! What happens in a round, in one sentence for someone who has never seen fusion.

use super::super::play::Play;
use super::pane::Activity;
use super::table::{Row, Table};
use super::{figure, lazy, listed};
use crate::engine::fusion::event::ExitReason;
use crate::engine::fusion::run::{DraftState, Round};

/// The sentence for the selected round.
#[must_use]
pub fn story(play: &Play, round: Option<&Round>, table: &Table) -> String {
    let Some(round) = round else { return "every member reads the question".to_owned() };
    match &round.accepted {
        Some(_) => closed(play, round, table),
        None => open(play, round, table),
    }
}

fn open(play: &Play, round: &Round, table: &Table) -> String {
    if let Some(lazily) = lazy::open(play, round) {
        return lazily;
    }
    let drafting = round.drafts.iter().filter(|draft| matches!(draft, DraftState::Open(_))).count();
    let scoring = table.rows.iter().filter(|row| row.activity == Activity::Scoring).count();
    if drafting > 0 {
        let done = round.drafters.len() - drafting;
        let scorers = if scoring > 0 { format!(", {scoring} already score what is there") } else { String::new() };
        return format!("each member drafts the next segment: {done} of {} done{scorers}", round.drafters.len());
    }
    match leader(table) {
        Some(row) if scoring > 0 => {
            format!("each member scores the others' drafts: {} leads with {}", play.name(row.member), shown(row.score))
        }
        Some(_) | None => "the drafts are in".to_owned(),
    }
}

fn leader(table: &Table) -> Option<&Row> {
    table.rows.iter().find(|row| row.rank == Some(1))
}

fn shown(score: Option<f64>) -> String {
    score.map_or_else(|| "no score".to_owned(), figure)
}

fn closed(play: &Play, round: &Round, table: &Table) -> String {
    let Some(accepted) = &round.accepted else { return String::new() };
    let winner = accepted.author.map_or("?", |author| play.name(author));
    let what = if accepted.text.trim().is_empty() { "the end" } else { "segment" };
    let mut sentence = if accepted.is_written() {
        "a person wrote this segment".to_owned()
    } else if accepted.edited {
        format!("a person changed {winner}'s {what}")
    } else if accepted.overridden {
        format!("a person chose {winner}'s {what}")
    } else if let Some(lazily) = lazy::closed(play, round) {
        lazily
    } else if table.unanimous {
        let all = if accepted.authors.len() == 1 { "only one drafted" } else { "all drafted the same" };
        if what == "segment" { format!("{all}: accepted without scoring") } else { format!("{all}: the answer ends here") }
    } else {
        let score = leader(table).and_then(|row| row.score);
        let margin = table.margin.map_or_else(String::new, |margin| format!(", {} ahead of the next", figure(margin)));
        format!("{winner}'s {what} was accepted with {}{margin}", shown(score))
    };
    if round.end_was_decided() {
        sentence.push_str("; the members end the answer with it");
    } else if accepted.ends && !table.unanimous {
        sentence.push_str("; the answer is complete");
    }
    for candidate in round.candidates() {
        if let Some(repeats) = round.repeats(candidate.key) {
            let authors: Vec<_> = candidate.authors.iter().map(|author| play.name(*author)).collect();
            sentence.extend(["; ", &listed(&authors), " only repeats ", repeats.in_words()]);
        }
    }
    for departure in play.run.departures().iter().filter(|departure| departure.round == round.number) {
        let name = play.name(departure.member);
        let reason = match &departure.reason {
            ExitReason::Retention { .. } => "falls behind and leaves",
            ExitReason::Failures { .. } | ExitReason::Unusable { .. } => "failed and leaves",
            ExitReason::Late { .. } => "was late again and rests",
            ExitReason::NotReady => "is not ready yet",
            ExitReason::Excluded => "was excluded by hand",
        };
        sentence.extend(["; ", name, " ", reason]);
    }
    sentence
}
