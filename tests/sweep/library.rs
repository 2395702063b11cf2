//! The library behind the command: servers are shared, members in this process are not, dropping stops, failures count.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use specfuse::engine::Seat;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::params::{Params, knob};
use specfuse::engine::member::absent::AbsentMember;
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::engine::member::{Capabilities, DraftRequest, Drafted, Member, Progress, Reply, ScoreRequest, Scored, Working};
use specfuse::prompts::Prompt;
use specfuse::sweep::{Axis, Cell, Figures, Finished, Grid, Running, Seeding, Sweep, start};
use tokio::sync::Semaphore;

/// A member that counts its users.
#[derive(Clone)]
struct Counted {
    inner: Arc<ScriptedMember>,
    capabilities: Capabilities,
    /// Whether every job gets a replica.
    replicates: bool,
    begun: Arc<AtomicUsize>,
}

impl Counted {
    fn new(inner: ScriptedMember, concurrency: usize, replicates: bool) -> Self {
        let capabilities = Capabilities { concurrency, ..Capabilities::in_process("scripted", "a script") };
        Self { inner: Arc::new(inner), capabilities, replicates, begun: Arc::default() }
    }
}

impl Member for Counted {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.inner.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.inner.draft(request, progress)
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        self.inner.score(request)
    }

    fn replica(&self, _working: Working) -> Option<Arc<dyn Member>> {
        self.replicates.then(|| Arc::new(self.clone()) as Arc<dyn Member>)
    }
}

fn sweep(prompts: usize) -> Sweep {
    let prompt = Prompt { answers: vec!["Tokyo".to_owned()], ..Prompt::question(Conversation::question("Capital of Japan?")) };
    Sweep {
        grid: Grid::new(vec![Axis::parse(knob("segment-tokens").unwrap(), "3,5").unwrap()]).unwrap(),
        params: Params::default(),
        seed: 1,
        seeding: Seeding::OfPrompt,
        prompts: vec![prompt; prompts],
        traces: None,
    }
}

fn says() -> ScriptedMember {
    ScriptedMember::saying(&["It is Tokyo."], -0.5)
}

async fn all(mut running: Running) -> Vec<Finished> {
    let mut finished = Vec::new();
    while let Some(cell) = running.next().await {
        finished.push(cell.unwrap());
    }
    finished
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn a_server_is_shared_by_as_many_jobs_as_it_takes_calls() {
    block(async {
        let gate = Arc::new(Semaphore::new(0));
        let server = Counted::new(says().behind(Arc::clone(&gate)), 3, false);
        let begun = Arc::clone(&server.begun);
        let seats = [Seat::new("a", Arc::new(server)), Seat::new("b", Arc::new(Counted::new(says(), 8, false)))];
        let running = start(sweep(4), &seats, &HashSet::new(), None).unwrap();
        assert_eq!(running.jobs(), 3, "the least of the servers counts");
        while begun.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(begun.load(Ordering::SeqCst), 3, "no fourth answer is begun while three are under way");
        gate.add_permits(1000);
        let finished = all(running).await;
        let cells: HashSet<Cell> = finished.iter().map(|finished| finished.cell).collect();
        assert_eq!((finished.len(), cells.len()), (8, 8));
        assert!(finished.iter().all(|finished| finished.answer.right == Some(true)));
    });
}

#[test]
fn a_person_says_how_many_and_never_more_than_there_is_to_do() {
    block(async {
        let seats = [Seat::new("a", Arc::new(Counted::new(says(), 3, false)))];
        let jobs = |jobs, done: &HashSet<Cell>| start(sweep(2), &seats, done, NonZeroUsize::new(jobs)).unwrap().jobs();
        assert_eq!((jobs(2, &HashSet::new()), jobs(9, &HashSet::new())), (2, 4));
        let done: HashSet<Cell> = sweep(2).cells().skip(1).collect();
        assert_eq!(jobs(9, &done), 1);
        let own = [Seat::new("a", Arc::new(Counted::new(says(), 1, true)))];
        assert_eq!(start(sweep(2), &own, &HashSet::new(), NonZeroUsize::new(3)).unwrap().jobs(), 3);
    });
}

#[test]
fn what_is_done_is_not_played() {
    block(async {
        let seats = [Seat::new("a", Arc::new(Counted::new(says(), 1, true)))];
        let done: HashSet<Cell> = sweep(3).cells().filter(|cell| cell.prompt != 1).collect();
        let mut cells: Vec<Cell> = all(start(sweep(3), &seats, &done, None).unwrap()).await.iter().map(|one| one.cell).collect();
        cells.sort();
        assert_eq!(cells, [Cell { setting: 0, prompt: 1 }, Cell { setting: 1, prompt: 1 }]);
        let nothing: HashSet<Cell> = sweep(3).cells().collect();
        assert!(all(start(sweep(3), &seats, &nothing, None).unwrap()).await.is_empty());
    });
}

#[test]
fn dropping_a_sweep_ends_its_jobs_wherever_they_work() {
    for replicates in [false, true] {
        block(async {
            // The gate is never opened: the jobs wait forever.
            let member = Counted::new(says().behind(Arc::new(Semaphore::new(0))), 2, replicates);
            let watched: Weak<ScriptedMember> = Arc::downgrade(&member.inner);
            let begun = Arc::clone(&member.begun);
            let running = start(sweep(4), &[Seat::new("a", Arc::new(member))], &HashSet::new(), NonZeroUsize::new(2)).unwrap();
            while begun.load(Ordering::SeqCst) < 2 {
                tokio::task::yield_now().await;
            }
            drop(running);
            while watched.upgrade().is_some() {
                tokio::task::yield_now().await;
            }
        });
    }
}

#[test]
fn an_ensemble_that_cannot_answer_fails_its_cells_and_the_sweep_goes_on() {
    block(async {
        let away = Seat::new("a", Arc::new(AbsentMember::new("server", "", "nobody is at home".to_owned())));
        let sweep = sweep(2);
        let grid = sweep.grid.clone();
        let finished = all(start(sweep, std::slice::from_ref(&away), &HashSet::new(), None).unwrap()).await;
        let figures = Figures::of_grid(&grid, &finished);
        assert_eq!((figures[0].failures, figures[0].right, figures[0].graded), (2, 0, 0));
        assert!(finished[0].answer.error.as_ref().unwrap().contains("nobody is at home"));
        let with_one_there = [away, Seat::new("b", Arc::new(Counted::new(says(), 1, true)))];
        let finished = all(start(self::sweep(2), &with_one_there, &HashSet::new(), None).unwrap()).await;
        assert!(finished.iter().all(|finished| finished.answer.right == Some(true)), "who is away holds nobody up");
    });
}

#[test]
fn a_trace_that_cannot_be_kept_ends_the_sweep_with_the_reason() {
    block(async {
        let seats = [Seat::new("a", Arc::new(Counted::new(says(), 1, true)))];
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("nowhere");
        let mut running = start(Sweep { traces: Some(nowhere), ..sweep(2) }, &seats, &HashSet::new(), None).unwrap();
        let error = running.next().await.unwrap().unwrap_err().to_string();
        assert!(error.contains("nowhere") && error.contains("trace"), "{error}");
    });
}
