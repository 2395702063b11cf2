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
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::fusion::conversation::Conversation;
    use crate::engine::fusion::params::Params;
    use crate::engine::member::scripted::ScriptedMember;
    use crate::engine::trace;
    use crate::playground::state::heat_map::usual_grid;
    use crate::prompts::Prompt;

    fn ask() -> SweepAsk {
        let mut params = Params::default();
        params.set_text("segment", "tokens").unwrap();
        let prompt =
            Prompt { answers: vec!["Tokyo".to_owned()], ..Prompt::question(Conversation::question("Capital of Japan?")) };
        SweepAsk { members: Vec::new(), prompt, grid: usual_grid().unwrap(), params, seed: 1 }
    }

    fn seats() -> [Seat; 1] {
        [Seat::new("a", Arc::new(ScriptedMember::saying(&["It is Tokyo."], -0.5)))]
    }

    fn folders(home: &tempfile::TempDir) -> Folders {
        Folders { config: home.path().join("config"), data: home.path().join("data") }
    }

    /// The cells with their traces, until the sweep ends without an error.
    async fn all(sweeping: &mut Sweeping) -> Vec<(Cell, Option<PathBuf>)> {
        let mut cells = Vec::new();
        loop {
            match sweeping.next().await {
                Message::Swept { finished, trace } => {
                    assert_eq!(finished.answer.right, Some(true));
                    cells.push((finished.cell, trace));
                }
                Message::SweepEnded(None) => return cells,
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn every_setting_is_played_once_and_its_run_can_be_opened() {
        let home = tempfile::tempdir().unwrap();
        let mut sweeping = Sweeping::default();
        sweeping.start(ask(), &seats(), Some(&folders(&home)));
        let cells = all(&mut sweeping).await;
        let once: HashSet<Cell> = cells.iter().map(|(cell, _)| *cell).collect();
        assert_eq!((cells.len(), once.len()), (16, 16));
        for (_, path) in &cells {
            assert_eq!(trace::read(path.as_ref().unwrap()).unwrap().torn_bytes, 0);
        }
    }

    #[tokio::test]
    async fn a_sweep_that_was_stopped_goes_on_where_it_was() {
        let home = tempfile::tempdir().unwrap();
        let mut sweeping = Sweeping::default();
        sweeping.start(ask(), &seats(), Some(&folders(&home)));
        let Message::Swept { finished: first, .. } = sweeping.next().await else { panic!("a cell") };
        sweeping.stop();
        sweeping.start(ask(), &seats(), Some(&folders(&home)));
        let Message::Swept { finished: again, .. } = sweeping.next().await else { panic!("a cell") };
        assert_eq!(first, again, "it is told from what was kept");
        assert_eq!(all(&mut sweeping).await.len(), 15);
    }

    #[tokio::test]
    async fn without_a_home_nothing_is_kept_and_a_folder_that_cannot_be_made_is_told() {
        let mut sweeping = Sweeping::default();
        sweeping.start(ask(), &seats(), None);
        assert!(all(&mut sweeping).await.iter().all(|(_, trace)| trace.is_none()));
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("data"), "").unwrap();
        sweeping.start(ask(), &seats(), Some(&folders(&home)));
        match sweeping.next().await {
            Message::SweepEnded(Some(error)) => assert!(error.contains("data"), "{error}"),
            other => panic!("{other:?}"),
        }
    }
}
