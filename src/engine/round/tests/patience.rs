//! One silent member does not hold up the others.

use super::*;
use crate::engine::fusion::event::ScoreTier;
use crate::engine::fusion::run::{DraftState, MemberState};

fn four() -> Vec<Member> {
    vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"]), member("d", &["eins,"])]
}

fn longer(rounds: usize) -> Params {
    let mut params = plain();
    params.max_rounds = rounds;
    params
}

fn late(table: &Table) -> Vec<(usize, bool)> {
    let late = |record: &Record| match &record.event {
        Event::Late { candidates, .. } => Some((record.round, candidates.is_empty())),
        _ => None,
    };
    table.records.iter().filter_map(late).collect()
}

#[test]
fn a_dead_member_costs_two_waits_and_rests() {
    let mut table = Table::new(four(), &[("uno,", -0.1)], longer(5));
    table.play_silent(|name, _| name == "d");
    let run = table.machine.run();
    assert_eq!(run.answer(), "uno,".repeat(5));
    assert_eq!(late(&table), [(1, true), (2, true)]);
    assert_eq!(run.members[3].exit.as_ref().unwrap().reason, ExitReason::Late { rounds: 2 });
    assert!(matches!(run.rounds[0].draft(MemberIndex(3)), Some(DraftState::Failed(reason)) if reason.contains("10 s")));
    // Twice ten seconds, by a clock on which everything else takes almost no time.
    assert!((20_000.0..21_000.0).contains(&table.clock), "{}", table.clock);
    assert_eq!(run, &Run::from_records(&table.records).unwrap());
}

#[test]
fn a_member_that_is_late_is_not_asked_to_score_in_that_round() {
    let mut table = Table::new(four(), &[("uno,", -0.1)], longer(1));
    table.play_silent(|name, call| name == "d" && matches!(call, Effect::Draft { .. }));
    let asked = table.machine.run().rounds[0].scores().iter().any(|cell| cell.verifier == MemberIndex(3));
    assert!(!asked && table.finished);
}

#[test]
fn who_was_late_once_and_comes_back_in_time_stays() {
    let mut table = Table::new(four(), &[("uno,", -0.1)], longer(6));
    let begun = std::cell::Cell::new(0);
    table.play_silent(|name, call| {
        let Effect::Draft { request, .. } = call else { return false };
        begun.set(request.context.accepted.len());
        name == "d" && begun.get().is_multiple_of(2)
    });
    assert_eq!(late(&table), [(1, true), (3, true), (5, true)]);
    assert!(table.machine.run().members[3].is_active());
}

#[test]
fn a_member_that_streams_however_slowly_is_never_late() {
    let mut table = Table::new(four(), &[("uno,", -0.1)], longer(1));
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    while !table.scoring_now().is_empty() {
        let place = table.waiting.iter().position(|call| matches!(call, Effect::Score { .. })).unwrap();
        table.answer(place);
    }
    let call = call_of(&table.waiting[0]);
    let told = |table: &Table| table.kinds(|event| matches!(event, Event::Token { .. }));
    let before = told(&table);
    for number in 0..30 {
        let deadline = table.machine.deadline().unwrap();
        table.clock = deadline - 2.0;
        // Half of what it sends is hidden reasoning, which is never shown.
        let token = DraftToken { text: "e".to_owned(), logprob: None };
        let token = if number % 2 == 0 { token } else { DraftToken::sign_of_life() };
        table.put(Input::Token(call, token)).unwrap();
        table.put(Input::Due(table.clock)).unwrap();
    }
    assert!(late(&table).is_empty() && table.clock > 290_000.0);
    assert_eq!(told(&table) - before, 15);
    table.play();
    assert!(table.finished);
}

#[test]
fn patience_is_a_multiple_of_what_the_slowest_of_the_others_took() {
    let mut table = Table::new(four(), &[("uno,", -0.1)], longer(1));
    table.answer_of_draft("a");
    assert_eq!(table.machine.deadline(), None, "one of four is not enough");
    table.clock = 40_000.0;
    table.answer_of_draft("b");
    let deadline = table.machine.deadline().unwrap();
    assert!((79_000.0..81_000.0).contains(&deadline), "{deadline}");
}

#[test]
fn without_patience_the_time_limits_alone_hold() {
    let mut params = longer(1);
    params.patience = 0.0;
    let mut table = Table::new(four(), &[], params);
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    assert_eq!(table.machine.deadline(), None);
}

#[test]
fn a_verifier_that_stalls_stops_verifying_and_goes_on_drafting() {
    for members in 2..=4 {
        let mut all = four();
        all.truncate(members);
        let stalls = all[members - 1].name;
        let mut table = Table::new(all, &[("one,", -0.1)], longer(5));
        table.play_silent(|name, call| name == stalls && matches!(call, Effect::Score { .. }));
        let run = table.machine.run();
        assert_eq!(late(&table), [(1, false), (2, false)], "{members}");
        assert_eq!(run.members[members - 1].tier, ScoreTier::None);
        assert!(run.members.iter().all(MemberState::is_active) && run.rounds.len() == 5);
        assert!(run.rounds.iter().all(|round| round.drafters.len() == members));
        assert_eq!(run, &Run::from_records(&table.records).unwrap());
    }
}

