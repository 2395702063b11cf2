use std::sync::Arc;

use super::*;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Event, Outcome};
use crate::engine::fusion::params::Params;
use crate::engine::member::scripted::{Line, ScriptedMember};
use crate::engine::trace;
use crate::playground::state::lengths::{LengthComparison, Stage};
use crate::playground::state::tuning::ladder::Length;
use crate::prompts::Prompt;

const LENGTHS: [Length; COLUMNS] = [Length::Sentence, Length::Tokens(10), Length::Tokens(3)];

pub(in super::super) fn ask() -> LengthsAsk {
    let params = LENGTHS.map(|length| length.over(&Params::default()));
    let prompt = Prompt::question(Conversation::question("Capital of Japan?"));
    LengthsAsk { members: Vec::new(), prompt, params, seed: 1 }
}

pub(in super::super) fn seats(member: ScriptedMember) -> [Seat; 1] {
    [Seat::new("a", Arc::new(member))]
}

pub(in super::super) fn without_traces() -> impl Iterator<Item = Option<Journal>> {
    std::iter::repeat_with(|| None)
}

/// The comparison as the state has it once every run is over.
async fn played(length_runs: &mut LengthRuns) -> LengthComparison {
    let mut comparison = LengthComparison::new("Capital of Japan?", LENGTHS, Length::Sentence);
    while comparison.is_going() {
        for message in length_runs.next().await {
            let Message::Lengths(column, news) = message else { panic!("{message:?}") };
            assert_eq!(comparison.take_in(column, news), None);
        }
    }
    comparison
}

#[tokio::test]
async fn every_length_is_played_and_its_run_can_be_opened() {
    let home = tempfile::tempdir().unwrap();
    let journal = |column: usize| Journal::create(&home.path().join(format!("{column}.jsonl"))).ok();
    let mut length_runs = LengthRuns::default();
    let member = ScriptedMember::saying(&["It is Tokyo."], -0.5);
    length_runs.start(ask(), &seats(member), (0..COLUMNS).map(journal));
    let comparison = played(&mut length_runs).await;
    assert_eq!(comparison.answered(), COLUMNS);
    for column in &comparison.columns {
        let run = &column.answer.as_ref().unwrap().run;
        assert_eq!((Length::of(&run.params), run.header.seed), (column.length, 1));
        assert!(run.answer().starts_with("It is Tokyo."));
        assert_eq!(trace::read(column.trace.as_ref().unwrap()).unwrap().torn_bytes, 0);
    }
}

#[tokio::test]
async fn runs_that_are_stopped_record_their_end_and_those_that_wait_never_start() {
    let mut length_runs = LengthRuns::default();
    let member = ScriptedMember::new(vec![Line::Stall]);
    length_runs.start_with(ask(), &seats(member), without_traces(), NonZeroUsize::MIN);
    let Going { mut news, stop, open: _, _tasks } = length_runs.going.take().unwrap();
    let (mut started, mut outcomes) = (0, Vec::new());
    while let Some(message) = news.recv().await {
        let Message::Lengths(_, RunNews::Record(record)) = message else { continue };
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
    let mut length_runs = LengthRuns::default();
    length_runs.start(ask(), &[], without_traces());
    let comparison = played(&mut length_runs).await;
    for column in &comparison.columns {
        assert_eq!(column.stage, Stage::Failed("no member of the ensemble drafts".to_owned()));
    }
}

#[tokio::test]
async fn another_start_takes_the_place_of_the_first() {
    let mut length_runs = LengthRuns::default();
    length_runs.start(ask(), &seats(ScriptedMember::new(vec![Line::Stall])), without_traces());
    length_runs.start(ask(), &seats(ScriptedMember::saying(&["It is Tokyo."], -0.5)), without_traces());
    assert_eq!(played(&mut length_runs).await.answered(), COLUMNS);
}

/// The trace of a run that was stopped ends with its last event.
fn ends_whole(trace: &Path) -> bool {
    let records = trace::read(trace).unwrap().records;
    matches!(records.last().map(|record| &record.event), Some(Event::RunFinished(_)))
}

#[tokio::test]
async fn what_is_replaced_or_left_still_records_its_end() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: usize| home.path().join(format!("{name}.jsonl"));
    let journals = |first: usize| (first..first + COLUMNS).map(|name| Journal::create(&path(name)).ok());
    let mut length_runs = LengthRuns::default();
    for first in [0, COLUMNS] {
        let stalls = ScriptedMember::new(vec![Line::Stall]);
        length_runs.start_with(ask(), &seats(stalls), journals(first), NonZeroUsize::new(COLUMNS).unwrap());
        let mut started = 0;
        while started < COLUMNS {
            let begins = |message: &Message| match message {
                Message::Lengths(_, RunNews::Record(record)) => matches!(record.event, Event::RunStarted(_)),
                _ => false,
            };
            started += length_runs.next().await.iter().filter(|message| begins(message)).count();
        }
        length_runs.stop();
    }
    length_runs.finish().await;
    assert!((0..2 * COLUMNS).all(|name| ends_whole(&path(name))));
}

/// Runs of which only the news that are already there remain.
fn gone(news: Vec<Message>, stopped: bool) -> LengthRuns {
    let (sender, receiver) = mpsc::channel(WAITING);
    for message in news {
        sender.try_send(message).unwrap();
    }
    let (stop, _) = watch::channel(stopped);
    let going = Going { news: receiver, open: (0..COLUMNS).collect(), stop, _tasks: JoinSet::new() };
    LengthRuns { going: Some(going), ending: JoinSet::new() }
}

#[test]
fn a_run_whose_task_is_gone_has_failed_unless_it_was_stopped() {
    let over = || vec![Message::Lengths(1, ended(None, None))];
    let mut length_runs = gone(over(), false);
    assert_eq!(length_runs.next().now_or_never(), Some(over()));
    let lost = |column| Message::Lengths(column, RunNews::Failed(LOST.to_owned()));
    assert_eq!(length_runs.next().now_or_never(), Some(vec![lost(0), lost(2)]));
    assert_eq!(length_runs.next().now_or_never(), None, "it is said once");
    let mut stopped = gone(over(), true);
    assert_eq!(stopped.next().now_or_never(), Some(over()));
    assert_eq!(stopped.next().now_or_never(), None);
}
