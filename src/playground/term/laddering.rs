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

use super::sweeping::beside;
use crate::engine::member::Working;
use crate::engine::trace::Journal;
use crate::engine::{Seat, Setup, wall_clock};
use crate::playground::state::Message;
use crate::playground::state::ladder::{LadderAsk, RunNews};
use crate::playthrough::Playthrough;
use crate::sweep::{fresh, spawn, working};

/// News that may wait to be taken; the runs wait when it is full.
const WAITING: usize = 256;

/// The runs, if any continue.
#[derive(Default)]
pub(super) struct Laddering {
    going: Option<Going>,
}

struct Going {
    news: mpsc::Receiver<Message>,
    /// Whether the runs are to end.
    stop: watch::Sender<bool>,
    /// Runs on the caller's runtime; those on threads notice the closed channel.
    _tasks: JoinSet<()>,
}

/// One of the runs.
struct Rung {
    column: usize,
    setup: Setup,
    working: Working,
    turns: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    news: mpsc::Sender<Message>,
}

impl Laddering {
    /// Starts these runs in place of those that continue, each with its trace, if one is kept. Needs a tokio runtime.
    pub(super) fn start(&mut self, ask: LadderAsk, seats: &[Seat], journals: impl Iterator<Item = Option<Journal>>) {
        self.start_with(ask, seats, journals, beside(seats));
    }

    fn start_with(
        &mut self,
        ask: LadderAsk,
        seats: &[Seat],
        journals: impl Iterator<Item = Option<Journal>>,
        jobs: NonZeroUsize,
    ) {
        let LadderAsk { members: _, prompt, params, seed } = ask;
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
            let rung = Rung { column, setup, working, turns, stop, news };
            if let Err(error) = spawn(&mut tasks, working, rung.play()) {
                // There is room: no run has started yet that could fill it.
                let _ = sender.try_send(Message::Ladder(column, RunNews::Failed(error.to_string())));
            }
        }
        self.going = Some(Going { news, stop, _tasks: tasks });
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
                self.going = None;
                continue;
            };
            let mut messages = vec![first];
            while messages.len() < WAITING
                && let Some(Some(next)) = going.news.recv().now_or_never()
            {
                messages.push(next);
            }
            return messages;
        }
    }
}

impl Rung {
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
                    if news.send(Message::Ladder(column, RunNews::Record(record))).await.is_err() {
                        return;
                    }
                }
                ended(trace, run.end().await.journal_error.map(|error| error.to_string()))
            }
        };
        // Nobody takes it: then nobody waits for it.
        let _ = news.send(Message::Ladder(column, last)).await;
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
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::fusion::conversation::Conversation;
    use crate::engine::fusion::event::{Event, Outcome};
    use crate::engine::fusion::params::Params;
    use crate::engine::member::scripted::{Line, ScriptedMember};
    use crate::engine::trace;
    use crate::playground::state::ladder::{COLUMNS, Ladder, Stage};
    use crate::playground::state::tuning::ladder::Length;
    use crate::prompts::Prompt;

    const LENGTHS: [Length; COLUMNS] = [Length::Sentence, Length::Tokens(10), Length::Tokens(3)];

    fn ask() -> LadderAsk {
        let params = LENGTHS.map(|length| length.over(&Params::default()));
        let prompt = Prompt::question(Conversation::question("Capital of Japan?"));
        LadderAsk { members: Vec::new(), prompt, params, seed: 1 }
    }

    fn seats(member: ScriptedMember) -> [Seat; 1] {
        [Seat::new("a", Arc::new(member))]
    }

    fn without_traces() -> impl Iterator<Item = Option<Journal>> {
        std::iter::repeat_with(|| None)
    }

    /// The ladder as the state has it once every run is over.
    async fn played(laddering: &mut Laddering) -> Ladder {
        let mut ladder = Ladder::new("Capital of Japan?", LENGTHS, Length::Sentence);
        while ladder.is_going() {
            for message in laddering.next().await {
                let Message::Ladder(column, news) = message else { panic!("{message:?}") };
                assert_eq!(ladder.take_in(column, news), None);
            }
        }
        ladder
    }

    #[tokio::test]
    async fn every_length_is_played_and_its_run_can_be_opened() {
        let home = tempfile::tempdir().unwrap();
        let journal = |column: usize| Journal::create(&home.path().join(format!("{column}.jsonl"))).ok();
        let mut laddering = Laddering::default();
        let member = ScriptedMember::saying(&["It is Tokyo."], -0.5);
        laddering.start(ask(), &seats(member), (0..COLUMNS).map(journal));
        let ladder = played(&mut laddering).await;
        assert_eq!(ladder.answered(), COLUMNS);
        for column in &ladder.columns {
            let run = &column.answer.as_ref().unwrap().run;
            assert_eq!((Length::of(&run.params), run.header.seed), (column.length, 1));
            assert!(run.answer().starts_with("It is Tokyo."));
            assert_eq!(trace::read(column.trace.as_ref().unwrap()).unwrap().torn_bytes, 0);
        }
    }

    #[tokio::test]
    async fn runs_that_are_stopped_record_their_end_and_those_that_wait_never_start() {
        let mut laddering = Laddering::default();
        let member = ScriptedMember::new(vec![Line::Stall]);
        laddering.start_with(ask(), &seats(member), without_traces(), NonZeroUsize::MIN);
        let Going { mut news, stop, _tasks } = laddering.going.take().unwrap();
        let (mut started, mut outcomes) = (0, Vec::new());
        while let Some(message) = news.recv().await {
            let Message::Ladder(_, RunNews::Record(record)) = message else { continue };
            match record.event {
                Event::RunStarted(_) => {
                    started += 1;
                    stop.send_replace(true);
                }
                Event::RunFinished(finished) => outcomes.push(finished.outcome),
                _ => {}
            }
        }
        assert_eq!((started, outcomes), (1, vec![Outcome::Stopped]));
    }

    #[tokio::test]
    async fn what_cannot_start_fails_in_every_column() {
        let mut laddering = Laddering::default();
        laddering.start(ask(), &[], without_traces());
        let ladder = played(&mut laddering).await;
        for column in &ladder.columns {
            assert_eq!(column.stage, Stage::Failed("no member of the ensemble drafts".to_owned()));
        }
    }

    #[tokio::test]
    async fn another_start_takes_the_place_of_the_first() {
        let mut laddering = Laddering::default();
        laddering.start(ask(), &seats(ScriptedMember::new(vec![Line::Stall])), without_traces());
        laddering.start(ask(), &seats(ScriptedMember::saying(&["It is Tokyo."], -0.5)), without_traces());
        assert_eq!(played(&mut laddering).await.answered(), COLUMNS);
    }
}
