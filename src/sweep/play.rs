//! Playing one cell through the engine.

use std::path::Path;

use super::asked::Asked;
use super::cell::{Answer, Cell, Finished};
use super::run::{Sweep, SweepError};
use crate::engine::fusion::event::{Event, MemberName, Outcome, Ranked, RankedCandidate, Record, Summary};
use crate::engine::trace::{Journal, TraceError};
use crate::engine::{Engine, Seat, Setup, wall_clock};
use crate::prompts::grade;

/// Why a run that ended without its last event has no answer.
const CUT_SHORT: &str = "the engine stopped without ending the run";

/// Plays a cell to its end. An ensemble that cannot answer is a failed answer; a trace that cannot be kept ends the sweep.
pub(super) async fn play(sweep: &Sweep, seats: &[Seat], cell: Cell, asked: &Asked) -> Result<Option<Finished>, SweepError> {
    let Some(prompt) = sweep.prompts.get(cell.prompt) else { return Ok(None) };
    let name = sweep.trace_name(cell.setting, asked);
    let journal = sweep.traces.as_ref().map(|folder| journal(&folder.join(&name))).transpose()?;
    let kept = journal.is_some();
    let setup = Setup {
        seats: seats.to_vec(),
        params: sweep.grid.params(&sweep.params, cell.setting),
        seed: asked.seed(sweep),
        conversation: prompt.conversation.clone(),
        answers: prompt.answers.clone(),
        journal,
        clock: wall_clock(),
    };
    let mut heard = Heard::default();
    let failed = match Engine::start(setup).await {
        Ok(mut engine) => {
            while let Some(record) = engine.next_event().await {
                heard.hear(record);
            }
            match engine.ended().await.journal_error {
                Some(error) => return Err(error.into()),
                None => heard.failed(),
            }
        }
        Err(error) => Some(error.to_string()),
    };
    // A run that never began left no file.
    let begun = heard.begun;
    // What failed is neither right nor wrong.
    let gradable = failed.is_none() && !prompt.answers.is_empty();
    let right = gradable.then(|| grade::is_right(&heard.text, &prompt.answers));
    let answer = Answer { right, error: failed, trace: (kept && begun).then_some(name), ..heard.figures() };
    Ok(Some(Finished { cell, answer }))
}

/// A trace of this cell that is there already was cut off, or failed: it makes way.
fn journal(path: &Path) -> Result<Journal, TraceError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(TraceError::File { path: path.to_owned(), source }),
        Ok(()) | Err(_) => Journal::create(path),
    }
}

/// What the events of a run say that its figures are made of.
#[derive(Debug, Default)]
struct Heard {
    begun: bool,
    text: String,
    ranked: Option<Box<Ranked>>,
    scores: Vec<f64>,
    ended: Option<(Outcome, Summary)>,
}

impl Heard {
    fn hear(&mut self, record: Record) {
        match record.event {
            Event::RunStarted(_) => self.begun = true,
            Event::Ranked(ranked) => self.ranked = Some(ranked),
            Event::Accepted { authors, text, .. } => {
                self.text.push_str(&text);
                let score = self.ranked.take().and_then(|ranked| fused_score(&ranked.candidates, authors.first()));
                self.scores.extend(score);
            }
            Event::RunFinished(finished) => self.ended = Some((finished.outcome, finished.summary)),
            _ => {}
        }
    }

    /// Why there is no whole answer.
    fn failed(&self) -> Option<String> {
        match &self.ended {
            None => Some(CUT_SHORT.to_owned()),
            Some((outcome, _)) => outcome.failure(),
        }
    }

    fn figures(&self) -> Answer {
        let summary = self.ended.as_ref().map(|(_, summary)| summary.clone()).unwrap_or_default();
        let count = self.scores.len();
        Answer {
            score: (count > 0).then(|| self.scores.iter().sum::<f64>() / count as f64),
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
}

fn fused_score(candidates: &[RankedCandidate], author: Option<&MemberName>) -> Option<f64> {
    candidates.iter().find(|candidate| author.is_some_and(|author| candidate.authors.contains(author)))?.score
}
