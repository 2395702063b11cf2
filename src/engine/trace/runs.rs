//! The runs of a trace, and which of them form one conversation.

use std::path::Path;

use super::{Trace, TraceError};
use crate::engine::fusion::conversation::{Conversation, Role};
use crate::engine::fusion::event::{Event, Record};
use crate::engine::fusion::run::Run;

/// One of the conversations of a trace; a run that no other continues is a conversation of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Its runs, one after another, each from its header on.
    pub records: Vec<Record>,
    /// Its number, from 1.
    pub number: usize,
    /// How many the trace holds.
    pub of: usize,
}

impl Chosen {
    /// Its last run.
    #[must_use]
    pub fn newest(&self) -> &[Record] {
        runs(&self.records).pop().unwrap_or_default()
    }

    /// A note that the trace holds others, if it does.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let Self { number, of, .. } = self;
        (*of > 1).then(|| format!("the file holds {}: this is run {number}, `--run N` chooses another", counted(*of)))
    }
}

impl Trace {
    /// The conversation of that number, from 1; the last if `None`.
    ///
    /// # Errors
    /// [`TraceError::NoSuchRun`] if there is no such conversation; `path` is for the message.
    pub fn choose(&self, path: &Path, number: Option<usize>) -> Result<Chosen, TraceError> {
        let all = conversations(&self.records);
        let of = all.len();
        let number = number.unwrap_or(of);
        match number.checked_sub(1).and_then(|place| all.get(place)) {
            Some(runs) => Ok(Chosen { records: runs.concat(), number, of }),
            None => Err(TraceError::NoSuchRun { path: path.to_owned(), wanted: number, of }),
        }
    }
}

/// A number of runs in words.
pub(super) fn counted(runs: usize) -> String {
    if runs == 1 { "one run".to_owned() } else { format!("{runs} runs") }
}

/// The runs, each from its header on.
fn runs(records: &[Record]) -> Vec<&[Record]> {
    records.chunk_by(|_, next| !matches!(next.event, Event::RunStarted(_))).collect()
}

/// The runs by conversation, in the order in which these start: a run belongs to an earlier one if its turns start with that
/// one's turns and answer.
#[must_use]
pub fn conversations(records: &[Record]) -> Vec<Vec<&[Record]>> {
    let runs = runs(records);
    if runs.len() < 2 {
        return runs.into_iter().map(|run| vec![run]).collect();
    }
    let mut all: Vec<(Vec<&[Record]>, Option<Run>)> = Vec::new();
    for records in runs {
        let run = Run::from_records(records);
        let follows = |(_, last): &(Vec<&[Record]>, Option<Run>)| match (last, &run) {
            (Some(last), Some(run)) => goes_on(last, &run.header.conversation),
            (None, _) | (_, None) => false,
        };
        // If several have the same words, the one asked last.
        match all.iter().rposition(follows) {
            Some(place) => {
                all[place].0.push(records);
                all[place].1 = run;
            }
            None => all.push((vec![records], run)),
        }
    }
    all.into_iter().map(|(runs, _)| runs).collect()
}

/// Whether a conversation continues a run: its turns and answer, then a new question.
fn goes_on(run: &Run, next: &Conversation) -> bool {
    let before = &run.header.conversation.turns;
    match next.turns.strip_prefix(before.as_slice()) {
        Some([answer, asked]) => answer.role == Role::Assistant && asked.role == Role::User && answer.content == run.answer(),
        Some(_) | None => false,
    }
}
