//! A rest after decisions.

use super::*;

/// At rest after the first decision.
fn rests() -> Table {
    let mut table = Table::new(three(), LIKED, plain());
    table.order(Command::Linger { ms: 2500.0 }).unwrap();
    while table.machine.run().rounds[0].accepted.is_none() {
        table.answer(0);
    }
    assert!(table.waiting.is_empty() && table.machine.run().rounds.len() == 1, "nothing is asked meanwhile");
    table
}

#[test]
fn the_next_round_waits_until_its_time_has_come() {
    let mut table = rests();
    let decided = table.machine.run().rounds[0].accepted.as_ref().unwrap().t_ms;
    let due = table.machine.deadline().unwrap();
    assert!((due - decided - 2500.0).abs() < 1e-9);
    table.put(Input::Due(due - 1.0)).unwrap();
    assert!(table.waiting.is_empty());
    table.put(Input::Due(due)).unwrap();
    assert!(!table.waiting.is_empty() && table.machine.run().rounds.len() == 2);
}

#[test]
fn a_rest_is_left_by_resuming_and_by_turning_it_off() {
    for command in [Command::Resume, Command::Step, Command::Linger { ms: 0.0 }] {
        let mut table = rests();
        table.order(command.clone()).unwrap();
        assert_eq!(table.machine.run().rounds.len(), 2, "{command:?}");
    }
    let mut table = rests();
    table.order(Command::Resume).unwrap();
    assert!(!table.records.iter().any(|record| matches!(record.event, Event::Resumed)), "it was not paused");
}

#[test]
fn what_is_changed_during_a_rest_is_not_played_over() {
    let mut table = rests();
    let due = table.machine.deadline().unwrap();
    table.order(Command::Pause).unwrap();
    table.put(Input::Due(due)).unwrap();
    assert_eq!(table.machine.run().rounds.len(), 1, "paused");
    table.order(Command::Resume).unwrap();
    let rounds = table.machine.run().rounds.len();
    table.put(Input::Due(due + 1.0)).unwrap();
    assert_eq!((rounds, table.machine.run().rounds.len()), (2, 2));
    table.play();
    assert!(table.finished || table.machine.deadline().is_some());
}
