//! The question at several lengths of segments, beside the run on the source.
//!
//! Owns the runs that continue. Decides nothing: what happens in them goes to the state as messages. As many are played at a time as
//! of a sweep beside the run; the others wait.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::run_source::ENDING;
use super::sweeping::beside;
use crate::engine::member::Working;
use crate::engine::trace::Journal;
use crate::engine::{Seat, Setup, wall_clock};
use crate::playground::state::Message;
use crate::playground::state::lengths::{COLUMNS, LengthsAsk, RunNews};
use crate::playthrough::Playthrough;
use crate::sweep::{fresh, spawn, working};

/// News that may wait to be taken; the runs wait when it is full.
const WAITING: usize = 256;

/// What is said of a run whose task is gone although nothing stopped it.
const LOST: &str = "a fault in this program ended it";

/// The runs, if any continue.
#[derive(Default)]
pub(super) struct LengthRuns {
    going: Option<Going>,
    /// Runs that nobody waits for any more: they only record their end.
    ending: JoinSet<()>,
}

struct Going {
    news: mpsc::Receiver<Message>,
    /// The columns whose last news was not taken yet.
    open: Vec<usize>,
    /// Whether the runs are to end.
    stop: watch::Sender<bool>,
    /// Runs on the caller's runtime; those on threads notice the closed channel.
    _tasks: JoinSet<()>,
}

/// One of the runs.
struct LengthRun {
    column: usize,
    setup: Setup,
    working: Working,
    turns: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    news: mpsc::Sender<Message>,
}

impl LengthRuns {
    /// Starts these runs in place of those that continue, which are stopped; each with its trace, if one is kept. Needs a tokio runtime.
    pub(super) fn start(&mut self, ask: LengthsAsk, seats: &[Seat], journals: impl Iterator<Item = Option<Journal>>) {
        self.start_with(ask, seats, journals, beside(seats));
    }

    fn start_with(
        &mut self,
        ask: LengthsAsk,
        seats: &[Seat],
        journals: impl Iterator<Item = Option<Journal>>,
        jobs: NonZeroUsize,
    ) {
        self.let_end();
        let LengthsAsk { members: _, prompt, params, seed } = ask;
        let (sender, news) = mpsc::channel(WAITING);
        let (stop, stops) = watch::channel(false);
        let (turns, working, mut tasks) = (Arc::new(Semaphore::new(jobs.get())), working(seats), JoinSet::new());
        for ((column, params), journal) in params.into_iter().enumerate().zip(journals) {
            let setup = Setup {
                seats: seats.to_vec(),
                params,
                seed,
                conversation: prompt.conversation.clone(),
                answers: prompt.answers.clone(),
                journal,
                clock: wall_clock(),
            };
            let (turns, stop, news) = (Arc::clone(&turns), stops.clone(), sender.clone());
            let run = LengthRun { column, setup, working, turns, stop, news };
            if let Err(error) = spawn(&mut tasks, working, run.play()) {
                // There is room: no run has started yet that could fill it.
                let _ = sender.try_send(Message::Lengths(column, RunNews::Failed(error.to_string())));
            }
        }
        self.going = Some(Going { news, open: (0..COLUMNS).collect(), stop, _tasks: tasks });
    }

    /// Stops the runs that continue; their news are taken from them until they have recorded their end, and then dropped.
    fn let_end(&mut self) {
        while self.ending.try_join_next().is_some() {}
        self.stop();
        if let Some(going) = self.going.take() {
            self.ending.spawn(going.end());
        }
    }

    /// Ends every run so that its trace is whole.
    pub(super) async fn finish(&mut self) {
        self.let_end();
        let ended = async { while self.ending.join_next().await.is_some() {} };
        // A member that cannot be stopped must not keep the user here.
        let _ = tokio::time::timeout(ENDING, ended).await;
    }

    /// Ends the runs; what they have written stays, and each records its end.
    pub(super) fn stop(&mut self) {
        if let Some(going) = &self.going {
            going.stop.send_replace(true);
        }
    }

    /// What happened next; waits for ever where no run continues. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Vec<Message> {
        loop {
            let Some(going) = &mut self.going else { return std::future::pending().await };
            let Some(first) = going.news.recv().await else {
                let lost: Vec<Message> = going.lost().collect();
                self.going = None;
                if lost.is_empty() {
                    continue;
                }
                return lost;
            };
            let mut messages = vec![first];
            while messages.len() < WAITING
                && let Some(Some(next)) = going.news.recv().now_or_never()
            {
                messages.push(next);
            }
            going.close(&messages);
            return messages;
        }
    }
}

impl Going {
    /// Takes the news until there are none any more; the runs are dropped with this.
    async fn end(mut self) {
        while self.news.recv().await.is_some() {}
    }

    /// Takes note of the runs whose last news are among these.
    fn close(&mut self, news: &[Message]) {
        for message in news {
            if let Message::Lengths(column, RunNews::Ended { .. } | RunNews::Failed(_)) = message {
                self.open.retain(|open| open != column);
            }
        }
    }

    /// The runs that ended without a last word, although they were not stopped.
    fn lost(&self) -> impl Iterator<Item = Message> {
        let open = if *self.stop.borrow() { &[][..] } else { &self.open };
        open.iter().map(|column| Message::Lengths(*column, RunNews::Failed(LOST.to_owned())))
    }
}

impl LengthRun {
    /// Plays the run when its turn comes, until it ends or nobody takes its news.
    async fn play(mut self) {
        let mut stop = self.stop.clone();
        let turns = Arc::clone(&self.turns);
        let _turn = tokio::select! {
            biased;
            () = self.news.closed() => return,
            () = stopped(&mut stop) => return,
            turn = turns.acquire() => turn,
        };
        // Members that have evaluated nothing yet, so that times can be compared, whoever was first.
        self.setup.seats = fresh(&self.setup.seats, self.working);
        self.setup.clock = wall_clock();
        let news = self.news.clone();
        tokio::select! {
            biased;
            () = news.closed() => {}
            () = self.played(stop) => {}
        }
    }

    async fn played(self, mut stop: watch::Receiver<bool>) {
        let Self { column, setup, news, .. } = self;
        let trace = setup.journal.as_ref().map(Journal::path).map(Path::to_owned);
        let stop = async move { stopped(&mut stop).await };
        let last = match Playthrough::start(setup, stop).await {
            Err(error) => RunNews::Failed(error.to_string()),
            Ok(mut run) => {
                while let Some(record) = run.next().await {
                    if news.send(Message::Lengths(column, RunNews::Record(record))).await.is_err() {
                        return;
                    }
                }
                ended(trace, run.end().await.journal_error.map(|error| error.to_string()))
            }
        };
        // Nobody takes it: then nobody waits for it.
        let _ = news.send(Message::Lengths(column, last)).await;
    }
}

fn ended(trace: Option<PathBuf>, incomplete: Option<String>) -> RunNews {
    RunNews::Ended { trace, incomplete }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Nobody can stop it any more; that its news are not taken ends it.
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
pub(super) mod tests;