#[test]
fn a_judge_that_is_the_only_verifier_does_not_hold_the_answer_either() {
    let mut table = Table::new(four(), &[("uno,", -0.1)], longer(4));
    let one_verifies = |header: &mut Header| {
        header.members.iter_mut().for_each(|member| member.role = Role::Draft);
        header.members[3].role = Role::Verify;
    };
    table.start_again(one_verifies, Vec::new());
    table.play_silent(|name, _| name == "d");
    assert_eq!(table.machine.run().answer(), "uno,".repeat(4), "by the drafts' own scores");
    assert_eq!(table.machine.run().members[3].exit.as_ref().unwrap().reason, ExitReason::Late { rounds: 2 });
    // Nothing compares with it, so it gets three times the patience.
    assert!((60_000.0..61_000.0).contains(&table.clock), "{}", table.clock);
}

#[test]
fn a_verifier_on_a_slow_machine_gets_the_time_that_its_own_drafts_suggest() {
    let mut table = Table::new(four(), &[], longer(1));
    table.clock = 20_000.0;
    for name in ["a", "b", "c", "d"] {
        table.answer_of_draft(name);
    }
    while table.scoring_now().iter().any(|name| *name != "d") {
        let place = table.waiting.iter().position(|call| table::called(call) != MemberIndex(3)).unwrap();
        table.answer(place);
    }
    // It drafted for 20 s, and the three candidates together are three times that text.
    let deadline = table.machine.deadline().unwrap();
    assert!((139_000.0..141_000.0).contains(&deadline), "{deadline}");
}

#[test]
fn a_member_that_is_not_ready_joins_with_the_next_round() {
    let mut table = Table::new(three(), LIKED, longer(3));
    table.start_again(|_| {}, vec![(MemberIndex(2), MemberError::NotReady)]);
    table.members = vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"])];
    assert_eq!(table.waiting.len(), 2);
    assert_eq!(table.machine.run().members[2].exit.as_ref().unwrap().reason, ExitReason::NotReady);
    let brought_back = table.order(Command::Readmit { member: "c".to_owned() });
    assert_eq!(brought_back, Err(CommandError::NotReady { member: "c".to_owned() }));
    table.answer(0);
    table.put(Input::Prepared(MemberIndex(2), Ok(Box::new(table::capabilities())))).unwrap();
    assert_eq!(table.waiting.len(), 1, "the open round goes on without it");
    table.play();
    let drafters: Vec<usize> = table.machine.run().rounds.iter().map(|round| round.drafters.len()).collect();
    assert_eq!(drafters, [2, 3, 3]);
    assert!(!table.machine.run().steered, "no user did that");
    assert_eq!(table.machine.run(), &Run::from_records(&table.records).unwrap());
}

#[test]
fn when_all_others_leave_the_one_that_is_not_ready_is_waited_for() {
    for ready in [true, false] {
        let mut table = Table::new(vec![member("a", &["!!"]), member("b", &["uno."])], &[], longer(3));
        table.start_again(|_| {}, vec![(MemberIndex(1), MemberError::NotReady)]);
        table.play();
        assert!(!table.finished);
        let reply = if ready { Ok(Box::new(table::capabilities())) } else { Err(MemberError::TimedOut { seconds: 120 }) };
        table.put(Input::Prepared(MemberIndex(1), reply)).unwrap();
        table.play();
        assert!(table.finished);
        assert_eq!(table.machine.run().answer() == "uno.", ready);
    }
}

#[test]
fn a_run_that_is_taken_up_takes_in_the_member_that_had_not_joined() {
    let mut table = Table::new(three(), LIKED, longer(1));
    table.start_again(|_| {}, vec![(MemberIndex(2), MemberError::NotReady)]);
    table.play();
    assert!(table.finished);
    for (unprepared, joins) in [
        (vec![], true),
        (vec![(MemberIndex(2), MemberError::NotReady)], true),
        (vec![(MemberIndex(2), MemberError::Refused("gone".to_owned()))], false),
    ] {
        let mut machine = Machine::of_records(&table.records).unwrap();
        machine.handle(0.0, Input::TakeUp(unprepared)).unwrap();
        machine.handle(0.0, Input::Prepared(MemberIndex(2), Ok(Box::new(table::capabilities())))).unwrap();
        assert_eq!(machine.run().member(MemberIndex(2)).is_active(), joins);
    }
}

#[test]
fn two_late_drafts_of_one_round_are_one() {
    let mut table = Table::new(four(), &[("uno,", -0.1)], longer(2));
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    assert!(table.wait());
    table.order(Command::Redraft { member: Some("d".to_owned()), segment: None }).unwrap();
    assert!(table.wait());
    assert_eq!(late(&table), [(1, true), (1, true)]);
    assert!(table.machine.run().members[3].is_active());
}
