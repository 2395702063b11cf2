//! Playing one cell through the engine.

use std::path::Path;

use super::asked::Asked;
use super::cell::{Answer, Cell, Finished};
use super::plan::{Sweep, SweepError};
use crate::engine::fusion::event::ExitReason;
use crate::engine::trace::{Journal, TraceError};
use crate::engine::{Seat, Setup, wall_clock};
use crate::playthrough::{self, Played};
use crate::prompts::grade;

/// Plays a cell to its end. An ensemble that cannot answer is a failed answer; a trace that cannot be written ends the sweep.
pub(super) async fn play(sweep: &Sweep, seats: &[Seat], cell: Cell, asked: &Asked) -> Result<Option<Finished>, SweepError> {
    let Some(prompt) = sweep.prompts.get(cell.prompt) else { return Ok(None) };
    let name = sweep.trace_name(cell.setting, asked);
    let journal = sweep.traces.as_ref().map(|folder| journal(&folder.join(&name))).transpose()?;
    let kept = journal.is_some();
    let setup = Setup {
        seats: seats.to_vec(),
        params: sweep.grid.params(&sweep.params, cell.setting),
        seed: sweep.seed_of(asked),
        conversation: prompt.conversation.clone(),
        answers: prompt.answers.clone(),
        journal,
        clock: wall_clock(),
    };
    let played = playthrough::play(setup).await;
    let error = played.unanswered().map(|reason| reason.to_string());
    // A failed answer is neither right nor wrong.
    let gradable = error.is_none() && !prompt.answers.is_empty();
    let right = gradable.then(|| grade::is_right(played.text(), &prompt.answers));
    // A run that did not start left no file.
    let trace = (kept && played.started).then_some(name);
    let answer = Answer { right, error, trace, ..figures(&played) };
    match played.journal_error {
        Some(error) => Err(error.into()),
        None => Ok(Some(Finished { cell, answer })),
    }
}

/// Removes an existing trace of this cell, which was cut off or failed.
fn journal(path: &Path) -> Result<Journal, TraceError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(TraceError::File { path: path.to_owned(), source }),
        Ok(()) | Err(_) => Journal::create(path),
    }
}

fn figures(played: &Played) -> Answer {
    let summary = played.summary();
    let left = played.departures.iter().filter(|left| matches!(left.reason, ExitReason::Retention { .. }));
    Answer {
        left: left.map(|left| left.member.to_string()).collect(),
        score: played.mean_score(),
        rounds: summary.rounds,
        tokens: summary.tokens,
        draft_calls: summary.draft_calls,
        score_calls: summary.score_calls,
        mean_active: summary.mean_active,
        elapsed_ms: summary.elapsed_ms,
        cost: summary.cost,
        cost_is_guessed: summary.cost_is_guessed(),
        ..Answer::default()
    }
}
