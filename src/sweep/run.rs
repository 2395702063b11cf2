//! Plays the cells of a sweep, several at a time.
//!
//! Owns how many run side by side and where. Members in this process get a replica for every answer, and every job a thread on
//! which all of its members take turns: then each processor has one answer to itself. With a thread per member there would be
//! several times more threads than processors, and drafts would start before there is a finished one to read along with. A server
//! is shared instead: its jobs are tasks of the caller's runtime, as many as it answers calls at the same time. `store` keeps the
//! results.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::asked::Asked;
use super::cell::{Cell, Finished};
use super::plan::{Sweep, SweepError};
use super::play::play;
use crate::engine::Seat;
use crate::engine::member::Working;

/// Results that may wait to be taken; jobs wait when it is full.
const WAITING: usize = 64;

/// A sweep in progress. Dropping it stops it: its running cells are dropped.
pub struct Running {
    results: mpsc::Receiver<Result<Finished, SweepError>>,
    /// Jobs on the caller's runtime; those on threads notice the closed channel.
    _tasks: JoinSet<()>,
    #[cfg(any(test, feature = "testing"))]
    jobs: usize,
    left: usize,
}

/// The cells that are still to be played, shared by the jobs.
struct Queue {
    sweep: Sweep,
    asked: Vec<Asked>,
    cells: Vec<Cell>,
    next: AtomicUsize,
}

/// Starts playing the cells of a sweep that are not `done`; needs a tokio runtime.
///
/// `jobs` is how many are played at a time, by default [`usual_jobs`].
///
/// # Errors
/// If the system cannot start a thread.
pub fn start(
    sweep: Sweep,
    seats: &[Seat],
    done: &HashSet<Cell, impl BuildHasher>,
    jobs: Option<NonZeroUsize>,
) -> Result<Running, SweepError> {
    let cells: Vec<Cell> = sweep.cells().filter(|cell| !done.contains(cell)).collect();
    let left = cells.len();
    let asked = Asked::of(&sweep.prompts);
    let queue = Arc::new(Queue { sweep, asked, cells, next: AtomicUsize::new(0) });
    let (sender, results) = mpsc::channel(WAITING);
    let mut tasks = JoinSet::new();
    let jobs = jobs.unwrap_or_else(|| usual_jobs(seats)).get().min(left.max(1));
    let working = working(seats);
    for _ in 0..jobs {
        spawn(&mut tasks, working, job(Arc::clone(&queue), seats.to_vec(), working, sender.clone()))?;
    }
    Ok(Running {
        results,
        _tasks: tasks,
        #[cfg(any(test, feature = "testing"))]
        jobs,
        left,
    })
}

/// The default number of answers played at a time: the number of processors if all members are in this process, otherwise the
/// lowest number of concurrent calls among the servers.
#[must_use]
pub fn usual_jobs(seats: &[Seat]) -> NonZeroUsize {
    if all_in_process(seats) {
        return std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    }
    let shared = seats.iter().filter(|seat| seat.member.replica(Working::InPlace).is_none());
    shared.filter_map(|seat| NonZeroUsize::new(seat.member.capabilities().concurrency)).min().unwrap_or(NonZeroUsize::MIN)
}

/// Whether every member can have a replica.
fn all_in_process(seats: &[Seat]) -> bool {
    seats.iter().all(|seat| seat.member.replica(Working::InPlace).is_some())
}

/// How members work in an answer that is played beside others.
pub(crate) fn working(seats: &[Seat]) -> Working {
    if all_in_process(seats) { Working::InPlace } else { Working::OnThread }
}

/// Starts a job where its members work: on a thread of its own, which must notice by itself that it is no longer wanted, or among
/// these tasks.
///
/// # Errors
/// If the system cannot start a thread.
pub(crate) fn spawn(
    tasks: &mut JoinSet<()>,
    working: Working,
    job: impl Future<Output = ()> + Send + 'static,
) -> Result<(), SweepError> {
    match working {
        Working::InPlace => on_thread(job),
        Working::OnThread => {
            tasks.spawn(job);
            Ok(())
        }
    }
}

/// The ensemble for one answer: servers are shared, members in this process have evaluated nothing yet, as in a separate run. So
/// the times of settings can be compared, whichever was played first.
pub(crate) fn fresh(seats: &[Seat], working: Working) -> Vec<Seat> {
    let one =
        |seat: &Seat| Seat { member: seat.member.replica(working).unwrap_or_else(|| Arc::clone(&seat.member)), ..seat.clone() };
    seats.iter().map(one).collect()
}

fn on_thread(job: impl Future<Output = ()> + Send + 'static) -> Result<(), SweepError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SweepError::Thread)?;
    // Not joined: it ends by itself once the receiver is gone.
    std::thread::Builder::new().name("sweep".to_owned()).spawn(move || runtime.block_on(job)).map_err(SweepError::Thread)?;
    Ok(())
}

/// Plays one cell after another, until there is none or the receiver is gone.
async fn job(queue: Arc<Queue>, seats: Vec<Seat>, working: Working, sender: mpsc::Sender<Result<Finished, SweepError>>) {
    while let Some(cell) = queue.cells.get(queue.next.fetch_add(1, Ordering::Relaxed)) {
        let Some(asked) = queue.asked.get(cell.prompt) else { continue };
        let seats = fresh(&seats, working);
        let played = tokio::select! {
            biased;
            () = sender.closed() => return,
            played = play(&queue.sweep, &seats, *cell, asked) => played,
        };
        let Some(played) = played.transpose() else { continue };
        let failed = played.is_err();
        if sender.send(played).await.is_err() || failed {
            return;
        }
    }
}

impl Running {
    /// The next finished cell; `None` after the last. After an error nothing more will come.
    ///
    /// Nothing is lost if the future is dropped before it is ready.
    pub async fn next(&mut self) -> Option<Result<Finished, SweepError>> {
        match self.results.recv().await {
            Some(Ok(finished)) => {
                self.left = self.left.saturating_sub(1);
                Some(Ok(finished))
            }
            Some(Err(error)) => {
                self.left = 0;
                Some(Err(error))
            }
            None => (std::mem::take(&mut self.left) > 0).then_some(Err(SweepError::Lost)),
        }
    }

    /// How many cells are played at a time.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.jobs
    }
}
