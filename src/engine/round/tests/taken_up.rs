//! Runs that had ended or were cut off continue from their records.

use super::*;
use crate::engine::fusion::event::SegmentId;

/// A table whose machine is that of these records.
fn taken_up(records: &[Record], members: Vec<Member>, opinions: &[(&'static str, f32)]) -> Table {
    let mut table = Table::new(members, opinions, plain());
    table.waiting.clear();
    table.records = records.to_vec();
    table.machine = Machine::of_records(records).unwrap();
    table.clock = records.last().unwrap().t_ms;
    table.put(Input::TakeUp(Vec::new())).unwrap();
    table
}

#[test]
fn a_finished_answer_is_gone_back_in_and_on_from() {
    let mut table = Table::new(three(), LIKED, plain());
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
    let mut table = taken_up(&table.records.clone(), three(), LIKED);
    assert_eq!(table.machine.run().phase, Phase::Paused);
    assert!(table.waiting.is_empty());
    table.order(Command::Rewind { to_round: 1 }).unwrap();
    table.order(Command::Override { member: "c".to_owned(), segment: Some(SegmentId(2)) }).unwrap();
    assert_eq!((table.machine.run().answer().as_str(), table.machine.run().tree.leaves().len()), ("uno,deux.", 2));
}

#[test]
fn a_run_that_was_cut_off_in_a_round_plays_that_round_anew() {
    let mut table = Table::new(three(), LIKED, plain());
    while table.machine.run().rounds.len() < 2 {
        table.answer(0);
    }
    table.answer_of_draft("b");
    let seeds = |table: &Table| -> Vec<u64> {
        let seed = |effect: &Effect| match effect {
            Effect::Draft { request, .. } => Some(request.sampling.seed),
            _ => None,
        };
        table.waiting.iter().filter_map(seed).collect()
    };
    let cut_off = seeds(&table);
    let mut table = taken_up(&table.records.clone(), three(), LIKED);
    assert_eq!((table.machine.run().rounds.len(), table.machine.run().answer().as_str()), (1, "uno,"));
    table.order(Command::Resume).unwrap();
    assert!(seeds(&table).iter().all(|seed| !cut_off.contains(seed)), "no draft is drawn twice");
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
    let ends = table.kinds(|event| matches!(event, Event::RunFinished(_)));
    assert_eq!(ends, 1);
}

#[test]
fn an_answer_that_is_whole_is_not_written_on() {
    let mut table = Table::new(three(), LIKED, plain());
    table.play();
    let mut table = taken_up(&table.records.clone(), three(), LIKED);
    table.order(Command::Resume).unwrap();
    assert_eq!((table.finished, table.outcome()), (true, Outcome::Answered));
}

#[test]
fn members_that_are_not_there_any_more_leave_when_it_is_taken_up() {
    let mut table = Table::new(three(), LIKED, plain());
    table.play();
    let mut machine = Machine::of_records(&table.records).unwrap();
    let gone = MemberError::Refused("its server is gone".to_owned());
    machine.handle(0.0, Input::TakeUp(vec![(MemberIndex(1), gone)])).unwrap();
    let run = machine.run();
    assert!(!run.members[1].is_active() && run.members[0].is_active());
    assert!(run.t_ms >= table.clock, "time does not run backwards");
}

#[test]
fn records_without_a_header_are_no_run() {
    assert!(Machine::of_records(&[]).is_none());
    assert!(Machine::of_records(&[Record { t_ms: 0.0, round: 0, event: Event::Paused }]).is_none());
}
