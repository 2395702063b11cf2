//! A sweep over the question, beside the run on the source.
//!
//! Owns the sweep that continues and the folder that keeps it: the same sweep started again continues where it stopped. Decides nothing:
//! what is finished goes to the state as messages.

use std::collections::{HashSet, VecDeque};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::engine::Seat;
use crate::files::Folders;
use crate::playground::state::Message;
use crate::playground::state::heat_map::SweepAsk;
use crate::sweep::{Cell, Finished, Grid, Pinned, Running, Seeding, Store, Sweep, start, usual_jobs};

/// The sweep, if one continues.
#[derive(Default)]
pub(super) struct Sweeping {
    going: Option<Going>,
    /// What is to be told before anything else.
    told: VecDeque<Message>,
}

struct Going {
    running: Running,
    grid: Grid,
    /// Without a home nothing is kept.
    store: Option<Store>,
    traces: Option<PathBuf>,
}

impl Sweeping {
    /// Starts a sweep in place of one that continues. Needs a tokio runtime.
    pub(super) fn start(&mut self, ask: SweepAsk, seats: &[Seat], folders: Option<&Folders>) {
        self.stop();
        match begin(ask, seats, folders) {
            Ok((going, finished)) => {
                self.told.extend(finished.into_iter().map(|finished| message(finished, going.traces.as_ref())));
                self.going = Some(going);
            }
            Err(error) => self.told.push_back(Message::SweepEnded(Some(error))),
        }
    }

    /// Gives up what is under way; what is finished is kept.
    pub(super) fn stop(&mut self) {
        (self.going, self.told) = (None, VecDeque::new());
    }

    /// What came of it next; waits for ever where no sweep continues. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Message {
        if let Some(message) = self.told.pop_front() {
            return message;
        }
        let Some(going) = &mut self.going else { return std::future::pending().await };
        let ended = match going.running.next().await {
            Some(Ok(finished)) => match going.keep(&finished) {
                Ok(()) => return message(finished, going.traces.as_ref()),
                Err(error) => Some(error),
            },
            Some(Err(error)) => Some(error.to_string()),
            None => None,
        };
        self.going = None;
        Message::SweepEnded(ended)
    }
}

impl Going {
    fn keep(&mut self, finished: &Finished) -> Result<(), String> {
        let Some(store) = &mut self.store else { return Ok(()) };
        store.append(&self.grid, finished).map_err(|error| error.to_string())
    }
}

fn message(finished: Finished, traces: Option<&PathBuf>) -> Message {
    let trace = traces.zip(finished.answer.trace.as_ref()).map(|(folder, name)| folder.join(name));
    Message::Swept { finished: Box::new(finished), trace }
}

fn begin(ask: SweepAsk, seats: &[Seat], folders: Option<&Folders>) -> Result<(Going, Vec<Finished>), String> {
    let SweepAsk { members: _, prompt, grid, params, seed } = ask;
    // A folder for each question: another window may sweep another one.
    let asked = prompt.fingerprint();
    let mut sweep = Sweep { grid: grid.clone(), params, seed, seeding: Seeding::Given, prompts: vec![prompt], traces: None };
    let pinned = Pinned::new(&sweep, seats, None);
    let (mut store, mut finished) = (None, Vec::new());
    if let Some(folders) = folders {
        let opened = Store::open(&folders.sweeps().join(format!("{}-{asked}", pinned.folder_name())), &pinned, &sweep, false);
        let (kept, found) = opened.map_err(|error| error.to_string())?;
        sweep.traces = Some(kept.traces().map_err(|error| error.to_string())?);
        (store, finished) = (Some(kept), found.finished);
    }
    let traces = sweep.traces.clone();
    let done: HashSet<Cell> = finished.iter().map(|finished| finished.cell).collect();
    let running = start(sweep, seats, &done, Some(beside(seats))).map_err(|error| error.to_string())?;
    Ok((Going { running, grid, store, traces }, finished))
}

/// As many as a sweep usually plays at a time, less one, so that the run on the screen continues as it did.
pub(super) fn beside(seats: &[Seat]) -> NonZeroUsize {
    NonZeroUsize::new(usual_jobs(seats).get().saturating_sub(1)).unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests;
