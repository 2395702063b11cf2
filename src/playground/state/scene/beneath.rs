//! What is shown beneath the selected segment of the answer: the draft that came second, how far behind, and how to take another.

use super::figure;
use super::shown::Shown;
use super::table::Table;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::playground::state::action::Action;
use crate::playground::state::prose::{Line, Prose, Tone};

/// A line beneath the selected segment; none where no round is selected, or nothing came second.
pub(super) fn beneath(shown: Shown<'_>, table: &Table) -> Prose {
    let Shown { state, answer, round, .. } = shown;
    let Some(round) = round.filter(|round| state.looking.round.is_some() && round.accepted.is_some()) else {
        return Prose::new();
    };
    let first = table.rows.iter().find(|row| row.accepted);
    let Some(second) = table.rows.iter().find(|row| row.score.is_some() && !row.accepted) else { return Prose::new() };
    let Some(finished) = round.finished(second.member) else { return Prose::new() };
    let behind = match first.and_then(|first| first.score).zip(second.score) {
        Some((best, score)) if best >= score => display!(", {} behind", figure(best - score)),
        Some((best, score)) => display!(", {} ahead", figure(score - best)),
        None => DisplayText::new(),
    };
    let key = state.keymap.key(Action::Override);
    let line: Line = vec![
        (Tone::Dim, display!("next best{behind}: ")),
        (Tone::Member(second.member.0), display!("{} ", answer.letter(second.member))),
        (Tone::Plain, clean_line(finished.draft.text().trim())),
        (Tone::Dim, " · ".into()),
        (Tone::Key, clean_line(&key)),
        (Tone::Dim, " chooses".into()),
    ];
    vec![line]
}
